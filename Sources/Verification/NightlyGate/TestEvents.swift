import Foundation

/// The event stream of Swift Testing, version 0: one JSON object per line.
package struct TestEvents {
  /// The tests that ended, in order of their end.
  package private(set) var tests: [NightRecord.TestRecord] = []
  /// The tests that have started and not ended, in order of their start.
  package private(set) var running: [String] = []
  /// The reasons for which tests and suites are disabled.
  package private(set) var skipped: [String] = []
  /// Whether the run has ended.
  package private(set) var isWhole = false

  private struct Line: Decodable {
    struct Payload: Decodable {
      struct Instant: Decodable { let absolute: Double }
      struct Message: Decodable { let text: String }
      struct Issue: Decodable { let isKnown: Bool? }
      let kind: String
      let id: String?
      let name: String?
      let testID: String?
      let instant: Instant?
      let messages: [Message]?
      let issue: Issue?
    }
    let kind: String
    let payload: Payload
  }

  /// Reads a stream; a last line that is cut off is left out.
  package init(_ data: Data) {
    var names: [String: String] = [:]
    var starts: [String: Double] = [:]
    var failures: [String: [String]] = [:]
    let decoder = JSONDecoder()
    for text in data.split(separator: 10) {
      guard let line = try? decoder.decode(Line.self, from: Data(text)) else { continue }
      let payload = line.payload
      if line.kind == "test", payload.kind == "function", let id = payload.id { names[id] = payload.name }
      guard line.kind == "event" else { continue }
      if payload.kind == "runEnded" { isWhole = true }
      guard let id = payload.testID else { continue }
      switch payload.kind {
      case "testStarted" where names[id] != nil:
        starts[id] = payload.instant?.absolute
        running.append(Self.short(id))
      case "issueRecorded" where payload.issue?.isKnown != true:
        // The message "Issue recorded" is dropped if other messages follow.
        let texts = (payload.messages ?? []).map(\.text)
        let said = texts.count > 1 ? texts.filter { $0 != "Issue recorded" } : texts
        failures[id, default: []].append(said.joined(separator: "\n"))
      case "testSkipped":
        skipped.append((payload.messages ?? []).map(\.text).joined(separator: " "))
      case "testEnded":
        let failure = failures[id]?.joined(separator: "\n\n")
        guard let name = names[id] ?? (failure == nil ? nil : "(suite)") else { continue }
        running.removeAll { $0 == Self.short(id) }
        let seconds = starts[id].flatMap { start in payload.instant.map { $0.absolute - start } } ?? 0
        tests.append(
          NightRecord.TestRecord(
            suite: id.split(separator: "/").first.map(String.init) ?? id, name: name, seconds: seconds,
            failure: failure))
      default: break
      }
    }
  }

  /// The name of a test without its source location: `PropertyTests.ShapeProperties/radii()`.
  private static func short(_ id: String) -> String {
    let parts = id.split(separator: "/")
    return parts.count > 2 ? parts.dropLast().joined(separator: "/") : id
  }
}
