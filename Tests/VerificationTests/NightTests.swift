import Foundation
import GoldenStore
import NightlyGate
import Provenance
import TestSupport
import Testing

/// The nightly gate on a small corpus: verdicts, shards, history, kills.
@Suite struct NightTests {
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
    #expect(page.contains("cell-hexagonal") && !page.contains("src=") && !page.contains("<link"))
    let shown = try ToolTests.tool.run(
      ["history", "--history", "history.sqlite", "--html", "history.html"], in: folder)
    #expect(shown.status == 0 && folder.has("history.html"))
    #expect(try History(path: folder.url.appendingPathComponent("history.sqlite").path).nights(last: 9).count == 1)
    // Timings were not taken, so that there are none to accept.
    let accepted = try ToolTests.tool.run(
      ["nightly", "accept-baseline", "--history", "history.sqlite"], in: folder)
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
    let found = TestResultReader.read(try folder.data("out/junit.xml"))
    #expect(found.filter { $0.failure != nil }.map(\.name) == [id])
  }

  @Test func whatCannotBeRunIsNoPass() throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    let outcome = try night(["--program", "nowhere"], stages: "images", in: folder)
    #expect(outcome.status == 3 && outcome.output.contains("nowhere cannot be run"))
    try folder.file("corpus/cases/cell-cubic/case.json", "{")
    #expect(try night(out: "damaged", in: folder).status == 3)
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
    try history.execute("DROP TABLE figure")
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

  @Test func partsOfDifferentWorkAreRefused() throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    _ = try night(["--shard", "1/2"], stages: "golden", out: "p1", in: folder)
    _ = try night(["--shard", "2/2"], stages: "images", out: "p2", in: folder)
    let merged = try ToolTests.tool.run(["nightly", "merge", "p1", "p2", "--out", "m"], in: folder)
    #expect(merged.status == 3 && merged.errors.contains("different stages") && !folder.has("m"))
  }

  @Test func shardsMakeUpTheNight() throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    for part in 1...2 {
      #expect(
        try night(["--shard", "\(part)/2"], stages: "golden,images", out: "parts/\(part)", in: folder).status == 0)
    }
    #expect(!folder.has("history.sqlite"), "a shard leaves the history alone")
    func merge(_ parts: [String], out: String) throws -> BuiltProgram.Outcome {
      try ToolTests.tool.run(
        ["nightly", "merge"] + parts.map { "parts/\($0)" } + ["--history", "history.sqlite", "--out", out], in: folder)
    }
    let merged = try merge(["2", "1"], out: "merged")
    #expect(merged.status == 0, "\(merged)")
    #expect(try night(stages: "golden,images", out: "whole", in: folder).status == 0)
    let (parts, whole) = (try record("merged", in: folder), try record("whole", in: folder))
    #expect(parts.golden.map(\.id) == whole.golden.map(\.id) && parts.images.map(\.id) == whole.images.map(\.id))
    #expect(parts.golden.map(\.identicalNumbers) == whole.golden.map(\.identicalNumbers))
    let lacking = try merge(["1"], out: "lacking")
    #expect(lacking.status == 3 && lacking.errors.contains("1 to 2 of 2 are needed"))
    #expect(try merge(["1", "1"], out: "twice").status == 3)
    try folder.file("parts/2/night.json", "{}")
    let damaged = try merge(["1", "2"], out: "damaged")
    #expect(damaged.status == 3 && damaged.errors.contains("the part is not whole"))
    #expect(!folder.has("lacking") && !folder.has("twice") && !folder.has("damaged"))
  }

  @Test func everyItemBelongsToOneShard() throws {
    for count in 1...9 {
      let shards = try (1...count).map { try #require(Shard(text: "\($0)/\(count)")) }
      let shares = shards.flatMap { $0.share(of: Array(0..<23)) }
      #expect(shares.sorted() == Array(0..<23))
    }
    for text in ["0/2", "3/2", "1", "1/2/3", "a/b", "1/0", "-1/2"] { #expect(Shard(text: text) == nil) }
  }

  @Test func aSlowerWorkloadIsARegression() throws {
    func benchmark(_ ratios: String, baseline: String, machine: String = "M") throws -> NightRecord.BenchmarkRecord {
      let text =
        "{\"name\":\"W1\",\"seconds\":[1],\"ratios\":[\(ratios)],\"referenceRatios\":[],\"baseline\":\(baseline),"
        + "\"machine\":\"\(machine)\"}"
      return try JSONDecoder().decode(NightRecord.BenchmarkRecord.self, from: Data(text.utf8))
    }
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    _ = try night(in: folder)
    var record = try record("out", in: folder)
    record.benchmarks = [try benchmark("1.3,1.3,1.3", baseline: "1")]
    #expect(record.outcome == .regression && record.regressions == ["benchmark W1: 130 % of the accepted time"])
    record.benchmarks = [try benchmark("1.2,1.2,1.2", baseline: "1")]
    #expect(record.outcome == .pass, "within the limit")
    record.benchmarks = [try benchmark("1.1,1.3,1.5", baseline: "1")]
    #expect(record.outcome == .pass, "within the limit and the spread of the runs")
    record.benchmarks = [try benchmark("9", baseline: "null")]
    #expect(record.outcome == .pass, "nothing was accepted")
    // The ratios of a night become the accepted ones of its kind of machine.
    let history = try History(path: folder.url.appendingPathComponent("other.sqlite").path)
    record.benchmarks = [try benchmark("2,3,4", baseline: "null")]
    let number = try history.add(record, bundle: "out")
    #expect(try history.acceptBaseline(night: number).map(\.ratio) == [3])
    #expect(try history.baselines(machine: "M") == ["W1": 3])
    #expect(try history.baselines(machine: "another").isEmpty)
    record.obstacles = ["x"]
    #expect(record.outcome == .couldNotRun)
  }

  @Test func reportsOfTestRunsAreRead() {
    let report = """
      <?xml version="1.0"?><testsuites><testsuite name="s">
      <testcase classname="A.B" name="good()" time="0.5"></testcase>
      <testcase classname="A.B" name="bad()" time="1"><failure message="1 &lt; 2"/><failure message="more"/></testcase>
      """
    let whole = TestResultReader.read(Data((report + "</testsuite></testsuites>").utf8))
    #expect(whole.map(\.name) == ["good()", "bad()"] && whole.map(\.failure) == [nil, "1 < 2\nmore"])
    let cut = TestResultReader.read(Data(report.utf8))
    #expect(cut.count == 3 && cut[2].failure?.contains("cut off") == true)
  }

  /// Fifty nights killed at random moments: the history stays sound and holds whole nights only.
  @Test func killedNightsLeaveASoundHistory() async throws {
    let folder = try TemporaryFolder()
    try Self.corpus(in: folder)
    let command = { (number: Int) in
      ["nightly", "--corpus", "corpus", "--stages", "golden", "--history", "history.sqlite", "--out", "out-\(number)"]
    }
    var whole = 0
    try await ToolTests.tool.kill(50, in: folder, command) { number in
      guard folder.has("out-\(number)") else { return }
      whole += 1
      let check = try ToolTests.tool.run(["bundle", "check", "out-\(number)"], in: folder)
      #expect(check.status == 0)
    }
    let history = try History(path: folder.url.appendingPathComponent("history.sqlite").path)
    #expect(try history.integrity() == "ok")
    let nights = try history.nights(last: 100)
    let figures = try history.courses(kind: "golden", over: nights)
    #expect(figures.count == 2 && figures.allSatisfy { !$0.values.contains(nil) })
    // The bundle is written first: a night in the history has one.
    #expect(nights.allSatisfy { FileManager.default.fileExists(atPath: $0.bundle) })
    print("killed nights: \(whole) of 50 bundles, \(nights.count) of 51 nights in the history")
  }

  /// Each check of the script is a test; a failed one keeps its reason.
  @Test func checksOfOtherReaders() {
    let text =
      "ok     image.cbf: values\nsomething else\nFAILED image.cbf: Beam_xy [1, 2]: [3]\nfabio 1: 1 checks failed\n"
    let records = ReaderStage.records(text, seconds: 2)
    #expect(records.map(\.name) == ["image.cbf: values", "image.cbf: Beam_xy [1, 2]: [3]"])
    #expect(records.map(\.failure) == [nil, "image.cbf: Beam_xy [1, 2]: [3]"])
    #expect(records.allSatisfy { $0.suite == "fabio" && $0.seconds == 1 })
  }
}
