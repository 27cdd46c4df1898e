import Foundation
import Provenance
import Subprocesses

/// Runs suites of the package's built test program. It calls no toolchain and takes no locks, so that parts of a night
/// can run at the same time in one checkout.
struct TestStage: Sendable {
  /// The test program.
  let program: URL
  let package: URL
  let seed: Int
  /// The number of cases of every property; nil for that of the nightly profile.
  let cases: Int?
  /// The longest time of a suite, in seconds.
  let limit: Double

  /// The test program in the folder of a build, `<package>PackageTests.xctest`; nil if it is missing.
  static func program(in folder: URL) -> URL? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().first { $0.hasSuffix("PackageTests.xctest") }.map { folder.appendingPathComponent($0) }
  }

  /// The names of all suites, sorted.
  /// - Throws: `BundleError` if the program lists no test.
  func suites() async throws -> [String] {
    let list = try await ProgramRun.run(
      program.path, ["--testing-library", "swift-testing", "--list-tests"], in: package.path, limit: 120)
    let names = String(decoding: list.output, as: UTF8.self).split(separator: "\n").compactMap { line in
      line.split(separator: "/").first.map(String.init)
    }
    guard list.isSuccess, !names.isEmpty else {
      throw BundleError(
        "\(program.path) lists no tests (\(list.ending)): \(Self.lastLines(list.error)); build it with: make build")
    }
    return Set(names).sorted()
  }

  /// Runs the tests of a suite one after the other, so that the time of a test does not depend on other tests.
  /// - Parameters:
  ///   - folder: The folder of the events, the properties' ledger and the output. The ledger of an interrupted run is
  ///     continued.
  ///   - progress: Takes the names of the running tests every half a minute.
  func run(_ item: WorkItem, in folder: URL, progress: @escaping @Sendable (String) -> Void) async -> WorkResult {
    var result = WorkResult(item)
    let files = Files(folder: folder, suite: item.name)
    try? FileManager.default.removeItem(at: files.events)
    // A night is the same whatever failed before.
    var environment = [
      "NB_PROFILE": "nightly", "NB_SEED": "\(seed)", "NB_REPORT": files.ledger.path, "NB_REMEMBER": "0",
      "NB_WORST": files.worst.path,
    ]
    if let cases { environment["NB_CASES"] = "\(cases)" }
    let watch = Task {
      while true {
        try await Task.sleep(for: .seconds(30))
        progress("\(item): running \(files.running.joined(separator: ", "))")
      }
    }
    defer { watch.cancel() }
    do {
      let run = try await ProgramRun.run(
        program.path,
        [
          "--testing-library", "swift-testing", "--no-parallel", "--filter",
          "^\(NSRegularExpression.escapedPattern(for: item.name))(/|$)", "--event-stream-version", "0",
          "--event-stream-output-path", files.events.path,
        ], in: package.path, environment: environment, limit: limit)
      try? (run.output + run.error).write(to: files.log)
      let events = TestEvents((try? Data(contentsOf: files.events)) ?? Data())
      result.tests = Self.tests(run, events, suite: item.name)
      // A disabled suite becomes a remark, so that it does not look as if it had passed.
      if let reason = events.skipped.first { result.remarks.append("\(item): not run: \(reason)") }
    } catch {
      result.obstacles.append("\(item): \(program.path) cannot be run: \(error); build it with: make build")
    }
    result.properties = PropertyLedger.read((try? Data(contentsOf: files.ledger)) ?? Data())
    return result
  }

  /// The tests of a run. A run that crashed or was ended, and so lacks its last event, adds a failed test "(the run)".
  static func tests(_ run: ProgramRun, _ events: TestEvents, suite: String) -> [NightRecord.TestRecord] {
    var tests = events.tests
    let failed = tests.contains { $0.failure != nil }
    if !events.isWhole || (!run.isSuccess && !failed) {
      let running =
        events.running.isEmpty ? "no test was running" : "running: \(events.running.joined(separator: ", "))"
      tests.append(
        NightRecord.TestRecord(
          suite: suite, name: "(the run)", seconds: run.seconds,
          failure: "the run did not come to its end: \(run.ending); \(running)\n\(lastLines(run.error))"))
    }
    if tests.isEmpty && events.skipped.isEmpty {
      tests.append(
        NightRecord.TestRecord(suite: suite, name: "(the run)", seconds: run.seconds, failure: "no test was run"))
    }
    return tests
  }

  private static func lastLines(_ data: Data) -> String {
    String(decoding: data.suffix(2000), as: UTF8.self).split(separator: "\n").suffix(8).joined(separator: "\n")
  }

  /// The files of a suite.
  struct Files: Sendable {
    let folder: URL
    let suite: String
    var events: URL { folder.appendingPathComponent("\(suite).events.jsonl") }
    var ledger: URL { folder.appendingPathComponent("\(suite).properties.jsonl") }
    /// The worst cases, as proposals for `fixtures/worst`.
    var worst: URL { folder.appendingPathComponent("worst") }
    var log: URL { folder.appendingPathComponent("\(suite).log") }
    /// The tests that are running according to the events.
    var running: [String] { TestEvents((try? Data(contentsOf: events)) ?? Data()).running }
  }
}
