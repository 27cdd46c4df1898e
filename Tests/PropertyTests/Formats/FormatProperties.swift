import CommandLineSupport
import Foundation
import FrameIO
import Physics
import PropertyTesting
import TestSupport
import Testing
import TraceIO

private let forAll = PropertyFamily("PropertyTests/FormatProperties.swift")
/// Files: read back as they were written, and surviving damage.
@Suite(.tags(.files, .property), .generousTime) struct FormatProperties {
  @Test("An image header in spec restores the camera, tilted and swung as it may be") func headersRestoreTheCamera() {
    forAll("an image header in spec restores the camera, tilted and swung as it may be", .pose()) { check, pose in
      var request = SimulationRequest.minimal
      pose.apply(to: &request)
      let written = try Experiment(resolving: request, compatibility: .spec)
      let bytes = SMVWriter.header(written)
      try check.that(bytes.count % 512 == 0, "\(bytes.count) bytes")
      var again = SimulationRequest.minimal
      again.apply(try SMVHeader(bytes, path: "a.img", flag: "-img", .spec), isMask: false, .spec)
      // Six digits in the reference program's own keys.
      try check.close(
        (again.pixelSize?.millimetres ?? 0) / pose.pixel, 1, within: 5e-6, because: "printed with six digits")
      again.pixelSize = .millimetres(pose.pixel)
      let found = try Experiment(resolving: again, compatibility: .spec).detector.pose
      let pairs = [
        (found.fast, written.detector.pose.fast, 1), (found.slow, written.detector.pose.slow, 1),
        (found.normal, written.detector.pose.normal, 1),
        (found.origin, written.detector.pose.origin, written.detector.pose.origin.length),
      ]
      for (ours, expected, scale) in pairs {
        try check.close(
          (ours - expected).length / scale, 0, within: 1e-14, because: "written with fifteen digits, and normalised")
      }
    }
  }
  // MARK: Damage

  /// Edits of a text: bytes changed, deleted, doubled, or replaced by pieces that matter to a parser.
  private struct Edit: Sendable, Equatable {
    var place: Int
    var kind: Int
    var piece: String
  }

  private let edits: Generator<[Edit]> = zip(
    Generator<Int>.integer(in: 0...5000), .integer(in: 0...3),
    .element(of: [
      "\n", "\r\n", "=", ";", "nan", "1e999", "-", ".", "#", "0x", "\u{0}", "é", "99999999999999999999",
      "TRACE_C_STEP ", " ", "}",
      "NOT_EXTRACTED", "{\n", "1e-5", "-inf",
    ])
  ).map { Edit(place: $0, kind: $1, piece: $2) }.array(1...6)

  private func damaged(_ text: String, _ edits: [Edit]) -> [UInt8] {
    var bytes = Array(text.utf8)
    for edit in edits where !bytes.isEmpty {
      let place = edit.place % bytes.count
      switch edit.kind {
      case 0: bytes.insert(contentsOf: edit.piece.utf8, at: place)
      case 1: bytes.remove(at: place)
      case 2: bytes.removeSubrange(place..<min(place + 9, bytes.count))
      default: bytes[place] = edit.piece.utf8.first ?? 0
      }
    }
    return bytes
  }

  @Test("A damaged trace is read or refused with its file and line") func damagedTraces() {
    forAll(
      "a damaged trace is read or refused with its file and line", TraceProperties.lines, edits,
      require: [.atLeast(10, "read"), .atLeast(10, "refused")]
    ) { check, lines, edits in
      do {
        _ = try TraceParser.parse(damaged(TraceWriter.text(lines), edits), file: "a.log")
        check.label("read")
      } catch let error as TraceError {
        try check.that(error.description.hasPrefix("a.log:"), error.description)
        check.label("refused")
      }
    }
  }

  /// A reader of files, and a file that it reads.
  private struct Reader: Sendable, CustomTestStringConvertible {
    var property: String
    var text: String
    /// What follows the damaged text, undamaged.
    var rest = ""
    var read: @Sendable (String, Compatibility) throws -> Void

    var testDescription: String { property }
  }

  private static let readers = [
    Reader(property: "damaged reflections are read or refused", text: "0 0 0 100\n1 -2 3 45.5\n-4 5 6 7e2\n") {
      _ = try ReflectionFile.read($0, $1)
    },
    Reader(property: "a damaged matrix is read or refused", text: "0.01 0 0\n0 0.02 0\n0 0 0.03\n") { path, _ in
      _ = try MatrixFile.read(path)
    },
    Reader(property: "damaged sources are read or refused", text: "-10 0 0 1 1e-10\n-10 0.1 0 2 1.1e-10\n") {
      _ = try SourceFile.read($0, $1)
    },
    Reader(
      property: "a damaged image is read or refused",
      text: "{\nHEADER_BYTES=512;\nSIZE1=4;\nSIZE2=4;\nBYTE_ORDER=little_endian;\n}",
      rest: String(repeating: " ", count: 512)
    ) { _ = try SMVImage($0, flag: "-img", $1).mask() },
  ]

  @Test("A damaged file is read or refused with its name", arguments: FormatProperties.readers.indices)
  func damagedFiles(index: Int) throws {
    let reader = Self.readers[index]
    let folder = try TemporaryFolder()
    forAll(reader.property, edits, .bool, require: [.atLeast(5, "read"), .atLeast(5, "refused")], cost: .dear) {
      check, edits, parity in
      let path = try folder.file("damaged", damaged(reader.text, edits) + Array(reader.rest.utf8))
      do {
        try reader.read(path, parity ? .cParity : .spec)
        check.label("read")
      } catch let error as RequestError {
        check.label("refused")
        try check.that(error.description.contains(path), error.description)
      }
    }
  }

  @Test("A float image read back is the image written") func floatImagesReadBack() throws {
    let folder = try TemporaryFolder()
    forAll(
      "a float image read back is the image written", .integer(in: 1...9), .integer(in: 1...9),
      Generator<Double>.any.array(81...81), cost: .dear
    ) {
      check, fast, slow, values in
      let image = FloatImage(fastPixels: fast, slowPixels: slow, pixels: values.prefix(fast * slow).map { Float($0) })
      let path = folder.url.appendingPathComponent("a.bin").path
      try FloatImageFile.write(image, to: path)
      let back = try FloatImageFile.read(path, fastPixels: fast, slowPixels: slow)
      try check.equal(back.pixels.map(\.bitPattern), image.pixels.map(\.bitPattern))
      try check.fails(with: RequestError.self, "a wrong size") {
        _ = try FloatImageFile.read(path, fastPixels: fast + 1, slowPixels: slow)
      }
    }
  }

  @Test("Any command line is understood or refused with a remedy") func anyCommandLine() {
    let words = FlagTable.flags.flatMap(\.names)
    let values = [
      "0", "1", "2", "-1", "2.5", "1e-3", "7", "90", "nan", "inf", "-inf", "abc", "", "0x10", "1,5", "random", "spec",
      "1e400",
    ]
    let word = Generator<String>.weighted((1, .element(of: words)), (2, .element(of: values)))
    forAll(
      "any command line is understood or refused with a remedy", word.array(0...12), .bool,
      require: [.atLeast(20, "refused"), .atLeast(5, "understood")]
    ) { check, arguments, parity in
      let base = ["-cell", "100", "-default_F", "100", "-detpixels", "8"]
      do {
        _ = try Experiment(words: base + arguments, parity ? .cParity : .spec)
        check.label("understood")
      } catch let error as RequestError {
        check.label("refused")
        try check.that(!error.remedy.isEmpty && !error.description.isEmpty, "\(error)")
      }
    }
  }

  @Test("Later options replace earlier ones, whatever stands between") func laterOptionsReplaceEarlierOnes() {
    forAll("later options replace earlier ones, whatever stands between", .double(in: 0.5...3), .double(in: 0.5...3)) {
      check, first, second in
      func wavelength(_ words: [String]) throws -> Double {
        try Experiment(words: ["-cell", "100", "-default_F", "1"] + words).beam.wavelength
      }
      try check.identical(
        try wavelength(["-lambda", "\(first)", "-N", "3", "-lambda", "\(second)"]),
        try wavelength(["-lambda", "\(second)"]))
      try check.close(
        try wavelength(["-energy", "\(Constants.electronVoltAngstrom / second)"]), second * 1e-10, within: 1e-24,
        because: "two quotients of 1e-10 m")
    }
  }
}
