import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing
import TraceIO
import TraceReports

/// What is said of traces that differ in several ways at once, at random, as digests. `EditPinTests` changes one quantity
/// at a time; rules about several quantities (exchanged axes, transposed matrices, directions of another length, pixels,
/// known differences) need changes that belong together.
@Suite(.tags(.verification), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct JointEditPinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/joint-edits.json")

  @Test func editsAreMetAsRecorded() throws { try check("few", seed: 1, count: 500) }

  @Test(.enabled(if: RecordingLibrary.comparesAll)) func moreEditsAreMetAsRecorded() throws {
    try check("more", seed: 2, count: 3000)
  }

  @Test(.enabled(if: RecordingLibrary.comparesAll)) func editsAboutThresholdsAreMetAsRecorded() throws {
    try check("thresholds", seed: 3, count: 3000, isFine: true)
  }

  private func check(_ name: String, seed: UInt64, count: Int, isFine: Bool = false) throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    var random = SplitMix64(state: 20_261_130 + seed)
    let traces = try (0..<24).map { _ in try RandomScene(&random).trace() }
    var digest = BitDigest()
    for number in 0..<count {
      let reference = traces.randomElement(using: &random)!
      var edit = TraceEdit(reference, isFine: isFine)
      // Traces of two scenes differ in everything; most pairs differ in little.
      if Int.random(in: 0..<40, using: &random) == 0 { edit.trace = traces.randomElement(using: &random)! }
      for _ in 0..<Int.random(in: 1...3, using: &random) { edit.change(&random) }
      let isTurned = Bool.random(using: &random)
      add(
        number, isTurned ? edit.trace : reference, isTurned ? reference : edit.trace, edit.tolerance(&random),
        edit.known(&random), to: &digest)
    }
    #expect(recorded[name] == digest.text, "\(name): other words; record \(digest.text) if that is meant")
  }

  private func add(
    _ number: Int, _ reference: Trace, _ candidate: Trace, _ table: ToleranceTable,
    _ known: [String: TraceDialect.Known],
    to digest: inout BitDigest
  ) {
    let report = TraceReport(reference: reference, candidate: candidate, tolerances: table, known: known)
    let text = ComparisonText(report, tolerance: table.standard.relative)
    // Each text has the findings or the table of quantities; one at a time keeps the test short.
    switch number % 8 {
    case 0: digest.add(text.markdown)
    case 1: digest.add(text.differencePage)
    case 2: digest.add(report.differenceTable(all: true).plain())
    default: digest.add(text.plain())
    }
    digest.add("\(report.pixels) \(report.outcome.rawValue)")
  }
}

/// A trace that is changed at random.
private struct TraceEdit {
  var trace: Trace
  /// Whether changes are small, about the thresholds between causes.
  let isFine: Bool

  /// A field of a trace.
  private struct Field {
    let line: Int
    let field: Int
  }

  init(_ trace: Trace, isFine: Bool) { (self.trace, self.isFine) = (trace, isFine) }

  private static let units: [Double] = [
    1e10, 1e-10, 1000, 1e-3, 100, 10, 180 / .pi, .pi / 180, 2 * .pi, 0.5 / .pi, 4 * .pi, 0.25 / .pi, -1, 2, 0.5,
    7.94e-30,
    1.2398e-6,
  ]

  mutating func change(_ random: inout SplitMix64) {
    guard trace.lines.count > 3 else { return }
    if isFine {
      Bool.random(using: &random) ? scale(&random) : shift(&random)
      return
    }
    switch Int.random(in: 0..<15, using: &random) {
    case 0, 1: scale(&random)
    case 2, 3: shift(&random)
    case 4: exchange(&random)
    case 5, 6: permuteRows(&random)
    case 7: normalise(&random)
    case 8: scaleTail(&random)
    case 9: trace.lines.remove(at: line(&random))
    case 10: trace.lines.insert(trace.lines[line(&random)], at: line(&random))
    case 11: roundAll(&random)
    case 12: swapLines(&random)
    case 13: trace = trace.without([.setup, .phi, .step].randomElement(using: &random)!)
    default: word(&random)
    }
  }

  func tolerance(_ random: inout SplitMix64) -> ToleranceTable {
    let relative = [1e-6, 1e-6, 1e-6, 1e-9, 1e-12, 1e-3, 0].randomElement(using: &random)!
    guard Int.random(in: 0..<6, using: &random) == 0 else { return ToleranceTable(relative: relative) }
    let name = trace.lines[line(&random)].fields.first?.name ?? ""
    return ToleranceTable(
      standard: Tolerance(relative: relative, because: "drawn"),
      named: [name: Tolerance(relative: 0.01, absolute: 1e-3, ulps: 4, because: "of its own")])
  }

  func known(_ random: inout SplitMix64) -> [String: TraceDialect.Known] {
    guard Int.random(in: 0..<4, using: &random) == 0 else { return [:] }
    let names = (0..<3).map { _ in trace.lines[line(&random)].fields.first?.name ?? "" }
    return Dictionary(
      names.map { ($0, TraceDialect.Known(name: $0, relative: 0.02, because: "drawn", until: "2099-12-31")) },
      uniquingKeysWith: { first, _ in first })
  }

  // MARK: Choices

  /// A line. Most lines are steps, so that every second choice is one of the others.
  private func line(_ random: inout SplitMix64) -> Int {
    let others = trace.lines.indices.filter { [.setup, .pixel].contains(trace.lines[$0].section) }
    if let other = others.randomElement(using: &random), Bool.random(using: &random) { return other }
    return trace.lines.indices.randomElement(using: &random) ?? 0
  }

  private func place(_ random: inout SplitMix64) -> Field {
    let line = line(&random)
    return Field(line: line, field: trace.lines[line].fields.indices.randomElement(using: &random) ?? 0)
  }

  private subscript(_ place: Field) -> [Double] {
    get { trace.lines[place.line].fields[place.field].values.compactMap(\.number) }
    set { trace.lines[place.line].fields[place.field].values = newValue.map(TraceValue.real) }
  }

  /// A factor: a unit, or one plus a number of any magnitude.
  private func factor(_ random: inout SplitMix64) -> Double {
    if !isFine, Int.random(in: 0..<3, using: &random) == 0 { return Self.units.randomElement(using: &random)! }
    let exponent = Double.random(in: isFine ? -15...0 : -12...3, using: &random)
    // exp is the library's, and a digest needs the same number on every machine.
    let size = Double.random(in: 1...10, using: &random) * Double("1e\(Int(exponent.rounded(.down)))")!
    return Bool.random(using: &random) ? 1 + size : 1 - size
  }

  // MARK: Changes

  private mutating func scale(_ random: inout SplitMix64) {
    let (place, factor) = (place(&random), factor(&random))
    let name = trace.lines[place.line].fields[place.field].name
    if Bool.random(using: &random) {
      trace = trace.changing(name, in: trace.lines[place.line].section) { $0.map { $0 * factor } }
    } else {
      self[place] = self[place].map { $0 * factor }
    }
  }

  private mutating func shift(_ random: inout SplitMix64) {
    let place = place(&random)
    var numbers = self[place]
    guard let component = numbers.indices.randomElement(using: &random) else { return }
    let change = factor(&random) - 1
    switch Int.random(in: 0..<4, using: &random) {
    case 0: numbers[component] += change
    case 1: numbers[component] *= 1 + change
    case 2: numbers[component] = -numbers[component]
    default: numbers[component] += Double(Int.random(in: -2...2, using: &random)) / 2
    }
    self[place] = numbers
  }

  private mutating func exchange(_ random: inout SplitMix64) {
    let first = place(&random)
    let (count, section) = (self[first].count, trace.lines[first.line].section)
    let others = trace.lines.indices.filter {
      trace.lines[$0].section == section && trace.lines[$0].fields.first?.values.count == count
    }
    guard let other = others.randomElement(using: &random) else { return }
    let second = Field(line: other, field: 0)
    (self[first], self[second]) = (self[second], self[first])
  }

  /// Reorders three vectors that follow one another, or transposes them.
  private mutating func permuteRows(_ random: inout SplitMix64) {
    let vectors = trace.lines.indices.filter { trace.lines[$0].fields.first?.values.count == 3 }
    guard vectors.count > 2, let start = vectors.indices.dropLast(2).randomElement(using: &random) else { return }
    let places = vectors[start..<start + 3].map { Field(line: $0, field: 0) }
    let rows = places.map { self[$0] }
    guard rows.allSatisfy({ $0.count == 3 }) else { return }
    let orders = [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    let order = orders.randomElement(using: &random)!
    let way = Int.random(in: 0..<3, using: &random)
    for (number, place) in places.enumerated() {
      switch way {
      case 0: self[place] = rows[order[number]]
      case 1: self[place] = rows.map { $0[number] }
      default: self[place] = order.map { rows[number][$0] }
      }
    }
  }

  /// Gives some directions another length each.
  private mutating func normalise(_ random: inout SplitMix64) {
    let factors = (0..<3).map { _ in factor(&random) }
    for line in trace.lines.indices {
      let place = Field(line: line, field: 0)
      let numbers = trace.lines[line].fields.isEmpty ? [] : self[place]
      let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if numbers.count == 3, abs(length - 1) < 1e-9 { self[place] = numbers.map { $0 * factors[line % 3] } }
    }
  }

  /// Multiplies all numbers from a line on, or those of some later lines.
  private mutating func scaleTail(_ random: inout SplitMix64) {
    let (start, factor) = (line(&random), factor(&random))
    let stride = Int.random(in: 1...3, using: &random)
    for line in Swift.stride(from: start, to: trace.lines.count, by: stride) {
      for field in trace.lines[line].fields.indices {
        let place = Field(line: line, field: field)
        self[place] = self[place].map { $0 * factor }
      }
    }
  }

  private mutating func roundAll(_ random: inout SplitMix64) {
    let digits = Int.random(in: 0...13, using: &random)
    for line in trace.lines.indices {
      for field in trace.lines[line].fields.indices {
        let place = Field(line: line, field: field)
        self[place] = self[place].map { number in
          digits == 0 ? Double(Float(number)) : Double(NumberText.text("%.\(digits)g", number)) ?? number
        }
      }
    }
  }

  private mutating func swapLines(_ random: inout SplitMix64) { trace.lines.swapAt(line(&random), line(&random)) }

  /// Renames a quantity, replaces a value, or gives the log another author and a warning.
  private mutating func word(_ random: inout SplitMix64) {
    let place = place(&random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: trace.lines[place.line].fields[place.field].name += "_new"
    case 1:
      trace.lines[place.line].fields[place.field].name =
        trace.lines[line(&random)].fields.first?.name ?? "of_nothing"
    case 2: trace.lines[place.line].fields[place.field].values = [.word("broken"), .integer(7), .real(.nan)]
    default:
      trace.author = "PY"
      trace.warnings.append("log.txt:7: drawn | with <signs> & *stars*")
    }
  }
}
