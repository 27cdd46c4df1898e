import Foundation
import PropertyTesting
import Physics
import TestSupport
import Testing
import TraceIO
import TraceReports

/// What is said of traces in which one quantity was changed, every quantity in every way, as digests. Other tests judge the
/// causes that are named; the digests tell that a threshold or a word of an explanation is no longer what it was.
@Suite(.tags(.verification), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct EditPinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/edits.json")

  private typealias Change = @Sendable ([Double]) -> [Double]

  private static let factors: [Double] = [
    2, 0.5, -1, 1e10, 1e-10, 1000, 1e-3, 57.29577951308232, 6.283185307179586, 12.566370614359172, 1.001, 1.0019, 1.003,
    1.000_001, 1.000_000_002, 1.000_000_000_003, 1.000_000_000_000_001, 0, 7.94e-30,
  ]

  /// Ways to change the numbers of a quantity, and those of its numbers one by one.
  private static let changes: [(name: String, change: Change)] = {
    var changes: [(name: String, change: Change)] = []
    for factor in factors { changes.append(("times \(factor)", { $0.map { $0 * factor } })) }
    func each(_ name: String, _ change: @escaping @Sendable (Double) -> Double) {
      changes.append((name, { $0.map(change) }))
    }
    each("plus 1") { $0 + 1 }
    each("plus a half") { $0 + 0.5 }
    each("a little more") { $0 + 1e-4 }
    each("single precision") { Double(Float($0)) }
    each("six digits") { Double(NumberText.text("%.5e", $0)) ?? $0 }
    each("nine digits") { Double(NumberText.text("%.9g", $0)) ?? $0 }
    each("whole") { $0.rounded() }
    each("not a number") { _ in .nan }
    each("infinite") { _ in .infinity }
    each("inverse") { 1 / $0 }
    each("squared") { $0 * $0 }
    each("root") { $0.magnitude.squareRoot() }
    changes.append(("reversed", { Array($0.reversed()) }))
    changes.append(("turned", { Array($0.dropFirst() + $0.prefix(1)) }))
    changes.append(("the first negative", { Array($0.prefix(1).map { -$0 } + $0.dropFirst()) }))
    changes.append(("the last negative", { Array($0.dropLast() + $0.suffix(1).map { -$0 }) }))
    changes.append(("one off", { Array($0.prefix(1).map { $0 * 1.01 } + $0.dropFirst()) }))
    for order in [[0, 2, 1], [1, 0, 2], [2, 0, 1]] {
      changes.append(("in the order \(order)", { numbers in numbers.count == 3 ? order.map { numbers[$0] } : numbers }))
    }
    for (first, second) in [(0, 1), (0, 2), (1, 2)] {
      changes.append(
        (
          "\(first) and \(second) negative",
          { $0.enumerated().map { $0.offset == first || $0.offset == second ? -$0.element : $0.element } }
        ))
    }
    changes.append(("fewer", { Array($0.dropLast()) }))
    return changes
  }()

  @Test(arguments: changes.indices) func editsAreMetAsRecorded(number: Int) throws { try check(number, scene: 0) }

  @Test(.enabled(if: RecordingLibrary.comparesAll), arguments: changes.indices)
  func editsOfAnotherSceneAreMetAsRecorded(number: Int) throws { try check(number, scene: 1) }

  @Test(.enabled(if: RecordingLibrary.comparesAll), arguments: changes.indices)
  func editsOfAThirdSceneAreMetAsRecorded(number: Int) throws { try check(number, scene: 2) }

  private func check(_ number: Int, scene: Int) throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    let (name, change) = Self.changes[number]
    var random = SplitMix64(state: 20_261_202 + UInt64(scene))
    var digest = BitDigest()
    let trace = try RandomScene(&random).trace()
    var seen: Set<String> = []
    for line in trace.lines {
      for field in line.fields where seen.insert("\(line.section) \(field.name)").inserted {
        let other = trace.changing(field.name, in: line.section, change)
        // Every second pair the other way round, so that each side has its turn.
        let report = (seen.count + scene) % 2 == 0 ? compare(trace, other) : compare(other, trace)
        let text = ComparisonText(report, tolerance: ToleranceTable.usual)
        digest.add(text.plain())
        digest.add(text.markdown)
        digest.add(text.differencePage)
        digest.add("\(report.pixels)")
      }
    }
    let key = "\(name), scene \(scene + 1)"
    #expect(recorded[key] == digest.text, "\(key): other words; record \(digest.text) if that is meant")
  }
}
