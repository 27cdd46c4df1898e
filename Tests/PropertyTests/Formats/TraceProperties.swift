import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing
import TraceIO

private let forAll = PropertyFamily("PropertyTests/TraceProperties.swift")

extension TraceLine: SwiftSourceConvertible {
  /// The line as text, in a comment.
  public var swiftSource: String { "/* \(TraceWriter.text(self)) */" }
}
/// Traces: written, read back, compared.
@Suite(.tags(.files, .verification, .property), .generousTime) struct TraceProperties {
  /// Lines of the catalogue with values of every kind.
  static let lines: Generator<[TraceLine]> = {
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
    // One pixel: what repeats a name behind the end of the pixel is another one, see `severalPixels`.
    return line.array(1...12).map { lines in
      guard let end = lines.firstIndex(where: Self.endsPixel) else { return lines }
      let names = Set(lines[...end].filter { $0.section == .pixel }.map { $0.fields[0].name })
      return lines[...end] + lines[(end + 1)...].filter { $0.section != .pixel || !names.contains($0.fields[0].name) }
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
  @Test("A trace read back is the trace written, to the last bit") func tracesReadBack() {
    forAll("a trace read back is the trace written, to the last bit", Self.lines, .element(of: ["C", "SWIFT", "PY"])) {
      check, lines, author in
      let trace = try TraceParser.parse(TraceWriter.text(lines, author: author), file: "a.log")
      try check.equal(trace.author, author)
      try check.equal(trace.warnings, [])
      try check.equal(trace.isOnePixel, true)
      try check.that(isSame(trace.lines, lines), "\(TraceWriter.text(trace.lines))")
    }
  }

  @Test("Of a log of several pixels the first is read, and the pixels are counted") func severalPixels() {
    forAll("of a log of several pixels the first is read, and the pixels are counted", Self.lines, .integer(in: 2...4))
    {
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
  }

  @Test("Line endings and foreign lines of a log do not matter") func lineEndingsAndForeignLines() {
    forAll("line endings and foreign lines do not matter", Self.lines, .bool, .bool) { check, lines, windows, noisy in
      var text = TraceWriter.text(lines)
      if noisy {
        text =
          text.split(separator: "\n").map { "a log line\nTRACE: foreign\nprefix \($0)" }.joined(separator: "\n") + "\n"
      }
      if windows { text = text.replacingOccurrences(of: "\n", with: "\r\n") }
      try check.that(isSame(try TraceParser.parse(text, file: "a.log").lines, lines), text)
    }
  }

  @Test("The older grammar name=value is read as the newer one") func olderGrammar() {
    forAll("the older grammar name=value says the same", Self.lines) { check, lines in
      let text = lines.map { line -> String in
        guard line.section == .pixel else { return TraceWriter.text(line) }
        let words = line.fields[0].values.map(TraceWriter.text).joined(separator: " ")
        return "TRACE_SWIFT:\(line.fields[0].name)=\(words)"
      }
      let trace = try TraceParser.parse(text.joined(separator: "\n") + "\n", file: "a.log")
      try check.that(isSame(trace.lines, lines), text.joined(separator: "\n"))
    }
  }

  @Test("Numbers written with %.17g are read back to the last bit") func numbersReadBack() {
    forAll("numbers written with %.17g are read back to the last bit", .any) { check, value in
      let text = NumberText.text("%.17g", value)
      let back = try check.some(NumberText.number(text))
      try check.that(back.bitPattern == value.bitPattern || (back.isNaN && value.isNaN), "\(text) → \(back)")
      try check.that(NumberText.number(" " + text) == nil && NumberText.number(text + "x") == nil, "whole words only")
    }
  }

  private let exact = UniformTolerance(.exact(because: "the same text"))

  @Test("A trace agrees with itself") func aTraceAgreesWithItself() {
    forAll("a trace agrees with itself", Self.lines) { check, lines in
      let trace = Trace(lines: lines)
      let comparison = TraceComparison(reference: trace, candidate: trace, rule: exact)
      try check.that(comparison.firstDivergence == nil, "\(comparison.firstDivergence.map { "\($0.place)" } ?? "")")
      try check.equal(comparison.identical.count, comparison.identical.of)
    }
  }

  @Test("Deltas change their sign with the order, and vanish together") func deltasAreAntisymmetric() {
    forAll(
      "deltas change their sign with the order, and vanish together", Self.lines, .any, .integer(in: 0...1000),
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
        for (a, b) in try pairs(item.deltas, mirrored.deltas) {
          guard let a, let b else { continue }
          try check.that(a == -b || (a.isNaN && b.isNaN), "\(item.place): \(a) and \(b)")
        }
      }
    }
  }

  @Test("The first divergence does not depend on the order of lines within a step") func firstDivergenceWithinAStep() {
    forAll(
      "the first divergence does not depend on the order of lines within a step", .scene(), .integer(in: 0...10_000),
      .integer(in: 0...10_000), cost: .dear
    ) { check, scene, which, seed in
      var scene = scene
      scene.oversample = 1
      let lines = try PixelTracer(try scene.experiment()).trace(PixelIndex(slow: 0, fast: 0))
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
}
