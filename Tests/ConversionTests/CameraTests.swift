import CommandLineSupport
import Foundation
import FrameExchange
import FrameIO
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("ConversionTests/CameraTests.swift")

/// The camera of an image: kept from one format to the other, and never invented without a word.
@Suite(.tags(.files, .geometry, .property), .generousTime) struct CameraTests {
  private static let conventions = ["-mosflm", "-xds", "-adxv", "-denzo", "-dials"]
  private static let fixtures = PackageFolder.fixtures.appendingPathComponent("field")
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func experiment(_ words: [String]) throws -> Experiment {
    try Experiment(words: ["--compat", "spec", "-cell", "100", "-default_F", "1", "-oversample", "1"] + words)
  }

  /// What does not depend on the frame that a convention chooses: centre (mm), distance (mm), pixel (mm), wavelength (Å).
  private func camera(_ experiment: Experiment) -> [Double] {
    let (pose, pixel) = (experiment.detector.pose, experiment.detector.pixelSize)
    return [1000 * pose.beamCentre.fast, 1000 * pose.beamCentre.slow, 1000 * pose.distance, 1000 * pixel]
      + [1e10 * experiment.beam.wavelength]
  }

  private func request(_ words: [String]) throws -> SimulationRequest {
    var request = try CommandLineParser(["--compat", "spec"] + words).parse().simulation
    (request.cell, request.defaultAmplitude, request.oversample) = ([100], 1, 1)
    return request
  }

  private typealias Given = (x: Double, y: Double, distance: Double, pixel: Double, made: String, read: String)

  private static let given: Generator<Given> = {
    let name = Generator<String>.element(of: conventions)
    let length = Generator<Double>.double(in: 0.5...9)
    return zip(
      zip(length, length), zip(Generator<Double>.double(in: 50...900), Generator<Double>.double(in: 0.05...0.5)),
      zip(name, name)
    )
    .map { ($0.0, $0.1, $1.0, $1.1, $2.0, $2.1) }
  }()

  /// Every pair of conventions: the one the image was made in, the one in force when it is read.
  @Test("A camera goes through SMV, CBF and SMV to -img, in every convention") func camerasSurviveEveryConvention() {
    forAll("a camera goes through SMV, CBF and SMV to -img, in every convention", Self.given) { check, given in
      let words = [given.made, "-Xbeam", "\(given.x)", "-Ybeam", "\(given.y)", "-distance", "\(given.distance)"]
      let made = try experiment(
        words + ["-pixel", "\(given.pixel)", "-detpixels_f", "30", "-detpixels_s", "20", "-lambda", "1.25"])
      let expected = camera(made)
      func compare(_ found: [Double], _ step: String) throws {
        for (ours, theirs) in try pairs(found, expected) {
          // Beam_xy has four decimals of a pixel, the keys of the reference program six digits.
          try check.close(ours, theirs, within: 6e-5 * given.pixel + 1e-5 * abs(theirs), because: "digits of \(step)")
        }
      }
      let smv = try SMVHeader(SMVWriter.header(made), path: "a.img", flag: "-img", .spec)
      var fromSMV = try request([])
      fromSMV.apply(smv, isMask: false, .spec)
      let first = try Experiment(resolving: fromSMV, compatibility: .spec)
      try compare(camera(first), "SMV")
      let cbf = CBFWriter.bytes(
        [Int32](repeating: 1, count: 600), of: first, name: "a", date: Date(timeIntervalSince1970: 0))
      let path = try folder.file("a.cbf", cbf)
      for mode in ["spec", "c-parity"] {
        let direct = try Experiment(words: [
          "--compat", mode, "-cell", "100", "-default_F", "1", "-oversample", "1", "-img", path, given.read,
        ])
        try compare(camera(direct), "CBF, \(mode)")
      }
      var fromCBF = try request([])
      try CBFReader(cbf, path: "a.cbf").header.apply(to: &fromCBF)
      let second = try Experiment(resolving: fromCBF, compatibility: .spec)
      let again = try folder.file("b.img", SMVWriter.header(second))
      try compare(camera(try experiment(["-img", again, given.read])), "SMV again")
    }
  }

  private func nanobragg(_ arguments: String) throws -> BuiltProgram.Outcome {
    try BuiltProgram(named: "nanobragg").run(arguments.words, in: folder)
  }

  private func field(_ name: String) -> String { Self.fixtures.appendingPathComponent(name).path }

  private func convert(_ name: String, _ output: String, _ more: String = "") throws -> BuiltProgram.Outcome {
    let outcome = try nanobragg("convert \(field(name)) \(output) \(more)")
    #expect(outcome.status == 0, "\(outcome)")
    return outcome
  }

  /// Images of practitioners: pixels, what their CBF says, and what is assumed.
  @Test(arguments: [
    (
      "smv/rigaku-hypix-dtrek.img",
      [
        "Wavelength 1.54187 A", "Detector_distance 0.044 m", "Beam_xy (0.4000, 0.3000) pixels",
        "Angle_increment 0.500000",
      ], ""
    ),
    (
      "smv/no-wavelength.img", ["Wavelength 1 A", "Detector_distance 0.1 m", "Angle_increment 1.000000"],
      "assumed are a wavelength of 1 A, a distance of 100 mm"
    ),
    (
      "smv/adsc-negative-osc.img", ["Wavelength 1.11587 A", "Detector_distance 0.25 m", "Angle_increment -1.000000"], ""
    ),
    (
      "cbf/pilatus-no-beam.cbf", ["Detector_distance 0.1 m", "Beam_xy (4.0000, 3.0000)"],
      "assumed are a distance of 100 mm, a beam through the middle"
    ),
    (
      "cbf/pilatus-normal.cbf",
      ["Wavelength 0.97946 A", "Detector_distance 0.19155 m", "Beam_xy (4.5000, 2.5000)", "Pixel_size 0.000172 m"], ""
    ),
    ("cbf/unsigned32-max.cbf", ["Detector_distance 0.19155 m"], ""),
  ])
  func imagesOfOthers(name: String, lines: [String], assumed: String) throws {
    for mode in ["c-parity", "spec"] {
      let run = try nanobragg(
        "--compat \(mode) -img \(field(name)) -cell 100 -default_F 1 -oversample 1 -roi 0 0 0 0 -nonoise -nopgm")
      #expect(run.status == 0 && !run.errors.contains("-pix0_vector"), "no note names what nobody typed: \(run)")
    }
    let outcome = try convert(name, "o.cbf")
    #expect(assumed.isEmpty ? outcome.errors.isEmpty : outcome.errors.contains(assumed), "\(outcome)")
    let text = String(decoding: try folder.data("o.cbf").prefix(2000), as: UTF8.self)
    for line in lines { #expect(text.contains(line), "\(line): \(text.prefix(1600))") }
    let strict = try nanobragg("convert \(field(name)) strict.cbf --strict")
    #expect(strict.status == (assumed.isEmpty ? 0 : 2) && folder.has("strict.cbf") == assumed.isEmpty, "\(strict)")
    // A copied header keeps what it lacks.
    let copied = try convert(name, "o.img")
    if name.hasPrefix("smv") { #expect(!copied.errors.contains("assumed")) }
  }

  private func counts(_ name: String) throws -> [Int32] {
    guard case .integers(let pixels) = try CBFReader(Array(try folder.data(name)), path: name).frame.pixels else {
      return []
    }
    return pixels
  }

  @Test func pixelsOfOthers() throws {
    _ = try convert("smv/rigaku-hypix-dtrek.img", "r.cbf")
    let rigaku = try counts("r.cbf")
    #expect(rigaku.prefix(3) == [40247, 48300, 1359] && rigaku.reduce(0) { $0 + Int($1) } == 1_357_932)
    _ = try convert("cbf/unsigned32-max.cbf", "u.cbf")
    let unsigned = try counts("u.cbf")
    #expect(unsigned.prefix(3) == [1, 2036, 364] && unsigned[9] == -1 && unsigned.count { $0 < 0 } == 1)
  }

  /// Pixels that are not a number are marked as gaps.
  @Test func gapsOfPixelsThatAreNoNumber() throws {
    let outcome = try convert("img/nan1.bin", "n.cbf", "--size 16x20 -- -detpixels_f 16 -detpixels_s 20")
    #expect(outcome.errors.contains("1 pixels are not a number, and written as -1"))
    #expect(try counts("n.cbf").count { $0 == -1 } == 1)
  }

  @Test("Differences of neighbours fit 32 bits, which other readers expect") func differencesFit32Bits() {
    let values: [Float] = [1e30, -1e30, .infinity, -.infinity, .nan, 3, -7, 2.5e9, -2.5e9]
    forAll("differences of neighbours fit 32 bits", Generator<Float>.element(of: values).array(8...8)) {
      check, values in
      let frame = Frame(fastPixels: 8, slowPixels: 1, .floats(values))
      let range = CBFWriter.range(least: frame.leastCount(Frame.Counting()))
      let counts = frame.counts(Frame.Counting(), in: range, masked: CBFWriter.masked).pixels
      for (one, next) in zip([0] + counts, counts) {
        try check.that(Int32(exactly: Int64(next) - Int64(one)) != nil, "\(one), \(next)")
        try check.that(next != .min, "\(next)")
      }
    }
  }

  /// What of the camera an image header and the options leave open is said by the simulator, too.
  @Test func assumptionsOfTheSimulator() throws {
    let base = "-cell 50 -default_F 1 -N 2 -oversample 1 -nonoise -nopgm -intfile o.img"
    let open = try nanobragg("\(base) -img \(field("smv/no-wavelength.img"))")
    #expect(open.errors.contains("assumed are a wavelength of 1 A, a distance of 100 mm"), "\(open)")
    let closed = try nanobragg("\(base) -img \(field("smv/no-wavelength.img")) -lambda 1 -distance 200")
    #expect(!closed.errors.contains("assumed"), "\(closed)")
  }

  /// In c-parity a centre is read as the reference program does, and it is said where that is another place.
  @Test(arguments: conventions) func aCentreInOtherTermsIsSaid(convention: String) throws {
    let base = "-cell 50 -default_F 1 -N 2 -oversample 1 -nonoise -nopgm -detpixels_f 30 -detpixels_s 20 -distance 90"
    let made = try nanobragg("\(base) -xds -Xbeam 1.1 -Ybeam 0.4 -intfile a.img")
    #expect(made.status == 0)
    let read = try nanobragg("\(base) -img a.img \(convention) -intfile b.img")
    #expect(read.errors.contains("the beam is at") == !["-xds", "-dials"].contains(convention), "\(read.errors)")
    for option in ["-Xbeam 2 -Ybeam 3", "-Xbeam 2", "-Ybeam 3", "-Xclose 1", "-ORGX 5"] {
      let placed = try nanobragg("\(base) -img a.img \(convention) \(option) -intfile b.img")
      #expect(!placed.errors.contains("the beam is at"), "\(option): \(placed.errors)")
    }
  }
}
