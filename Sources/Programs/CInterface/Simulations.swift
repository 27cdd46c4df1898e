// Names and documentation are those of the header, nanobragg.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

import CNanoBragg
import CommandLineSupport
import FrameIO
import Physics
import Synchronization

import Glibc

/// What a handle of a simulation stands for.
final class Simulation: Sendable {
  let request: CommandLineRequest
  let experiment: Experiment
  let notes: [String]
  let bounds: Bounds
  private let prepared = Mutex<Simulator?>(nil)

  init(_ request: CommandLineRequest, _ experiment: Experiment, _ bounds: Bounds) {
    (self.request, self.experiment, self.bounds) = (request, experiment, bounds)
    let outputs = request.typedOutputs
    notes =
      request.notes + experiment.notes
      + outputs.map { "\($0) is not carried out: nothing is written or printed here" }
  }

  /// The simulator, made at its first use: of an image of many pixels that takes a while.
  var simulator: Simulator {
    prepared.withLock { simulator in
      if let simulator { return simulator }
      let made = Simulator(experiment)
      simulator = made
      return made
    }
  }

  var threads: Int { max(1, request.threads ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

@c @implementation
public func nb_interface_version() -> UInt32 { UInt32(NB_INTERFACE_VERSION) }

private nonisolated(unsafe) let versionText = UnsafePointer(strdup(ProgramVersion.current)!)

@c @implementation
public func nb_version() -> UnsafePointer<CChar>! { versionText }

@c @implementation
public func nb_simulation_create(
  _ words: UnsafePointer<UnsafePointer<CChar>?>!, _ count: Int, _ inputs: UnsafePointer<nb_inputs>!,
  _ limits: UnsafePointer<nb_limits>!, _ simulation: UnsafeMutablePointer<OpaquePointer?>!,
  _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    guard let simulation else { throw Refusal.misuse("simulation", "it is NULL") }
    simulation.pointee = nil
    let bounds = try Bounds(limits)
    let memory = try MemoryInputs(inputs, bounds)
    let request = try CommandLineParser(texts(words, count)).parse().adding(memory)
    guard !request.wantsHelp, !request.wantsVersion else {
      throw Refusal(NB_REFUSED, "-help", "-help and --version print a text; nb_option_at and nb_version give them")
    }
    guard request.isComplete else {
      throw Refusal(
        NB_INCOMPLETE, "",
        "no crystal or no structure factors given; give -cell or a matrix, and -default_F or reflections")
    }
    try bounds.check(request.simulation)
    let experiment = try request.experiment(clockSeed: bounds.clockSeed)
    if let mask = memory.mask,
      mask.fast != experiment.detector.fastPixels || mask.slow != experiment.detector.slowPixels
    {
      throw Refusal(
        NB_REFUSED, "mask",
        "mask: it has \(mask.slow) x \(mask.fast) pixels (slow, fast), the image \(experiment.detector.slowPixels) x "
          + "\(experiment.detector.fastPixels); give one of the size of the image")
    }
    try bounds.check(experiment)
    simulation.pointee = Handles.add(Simulation(request, experiment, bounds))
  }
}

private func texts(_ words: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int) throws -> [String] {
  guard (0...1_000_000).contains(count), words != nil || count == 0 else {
    throw Refusal.misuse("words", words == nil ? "it is NULL" : "there are \(count); at most 1000000 are accepted")
  }
  return try (0..<count).map { index in
    guard let word = words![index] else { throw Refusal.misuse("words", "word \(index) is NULL") }
    guard let text = String(validatingCString: word) else {
      throw Refusal(NB_REFUSED, "words", "words: word \(index) is not UTF-8 text; rename the file")
    }
    return text
  }
}

@c @implementation
public func nb_simulation_free(_ simulation: OpaquePointer!) { Handles.free(simulation, Simulation.self) }

@c @implementation
public func nb_simulation_camera(
  _ simulation: OpaquePointer!, _ camera: UnsafeMutablePointer<nb_camera>!, _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    let experiment = try object(simulation, Simulation.self, "simulation").experiment
    try fill(camera, "camera", with: nb_camera(experiment))
  }
}

extension nb_camera {
  fileprivate init(_ experiment: Experiment) {
    let (detector, beam, crystal) = (experiment.detector, experiment.beam, experiment.crystal)
    let (pose, sampling) = (detector.pose, experiment.sampling)
    func triple(_ vector: Vector3) -> (Double, Double, Double) { (vector.x, vector.y, vector.z) }
    self.init()
    size = MemoryLayout<nb_camera>.size
    (fast_pixels, slow_pixels) = (UInt64(detector.fastPixels), UInt64(detector.slowPixels))
    (pixel_size, wavelength) = (detector.pixelSize, beam.wavelength)
    (distance, close_distance, two_theta) = (pose.distance, pose.closeDistance, detector.twoTheta)
    beam_centre = (pose.beamCentre.fast, pose.beamCentre.slow)
    (origin, fast_axis, slow_axis) = (triple(pose.origin), triple(pose.fast), triple(pose.slow))
    normal = triple(pose.normal)
    self.beam = triple(beam.direction)
    polarization = triple(beam.polarizationAxis)
    spindle = triple(crystal.spindle)
    (kahn_factor, fluence) = (beam.kahnFactor, beam.fluence)
    let cell = crystal.lattice.direct
    (cell_a, cell_b, cell_c) = (triple(cell.a), triple(cell.b), triple(cell.c))
    (is_curved, is_polarized) = (detector.isCurved ? 1 : 0, beam.isPolarized ? 1 : 0)
    (sources, phi_steps) = (UInt64(beam.sources.count), UInt64(sampling.phi.count))
    (mosaic_domains, oversample) = (UInt64(crystal.domains.count), UInt64(sampling.oversample))
    (layers, steps) = (UInt64(detector.sensor.layerCount), UInt64(sampling.steps))
  }
}

@c @implementation
public func nb_simulation_text(
  _ simulation: OpaquePointer!, _ which: nb_text, _ buffer: UnsafeMutablePointer<CChar>!, _ capacity: Int,
  _ length: UnsafeMutablePointer<Int>!, _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    let simulation = try object(simulation, Simulation.self, "simulation")
    let text: String
    switch which {
    case NB_TEXT_NOTES: text = simulation.notes.joined(separator: "\n")
    case NB_TEXT_SETUP:
      // A line for each of them: 22 bytes were seen, in some copies until it is one text.
      let lines = simulation.experiment.sampling.phi.count + simulation.experiment.beam.sources.count
      try simulation.bounds.check(200 * lines, for: "which", "the text of the set-up")
      text = Report.setUp(simulation.experiment, simulation.request, cache: nil)
    default: throw Refusal.misuse("which", "there is no text \(which.rawValue)")
    }
    try answer(text, buffer, capacity, length)
  }
}
