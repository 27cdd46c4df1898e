import CommandLineSupport
import Foundation
import FrameIO
import Physics
import PropertyTesting
import Testing
import TraceIO

extension TraceLine: SwiftSourceConvertible {
  /// The line as text, in a comment.
  public var swiftSource: String { "/* \(TraceWriter.text(self)) */" }
}

/// Reading what was written, comparing, and surviving damage.
@Suite struct FormatProperties {
  /// Lines of the catalogue with values of every kind.
  private let lines: Generator<[TraceLine]> = {
    let number = Generator<Double>.any
    let values = number.array(24...24)
    let line = zip(
      Generator<Int>.integer(in: 0...TraceQuantity.all.count - 1), Generator<Int>.integer(in: -1000...1000), values
    ).map { index, whole, values in
      func field(_ quantity: TraceQuantity, _ start: Int) -> TraceField {
        TraceField(
          quantity.name,
          (0..<quantity.components).map { component in
            if quantity.unit == "word" { return .word("MOSFLM") }
            return quantity.isInteger ? .integer(whole + component) : .real(values[(start + component) % values.count])
          })
      }
      let quantity = TraceQuantity.all[index]
      switch quantity.section {
      case .setup, .pixel: return TraceLine(quantity.section, [field(quantity, 0)])
      case .phi: return TraceLine(.phi, TraceQuantity.phi.enumerated().map { field($1, $0) })
      case .step: return TraceLine(.step, TraceQuantity.step.enumerated().map { field($1, $0) })
      }
    }
    // One pixel: what stands behind a repeated end of the pixel is another one, see `severalPixels`.
    return line.array(1...12).map { lines in
      let ends = lines.indices.filter { Self.endsPixel(lines[$0]) }
      return lines.indices.filter { !ends.dropFirst().contains($0) }.map { lines[$0] }
    }
  }()

  private static func endsPixel(_ line: TraceLine) -> Bool {
    line.section == .pixel && line.fields[0].name == "I_pixel_final"
  }

  private func isSame(_ first: TraceValue, _ second: TraceValue) -> Bool {
    guard case .real(let a) = first, case .real(let b) = second else { return first == second }
    return a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
  }

  private func isSame(_ first: [TraceLine], _ second: [TraceLine]) -> Bool {
    first.count == second.count
      && zip(first, second).allSatisfy { one, other in
        one.section == other.section && one.fields.map(\.name) == other.fields.map(\.name)
          && zip(one.fields, other.fields).allSatisfy { a, b in
            a.values.count == b.values.count && zip(a.values, b.values).allSatisfy(isSame)
          }
      }
  }

  @Test func headers() {
    forAll("an image header in spec restores the camera, tilted and swung as it may be", .pose()) { check, pose in
      var request = SimulationRequest.minimal
      pose.apply(to: &request)
      let written = try Experiment(resolving: request, compatibility: .spec)
      let bytes = SMVWriter.header(written)
      try check.that(bytes.count % 512 == 0, "\(bytes.count) bytes")
      var again = SimulationRequest.minimal
      again.apply(try SMVHeader(bytes, path: "a.img", flag: "-img", .spec), isMask: false, .spec)
      // Six digits in the reference program's own keys.
      try check.close((again.pixelSize ?? 0) / pose.pixel, 1, within: 5e-6, because: "printed with six digits")
      again.pixelSize = pose.pixel
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

  @Test func traces() {
    forAll("a trace read back is the trace written, to the last bit", lines, .element(of: ["C", "SWIFT", "PY"])) {
      check, lines, author in
      let trace = try TraceParser.parse(TraceWriter.text(lines, author: author), file: "a.log")
      try check.equal(trace.author, author)
      try check.equal(trace.warnings, [])
      try check.equal(trace.isOnePixel, true)
      try check.that(isSame(trace.lines, lines), "\(TraceWriter.text(trace.lines))")
    }
    forAll("of a log of several pixels the first is read, and the pixels are counted", lines, .integer(in: 2...4)) {
      check, lines, pixels in
      let end = TraceLine(.pixel, [TraceField("I_pixel_final", [.real(1)])])
      let first = lines.filter { !Self.endsPixel($0) } + [end]
      let text = (0..<pixels).map { _ in TraceWriter.text(first) }.joined()
      let trace = try TraceParser.parse(text, file: "a.log")
      try check.that(isSame(trace.lines, first), "\(TraceWriter.text(trace.lines))")
      try check.equal(trace.warnings.count, 1)
      try check.that(trace.warnings[0].contains("\(pixels) pixels end"), "\(trace.warnings)")
      try check.equal(trace.isOnePixel, false)
    }
    forAll("line endings and foreign lines do not matter", lines, .bool, .bool) { check, lines, windows, noisy in
      var text = TraceWriter.text(lines)
      if noisy {
        text =
          text.split(separator: "\n").map { "a log line\nTRACE: foreign\nprefix \($0)" }.joined(separator: "\n") + "\n"
      }
      if windows { text = text.replacingOccurrences(of: "\n", with: "\r\n") }
      try check.that(isSame(try TraceParser.parse(text, file: "a.log").lines, lines), text)
    }
    forAll("the older grammar name=value says the same", lines) { check, lines in
      let text = lines.map { line -> String in
        guard line.section == .pixel else { return TraceWriter.text(line) }
        let words = line.fields[0].values.map(TraceWriter.text).joined(separator: " ")
        return "TRACE_SWIFT:\(line.fields[0].name)=\(words)"
      }
      let trace = try TraceParser.parse(text.joined(separator: "\n") + "\n", file: "a.log")
      try check.that(isSame(trace.lines, lines), text.joined(separator: "\n"))
    }
    forAll("numbers written with %.17g are read back to the last bit", .any) { check, value in
      let text = NumberText.text("%.17g", value)
      let back = try check.some(NumberText.number(text))
      try check.that(back.bitPattern == value.bitPattern || (back.isNaN && value.isNaN), "\(text) → \(back)")
      try check.that(NumberText.number(" " + text) == nil && NumberText.number(text + "x") == nil, "whole words only")
    }
  }

  private let exact = UniformTolerance(.exact(because: "the same text"))

  @Test func comparison() {
    forAll("a trace agrees with itself", lines) { check, lines in
      let trace = Trace(lines: lines)
      let comparison = TraceComparison(reference: trace, candidate: trace, rule: exact)
      try check.that(comparison.firstDivergence == nil, "\(comparison.firstDivergence.map { "\($0.place)" } ?? "")")
      try check.equal(comparison.identical.count, comparison.identical.of)
    }
    forAll(
      "deltas change their sign with the order, and vanish together", lines, .any, .integer(in: 0...1000),
      require: [.atLeast(50, "a delta")]
    ) { check, lines, value, which in
      var changed = lines
      let line = which % lines.count
      let field = which % changed[line].fields.count
      for index in changed[line].fields[field].values.indices {
        if case .real = changed[line].fields[field].values[index] {
          changed[line].fields[field].values[index] = .real(value)
        }
      }
      let (one, other) = (Trace(lines: lines), Trace(lines: changed))
      let there = TraceComparison(reference: one, candidate: other, rule: exact)
      let back = TraceComparison(reference: other, candidate: one, rule: exact)
      try check.equal(Set(there.items.map(\.place)), Set(back.items.map(\.place)))
      check.label("a delta", there.items.contains { $0.deltas.contains { $0 != nil && $0 != 0 } })
      let reverse = Dictionary(uniqueKeysWithValues: back.items.map { ($0.place, $0) })
      for item in there.items {
        let mirrored = try check.some(reverse[item.place])
        try check.equal(item.agrees, mirrored.agrees, "agreement of \(item.place)")
        for (a, b) in zip(item.deltas, mirrored.deltas) {
          guard let a, let b else { continue }
          try check.that(a == -b || (a.isNaN && b.isNaN), "\(item.place): \(a) and \(b)")
        }
      }
    }
    forAll(
      "the first divergence does not depend on the order of lines within a step", .scene(), .integer(in: 0...10_000),
      .integer(in: 0...10_000), cost: .dear
    ) { check, scene, which, seed in
      var scene = scene
      scene.oversample = 1
      let lines = try PixelTracer(try scene.experiment()).trace(slow: 0, fast: 0)
      var changed = lines
      let index = which % lines.count
      for field in changed[index].fields.indices {
        for value in changed[index].fields[field].values.indices {
          if case .real(let number) = changed[index].fields[field].values[value] {
            changed[index].fields[field].values[value] = .real(number == 0 ? 1 : number * 2)
          }
        }
      }
      let reference = Trace(lines: lines)
      let expected = TraceComparison(reference: reference, candidate: Trace(lines: changed), rule: exact)
        .firstDivergence
      let shuffled = TraceComparison(
        reference: reference, candidate: Trace(lines: Self.shuffledWithinSteps(changed, seed: UInt64(seed))),
        rule: exact)
      let changes = lines[index].fields.contains { $0.values.contains { if case .real = $0 { true } else { false } } }
      try check.equal(expected != nil, changes, "a change is seen")
      try check.equal(shuffled.firstDivergence?.place, expected?.place)
    }
  }

  /// Shuffles each run of lines of one kind.
  private static func shuffledWithinSteps(_ lines: [TraceLine], seed: UInt64) -> [TraceLine] {
    var generator = SplitMix64(state: seed)
    var result: [TraceLine] = []
    var run: [TraceLine] = []
    for line in lines + [TraceLine(.setup, [])] {
      if let first = run.first, first.section != line.section {
        result += run.shuffled(using: &generator)
        run = []
      }
      run.append(line)
    }
    return result
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

  @Test func damagedTraces() {
    forAll(
      "a damaged trace is read or refused with its file and line", lines, edits,
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

  @Test func damagedFiles() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("damaged-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    struct Reader {
      var property: String
      var text: String
      /// What follows the damaged text, undamaged.
      var rest = ""
      var read: (String, Compatibility) throws -> Void
    }
    let readers = [
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
    for (index, reader) in readers.enumerated() {
      let path = folder.appendingPathComponent("\(index)").path
      forAll(reader.property, edits, .bool, require: [.atLeast(5, "read"), .atLeast(5, "refused")], cost: .dear) {
        check, edits, parity in
        try Data(damaged(reader.text, edits) + Array(reader.rest.utf8)).write(to: URL(fileURLWithPath: path))
        do {
          try reader.read(path, parity ? .cParity : .spec)
          check.label("read")
        } catch let error as RequestError {
          check.label("refused")
          try check.that(error.description.contains(path), error.description)
        }
      }
    }
  }

  @Test func floatImages() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("images-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("a.bin").path
    forAll(
      "a float image read back is the image written", .integer(in: 1...9), .integer(in: 1...9),
      Generator<Double>.any.array(81...81), cost: .dear
    ) {
      check, fast, slow, values in
      let image = FloatImage(fastPixels: fast, slowPixels: slow, pixels: values.prefix(fast * slow).map { Float($0) })
      try FloatImageFile.write(image, to: path)
      let back = try FloatImageFile.read(path, fastPixels: fast, slowPixels: slow)
      try check.equal(back.pixels.map(\.bitPattern), image.pixels.map(\.bitPattern))
      try check.fails(with: RequestError.self, "a wrong size") {
        _ = try FloatImageFile.read(path, fastPixels: fast + 1, slowPixels: slow)
      }
    }
  }

  @Test func commandLines() {
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
        let request = try CommandLineParser(base + arguments, compatibility: parity ? .cParity : .spec).parse()
        _ = try request.experiment(clockSeed: 1)
        check.label("understood")
      } catch let error as RequestError {
        check.label("refused")
        try check.that(!error.remedy.isEmpty && !error.description.isEmpty, "\(error)")
      }
    }
    forAll("later options replace earlier ones, whatever stands between", .double(in: 0.5...3), .double(in: 0.5...3)) {
      check, first, second in
      func wavelength(_ words: [String]) throws -> Double {
        try CommandLineParser(["-cell", "100", "-default_F", "1"] + words).parse().experiment(clockSeed: 1).beam
          .wavelength
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
