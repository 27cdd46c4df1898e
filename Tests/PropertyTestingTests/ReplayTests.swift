import Foundation
import TestSupport
import Testing

import PropertyTesting

private let forAll = PropertyFamily("PropertyTestingTests/ReplayTests.swift")

/// Seeds, tokens, kept counter-examples, resumed runs.
@Suite(.tags(.property), .generousTime) struct ReplayTests {
  private func temporaryFolder() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("properties-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  private func values(_ settings: Settings, id: String = "self test") -> [Double] {
    var seen: [Double] = []
    _ = outcome(.double(in: -1...1), settings, id: id) { _, value in seen.append(value) }
    return seen
  }

  @Test func casesFollowFromSeedAndNameAlone() async {
    let expected = values(Settings(cases: 50, seed: 7))
    await withTaskGroup(of: [Double].self) { group in
      for _ in 0..<8 { group.addTask { values(Settings(cases: 50, seed: 7)) } }
      for await seen in group { #expect(seen == expected) }
    }
    #expect(values(Settings(cases: 50, seed: 8)) != expected)
    #expect(values(Settings(cases: 50, seed: 7), id: "another") != expected)
    var single = Settings(cases: 1, seed: 7)
    single.first = 31
    #expect(values(single) == [expected[31]], "one case can be had without those before it")
    single.first = 1 << 39
    #expect(values(single).count == 1, "and without counting to it")
  }

  /// Tokens and seeds must keep their meaning: kept counter-examples rely on it.
  @Test func tokensAndSeedsAreStable() throws {
    var choices = Choices(replaying: "2.5.f.1")
    #expect(try Generator.integer(in: -10...10).generate(&choices) == -1)
    #expect(try Generator.element(of: ["a", "b", "c"]).generate(&choices) == "c", "clamped to the last")
    // Of engine 1, whose numbers had no edges: four bits, 24 bits, 53 bits.
    for (token, value) in [("0.5", 5.0), ("2.800000", 8), ("f.8000000000000", 4), ("4.1", 0x1p-49)] {
      var choices = Choices(replaying: try #require(ReplayToken(text: token)))
      #expect(try Generator.double(in: 0...16).generate(&choices) == value, "\(token)")
    }
    var random = Choices(seed: 1)
    let drawn = try (0..<4).map { _ in try random.draw(upTo: 99) }
    #expect(drawn == [65, 19, 90, 35])
    #expect(random.token == "41.13.5a.23")
    #expect(ReplayToken([1, 0, 10, 0, 0]).description == "1.0.a")
    #expect(
      ReplayToken(text: "x.1") == nil && ReplayToken(text: "1..2") == nil && ReplayToken(text: "0")?.choices == [])
    let token = ReplayToken([1, 2, .max])
    #expect(ReplayToken(text: token.description) == token)
  }

  @Test func examplesComeBeforeRandomCases() throws {
    let found = outcome(.integer(in: 0...9), Settings(cases: 100), examples: [4, 77, 78]) { check, value in
      try check.that(value < 50, "in range")
    }
    let finding = try #require(found.failure)
    #expect(finding.failure.value == 77 && finding.origin == "explicit example 2" && found.statistics.cases == 0)
  }

  @Test func keptCounterexamplesComeFirst() throws {
    var order: [Int] = []
    let found = outcome(
      .integer(in: 0...9), Settings(cases: 2), examples: [5],
      regressions: [
        .init(token: "7", value: "7", source: "fresh.json"), .init(token: "8", value: "4", source: "kept.json"),
      ]
    ) { _, value in order.append(value) }
    #expect(Array(order.prefix(2)) == [7, 5] && order.count == 4)
    #expect(found.complaints.count == 1 && found.complaints[0].contains("kept.json is stale"))
  }

  @Test func counterexamplesAreKeptAndReplayed() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var settings = Settings(cases: 300)
    settings.counterexamples = folder.path
    settings.keepsCounterexamples = true
    let bound = Locked(60)
    func property() {
      forAll("kept and replayed", .integer(in: 0...99)) { check, value in
        bound.seen.append(value)
        try check.that(value < bound.limit, "small")
      }
    }
    withKnownIssue {
      Settings.$override.withValue(settings) { property() }
    } matching: {
      $0.comments.contains { $0.rawValue.contains("Kept as") && $0.rawValue.contains("examples: [60]") }
    }
    let kept = try CounterexampleStore(folder: folder).all()
    #expect(kept.map(\.counterexample.value) == ["60"] && kept.first?.counterexample.choices == "3c")
    // Once the fault is mended the kept case is the first of the next run, and passes.
    (bound.limit, bound.seen) = (100, [])
    Settings.$override.withValue(settings) { property() }
    #expect(bound.seen.first == 60 && bound.seen.count == 301)
  }

  @Test func aRunCanBeResumed() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func run(_ cases: Int, report: String?, failAt: Int? = nil) -> (seen: [Int], statistics: Statistics) {
      var settings = Settings(cases: cases, seed: 5)
      settings.report = report
      var seen: [Int] = []
      let found = outcome(.integer(in: 0...1_000_000), settings) { check, value in
        if seen.count == failAt { throw CancellationError() }
        seen.append(value)
        check.label("odd", value % 2 == 1)
      }
      return (seen, found.statistics)
    }
    let whole = run(3500, report: nil)
    let path = folder.appendingPathComponent("report.jsonl").path
    // Interrupted after 2300 cases: 2000 of them are on record.
    _ = run(3500, report: path, failAt: 2300)
    #expect(LedgerLine.read(path).map(\.to) == [1000, 2000])
    try (try String(contentsOfFile: path, encoding: .utf8) + "{\"property\":\"cut o").write(
      toFile: path, atomically: true, encoding: .utf8)
    let rest = run(3500, report: path)
    #expect(rest.seen == Array(whole.seen[2000...]))
    #expect(rest.statistics == whole.statistics, "the statistics are those of the whole run")
    #expect(LedgerLine.read(path).map(\.to) == [1000, 2000, 3000, 3500])
    #expect(LedgerLine.read(path).map(\.isComplete) == [false, false, false, true])
    #expect(run(3500, report: path).seen.isEmpty, "nothing is left to do")
  }

  @Test func aFaultThatOnlyTheClimbFindsIsFoundAgain() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var settings = Settings(cases: 2000, seed: 5)
    settings.report = folder.appendingPathComponent("report.jsonl").path
    let origins = (0..<3).map { _ in
      outcome(Generator { Double(try $0.draw(upTo: 1 << 53)) * 0x1p-53 }, settings) { check, x in
        try check.close(x, 0, within: 1 - 1e-9, because: "one random case in a billion is beyond")
      }.failure?.origin
    }
    #expect(origins == [String](repeating: "a variation of the worst case", count: 3))
  }

  @Test func discardedCounterexamplesAreReported() {
    let found = outcome(.integer(in: 0...9), regressions: [.init(token: "7", source: "kept.json")]) { check, value in
      try check.assume(value != 7)
    }
    #expect(found.complaints.count == 1 && found.complaints[0].contains("kept.json is discarded"))
  }

  @Test func settingsComeFromTheEnvironment() throws {
    let settings = try Settings(environment: [
      "NB_PROFILE": "nightly", "NB_CASES": "12", "NB_SEED": "77", "NB_FIRST": "3",
    ])
    #expect(settings.profile == .nightly && settings.cases(.cheap) == 12 && settings.seed == 77 && settings.first == 3)
    let night = try Settings(environment: ["NB_PROFILE": "nightly"], today: Date(timeIntervalSince1970: 1_800_000_000))
    #expect(night.seed == 20_270_115 && night.cases(.cheap) == 20_000)
    #expect(try Settings(environment: [:]).cases(.cheap) == 200)
    for (name, value) in [
      ("NB_PROFILE", "weekly"), ("NB_CASES", "many"), ("NB_SEED", "-1"), ("NB_CASES", "0"), ("NB_KEEP", "yes"),
    ] {
      let error = #expect(throws: SettingsError.self) { try Settings(environment: [name: value]) }
      #expect(error?.description.hasPrefix("\(name)=\(value): expected") == true)
    }
  }
}

/// A bound that a test changes between runs, and what was seen.
private final class Locked: @unchecked Sendable {
  var limit: Int
  var seen: [Int] = []
  init(_ limit: Int) { self.limit = limit }
}
