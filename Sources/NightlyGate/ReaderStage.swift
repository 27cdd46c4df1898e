import Foundation
import Provenance

/// Has another program open the images that the simulator writes: `Scripts/check-fabio.sh`.
package struct ReaderStage {
  let package: URL
  let program: String

  /// Runs the script; each of its checks counts as a test.
  /// - Throws: An error with its last words if it cannot be run, or says nothing.
  func run() async throws -> [NightRecord.TestRecord] {
    let script = package.appendingPathComponent("Scripts/check-fabio.sh").path
    let run = try await ProgramRun.run("/bin/sh", [script, URL(fileURLWithPath: program).path], in: package.path)
    let records = Self.records(String(decoding: run.output, as: UTF8.self), seconds: run.seconds)
    // A failed check is a finding; anything else that goes wrong is an obstacle.
    guard run.isSuccess || records.contains(where: { $0.failure != nil }) else { throw Failure(run) }
    guard !records.isEmpty else { throw Failure(run) }
    return records
  }

  /// The lines `ok     what` and `FAILED what: why`.
  package static func records(_ text: String, seconds: Double) -> [NightRecord.TestRecord] {
    let lines = text.split(separator: "\n").filter { $0.hasPrefix("ok    ") || $0.hasPrefix("FAILED ") }
    return lines.map { line in
      let failed = line.hasPrefix("FAILED ")
      return NightRecord.TestRecord(
        suite: "fabio", name: line.dropFirst(7).trimmingCharacters(in: .whitespaces),
        seconds: seconds / Double(lines.count),
        failure: failed ? String(line.dropFirst(7)) : nil)
    }
  }

  private struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ run: ProgramRun) {
      description = "check-fabio.sh failed (\(run.ending)): \(String(decoding: run.error.suffix(500), as: UTF8.self))"
    }
  }
}
