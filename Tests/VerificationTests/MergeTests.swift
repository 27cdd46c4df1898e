import Foundation
import NightlyGate
import Provenance
import TestSupport
import Testing

/// Nights in parts: whatever happens to a part, the merged night says it.
@Suite(.tags(.gate), .generousTime) struct MergeTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try NightTests.corpus(in: folder)
  }

  private func part(
    _ index: Int, of count: Int = 2, stages: String = "golden,images", _ more: [String] = []
  ) throws -> BuiltProgram.Outcome {
    try ToolTests.tool.run(
      [
        "nightly", "--corpus", "corpus", "--stages", stages, "--history", "history.sqlite", "--out", "parts/\(index)",
        "--seed", "1", "--shard", "\(index)/\(count)",
      ] + more, in: folder)
  }

  private func merge(_ parts: [String] = ["parts"], out: String) throws -> BuiltProgram.Outcome {
    try ToolTests.tool.run(["nightly", "merge"] + parts + ["--history", "history.sqlite", "--out", out], in: folder)
  }

  private func record(_ name: String) throws -> NightRecord {
    try NightBundle.decoded(try folder.data("\(name)/night.json"))
  }

  private func nights() throws -> [History.Night] {
    try History(path: folder.url.appendingPathComponent("history.sqlite").path).nights(last: 9)
  }

  @Test func partsMakeUpTheNightAndCountOnce() throws {
    for index in 1...2 { #expect(try part(index).status == 0) }
    #expect(!folder.has("history.sqlite"), "a part leaves the history alone")
    let merged = try merge(out: "merged")
    #expect(merged.status == 0, "\(merged)")
    let whole = try ToolTests.tool.run(
      [
        "nightly", "--corpus", "corpus", "--stages", "golden,images", "--history", "other.sqlite", "--out", "whole",
        "--seed", "1",
      ], in: folder)
    #expect(whole.status == 0)
    var (parts, one) = (try record("merged"), try record("whole"))
    #expect(parts.parts.map(\.state) == [.finished, .finished])
    // What a run cannot have twice: times, and names of runs.
    for index in parts.golden.indices { (parts.golden[index].seconds, one.golden[index].seconds) = (0, 0) }
    for index in parts.images.indices { (parts.images[index].seconds, one.images[index].seconds) = (0, 0) }
    #expect(parts.golden == one.golden && parts.images == one.images && parts.plan == one.plan)
    #expect(try merge(["parts/2", "parts/1"], out: "again").status == 0)
    #expect(try nights().count == 1, "merged twice, added once")
  }

  @Test func aMissingPartIsNamedAndTheNightIsCompletedLater() throws {
    #expect(try part(1).status == 0)
    let lacking = try merge(out: "lacking")
    #expect(lacking.status == 3 && lacking.output.contains("part 2/2 is missing"), "\(lacking)")
    #expect(try record("lacking").outcome == .incomplete)
    #expect(try nights().map(\.outcome) == ["incomplete"])
    #expect(try part(2).status == 0)
    #expect(try merge(out: "complete").status == 0)
    #expect(try nights().map(\.outcome) == ["pass"], "the complete night takes the place of the incomplete one")
  }

  /// A simulator that takes its time, so that a run can be interrupted in the middle.
  private func slowProgram(_ seconds: Double) throws -> String {
    let path = try folder.file(
      "slow",
      """
      #!/bin/sh
      [ "$1" = --version ] || sleep \(seconds)
      exec \(BuiltProgram(named: "nanobragg").url.path) "$@"

      """)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  /// The words of a part that lasts some seconds.
  private func slowPart(_ seconds: Double = 0.4) throws -> [String] {
    [
      "nightly", "--corpus", "corpus", "--stages", "images", "--out", "parts/1", "--seed", "1", "--shard", "1/2",
      "--jobs", "1", "--program", try slowProgram(seconds),
    ]
  }

  /// Waits until the journal of the part has a word, starts the interruption, and waits for the end.
  private func interrupt(_ process: Process, with number: Int32, after word: String) throws {
    let journal = "parts/1.unfinished/journal.jsonl"
    while process.isRunning {
      if folder.has(journal), try folder.text(journal).contains(word) { break }
      Thread.sleep(forTimeInterval: 0.01)
    }
    kill(process.processIdentifier, number)
    process.waitUntilExit()
  }

  @Test func aKilledPartSaysWhereItWas() throws {
    try interrupt(try ToolTests.tool.start(try slowPart(), in: folder), with: SIGKILL, after: "\"begun\"")
    let merged = try merge(out: "killed")
    #expect(
      merged.status == 3 && merged.output.contains("part 1/2 did not come to its end: it left no word"), "\(merged)")
    #expect(merged.output.contains("0 of 2 items done, last seen at images beamsize-clip"))
    #expect(merged.output.contains("part 2/2 is missing"))
    let other = try part(1, stages: "images", ["--seed", "2"])
    #expect(other.status == 3 && other.errors.contains("with other options"), "other work is not gone on with")
  }

  @Test func whatAKilledRunLeftAmongTemporaryFilesGoesWithTheNextRun() throws {
    let temporary = folder.url.appendingPathComponent("tmp")
    try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
    let environment = ["TMPDIR": temporary.path]
    let process = try ToolTests.tool.start(try slowPart(3), in: folder, environment: environment)
    // The program works in a folder among the temporary files, for three seconds.
    let journal = "parts/1.unfinished/journal.jsonl"
    while process.isRunning,
      try !folder.has(journal) || !folder.text(journal).contains("\"begun\"") || temporary.names.isEmpty
    { Thread.sleep(forTimeInterval: 0.01) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    // Another process's folder stays: this one is alive.
    let ours = temporary.appendingPathComponent(
      "nbverify.\(ProcessInfo.processInfo.hostName.replacing(".", with: "-")).\(getpid()).x")
    try FileManager.default.createDirectory(at: ours, withIntermediateDirectories: true)
    #expect(try temporary.names.count > 1)
    let next = try ToolTests.tool.run(
      ["nightly", "--corpus", "corpus", "--stages", "golden", "--history", "h.sqlite", "--out", "next"], in: folder,
      environment: environment)
    #expect(next.status == 0)
    #expect(try temporary.names == [ours.lastPathComponent])
  }

  @Test func aTerminatedPartLeavesItsReasonAndIsTakenUp() throws {
    let process = try ToolTests.tool.start(try slowPart(), in: folder)
    try interrupt(process, with: SIGTERM, after: "\"ended\"")
    #expect(process.terminationStatus == 128 + SIGTERM)
    #expect(try merge(out: "terminated").output.contains("ended by signal 15"))
    let again = try ToolTests.tool.run(try slowPart(), in: folder)
    #expect(again.status == 0 && again.errors.contains("goes on behind 1 of 2"), "\(again)")
    #expect(!folder.has("parts/1.unfinished"))
    #expect(try record("parts/1").images.map(\.id) == ["beamsize-clip", "cell-hexagonal"])
  }

  /// A night that is killed keeps what it finished, is in the history as killed, and goes on where it stopped.
  @Test(arguments: [SIGTERM, SIGKILL, SIGINT]) func aKilledNightGoesOn(number: Int32) throws {
    let program = try slowProgram(0.4)
    func night(_ more: [String] = []) -> [String] {
      [
        "nightly", "--corpus", "corpus", "--stages", "images", "--seed", "1", "--jobs", "1", "--program", program,
        "--history", "reports/history.sqlite",
      ] + more
    }
    func outcomes() throws -> [String] {
      try History(path: folder.url.appendingPathComponent("reports/history.sqlite").path).nights(last: 9).map(\.outcome)
    }
    let process = try ToolTests.tool.start(night(), in: folder)
    let reports = folder.url.appendingPathComponent("reports")
    func journal() -> String? {
      let left = (try? reports.names)?.first { $0.hasSuffix(".unfinished") }
      return left.flatMap { try? folder.text("reports/\($0)/journal.jsonl") }
    }
    while process.isRunning, journal()?.contains("\"ended\"") != true { Thread.sleep(forTimeInterval: 0.01) }
    kill(process.processIdentifier, number)
    process.waitUntilExit()
    // Who caught the signal could say so at once; for the others the history looks at what was left.
    #expect(try outcomes() == (number == SIGKILL ? [] : ["killed"]))
    let shown = try ToolTests.tool.run(["history", "--history", "reports/history.sqlite"], in: folder)
    #expect(
      shown.status == 0 && shown.output.contains("killed") && shown.output.contains("1 of 3 items done"), "\(shown)")
    #expect(try outcomes() == ["killed"])
    let again = try ToolTests.tool.run(night(), in: folder)
    #expect(again.status == 0 && again.errors.contains("goes on behind 1 of 3"), "\(again)")
    #expect(try outcomes() == ["pass"], "it takes its own place")
    // Begun anew where that is asked for.
    let second = try ToolTests.tool.start(night(), in: folder)
    while second.isRunning, journal()?.contains("\"ended\"") != true { Thread.sleep(forTimeInterval: 0.01) }
    kill(second.processIdentifier, number)
    second.waitUntilExit()
    let fresh = try ToolTests.tool.run(night(["--fresh"]), in: folder)
    #expect(fresh.status == 0 && !fresh.errors.contains("goes on"), "\(fresh)")
    #expect(try outcomes() == ["pass", "killed", "pass"])
  }

  @Test func aFinishedPartIsLeftAloneUnlessRedone() throws {
    #expect(try part(1).status == 0)
    let first = try record("parts/1").identity
    let again = try part(1)
    #expect(again.status == 0 && again.output.contains("is finished already"), "\(again)")
    #expect(try record("parts/1").identity == first)
    #expect(try part(1, ["--redo"]).status == 0)
    #expect(try record("parts/1").identity != first)
    #expect(try folder.names.contains("parts") && folder.url.appendingPathComponent("parts").names == ["1"])
  }

  @Test func onlyANightIsReplaced() throws {
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("parts/1"), withIntermediateDirectories: true)
    try folder.file("parts/1/thesis.txt", "precious")
    #expect(try part(1, ["--redo"]).status == 2)
    #expect(folder.has("parts/1/thesis.txt"))
  }

  @Test func aPartOfAnotherDivisionIsNotDropped() throws {
    for (index, count) in [(1, 2), (2, 2), (3, 4)] { _ = try part(index, of: count, stages: "golden") }
    let merged = try merge(out: "m")
    #expect(merged.status == 3 && !folder.has("m"), "\(merged)")
  }

  @Test func partsOfOtherWorkAndDamagedOnesAreRefused() throws {
    _ = try part(1, stages: "golden")
    _ = try part(2, stages: "images")
    let merged = try merge(out: "m")
    #expect(merged.status == 3 && merged.errors.contains("of another revision, division"), "\(merged)")
    try folder.file("parts/2/night.json", "{}")
    let damaged = try merge(out: "m")
    #expect(damaged.status == 3 && damaged.errors.contains("the part is not whole"), "\(damaged)")
    #expect(!folder.has("m"))
    let nothing = try merge(["nowhere"], out: "m")
    #expect(nothing.status == 3 && !folder.has("m"), "\(nothing)")
  }

  @Test func twoRunsDoNotWorkOnOnePart() throws {
    let processes = try (0..<2).map { _ in try ToolTests.tool.start(try slowPart(), in: folder) }
    for process in processes { process.waitUntilExit() }
    #expect(processes.map(\.terminationStatus).sorted() == [0, 3])
  }
}

extension URL {
  /// The names in a folder, sorted.
  fileprivate var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}
