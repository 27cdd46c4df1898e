import Foundation
import GoldenStore
import Physics
import PropertyTesting
import TestSupport
import Testing
import TraceIO

/// Faults planted one at a time in a thousand scenes, against the causes that the diagnosis names.
@Suite(.tags(.verification), .generousTime) struct ConfusionTests {
  @Test func plantedFaultsAreNamed() throws {
    var random = SplitMix64(state: 20_261_128)
    var matrix = Confusion()
    for fault in PlantedFault.all {
      for _ in 0..<Self.scenesOfAFault {
        var scene = RandomScene(&random)
        let (reference, candidate) = try fault.plant(&scene, &random)
        let report = compare(reference, candidate, relative: fault.tolerance)
        matrix.count(fault.name, fault.right, fault.right, report)
      }
    }
    print(matrix.text)
    #expect(matrix.all >= 1000)
    #expect(matrix.wrong.isEmpty, "\(matrix.examples)")
    #expect(Double(matrix.right) >= 0.95 * Double(matrix.all))
  }

  private static let scenesOfAFault = 40

  /// Of two faults the one whose quantity is computed first is named, and nothing certain is wrong.
  @Test func ofTwoFaultsTheEarlierIsNamed() throws {
    var random = SplitMix64(state: 20_261_129)
    var matrix = Confusion()
    let pairs = PlantedFault.all.filter { $0.tolerance == ToleranceTable.usual && !$0.right.contains(.differentPixels) }
    for _ in 0..<(isNight ? 1000 : 400) {
      let faults = [pairs.randomElement(using: &random)!, pairs.randomElement(using: &random)!]
      let scene = RandomScene(&random)
      let saved = random
      let single = try faults.map { fault in
        var (own, dice) = (scene, saved)
        let (reference, candidate) = try fault.plant(&own, &dice)
        return (reference, candidate, compare(reference, candidate))
      }
      // The second fault is what differs in its own candidate, put into that of the first.
      guard single[0].0.lines == single[1].0.lines, single[0].0.lines.count == single[1].1.lines.count,
        single[0].0.lines.count == single[0].1.lines.count, let places = Self.places(single.map(\.2)),
        places.0 != places.1
      else { continue }
      var both = single[0].1
      let changed = single.map { pair in pair.0.lines.indices.filter { pair.0.lines[$0] != pair.1.lines[$0] } }
      guard Set(changed[0]).isDisjoint(with: changed[1]) else { continue }
      for line in changed[1] { both.lines[line] = single[1].1.lines[line] }
      let earlier = places.0 < places.1 ? 0 : 1
      let report = compare(single[0].0, both)
      matrix.count(
        faults[earlier].name, faults[earlier].right, faults[0].right.union(faults[1].right), report)
    }
    print(matrix.text)
    #expect(matrix.all >= (isNight ? 400 : 150))
    #expect(matrix.wrong.isEmpty, "\(matrix.examples)")
    #expect(Double(matrix.right) >= 0.95 * Double(matrix.all))
  }

  private static func places(_ reports: [TraceReport]) -> (TracePlace, TracePlace)? {
    guard let first = reports[0].firstDivergence, let second = reports[1].firstDivergence else { return nil }
    return (first.place, second.place)
  }
}

/// Which causes are named for which faults.
private struct Confusion {
  private(set) var right = 0
  private(set) var all = 0
  /// What was called certain and is not so.
  private(set) var wrong: [String] = []
  private var names: [String] = []
  private var cells: [String: [String: Int]] = [:]

  mutating func count(
    _ name: String, _ right: Set<Finding.Kind>, _ planted: Set<Finding.Kind>, _ report: TraceReport
  ) {
    if cells[name] == nil { names.append(name) }
    guard report.first != nil else {
      cells[name, default: [:]]["(no divergence)", default: 0] += 1
      return
    }
    all += 1
    let named = report.findings.first
    if let named, right.contains(named.kind) { self.right += 1 }
    cells[name, default: [:]][
      "\(named.map { "\($0.confidence.name) \($0.kind.rawValue)" } ?? "none (\(report.first!))")", default: 0] += 1
    for finding in report.findings + report.furtherFindings
    where finding.confidence == .certain && !planted.contains(finding.kind) {
      wrong.append("\(name): \(finding.kind.rawValue): \(finding.text)")
    }
  }

  /// A row for each fault.
  var text: String {
    let rows = names.map { name in
      let seen = (cells[name] ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      return name.padding(toLength: 30, withPad: " ", startingAt: 0) + " "
        + seen.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
    return "planted fault                  first cause named\n" + rows.joined(separator: "\n")
      + "\nright cause first: \(right) of \(all); wrong and certain: \(wrong.count)"
  }

  /// Some of the wrong ones.
  var examples: String { Set(wrong.map { $0.prefix(200) }).sorted().prefix(12).joined(separator: "\n") }
}
