import Foundation
import Provenance
import Subprocesses

/// A short night in parts on a throw-away Slurm node: `Scripts/check-slurm.sh --short`. Where Slurm is not installed, or
/// its daemons cannot be started, a remark says so.
struct ClusterStage {
  let package: URL

  /// Exit status of the script where Slurm cannot be had.
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

/// Scripts whose checks are the lines `ok     what` and `FAILED what: why`.
package enum CheckScript {
  /// The checks of a run as tests.
  /// - Throws: `BundleError` with the last words of a script that failed without a failed check, or said nothing.
  static func records(_ run: ProgramRun, suite: String, name: String) throws -> [NightRecord.TestRecord] {
    let records = records(String(decoding: run.output, as: UTF8.self), suite: suite, seconds: run.seconds)
    guard !records.isEmpty, run.isSuccess || records.contains(where: { $0.failure != nil }) else {
      throw BundleError("\(name) failed (\(run.ending)): \(String(decoding: run.error.suffix(500), as: UTF8.self))")
    }
    return records
  }

  /// The checks of an output.
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

  /// What was checked, without what came out: `image.cbf: Beam_xy` of `image.cbf: Beam_xy: [3]`.
  private static func checked(_ line: String) -> String {
    let parts = line.components(separatedBy: ": ")
    return parts.count > 1 ? parts.dropLast().joined(separator: ": ") : line
  }
}
