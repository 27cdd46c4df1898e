import Foundation
import Testing

/// The built tool: exit statuses, the files it leaves, and what a kill leaves.
@Suite struct ToolTests {
  private static let tool: URL = {
    let starts = CommandLine.arguments.map { URL(fileURLWithPath: $0) } + [Bundle.main.bundleURL]
    for start in starts {
      var folder = start
      for _ in 0..<4 {
        let tool = folder.appendingPathComponent("nbverify")
        if FileManager.default.isExecutableFile(atPath: tool.path), !tool.hasDirectoryPath { return tool }
        folder.deleteLastPathComponent()
      }
    }
    return URL(fileURLWithPath: "nbverify")
  }()

  /// A folder with a reference log and a candidate log.
  private func scratch(_ candidate: String = FactorTests.candidate) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nbverify-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(FactorTests.reference.utf8).write(to: folder.appendingPathComponent("c.log"))
    try Data(candidate.utf8).write(to: folder.appendingPathComponent("py.log"))
    return folder
  }

  private func start(_ program: URL, _ arguments: [String], in folder: URL) throws -> (Process, Pipe) {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    return (process, output)
  }

  private func run(_ arguments: [String], in folder: URL, program: URL = tool) throws -> (status: Int32, text: String) {
    let (process, output) = try start(program, arguments, in: folder)
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private let compare = ["compare", "--c", "c.log", "--py", "py.log", "--out", "out"]

  @Test func aComparisonLeavesAWholeBundle() throws {
    let folder = try scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try run(compare + ["--hypotheses", "leads.md", "--ledger", "ledger.jsonl"], in: folder)
    #expect(outcome.status == 1 && outcome.text.contains("first divergent factor:   steps (CRITICAL"))
    #expect(try run(["bundle", "check", "out"], in: folder).status == 0)
    let shell = URL(fileURLWithPath: "/bin/sh")
    #expect(try run(["-c", "cd out && sha256sum -c sha256.txt"], in: folder, program: shell).status == 0)
    let patch = "patch -o patched.log c.log out/trace_diff_manual.patch && grep -q 'TRACE_C: steps 5$' patched.log"
    #expect(try run(["-c", patch], in: folder, program: shell).status == 0)
    #expect(try run(["-c", "! LC_ALL=C grep -rnP '[^\\x00-\\x7F]' out"], in: folder, program: shell).status == 0)
    let metrics =
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: folder.appendingPathComponent("out/metrics.json"))) as? [String: Any]
    #expect(metrics?["first_divergence"] as? String == "steps" && metrics?["num_divergent"] as? Int == 4)
    #expect(metrics?["tolerance_rel"] as? Double == 1e-6)
    let steps = (metrics?["factors"] as? [String: [String: Any]])?["steps"]
    #expect(steps?["c_value"] as? Double == 10 && steps?["rel_delta"] as? Double == -0.5)
    #expect(steps?["status"] as? String == "CRITICAL" && steps?["description"] is String)
    // Never overwritten; appended files keep what they hold.
    #expect(try run(compare, in: folder).status == 2)
    let again = ["compare", "--c", "c.log", "--py", "py.log", "--out", "more/summary.md"]
    #expect(try run(again + ["--hypotheses", "leads.md", "--ledger", "ledger.jsonl"], in: folder).status == 1)
    #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("more/summary.md").path))
    let ledger = try String(contentsOf: folder.appendingPathComponent("ledger.jsonl"), encoding: .utf8)
    let leads = try String(contentsOf: folder.appendingPathComponent("leads.md"), encoding: .utf8)
    #expect(ledger.split(separator: "\n").count == 2 && leads.split(separator: "\n").count { $0.hasPrefix("## ") } == 2)
    // A changed file is noticed.
    try Data("x".utf8).write(to: folder.appendingPathComponent("out/summary.md"))
    #expect(try run(["bundle", "check", "out"], in: folder).status == 1)
  }

  @Test func exitStatuses() throws {
    let folder = try scratch("TRACE_PY: polar half\n")
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try run(compare, in: folder).status == 3)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("out").path).sorted()
        == ["attempt.log", "commands.txt"])
    #expect(try run(["compare", "--c", "c.log"], in: folder).status == 2)
    #expect(try run(["compare", "--c", "c.log", "--py", "c.log", "--out", "same"], in: folder).status == 0)
    #expect(try run(["compare", "--c", "c.log", "--py", "nowhere", "--out", "no"], in: folder).status == 3)
    #expect(try run(["images"], in: folder).status == 1)
    #expect(try run(["images", "--reference", "c.log", "--candidate", "nowhere"], in: folder).status == 5)
    #expect(try run(["nightly", "--shard", "3/2"], in: folder).status == 2)
    #expect(try run(["history"], in: folder).status == 2)
  }

  /// Fifty runs killed at random moments: a bundle is there whole, or not at all.
  @Test func aKilledRunLeavesNoPartialBundle() async throws {
    let folder = try scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    var whole = 0
    for number in 0..<50 {
      let name = "out-\(number)"
      let (process, _) = try start(
        Self.tool, ["compare", "--c", "c.log", "--py", "py.log", "--out", name], in: folder)
      try await Task.sleep(for: .microseconds(Int.random(in: 0...300_000)))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      guard FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path) else { continue }
      whole += 1
      #expect(try run(["bundle", "check", name], in: folder).status == 0, "\(name)")
    }
    // The next run removes what killed ones left.
    _ = try run(["compare", "--c", "c.log", "--py", "py.log", "--out", "last"], in: folder)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".partial") }
    #expect(left.isEmpty)
    print("killed runs: \(whole) of 50 bundles were whole, the others are not there")
  }
}
