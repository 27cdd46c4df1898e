import Foundation
import TestSupport
import Testing

import PropertyTesting

private let forAll = PropertyFamily("PropertyTestingTests/MemoryTests.swift")

/// What is kept between runs: failing cases, worst cases, patches, observations.
@Suite(.tags(.property), .generousTime) struct MemoryTests {
  /// A package with a source file.
  private struct Package {
    let folder = try! TemporaryFolder()
    var source: String { folder.url.appendingPathComponent("Tests/a.swift").path }

    init(_ text: String = "") throws {
      try FileManager.default.createDirectory(
        at: folder.url.appendingPathComponent("Tests"), withIntermediateDirectories: true)
      try Data().write(to: folder.url.appendingPathComponent("Package.swift"))
      try Data(text.utf8).write(to: URL(fileURLWithPath: source))
    }

    func files(_ path: String) -> [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: folder.url.appendingPathComponent(path).path)) ?? [])
        .sorted()
    }
  }

  private final class Bound: @unchecked Sendable {
    var limit = 60
    var seen: [Int] = []
  }

  @Test func failingCasesAreTriedFirstUntilTheyPass() throws {
    // The call that a patch extends, at the line where a call of this test stands.
    let calls =
      String(repeating: "\n", count: #line + 6) + "          forAll(\"remembered\", .integer(in: 0...99)) { }\n"
    let (package, bound) = (try Package(calls), Bound())
    var settings = Settings(cases: 300)
    settings.remembersFailures = true
    func run() {
      bound.seen = []
      Settings.$override.withValue(settings) {
        forAll("remembered", .integer(in: 0...99), filePath: package.source) { check, value in
          bound.seen.append(value)
          try check.that(value < bound.limit, "small")
        }
      }
    }
    withKnownIssue {
      run()
    } matching: {
      $0.comments.contains { $0.rawValue.contains("tries this case first") }
    }
    #expect(package.files(".build/failing-cases").count == 1)
    // For programs: what was found out.
    let names = package.files(".build/fixits").filter { $0.hasSuffix(".json") }
    let file = package.folder.url.appendingPathComponent(".build/fixits/\(names.first ?? "")")
    let record = try JSONDecoder().decode(FailureRecord.self, from: Data(contentsOf: file))
    #expect(record.simplest.value == "60" && record.explanation?.conditions.first?.low == 60, "\(record)")
    withKnownIssue {
      run()
    } matching: {
      $0.comments.contains { $0.rawValue.contains("failed at the case that failed before,") }
    }
    #expect(bound.seen.first == 60, "before all others")
    bound.limit = 100
    run()
    #expect(bound.seen.first == 60 && bound.seen.count == 301 && package.files(".build/failing-cases").isEmpty)
    (bound.limit, settings.remembersFailures) = (60, false)
    withKnownIssue { run() }
    #expect(package.files(".build/failing-cases").isEmpty, "CI can turn it off")
  }

  @Test func worstCasesAreWrittenAndTriedFirst() throws {
    let package = try Package()
    var settings = Settings(profile: .nightly, cases: 500)
    settings.worst = package.folder.url.appendingPathComponent("proposals").path
    final class Seen: @unchecked Sendable { var values: [Double] = [] }
    let seen = Seen()
    func run(_ seed: UInt64) {
      settings.seed = seed
      seen.values = []
      Settings.$override.withValue(settings) {
        forAll("worst", .double(in: 0...1, edges: false), filePath: package.source) { check, x in
          seen.values.append(x)
          try check.close(x * x, 0, within: 2, because: "half of it")
        }
      }
    }
    run(1)
    let name = WorstCases.name(of: "PropertyTestingTests/MemoryTests.swift worst")
    let folder = package.folder.url.appendingPathComponent("proposals")
    let first = try WorstCases.read(folder.appendingPathComponent(name))
    #expect(first.cases.count == WorstCases.most && first.engine == WorstCases.engineVersion)
    #expect(first.cases.map(\.ratio) == first.cases.map(\.ratio).sorted(by: >) && first.largest > 0.49)
    // The next night begins with them, and its worst ratios do not fall.
    try first.write(to: package.folder.url.appendingPathComponent("fixtures/worst"))
    run(2)
    #expect(seen.values.prefix(20).map { $0 * $0 / 2 } == first.cases.map(\.ratio))
    let second = try WorstCases.read(folder.appendingPathComponent(name))
    #expect(zip(second.cases, first.cases).allSatisfy { $0.ratio >= $1.ratio })
    settings.profile = .local
    run(3)
    #expect(seen.values.prefix(3).map { $0 * $0 / 2 } == first.cases.prefix(3).map(\.ratio), "a few of them locally")
  }

  @Test(arguments: [
    (
      "forAll(\"a\", .integer(in: 0...9)) { check, n in\n}",
      "forAll(\"a\", .integer(in: 0...9), examples: [7]) { check, n in\n}"
    ),
    (
      "forAll(\n  \"a, \\(b)\", .x(1, 2),\n  require: [.atLeast(5, \"x\")]\n) { }",
      "forAll(\n  \"a, \\(b)\", .x(1, 2), examples: [7],\n  require: [.atLeast(5, \"x\")]\n) { }"
    ),
    ("forAll(\"a\", x, examples: [3, 4]) { }", "forAll(\"a\", x, examples: [7, 3, 4]) { }"),
    ("forAll(\"a\", x, examples: []) { }", "forAll(\"a\", x, examples: [7]) { }"),
    ("forAll(  // note: (\n  \"a\", x\n) { }", "forAll(  // note: (\n  \"a\", x, examples: [7]\n) { }"),
  ])
  func patchesApply(before: String, after: String) throws {
    let lines = (1...6).map { "// line \($0)" }.joined(separator: "\n")
    let package = try Package("\(lines)\n  \(before)\n\(lines)\n")
    let source = try String(contentsOfFile: package.source, encoding: .utf8)
    let patch = try #require(FixIt.patch(adding: "7", to: source, path: "Tests/a.swift", line: 7, column: 3))
    let file = package.folder.url.appendingPathComponent("fixit.patch")
    try Data(patch.utf8).write(to: file)
    let git = Process()
    (git.executableURL, git.currentDirectoryURL) = (URL(fileURLWithPath: "/usr/bin/env"), package.folder.url)
    git.arguments = ["git", "apply", "fixit.patch"]
    try git.run()
    git.waitUntilExit()
    #expect(git.terminationStatus == 0, "\(patch)")
    #expect(try String(contentsOfFile: package.source, encoding: .utf8) == "\(lines)\n  \(after)\n\(lines)\n")
  }

  @Test func observationsFollowTheSchema() throws {
    let package = try Package()
    var settings = Settings(cases: 30)
    settings.observations = package.folder.url.appendingPathComponent("cases.jsonl").path
    _ = outcome(.integer(in: 0...9), settings, id: "observed") { check, value in
      try check.assume(value != 4)
      check.label("odd", value % 2 == 1)
      try check.close(Double(value), 0, within: 20, because: "all")
    }
    let text = try String(contentsOfFile: settings.observations!, encoding: .utf8)
    let objects = try text.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.count >= 30)
    for object in objects {
      // The fields that Hypothesis documents for test cases.
      for key in [
        "type", "run_start", "property", "status", "status_reason", "representation", "arguments", "how_generated",
        "features", "timing", "metadata",
      ] { #expect(object[key] != nil, "\(key)") }
      #expect(["passed", "failed", "gave_up"].contains(object["status"] as? String))
      #expect(object["property"] as? String == "observed" && object["type"] as? String == "test_case")
    }
    #expect(objects.contains { $0["status"] as? String == "gave_up" })
  }
}
