import Foundation
import FrameIO
import Physics
import TestSupport
import Testing

/// Quirks that act on files, and those that show in something else than the image.
@Suite(.tags(.quirk, .files), .generousTime) struct QuirkInputTests {
  /// A command on which a quirk acts: taking the quirk alone out of c-parity changes what is read off the experiment, or
  /// whether there is an experiment at all.
  struct Show: Sendable, CustomTestStringConvertible {
    let quirk: Quirk
    /// The command; names of files are those that `write` writes.
    let command: String
    let differs: @Sendable (Experiment, Experiment) throws -> Bool

    init<Value: Equatable & SendableMetatype>(
      _ quirk: Quirk, _ command: String, _ value: @escaping @Sendable (Experiment) throws -> Value
    ) {
      self.quirk = quirk
      self.command = command
      differs = { try value($0) != value($1) }
    }

    /// A command that one side refuses.
    init(refused quirk: Quirk, _ command: String) {
      self.init(quirk, command) { _ in 0 }
    }

    var testDescription: String { "\(quirk.rawValue) \(quirk)" }
  }

  static let shows: [Show] = images + lists + results

  private static let images = [
    Show(.headerKeysAreSubstrings, "\(base16) -img substring.img") { $0.sampling.phi },
    Show(.headerTwoThetaIgnored, "\(base16) -img turned.img") { $0.detector.twoTheta },
    Show(.zeroOscillationTwice, "\(base16) -img still.img") { $0.sampling.phi.count },
    Show(.zeroOscillationTwice, "\(base16) -osc 0") { $0.sampling.phi.count },
    Show(.maskFlipsBeamCentre, "\(base16) -mask centred.img") { $0.detector.pose.origin },
    Show(.maskByteOrderIgnored, "\(base16) -mask odd.img") { $0.mask },
    Show(.statisticsPopulations, "\(base16) -mask half.img") { try Simulator($0).render().statistics.rmsd },
    Show(.headerUnpadded, "\(base16) \(longHeader)") { SMVWriter.header($0).count },
    Show(.headerLosesRotations, "\(base16) -detector_rotx 5 -twotheta 12") { SMVWriter.header($0) },
  ]

  private static let lists = [
    Show(.reflectionStream, "\(base16) -hkl stream.hkl") { $0.structureFactors },
    Show(
      .interpolationSwitchesOff,
      "-default_F 5 -cell 100 -N 2 -distance 100 -pixel 0.2 -detpixels 40 -oversample 1 -hkl four.hkl", rendered),
    Show(.interpolationBeforeSize, "-cell 100 -xtalsize 0.0001 -detpixels 8 -hkl two.hkl") { $0.interpolates },
    Show(.sourceWeightsIgnored, "\(base16) -oversample 1 -sourcefile weighted.txt", rendered),
    Show(refused: .sourceLineEndings, "\(base16) -sourcefile open.txt"),
    Show(.cellAndMatrixMix, "\(base16) -mat a.mat") { $0.crystal.lattice },
    Show(refused: .optionsAreSubstrings, "\(base16) --cell 50"),
  ]

  private static let results = [
    Show(.solidAngleDividedBySteps, "\(base16) -detector_thick 450") {
      try Simulator($0).render().statistics.solidAngle
    },
    Show(.reciprocalTracedAtRest, "\(base16) -phi 30 -oversample 1") {
      try PixelTracer($0).trace(PixelIndex(slow: 1, fast: 1)).count
    },
    Show(refused: .negativeDistance, "\(base16) -close_distance -100 -oversample 1"),
    Show(.noiseNotClipped, "\(base16) -default_F 0.01") {
      NoiseImage(try rendered($0), of: $0, offset: -5).counts.pixels
    },
    Show(.roughPoisson, "\(base16) -default_F 30000") { NoiseImage(try rendered($0), of: $0, offset: 40).photons },
  ]

  /// More than 512 bytes of keys.
  private static let longHeader =
    "-pixel 0.123456789 -lambda 0.97654321 -distance 123.456789 -phi 12.3456 -osc 0.123456 -twotheta 7.65432"
    + " -ORGX 3.21234 -ORGY 4.12345"

  private static func rendered(_ experiment: Experiment) throws -> FloatImage {
    try Simulator(experiment).render().image
  }

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (name, text) in [
      ("stream.hkl", "0 0 0 50\n1.0 0 0 60\n0 1 0 70\n"), ("four.hkl", Self.reflections(-4...4)),
      ("two.hkl", Self.reflections(-2...2)), ("weighted.txt", "-10 0 0 1 1e-10\n-10 0.02 0 3 1e-10\n"),
      ("open.txt", "-10 0 0"), ("a.mat", "0.02 0 0\n0 0.02 0\n0 0 0.02\n"),
    ] { try folder.file(name, text) }
    for (name, bytes) in [
      ("substring.img", Self.smv("COMMENT=PHI;\nFOO=33;\n")), ("turned.img", Self.smv("TWOTHETA=20;\n")),
      ("still.img", Self.smv("OSC_RANGE=0;\n")), ("centred.img", Self.smv("BEAM_CENTER_Y=0.6;\n")),
      ("half.img", Self.smv("")), ("odd.img", Self.smv("", headerBytes: 513)),
      // 0x0001 in big-endian order; read the other way round the number is 256.
      ("swapped.img", Self.smv("BYTE_ORDER=big_endian;\n") { _ in [0, 1] }),
    ] { try folder.file(name, bytes) }
  }

  /// An SMV image of 16 × 16 pixels, all 1 but for a block of zeros.
  private static func smv(
    _ keys: String, headerBytes: Int = 512, pixel: (Int) -> [UInt8] = { $0 < 100 ? [0, 0] : [1, 0] }
  ) -> [UInt8] {
    let header = "{\nHEADER_BYTES=\(headerBytes);\nSIZE1=16;\nSIZE2=16;\nPIXEL_SIZE=0.1;\n\(keys)}"
    let bytes = Array(header.utf8) + [UInt8](repeating: 32, count: headerBytes - header.utf8.count)
    return bytes + (0..<256).flatMap(pixel)
  }

  private static func reflections(_ range: ClosedRange<Int>) -> String {
    var lines = ""
    for h in range {
      for k in range {
        for l in range { lines += "\(h) \(k) \(l) \(20 + (h * h + 2 * k * k + 3 * l * l) % 17)\n" }
      }
    }
    return lines
  }

  /// The experiment of a command whose files lie in the folder; nil if it is refused.
  private func experiment(_ command: String, _ mode: Compatibility = .cParity) throws -> Experiment? {
    let words = command.words.map { folder.has($0) ? folder.url.appendingPathComponent($0).path : $0 }
    do {
      return try Experiment(words: words, mode)
    } catch is RequestError {
      return nil
    }
  }

  @Test("A quirk acts on its input: taking it alone out of c-parity makes a difference", arguments: shows)
  func quirkActs(show: Show) throws {
    let with = try experiment(show.command)
    let without = try experiment(show.command, Compatibility.cParity.setting(show.quirk, false))
    guard let with, let without else {
      #expect((with == nil) != (without == nil), "\(show.command) is refused with and without the quirk")
      return
    }
    #expect(try show.differs(with, without), "\(show.command)")
  }

  /// A quirk that is shown elsewhere: the C program looks into the working directory, which a test cannot have to itself.
  static let shownByPrograms: [(quirk: Quirk, file: String, test: String)] = [
    (.strayCacheUsed, "Tests/CommandLineTests/ProgramTests.swift", "func aStrayCacheIsUsedInParityOnly()")
  ]

  @Test("Every quirk is shown to act") func everyQuirkIsShown() throws {
    for (quirk, file, test) in Self.shownByPrograms {
      let source = try PackageFolder.text(file)
      #expect(source.contains(test) && source.contains("(\(quirk.rawValue))"), "\(file) has no \(test)")
    }
    let shown = Set(
      QuirkTests.triggers.map(\.0) + Self.shows.map(\.quirk) + Self.shownByPrograms.map(\.quirk))
    let missing = Quirk.allCases.filter { !shown.contains($0) }
    #expect(missing.isEmpty, "no test shows that these act: \(missing)")
  }

  @Test("The byte order of a mask does not change which of its pixels are zero") func byteOrderOfMasks() throws {
    for mode in [Compatibility.cParity, .spec] {
      let swapped = try experiment("\(base16) -mask swapped.img", mode)
      #expect(swapped?.mask?.isComputed == [Bool](repeating: true, count: 256))
    }
  }

  @Test("What quirks let through has the effect that the C program gives it") func whatIsLetThrough() throws {
    let substring = try #require(try experiment("\(base16) --cell 50"))
    #expect(substring.crystal.lattice.direct.a.length < 6e-9)
    let behind = try #require(try experiment("\(base16) -close_distance -100 -oversample 1"))
    #expect(try Self.rendered(behind).total < 0)
    let closed = Compatibility.cParity.setting(.sourceLineEndings, false)
    #expect(try experiment("\(base16) -sourcefile open.txt", closed)?.beam.sources.count == 1)
  }
}
