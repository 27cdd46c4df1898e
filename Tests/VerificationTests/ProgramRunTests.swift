import Foundation
import Provenance
import Subprocesses
import TestSupport
import Testing

/// Programs that are run: how they end, what they inherit, what is left of them.
@Suite(.tags(.gate), .generousTime) struct ProgramRunTests {
  private func shell(_ script: String, limit: Double = 60, inherits: Bool = true) async throws -> ProgramRun {
    try await ProgramRun.run("/bin/sh", ["-c", script], environment: ["NB_X": "1"], inherits: inherits, limit: limit)
  }

  @Test func endsAndOutputs() async throws {
    let run = try await shell("echo out; echo err >&2; exit 7")
    #expect(run.ending == .exited(7) && !run.isSuccess)
    #expect(
      String(decoding: run.output, as: UTF8.self) == "out\n" && String(decoding: run.error, as: UTF8.self) == "err\n")
  }

  /// Threads of tasks block nearly all signals; what they start must not.
  @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGALRM, SIGPIPE]) func noSignalIsBlockedOrIgnored(number: Int32)
    async throws
  {
    #expect(try await shell("kill -\(number) $$; exit 0").ending == .signalled(Int(number)))
  }

  @Test func theWholeGroupEndsWhenTheTimeIsUp() async throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("child").path
    let run = try await shell("sleep 60 & echo $! > '\(file)'; wait", limit: 0.5)
    #expect(run.ending == .timedOut(seconds: 0.5))
    let child = try #require(Int32(try folder.text("child").trimmingCharacters(in: .whitespacesAndNewlines)))
    // The system may take a moment to take the child away.
    let state = { (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? "gone" }
    for _ in 0..<100 where !(state() == "gone" || state().contains(") Z")) {
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(state() == "gone" || state().contains(") Z"))
  }

  @Test func theEnvironmentIsInheritedOrNot() async throws {
    let (whole, own) = (try await shell("env"), try await shell("env", inherits: false))
    #expect(String(decoding: whole.output, as: UTF8.self).contains("\nPATH="))
    let lines = String(decoding: own.output, as: UTF8.self).split(separator: "\n")
    #expect(lines.contains("NB_X=1") && !lines.contains { $0.hasPrefix("HOME=") })
  }

  @Test func whatCannotBeStartedIsAnError() async throws {
    await #expect(throws: ProgramError.self) { try await ProgramRun.run("/nowhere/program", []) }
    await #expect(throws: ProgramError.self) { try await ProgramRun.run("no-such-program", []) }
    await #expect(throws: ProgramError.self) { try await ProgramRun.run("/bin/true", [], in: "/nowhere") }
  }

  @Test func manyRunAtTheSameTime() async throws {
    let endings = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<40 {
        group.addTask {
          guard case .exited(let status) = try await ProgramRun.run("/bin/sh", ["-c", "exit \(number)"]).ending else {
            return -1
          }
          return status
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(endings.sorted() == Array(0..<40))
  }
}
