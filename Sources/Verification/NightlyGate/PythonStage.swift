import Foundation
import Provenance
import Subprocesses

/// Tests the C interface and the Python package beside other programs: `Scripts/check-python.sh`.
struct PythonStage {
  let package: URL
  /// The folder with the programs and the library of the build.
  let build: URL

  /// Runs the script; each of its checks counts as a test.
  /// - Throws: An error with its last messages if the script cannot be run, or prints no check.
  func run() async throws -> [NightRecord.TestRecord] {
    let script = package.appendingPathComponent("Scripts/check-python.sh").path
    let environment = ["NB_HOSTILE": "300000", "NANOBRAGG_CAMERAS": "1000", "NANOBRAGG_HOSTILE": "30000"]
    let run = try await ProgramRun.run(
      "/bin/sh", [script, build.path], in: package.path, environment: environment, limit: 1800)
    return try CheckScript.records(run, suite: "python", name: "check-python.sh")
  }
}
