/// The smallest unit of a night's work: it is run and recorded on its own, and skipped by a resumed run if it is
/// recorded.
public struct WorkItem: Sendable, Codable, Hashable, CustomStringConvertible {
  /// The stage of the item.
  public let stage: Nightly.Stage
  /// The name of a suite, a golden case or a workload; the name of the stage if the stage is not divided.
  public let name: String

  /// Stage and name, as in `golden phi-zero-start`.
  public var description: String { name == stage.rawValue ? name : "\(stage.rawValue) \(name)" }
}

/// The results of an item.
struct WorkResult: Sendable, Codable {
  let item: WorkItem
  /// Wall-clock time in seconds.
  var seconds = 0.0
  var tests: [NightRecord.TestRecord] = []
  var properties: [NightRecord.PropertyRecord] = []
  var golden: NightRecord.GoldenRecord?
  var image: NightRecord.ImageRecord?
  var benchmark: NightRecord.BenchmarkRecord?
  /// The reasons for which work could not be run, one line each.
  var obstacles: [String] = []
  /// Work that was left out without harm, one line each.
  var remarks: [String] = []

  init(_ item: WorkItem) { self.item = item }

  /// The result of the item in a few words for a terminal.
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
