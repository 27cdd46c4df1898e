/// A piece of the work of a night that is run, recorded and, after an interruption, taken up by itself.
public struct WorkItem: Sendable, Codable, Hashable, CustomStringConvertible {
  /// The stage that it belongs to.
  public let stage: Nightly.Stage
  /// A suite, a golden case, a workload; the name of the stage where that is not divided.
  public let name: String

  /// As in `golden phi-zero-start`.
  public var description: String { name == stage.rawValue ? name : "\(stage.rawValue) \(name)" }
}

/// What came of an item.
struct WorkResult: Sendable, Codable {
  let item: WorkItem
  /// Wall-clock time in seconds.
  var seconds = 0.0
  var tests: [NightRecord.TestRecord] = []
  var properties: [NightRecord.PropertyRecord] = []
  var golden: NightRecord.GoldenRecord?
  var image: NightRecord.ImageRecord?
  var benchmark: NightRecord.BenchmarkRecord?
  /// Why something could not be run, one line each.
  var obstacles: [String] = []
  /// What was left out without harm, one line each.
  var remarks: [String] = []

  init(_ item: WorkItem) { self.item = item }

  /// What the item came to, in a few words for a terminal.
  var summary: String {
    let failed =
      tests.count { $0.failure != nil } + (golden.map { $0.problems.isEmpty ? 0 : 1 } ?? 0)
      + (image?.problem == nil ? 0 : 1) + (benchmark?.failure == nil ? 0 : 1)
    let parts = [
      tests.isEmpty ? nil : "\(tests.count) tests", failed == 0 ? nil : "\(failed) FAILED",
      obstacles.isEmpty ? nil : "COULD NOT RUN: \(obstacles[0])",
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }
}
