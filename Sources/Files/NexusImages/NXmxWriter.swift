import Foundation
import FrameExchange
import FrameIO
import Physics

/// Writes NXmx: an image with the full pose of its detector, which may be tilted or swung.
///
/// Source: H. J. Bernstein et al., IUCrJ 7 (2020) 784, "Gold Standard for macromolecular crystallography diffraction data".
public enum NXmxWriter {
  /// The coordinate frame of NeXus: z along the beam, x along the spindle's component normal to the beam, y = z × x.
  struct Axes {
    private let x: Vector3
    private let y: Vector3
    private let z: Vector3

    init(_ experiment: Experiment) {
      let beam = experiment.beam.direction
      func across(_ vector: Vector3) -> Vector3 { vector - beam.dot(vector) * beam }
      // Two of the axes of a detector cannot both be along the beam.
      let pose = experiment.detector.pose
      let sideways =
        [experiment.crystal.spindle, pose.fast].map(across).first { $0.length > 1e-6 } ?? across(pose.slow)
      (x, z) = ((1 / sideways.length) * sideways, beam)
      y = z.cross(x)
    }

    func callAsFunction(_ vector: Vector3) -> Vector3 { Vector3(x.dot(vector), y.dot(vector), z.dot(vector)) }
  }

  /// The bytes of an NXmx file.
  /// - Parameters:
  ///   - frame: The image; a negative pixel, or one whose value is not a number, has no measurement.
  ///   - experiment: The experiment whose camera, beam and rotation the file describes.
  ///   - date: The time of the exposure, written in UTC.
  ///   - rotation: The width of the rotation in degrees; nil for the width of the experiment's rotation.
  /// - Throws: `RequestError` if HDF5 cannot store the file in memory.
  public static func bytes(
    _ frame: Frame, of experiment: Experiment, date: Date, rotation: Double? = nil
  ) throws(RequestError) -> [UInt8] {
    guard frame.fastPixels > 0, frame.slowPixels > 0 else {
      throw RequestError("NeXus file", "the image has no pixel", remedy: "give an image with pixels")
    }
    hdf5Lock.lock()
    defer { hdf5Lock.unlock() }
    let axes = Axes(experiment)
    var file = try NexusFile()
    let time = date.formatted(Date.ISO8601FormatStyle(timeZone: .gmt))
    file.attribute("/", "default", "entry")
    file.group("/entry", "NXentry")
    file.attribute("/entry", "default", "data")
    file.text("/entry/definition", "NXmx")
    file.attribute("/entry/definition", "version", "1.0")
    file.text("/entry/start_time", time)
    file.text("/entry/end_time_estimated", time)
    addSample(&file, experiment, axes, rotation)
    addInstrument(&file, experiment, axes)
    addDetector(&file, experiment, axes)
    file.group("/entry/data", "NXdata")
    file.attribute("/entry/data", "signal", "data")
    switch frame.pixels {
    case .floats(let pixels):
      file.image("/entry/data/data", pixels, slow: frame.slowPixels, fast: frame.fastPixels, areFloats: true)
    case .integers(let pixels):
      file.image("/entry/data/data", pixels, slow: frame.slowPixels, fast: frame.fastPixels, areFloats: false)
    }
    return try file.bytes()
  }

  private static func addSample(
    _ file: inout NexusFile, _ experiment: Experiment, _ axes: Axes, _ rotation: Double?
  ) {
    let (sampling, degrees) = (experiment.sampling, Constants.degreesPerRadian)
    let omega = "/entry/sample/transformations/omega"
    let width = rotation ?? sampling.phiTable.range * degrees
    file.group("/entry/sample", "NXsample")
    file.text("/entry/sample/name", "nanoBragg simulation")
    file.text("/entry/sample/depends_on", omega)
    file.group("/entry/sample/transformations", "NXtransformations")
    file.numbers(omega, [sampling.phiStart * degrees], units: "deg")
    file.attribute(omega, "transformation_type", "rotation")
    file.attribute(omega, "vector", axes(experiment.crystal.spindle))
    file.attribute(omega, "offset", Vector3(0, 0, 0))
    file.attribute(omega, "depends_on", ".")
    file.numbers(omega + "_end", [sampling.phiStart * degrees + width], units: "deg")
    file.numbers(omega + "_increment_set", [width], units: "deg")
  }

  private static func addInstrument(_ file: inout NexusFile, _ experiment: Experiment, _ axes: Axes) {
    let beam = experiment.beam
    file.group("/entry/source", "NXsource")
    file.text("/entry/source/name", "nanobragg")
    file.text("/entry/source/type", "Other")
    file.group("/entry/instrument", "NXinstrument")
    file.text("/entry/instrument/name", "nanobragg")
    file.group("/entry/instrument/beam", "NXbeam")
    file.number("/entry/instrument/beam/incident_wavelength", beam.wavelength * 1e10, units: "angstrom")
    // Stokes parameters: intensity, then twice the polarization along x, along the diagonal, circular.
    let axis = axes(beam.polarizationAxis)
    let angle = 2 * atan2(axis.y, axis.x)
    let stokes = [1, beam.kahnFactor * cos(angle), beam.kahnFactor * sin(angle), 0]
    file.numbers("/entry/instrument/beam/incident_polarization_stokes", stokes)
  }

  private static func addDetector(_ file: inout NexusFile, _ experiment: Experiment, _ axes: Axes) {
    let (detector, pose, pixel) = (experiment.detector, experiment.detector.pose, experiment.detector.pixelSize)
    let path = "/entry/instrument/detector"
    file.group(path, "NXdetector")
    file.text("\(path)/description", "nanoBragg simulation")
    file.text("\(path)/type", "pixel")
    file.text("\(path)/sensor_material", "Si")
    file.number("\(path)/sensor_thickness", detector.sensor.thickness, units: "m")
    file.number("\(path)/distance", pose.distance, units: "m")
    file.number("\(path)/beam_center_x", pose.beamCentre.fast / pixel, units: "pixel")
    file.number("\(path)/beam_center_y", pose.beamCentre.slow / pixel, units: "pixel")
    file.number("\(path)/x_pixel_size", pixel, units: "m")
    file.number("\(path)/y_pixel_size", pixel, units: "m")
    file.number("\(path)/saturation_value", Double(Int32.max - 2))
    file.number("\(path)/underload_value", 0)
    // The position of the detector is that of its module: the corner of the first pixel.
    let origin = "\(path)/transformations/origin"
    file.text("\(path)/depends_on", origin)
    file.group("\(path)/transformations", "NXtransformations")
    let corner = axes(pose.origin)
    let length = corner.length
    file.transformation(
      origin, length, "translation", along: length > 0 ? (1 / length) * corner : Vector3(0, 0, 1), units: "m")
    let module = "\(path)/module"
    file.group(module, "NXdetector_module")
    file.numbers("\(module)/data_origin", [0, 0], areWhole: true)
    file.numbers("\(module)/data_size", [Double(detector.slowPixels), Double(detector.fastPixels)], areWhole: true)
    file.transformation(
      "\(module)/module_offset", 0, "translation", along: Vector3(1, 0, 0), units: "m", dependsOn: origin)
    for (name, vector) in [("fast", pose.fast), ("slow", pose.slow)] {
      file.transformation(
        "\(module)/\(name)_pixel_direction", pixel, "translation", along: axes(vector), units: "m",
        dependsOn: "\(module)/module_offset")
    }
  }
}
