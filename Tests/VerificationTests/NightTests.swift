import Foundation
import GoldenStore
import NightlyGate
import Provenance
import TestSupport
import Testing

/// The nightly gate on a small corpus: verdicts, shards, history, kills.
@Suite(.tags(.gate), .generousTime) struct NightTests {
  /// A corpus of three small cases that do not name files.
  static func corpus(in folder: TemporaryFolder) throws {
    let source = GoldenCorpus.ofPackage()
    let target = GoldenCorpus(root: folder.url.appendingPathComponent("corpus"))
    try FileManager.default.createDirectory(
      at: target.root.appendingPathComponent("cases"), withIntermediateDirectories: true)
    for id in ["beamsize-clip", "cell-cubic", "cell-hexagonal"] {
      try FileManager.default.copyItem(at: source.folder(of: id), to: target.folder(of: id))
    }
  }

  /// A night of that corpus, to be changed.
  static func recorded(in folder: TemporaryFolder, stages: String) throws -> NightRecord {
    try corpus(in: folder)
    _ = try ToolTests.tool.run(
      [
        "nightly", "--corpus", "corpus", "--stages", stages, "--history", "first.sqlite", "--out", "out", "--seed", "1",
      ], in: folder)
    return try NightBundle.decoded(try folder.data("out/night.json"))
  }

  private func night(
    _ more: [String] = [], stages: String = "golden", out: String = "out", in folder: TemporaryFolder
  ) throws -> BuiltProgram.Outcome {
    try ToolTests.tool.run(
      ["nightly", "--corpus", "corpus", "--stages", stages, "--history", "history.sqlite", "--out", out, "--seed", "1"]
        + more, in: folder)
  }

  private func record(_ name: String, in folder: TemporaryFolder) throws -> NightRecord {
    try NightBundle.decoded(try folder.data("\(name)/night.json"))
  }

  @Test func aSoundNightPassesAndIsKept() throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    let outcome = try night(stages: "golden,images", in: folder)
    #expect(outcome.status == 0 && outcome.output.contains("3 golden cases, 3 images"), "\(outcome)")
    #expect(try ToolTests.tool.run(["bundle", "check", "out"], in: folder).status == 0)
    let page = try folder.text("out/report.html")
    #expect(
      page.contains("cell-hexagonal") && !page.contains("src=") && !page.contains("url(") && !page.contains("@import"))
    // The one link is an icon of no bytes.
    #expect(page.components(separatedBy: "href=\"http").count == 1 && page.contains("default-src 'none'"))
    let shown = try ToolTests.tool.run(
      ["history", "--history", "history.sqlite", "--html", "history.html"], in: folder)
    #expect(shown.status == 0 && folder.has("history.html"))
    #expect(try History(path: folder.url.appendingPathComponent("history.sqlite").path).nights(last: 9).count == 1)
    // Timings were not taken, so that there are none to accept.
    let accepted = try ToolTests.tool.run(
      ["nightly", "accept-baseline", "--history", "history.sqlite", "--reason", "first"], in: folder)
    #expect(accepted.status == 2 && accepted.errors.contains("has no benchmarks"))
  }

  /// A reference whose polarization factor is off by 1e-5 stands for a simulator whose factor is.
  @Test func aChangedPolarizationIsNamed() throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    let id = "cell-hexagonal"
    let golden = try GoldenCorpus(root: folder.url.appendingPathComponent("corpus")).load(id)
    let log = "corpus/cases/\(id)/\(golden.traces[0].file)"
    let changed = try folder.text(log).split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let words = line.split(separator: " ")
      guard words.count == 3, words[1] == "polar", let value = Double(words[2]) else { return String(line) }
      return "\(words[0]) polar \(value * (1 + 1e-5))"
    }
    try folder.file(log, changed.joined(separator: "\n"))
    let outcome = try night(in: folder)
    #expect(outcome.status == 1 && outcome.output.contains("first_divergence: polar\n"), "\(outcome)")
    let metrics = try JSONSerialization.jsonObject(with: folder.data("out/metrics.json")) as? [String: Any]
    #expect(metrics?["first_divergence"] as? String == "polar")
    let report = try folder.text("out/junit.xml").split(separator: "\n")
    let failed = report.filter { $0.contains("<failure") }
    #expect(failed.count == 1 && failed[0].contains("name=\"\(id)\""), "\(failed)")
  }

  @Test func whatCannotBeRunIsNoPass() throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    let outcome = try night(["--program", "nowhere"], stages: "images", in: folder)
    #expect(outcome.status == 3 && outcome.output.contains("nowhere cannot be run"))
  }

  /// What is wrong with the package itself is a regression in every stage; what surrounds it is an obstacle.
  @Test(arguments: ["golden", "images"]) func aDamagedCaseIsARegressionAndTheOthersAreJudged(stage: String) throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    try folder.file("corpus/cases/beamsize-clip/case.json", "{")
    let outcome = try night(stages: stage, out: "damaged", in: folder)
    #expect(outcome.status == 1 && outcome.output.contains("beamsize-clip"), "\(outcome)")
    let found = try record("damaged", in: folder)
    #expect(found.findings.count == 1 && max(found.golden.count, found.images.count) == 3)
  }

  @Test func aCaseThatWaitsForReviewIsNoPass() throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    let corpus = GoldenCorpus(root: folder.url.appendingPathComponent("corpus"))
    try FileManager.default.createDirectory(
      at: corpus.root.appendingPathComponent("pending"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: corpus.folder(of: "cell-cubic"), to: corpus.pending.folder(of: "new"))
    try FileManager.default.copyItem(at: corpus.folder(of: "cell-cubic"), to: corpus.pending.folder(of: "cell-cubic"))
    let outcome = try night(in: folder)
    #expect(outcome.status == 1)
    #expect(try record("out", in: folder).findings.map(\.place) == ["golden cell-cubic", "golden new"])
  }

  /// Stages that judge the package would not run another program: asked to, they refuse.
  @Test func anotherProgramIsUsedOrRefused() throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    let other = try folder.file("other", "#!/bin/sh\necho other 1.5\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: other)
    for stage in ["golden", "tests", "cluster"] {
      let refused = try night(["--program", "other"], stages: stage, in: folder)
      #expect(refused.status == 2 && refused.errors.contains("would not run --program"), "\(stage)")
    }
    #expect(try night(["--program", "other"], stages: "images", in: folder).status == 1, "it writes no image")
    let found = try record("out", in: folder)
    #expect(found.program?.version == "other 1.5" && found.program?.isForeign == true && found.images.count == 3)
    let night = try #require(
      try History(path: folder.url.appendingPathComponent("history.sqlite").path).nights(last: 1).first)
    #expect(night.programVersion == "other 1.5" && night.program == found.program?.digest)
    #expect(night.reasons?.contains("image cell-cubic") == true)
  }

  @Test func nothingIsNoPass() throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    #expect(try night(stages: "", in: folder).status == 2)
    #expect(try night(["--suites", "["], in: folder).status == 2)
    #expect(try night(["--corpus", "nowhere"], in: folder).status == 2)
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("corpus/cases"))
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("corpus/cases"), withIntermediateDirectories: true)
    for (number, stages) in ["golden", "images"].enumerated() {
      #expect(try night(stages: stages, out: "out\(number)", in: folder).status == 3)
    }
  }

  @Test func aHistoryThatCannotBeReadIsSaid() throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    #expect(try night(in: folder).status == 0)
    let history = try History(path: folder.url.appendingPathComponent("history.sqlite").path)
    try history.execute("UPDATE night SET seconds = 'many'")
    let outcome = try night(out: "second", in: folder)
    #expect(outcome.status == 3 && folder.has("second/summary.md"), "\(outcome)")
  }

  @Test func simultaneousNightsShareAHistory() throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    let processes = try (0..<4).map { number in
      try ToolTests.tool.start(
        ["nightly", "--corpus", "corpus", "--stages", "golden", "--history", "h.sqlite", "--out", "out\(number)"],
        in: folder)
    }
    for process in processes {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(try History(path: folder.url.appendingPathComponent("h.sqlite").path).nights(last: 9).count == 4)
  }

  @Test func everyItemBelongsToOneShard() throws {
    for count in 1...9 {
      let shards = try (1...count).map { try #require(Shard(text: "\($0)/\(count)")) }
      let shares = shards.flatMap { $0.share(of: Array(0..<23)) }
      #expect(shares.sorted() == Array(0..<23))
    }
    for text in ["0/2", "3/2", "1", "1/2/3", "a/b", "1/0", "-1/2"] { #expect(Shard(text: text) == nil) }
  }

  /// Nights killed at random moments, fifty in a night: the history stays sound and holds whole nights only.
  @Test func killedNightsLeaveASoundHistory() async throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    let command = { (number: Int) in
      ["nightly", "--corpus", "corpus", "--stages", "golden", "--history", "history.sqlite", "--out", "out-\(number)"]
    }
    var whole = 0
    let count = isNight ? 50 : 15
    try await ToolTests.tool.kill(count, in: folder, command) { number in
      guard folder.has("out-\(number)") else { return }
      whole += 1
      let check = try ToolTests.tool.run(["bundle", "check", "out-\(number)"], in: folder)
      #expect(check.status == 0)
    }
    let history = try History(path: folder.url.appendingPathComponent("history.sqlite").path)
    #expect(try history.integrity() == "ok")
    let nights = try history.nights(last: 100)
    // A night that was killed on the way has no figures of all cases, and says so.
    let figures = try history.courses(kind: "golden", over: nights.filter { $0.outcome != "killed" })
    #expect(figures.count == 2 && figures.allSatisfy { !$0.values.contains(nil) })
    // The bundle is written first: a night in the history has one.
    #expect(nights.allSatisfy { FileManager.default.fileExists(atPath: $0.bundle) })
    print("killed nights: \(whole) of \(count) bundles, \(nights.count) of \(count + 1) nights in the history")
  }

  /// Each check of the script is a test; a failed one keeps its reason.
  @Test func checksOfOtherReaders() {
    let text =
      "ok     image.cbf: values\nsomething else\nFAILED image.cbf: Beam_xy [1, 2]: [3]\nfabio 1: 1 checks failed\n"
    let records = CheckScript.records(text, suite: "fabio", seconds: 2)
    #expect(records.map(\.name) == ["image.cbf: values", "image.cbf: Beam_xy [1, 2]"])
    #expect(records.map(\.failure) == [nil, "image.cbf: Beam_xy [1, 2]: [3]"])
    #expect(records.allSatisfy { $0.suite == "fabio" && $0.seconds == 1 })
  }
}
