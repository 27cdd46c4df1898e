import CHDF5
import Foundation
import FrameExchange
import FrameIO
import NexusImages
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("ConversionTests/NXmxTests.swift")

/// NXmx: pixels as they are, and the detector where it stands.
@Suite(.tags(.files, .property), .generousTime) struct NXmxTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func numbers(_ path: String, _ set: String, _ attribute: String? = nil) throws -> [Double] {
    var numbers = [Double](repeating: 0, count: 4096)
    let count = hdf5Lock.withLock { chdf5_read(path, set, attribute, &numbers, 4096) }
    return Array(numbers.prefix(try #require(count >= 0 ? count : nil, "\(set) \(attribute ?? "")")))
  }

  private func vector(_ path: String, _ set: String) throws -> Vector3 {
    let (direction, size) = (try numbers(path, set, "vector"), try numbers(path, set)[0])
    return size * Vector3(direction[0], direction[1], direction[2])
  }

  private func experiment(_ words: String) throws -> Experiment {
    let base =
      "--compat spec -cell 60 70 80 90 90 90 -default_F 50 -N 3 -lambda 1.1 -detpixels_f 7 -detpixels_s 5 -pixel 0.2 "
      + "-oversample 1 "
    return try Experiment(words: (base + words).words)
  }

  private static let angles = Generator<Double>.double(in: -40...40).array(4...4)

  /// The corner of a pixel that the file gives, in its own frame, is as far from the sample, along the beam and along the
  /// spindle as the simulator has it.
  @Test(
    "Positions of pixels are those of the simulator, tilted and swung",
    arguments: ["-mosflm", "-xds", "-adxv", "-denzo", "-dials"])
  func pixelsLieWhereTheSimulatorHasThem(convention: String) {
    forAll("positions of pixels are those of the simulator, tilted and swung", Self.angles) { check, angles in
      let made = try experiment(
        "\(convention) -distance 150 -detector_rotx \(angles[0]) -detector_roty \(angles[1]) -detector_rotz \(angles[2]) -twotheta \(angles[3]) -phi 10 -osc 0.5"
      )
      let frame = Frame(fastPixels: 7, slowPixels: 5, .integers((0..<35).map { Int32($0) }))
      let path = try folder.file("a.nxs", try NXmxWriter.bytes(frame, of: made, date: Date(timeIntervalSince1970: 0)))
      let detector = "/entry/instrument/detector"
      let origin = try vector(path, "\(detector)/transformations/origin")
      let fast = try vector(path, "\(detector)/module/fast_pixel_direction")
      let slow = try vector(path, "\(detector)/module/slow_pixel_direction")
      let (pose, beam) = (made.detector.pose, made.beam.direction)
      let spindle = made.crystal.spindle
      for (f, s) in [(0.0, 0.0), (7, 0), (0, 5), (3.5, 2.5)] {
        let found = origin + f * fast + s * slow
        let expected = pose.origin + 0.2e-3 * f * pose.fast + 0.2e-3 * s * pose.slow
        try check.close(found.length, expected.length, within: 1e-12, because: "rounding of a turned frame")
        try check.close(found.z, beam.dot(expected), within: 1e-12, because: "z is along the beam")
        try check.close(found.x, spindle.dot(expected), within: 1e-12, because: "x is along the spindle")
        try check.close(found.y, beam.cross(spindle).dot(expected), within: 1e-12, because: "the frame is right-handed")
      }
    }
  }

  @Test func pixelsAndHeader() throws {
    let made = try experiment("-distance 150 -phi 10 -osc 0.5")
    let floats = (0..<35).map { Float($0) * 1.25 - 3 }
    let frame = Frame(fastPixels: 7, slowPixels: 5, .floats(floats))
    let bytes = try NXmxWriter.bytes(frame, of: made, date: Date(timeIntervalSince1970: 0))
    #expect(try bytes == NXmxWriter.bytes(frame, of: made, date: Date(timeIntervalSince1970: 0)), "one image, one file")
    let path = try folder.file("a.nxs", bytes)
    #expect(try numbers(path, "/entry/data/data") == floats.map(Double.init))
    #expect(try numbers(path, "/entry/instrument/beam/incident_wavelength")[0] == made.beam.wavelength * 1e10)
    #expect(try numbers(path, "/entry/instrument/detector/module/data_size") == [5, 7])
    try expectClose(
      numbers(path, "/entry/sample/transformations/omega")[0], 10, within: 1e-12,
      because: "degrees into radians and back")
    try expectClose(
      numbers(path, "/entry/sample/transformations/omega_end")[0], 10.5, within: 1e-12,
      because: "degrees into radians and back")
    let integers = Frame(fastPixels: 7, slowPixels: 5, .integers((0..<35).map { Int32($0) - 1 }))
    let other = try folder.file("b.nxs", try NXmxWriter.bytes(integers, of: made, date: Date()))
    #expect(try numbers(other, "/entry/data/data") == (0..<35).map { Double($0) - 1 })
  }

  @Test func theProgramWritesIt() throws {
    let nanobragg = BuiltProgram(named: "nanobragg")
    func run(_ text: String) throws -> BuiltProgram.Outcome {
      try nanobragg.run(text.words, in: folder)
    }
    let made = try run("-cell 50 -default_F 9 -N 3 -lambda 1 -detpixels 16 -oversample 1 -nonoise -nopgm -twotheta 20")
    #expect(made.status == 0)
    for (command, status) in [
      ("floatimage.bin a.nxs --header intimage.img", 0), ("intimage.img b.h5", 0), ("intimage.img c.nxs --strict", 0),
      ("floatimage.bin d.nxs", 2), ("a.nxs e.img", 2),
    ] {
      let outcome = try run("convert \(command)")
      #expect(outcome.status == status, "\(command): \(outcome)")
    }
    let image = try FloatImageFile.read(folder.url.path + "/floatimage.bin", fastPixels: 16, slowPixels: 16)
    #expect(try numbers(folder.url.path + "/a.nxs", "/entry/data/data") == image.pixels.map(Double.init))
  }
}
