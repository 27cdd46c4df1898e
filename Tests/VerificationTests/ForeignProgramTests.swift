import Foundation
import Provenance
import Subprocesses
import TestSupport
import Testing

/// Programs that are not ours: they hang, flood, leave pipes and devices, and print what a terminal obeys.
@Suite(.tags(.gate), .generousTime) struct ForeignProgramTests {
  private static let crystal =
    "-cell 50 50 50 90 90 90 -default_F 10 -N 3 -lambda 1 -detpixels 16 -oversample 1 -nonoise".words

  private func program(_ script: String, in folder: TemporaryFolder) throws -> String {
    let path = try folder.file("program", "#!/bin/sh\n\(script)\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  private func images(_ script: String, in folder: TemporaryFolder, _ more: [String] = []) throws
    -> BuiltProgram.Outcome
  {
    try ToolTests.tool.run(
      ["images", "--c-bin", try program(script, in: folder), "--out", "out"] + more + ["--"] + Self.crystal, in: folder)
  }

  @Test(arguments: [
    ("exit 3", "exit status 3"), ("kill -SEGV $$", "signal 11"), ("sleep 60", "time limit of 0.5 s"),
    ("yes", "time limit"),
    ("head -c 300000000 /dev/zero; exit 4", "exit status 4"), ("mkfifo float.bin", "no ordinary file"),
    ("ln -s /dev/zero float.bin", "no ordinary file"), ("mkdir float.bin", "ordinary file"), ("true", "left no image"),
    ("head -c 12 /dev/zero > float.bin", "12 bytes"),
  ])
  func failuresAreNamedAndRecorded(script: String, word: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try images(script, in: folder, ["--time-limit", script.contains("300000000") ? "60" : "0.5"])
    #expect(outcome.status == 2 && outcome.errors.contains(word), "\(outcome)")
    let summary = try folder.text("out/summary.json")
    #expect(
      summary.contains("\"passes\" : false") && summary.contains("\"exit_status\" : 2"), "the attempt is recorded")
    #expect(try folder.text("out/commands.txt").contains("images"))
  }

  /// What a program prints is text: nothing of it is obeyed.
  @Test func escapesAreShown() throws {
    let folder = try TemporaryFolder()
    let outcome = try images("printf '\\033]0;title\\007\\033[31m\\342\\200\\256\\r' >&2; exit 1", in: folder)
    #expect(outcome.errors.contains("\\u{1b}]0;title\\u{7}") && outcome.errors.contains("\\u{202e}"), "\(outcome)")
    #expect(!outcome.errors.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
  }

  /// Output beyond the limit is counted; its beginning and its end are kept.
  @Test func outputIsLimited() async throws {
    let run = try await ProgramRun.run(
      "/bin/sh", ["-c", "printf start; head -c 5000000 /dev/zero | tr '\\0' x; printf end"], outputLimit: 100_000)
    #expect(run.isSuccess && run.output.count < 140_000)
    let text = String(decoding: run.output, as: UTF8.self)
    #expect(text.hasPrefix("start") && text.hasSuffix("xend") && text.contains("bytes are left out"))
    let few = try await ProgramRun.run("/bin/sh", ["-c", "printf 12345"], outputLimit: 3)
    #expect(String(decoding: few.output, as: UTF8.self) == "12345", "what the end holds anyway is not left out")
  }

  /// A program that leaves another one behind is not waited for, and takes that one with it.
  @Test func whatIsLeftBehindEnds() async throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("child").path
    let run = try await ProgramRun.run("/bin/sh", ["-c", "sleep 1200 & echo $! > '\(file)'; echo done"])
    #expect(run.isSuccess && run.seconds < 600 && String(decoding: run.output, as: UTF8.self) == "done\n", "\(run)")
    try await expectGone(try folder.text("child"))
  }

  private func expectGone(_ text: String) async throws {
    let child = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    let state = { (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? "gone" }
    for _ in 0..<200 where !(state() == "gone" || state().contains(") Z")) {
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(state() == "gone" || state().contains(") Z"))
  }

  /// Every command that runs programs ends them on a signal, with all their children, and removes its folders.
  @Test(arguments: [SIGINT, SIGTERM, SIGHUP], ["images", "regenerate", "bench", "files"])
  func signalsEndEverything(number: Int32, command: String) async throws {
    let folder = try TemporaryFolder()
    let temporary = folder.url.appendingPathComponent("tmp")
    try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
    let script = try program(
      "sleep 3000 & echo $! > '\(folder.url.path)/child.new'; mv '\(folder.url.path)/child.new' '\(folder.url.path)/child'; wait",
      in: folder)
    let arguments =
      switch command {
      case "images": ["images", "--c-bin", script, "--"] + Self.crystal
      case "regenerate": ["golden", "regenerate", "--reference", script, "roi"]
      case "bench": ["bench", "--c-bin", script, "W1"]
      default: ["golden", "files", "--reference", script, "roi"]
      }
    let process = try ToolTests.tool.start(arguments, in: folder, environment: ["TMPDIR": temporary.path])
    for _ in 0..<500 where !folder.has("child") && process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    try #require(folder.has("child"), "\(command) does not start the program")
    kill(process.processIdentifier, number)
    process.waitUntilExit()
    #expect(process.terminationStatus == 128 + number)
    try await expectGone(try folder.text("child"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path).isEmpty, "\(command)")
  }

  /// With hardly any descriptors nothing can be run, and that is said.
  @Test(arguments: [5, 6, 8, 12, 20]) func fewDescriptors(count: Int) async throws {
    let tool = ToolTests.tool.url.path
    for (command, status) in [
      ("images --reference a --candidate b", 5), ("diff --c a --py b", 3), ("golden run roi", 3),
    ] {
      let run = try await ProgramRun.run("/bin/bash", ["-c", "ulimit -n \(count); exec \(tool) \(command)"], limit: 60)
      #expect(run.ending == .exited(status), "\(command): \(run.ending)")
      #expect(String(decoding: run.error, as: UTF8.self).contains("too many open files"))
    }
  }
}
