import Foundation
import Provenance
import Subprocesses

/// Opens the images that the simulator writes with another program: `Scripts/check-fabio.sh`.
struct ReaderStage {
  let package: URL
  let program: String

  /// Runs the script; each of its checks counts as a test.
  /// - Throws: An error with its last messages if the script cannot be run, or prints no check.
  func run() async throws -> [NightRecord.TestRecord] {
    let script = package.appendingPathComponent("Scripts/check-fabio.sh").path
    let run = try await ProgramRun.run("/bin/sh", [script, URL(fileURLWithPath: program).path], in: package.path)
    return try CheckScript.records(run, suite: "fabio", name: "check-fabio.sh")
  }
}
