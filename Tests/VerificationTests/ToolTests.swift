import Foundation
import Provenance
import TestSupport
import Testing

/// The built tool: exit statuses, the files it leaves, and what a kill leaves.
@Suite(.tags(.commandLine), .generousTime) struct ToolTests {
  static let tool = BuiltProgram(named: "nbverify")

  /// A folder with a reference log and a candidate log.
  private func scratch(_ candidate: String = DisagreeingLogs.candidate) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.file("c.log", DisagreeingLogs.reference)
    try folder.file("py.log", candidate)
    return folder
  }

  private func run(
    _ arguments: [String], in folder: TemporaryFolder, program: BuiltProgram = tool
  ) throws -> BuiltProgram.Outcome { try program.run(arguments, in: folder) }

  private let compare = ["compare", "--c", "c.log", "--py", "py.log", "--out", "out"]

  @Test func aComparisonLeavesAWholeBundle() throws {
    let folder = try scratch()
    let outcome = try run(compare + ["--hypotheses", "leads.md", "--ledger", "ledger.jsonl"], in: folder)
    #expect(outcome.status == 1 && outcome.output.contains("first divergent factor:   steps (CRITICAL"))
    #expect(try run(["bundle", "check", "out"], in: folder).status == 0)
    #expect(try run(["-c", "cd out && sha256sum -c sha256.txt"], in: folder, program: .shell).status == 0)
    let patch = "patch -o patched.log c.log out/trace_diff_manual.patch && grep -q 'TRACE_C: steps 5$' patched.log"
    #expect(try run(["-c", patch], in: folder, program: .shell).status == 0)
    #expect(try run(["-c", "! LC_ALL=C grep -rnP '[^\\x00-\\x7F]' out"], in: folder, program: .shell).status == 0)
    let metrics =
      try JSONSerialization.jsonObject(
        with: folder.data("out/metrics.json")) as? [String: Any]
    #expect(metrics?["first_divergence"] as? String == "steps" && metrics?["num_divergent"] as? Int == 4)
    #expect(metrics?["tolerance_rel"] as? Double == 1e-6)
    let steps = (metrics?["factors"] as? [String: [String: Any]])?["steps"]
    #expect(steps?["c_value"] as? Double == 10 && steps?["rel_delta"] as? Double == -0.5)
    #expect(steps?["status"] as? String == "CRITICAL" && steps?["description"] is String)
    // Never overwritten; appended files keep what they hold.
    #expect(try run(compare, in: folder).status == 2)
    let again = ["compare", "--c", "c.log", "--py", "py.log", "--out", "more/summary.md"]
    #expect(try run(again + ["--hypotheses", "leads.md", "--ledger", "ledger.jsonl"], in: folder).status == 1)
    #expect(folder.has("more/summary.md"))
    let ledger = try folder.text("ledger.jsonl")
    let leads = try folder.text("leads.md")
    #expect(ledger.split(separator: "\n").count == 2 && leads.split(separator: "\n").count { $0.hasPrefix("## ") } == 2)
    // A changed file is noticed.
    try folder.file("out/summary.md", "x")
    #expect(try run(["bundle", "check", "out"], in: folder).status == 1)
  }

  @Test func exitStatuses() throws {
    let folder = try scratch("TRACE_PY: polar half\n")
    #expect(try run(compare, in: folder).status == 3)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.appendingPathComponent("out").path).sorted()
        == ["attempt.log", "commands.txt"])
    #expect(try run(["compare", "--c", "c.log"], in: folder).status == 2)
    #expect(try run(["compare", "--c", "c.log", "--py", "c.log", "--out", "same"], in: folder).status == 0)
    #expect(try run(["compare", "--c", "c.log", "--py", "nowhere", "--out", "no"], in: folder).status == 3)
    #expect(try run(["images"], in: folder).status == 1)
    #expect(try run(["images", "--reference", "c.log", "--candidate", "nowhere"], in: folder).status == 5)
    #expect(try run(["nightly", "--shard", "3/2"], in: folder).status == 2)
    #expect(try run(["history"], in: folder).status == 2)
  }

  @Test func theSummaryTakesNoNameOfTheBundle() throws {
    let folder = try scratch()
    let refused = try run(["compare", "--c", "c.log", "--py", "py.log", "--out", "out/trace_diff.md"], in: folder)
    #expect(refused.status == 2 && !folder.has("out"))
    #expect(try run(["compare", "--c", "c.log", "--py", "py.log", "--out", "out/mine.md"], in: folder).status == 1)
    #expect(try run(["bundle", "check", "out"], in: folder).status == 0 && folder.has("out/summary.md"))
  }

  /// Carriage returns and what stands before a marker stay as they are.
  @Test func patchesApplyToUnusualLogs() throws {
    let folder = try scratch()
    let lines = DisagreeingLogs.reference.replacing("TRACE_C: steps", with: "\u{1B}[0mTRACE_C: steps")
    try folder.file("c.log", lines.replacing("\n", with: "\r\n") + "\u{b5} TRACE_C: stol 5\n")
    try folder.file("py.log", DisagreeingLogs.candidate + "TRACE_PY:stol=6\n")
    #expect(try run(compare, in: folder).status == 1)
    let patch = "patch --binary -o patched.log c.log out/trace_diff_manual.patch"
    let applied = try run(["-c", patch], in: folder, program: .shell)
    #expect(applied.status == 0, "\(applied)")
    #expect(try folder.text("patched.log").contains("\u{1B}[0mTRACE_C: steps 5\r\n"))
    #expect(try folder.text("out/trace_diff_manual.patch").hasPrefix("1 divergent lines are left out"))
  }

  @Test func simultaneousRunsGetFoldersOfTheirOwn() throws {
    let folder = try scratch()
    let command = ["compare", "--c", "c.log", "--py", "py.log"]
    let processes = try (0..<6).map { _ in try Self.tool.start(command, in: folder) }
    for process in processes {
      process.waitUntilExit()
      #expect(process.terminationStatus == 1)
    }
    let reports = try FileManager.default.contentsOfDirectory(atPath: folder.url.appendingPathComponent("reports").path)
    #expect(reports.count == 6 && reports.allSatisfy { !$0.hasPrefix(".") })
  }

  @Test func notebooksAreTriedFirst() throws {
    let folder = try scratch()
    let refused = try run(compare + ["--hypotheses", "no/such/leads.md"], in: folder)
    #expect(refused.status == 2 && !folder.has("out"))
  }

  @Test func whatCannotBeProvedIsRefused() throws {
    let folder = try scratch()
    let pipe = "mkfifo pipe; \(Self.tool.url.path) compare --c pipe --py py.log --out out"
    #expect(try run(["-c", pipe], in: folder, program: .shell).status == 2)
    try folder.file("names.json", #"{"quantities": {"ploar": {"relative": 1, "because": "x"}}}"#)
    let strange = try run(compare + ["--tolerances", "names.json"], in: folder)
    #expect(strange.status == 3 && strange.errors.contains("ploar"))
    #expect(try run(compare + ["--c", "c.log", "--out", "whole"], in: folder).status == 1)
    // A bundle without files of its kind is not whole, even if its digests say so.
    let drop = "cd whole && rm trace_diff.md && sed -i /trace_diff.md/d sha256.txt"
    #expect(try run(["-c", drop], in: folder, program: .shell).status == 0)
    #expect(try run(["bundle", "check", "whole"], in: folder).status == 1)
  }

  /// Digests prove the files of the bundle, and nothing beside or behind it.
  @Test func aBundleIsWhatIsInIt() throws {
    let folder = try scratch()
    let digest = String(repeating: "0", count: 64)
    let harms = [
      ("printf '%s  ../c.log\n' $(sha256sum c.log | cut -c1-64) >> b/sha256.txt", "leads out"),
      ("printf '%s  /etc/hosts\n' \(digest) >> b/sha256.txt", "leads out"),
      ("mv b/metrics.json m.json; ln -s ../m.json b/metrics.json", "a link"),
      ("ln -s /tmp b/more", "more was added later"),
      ("mkfifo b/pipe", "pipe was added later"), ("echo nonsense >> b/sha256.txt", "no digest and name"),
      ("echo x >> b/metrics.json", "has been changed"), ("rm b/metrics.json", "is missing"),
    ]
    for (harm, word) in harms {
      _ = try run(["-c", "rm -rf b"], in: folder, program: .shell)
      #expect(try run(compare + ["--c", "c.log", "--out", "b"], in: folder).status == 1)
      #expect(try run(["bundle", "check", "b"], in: folder).status == 0)
      #expect(try run(["-c", harm], in: folder, program: .shell).status == 0, "\(harm)")
      let check = try run(["bundle", "check", "b"], in: folder)
      #expect(check.status == 1 && check.errors.contains(word), "\(harm): \(check)")
    }
    // Names that a line cannot hold are escaped as sha256sum does.
    var bundle = ProvenanceBundle()
    bundle.add("a\nb", Data("1".utf8))
    bundle.add("back\\slash", Data("2".utf8))
    try bundle.write(to: folder.url.appendingPathComponent("odd"))
    #expect(ProvenanceBundle.problems(of: folder.url.appendingPathComponent("odd"), required: ["a\nb"]).isEmpty)
    #expect(try run(["-c", "cd odd && sha256sum -c sha256.txt"], in: folder, program: .shell).status == 0)
  }

  @Test func hugeNumbersAreNoCrash() throws {
    let folder = try scratch()
    try folder.file("a.bin", [UInt8](repeating: 0, count: 16))
    let size = ["--size", "4000000000000", "4000000000000"]
    #expect(try run(["images", "--reference", "a.bin", "--candidate", "a.bin"] + size, in: folder).status == 4)
    let pixel = ["audit", "carryover", "--pixel", "1", "9223372036854775807", "--"]
    let crystal = "-cell 70 80 90 75 85 95 -default_F 1 -N 2 -detpixels 8".words
    #expect(try run(pixel + crystal, in: folder).status == 2)
  }

  /// Fifty runs killed at random moments: a bundle is there whole, or not at all.
  @Test func aKilledRunLeavesNoPartialBundle() async throws {
    let folder = try scratch()
    var whole = 0
    let command = { (number: Int) in ["compare", "--c", "c.log", "--py", "py.log", "--out", "out-\(number)"] }
    try await Self.tool.kill(50, in: folder, command) { number in
      guard folder.has("out-\(number)") else { return }
      whole += 1
      let check = try run(["bundle", "check", "out-\(number)"], in: folder)
      #expect(check.status == 0, "out-\(number)")
    }
    // The next run removes what killed ones left.
    _ = try run(command(51), in: folder)
    #expect(try folder.names.allSatisfy { !$0.hasSuffix(".partial") })
    print("killed runs: \(whole) of 50 bundles were whole, the others are not there")
  }
}
