import Arithmetics
import Foundation
import Physics
import TraceIO

/// The tolerances of a pixel's trace by computation: what rounding can do to each number, proven (docs/numbers.md).
///
/// The exact number is within the bound of the reference, and the candidate is within the bound of the exact number: so the
/// two may differ by the bound and the distance of the reference, of which no more than the bound counts. A number without a
/// bound may deviate by the usual tolerance of a comparison, and is never called rounding.
package struct ProvenTolerance: ToleranceRule {
  /// What is known of one component of a quantity.
  private struct Component: Sendable {
    /// The exact number, rounded to a double.
    let truth: Double
    /// The largest deviation from the exact number that each kind of rounding explains; infinite if there is no bound.
    var allowances: [RoundingKind: Double]
  }

  private var components: [TracePlace: [Component?]] = [:]
  /// The kinds of rounding that a candidate may have.
  package let accepted: [RoundingKind]
  /// The relative error of the numbers as they were printed in the logs.
  private let printing: Double

  /// Computes the tolerances of a pixel.
  /// - Parameters:
  ///   - pixel: The pixel.
  ///   - accepted: The kinds of rounding that a candidate may have, of `double`, `single` and `printed`.
  ///   - logs: The traces that are compared, whose numbers may have been printed with few digits.
  /// - Throws: `ExperimentError` if an arithmetic refuses the request.
  package init(
    _ pixel: PixelEvaluation, accepting accepted: [RoundingKind] = [.double], logs: [Trace] = []
  ) throws(ExperimentError) {
    self.accepted = accepted
    printing = logs.reduce(0) { $0 + $1.printingError }
    let doubles = try pixel.doubles()
    let numbers = PixelEvaluation.numbers(doubles)
    let places = TracePlace.placesByLine(of: Trace(lines: doubles)).joined()
    for kind in accepted {
      let analysis = try RoundingAnalysis(
        pixel, precision: kind == .single ? .single : .double, reading: kind == .printed ? .printed : .doubles)
      let known = Dictionary(analysis.numbers.map { ($0.place, $0) }) { first, _ in first }
      var next = numbers.makeIterator()
      for (place, values) in places {
        var entry = components[place] ?? Array(repeating: nil, count: values.count)
        for (index, value) in values.enumerated() {
          guard case .real = value, let number = next.next().flatMap({ known[$0.place] }) else { continue }
          var component = entry[index] ?? Component(truth: number.truthDouble, allowances: [:])
          component.allowances[kind] = number.allowance
          entry[index] = component
        }
        components[place] = entry
      }
    }
  }

  /// The largest deviation of a component from a reference that a kind of rounding explains; nil for words and whole
  /// numbers, and for quantities that the trace does not have.
  package func allowed(_ kind: RoundingKind, _ place: TracePlace, _ component: Int, reference: Double) -> Double? {
    guard let known = components[place], known.indices.contains(component), let entry = known[component],
      let allowance = entry.allowances[kind]
    else { return nil }
    let printed = printing * abs(reference)
    return (allowance + min(abs(reference - entry.truth), allowance + printed) + printed).nextUp
  }

  /// The exact number of a component, rounded to a double, and the largest deviation from it that rounding in double
  /// precision explains, infinite if there is no bound; nil for words and whole numbers, and for quantities that the trace
  /// does not have.
  package func component(_ place: TracePlace, _ index: Int) -> (truth: Double, allowance: Double)? {
    guard let known = components[place], known.indices.contains(index), let entry = known[index] else { return nil }
    return (entry.truth, entry.allowances[.double] ?? .infinity)
  }

  /// The tolerances of the components of a quantity, by the kinds of rounding that are accepted.
  package func tolerance(
    for place: TracePlace, reference: [TraceValue]
  ) -> (tolerance: Tolerance, scale: Double?) {
    guard let known = components[place], known.count == reference.count else {
      return (.exact(because: "the trace of the arguments does not have this quantity"), nil)
    }
    guard known.contains(where: { $0 != nil }) else { return (.exact(because: "a word or a whole number"), nil) }
    var tolerance = Tolerance(
      because: accepted.map(\.rawValue).joined(separator: ", ") + ": computed for these arguments")
    tolerance.components = reference.indices.map { index in
      guard let number = reference[index].number else { return 0 }
      let bounds = accepted.compactMap { allowed($0, place, index, reference: number) }
      let unbounded = bounds.contains(.infinity) ? ToleranceTable.usual * abs(number) : 0
      return max(bounds.filter(\.isFinite).max() ?? 0, unbounded)
    }
    return (tolerance, nil)
  }

  /// The kind of rounding that explains the difference of a quantity, and how much of the allowed deviation the difference
  /// takes: at most 1 if rounding explains it. Nil for equal values.
  package func kind(of item: TraceComparison.Item) -> (kind: RoundingKind, share: Double)? {
    guard let reference = item.reference, let candidate = item.candidate, reference.count == candidate.count else {
      return (.none, .infinity)
    }
    var worst: (kind: RoundingKind, share: Double)?
    for (index, pair) in zip(reference, candidate).enumerated() {
      guard let a = pair.0.number, let b = pair.1.number else {
        if pair.0 != pair.1 { return (.none, .infinity) }
        continue
      }
      guard a != b, !(a.isNaN && b.isNaN) else { continue }
      let found = explanation(of: abs(b - a), item.place, index, a)
      let isWorse =
        worst.map { (Self.rank(found.kind), found.share) > (Self.rank($0.kind), $0.share) } ?? true
      if isWorse { worst = found }
    }
    return worst
  }

  private func explanation(
    of deviation: Double, _ place: TracePlace, _ component: Int, _ reference: Double
  ) -> (kind: RoundingKind, share: Double) {
    var (smallest, hasBound) = (Double.infinity, true)
    for kind in accepted {
      guard let allowed = allowed(kind, place, component, reference: reference) else { continue }
      guard allowed.isFinite else {
        hasBound = false
        continue
      }
      if deviation <= allowed { return (kind, deviation / allowed) }
      if allowed > 0 { smallest = min(smallest, deviation / allowed) }
    }
    return hasBound ? (.none, smallest) : (.unbounded, .infinity)
  }

  private static func rank(_ kind: RoundingKind) -> Int { RoundingKind.allCases.firstIndex(of: kind) ?? 0 }
}

extension Trace {
  /// The relative error by which the numbers of a log were printed: half a unit of the last of its digits, relative to a
  /// number that begins with 1; zero for seventeen digits, which give every double, and which the shortest texts of
  /// doubles have among many numbers.
  package var printingError: Double {
    let digits = origins.flatMap { $0.text.split { " =\t,".contains($0) } }.map { word -> Int in
      guard NumberText.number(String(word)) != nil else { return 0 }
      let mantissa = word.prefix { $0 != "e" && $0 != "E" }
      return mantissa.drop { "-+0.".contains($0) }.count(where: \.isNumber)
    }
    guard let most = digits.max(), most > 0, most < 17 else { return 0 }
    return 0.5 * pow(10, 1 - Double(most))
  }

  /// Whether the numbers of the trace are those of single precision: nineteen in twenty are floats, or were printed with no
  /// more than the nine digits of one.
  package var isSinglePrecision: Bool {
    let numbers = lines.flatMap(\.fields).flatMap(\.values).compactMap { value -> Double? in
      guard case .real(let number) = value, number.isFinite, number != number.rounded() else { return nil }
      return number
    }
    let floats = numbers.count { number in
      let float = Double(Float(number))
      return float == number
        || NumberText.text("%.9g", float) == NumberText.text("%.9g", number)
          && NumberText.number(NumberText.text("%.9g", number)) == number
    }
    return numbers.count >= 20 && Double(floats) >= 0.95 * Double(numbers.count)
  }
}

/// The differences of two traces and what explains them, in the order of computation.
package struct RoundingTable: Sendable {
  /// One quantity that differs.
  package struct Row: Sendable {
    /// The quantity and step.
    package let place: TracePlace
    /// The largest deviation of a component.
    package let deviation: Double
    /// The explanation.
    package let kind: RoundingKind
    /// The part of the allowed deviation that the difference takes.
    package let share: Double
  }

  /// The quantities that differ.
  package let rows: [Row]

  /// The differences of a report.
  package init(_ report: TraceReport, _ proven: ProvenTolerance) {
    rows = report.items.compactMap { item in
      guard item.reference != nil, item.candidate != nil, let found = proven.kind(of: item) else { return nil }
      return Row(
        place: item.place, deviation: item.deltas.compactMap { $0.map(abs) }.max() ?? .nan, kind: found.kind,
        share: found.share)
    }
  }

  /// The number of quantities of a kind.
  package func count(_ kind: RoundingKind) -> Int { rows.count { $0.kind == kind } }

  /// The rows as a table; the first ones only, and every first of its kind.
  package func table(limit: Int = 20) -> TextTable {
    var table = TextTable("Quantity", "Deviation", "Of what rounding allows", "Verdict")
    var seen: Set<RoundingKind> = []
    for (index, row) in rows.enumerated() where index < limit || !seen.contains(row.kind) {
      seen.insert(row.kind)
      let share = row.share.isFinite ? NumberText.text("%.2g", row.share) : "-"
      table.add(row.place.description, NumberText.text("%.3g", row.deviation), share, row.kind.rawValue)
    }
    return table
  }

  /// Summary and table, for a terminal or as Markdown; empty if nothing differs.
  package func text(isMarkdown: Bool) -> String {
    guard !rows.isEmpty else { return "" }
    return isMarkdown
      ? "\n## Rounding\n\n\(summary)\n\n" + table().markdown : "\nrounding: \(summary)\n" + table().plain() + "\n"
  }

  /// The numbers of quantities by their verdicts, in one line.
  package var summary: String {
    RoundingKind.allCases.map { ($0, count($0)) }.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)" }
      .joined(separator: ", ")
  }
}
