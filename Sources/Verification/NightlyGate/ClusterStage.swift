import Foundation
import Provenance
import Subprocesses

/// Runs a short night in parts on a throw-away Slurm node: `Scripts/check-slurm.sh --short`. If Slurm is not installed
/// or its daemons cannot be started, a remark gives the reason.
struct ClusterStage {
  let package: URL

  /// The exit status of the script if Slurm is not available.
  private static let notHere = 77

  func run(_ result: inout WorkResult) async throws {
    let script = package.appendingPathComponent("Scripts/check-slurm.sh").path
    let run = try await ProgramRun.run("/bin/bash", [script, "--short"], in: package.path, limit: 1800)
    if run.ending == .exited(Self.notHere) {
      let reason = String(decoding: run.error, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      result.remarks.append("cluster: not run: \(reason)")
      return
    }
    result.tests = try CheckScript.records(run, suite: "cluster", name: "check-slurm.sh")
  }
}

/// Reads the output of scripts that print a line `ok     what` or `FAILED what: why` for each check.
package enum CheckScript {
  /// The checks of a run as tests.
  /// - Throws: `BundleError` with the last messages of a script that failed without a failed check, or printed no
  ///   check.
  static func records(_ run: ProgramRun, suite: String, name: String) throws -> [NightRecord.TestRecord] {
    let records = records(String(decoding: run.output, as: UTF8.self), suite: suite, seconds: run.seconds)
    guard !records.isEmpty, run.isSuccess || records.contains(where: { $0.failure != nil }) else {
      throw BundleError("\(name) failed (\(run.ending)): \(String(decoding: run.error.suffix(500), as: UTF8.self))")
    }
    return records
  }

  /// The checks of an output, each with an equal share of the time in seconds.
  package static func records(_ text: String, suite: String, seconds: Double) -> [NightRecord.TestRecord] {
    let lines = text.split(separator: "\n").filter { $0.hasPrefix("ok    ") || $0.hasPrefix("FAILED ") }
    return lines.map { line in
      let said = line.dropFirst(7).trimmingCharacters(in: .whitespaces)
      let failed = line.hasPrefix("FAILED ")
      return NightRecord.TestRecord(
        suite: suite, name: failed ? checked(said) : said, seconds: seconds / Double(lines.count),
        failure: failed ? said : nil)
    }
  }

  /// The name of a failed check, without its result: `image.cbf: Beam_xy` of `image.cbf: Beam_xy: [3]`.
  private static func checked(_ line: String) -> String {
    let parts = line.components(separatedBy: ": ")
    return parts.count > 1 ? parts.dropLast().joined(separator: ": ") : line
  }
}
