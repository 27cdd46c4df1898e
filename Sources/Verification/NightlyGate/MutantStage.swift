import Foundation
import Provenance
import Subprocesses

/// Tries a part of the mutants, another one each night: `Scripts/check-mutants.sh`. The budget is stated in
/// docs/mutation.md.
struct MutantStage {
  let package: URL
  let seed: Int

  /// The name of the figure of a part of the sources, in the history: the share of its mutants that no test notices, over
  /// the share that may be.
  static let prefix = "mutants of "

  /// Seconds after which the stage is given up.
  private static let limit = 5400.0

  /// Runs the script.
  /// - Throws: An error with its last messages if the script cannot be run, or prints no check.
  func run(_ result: inout WorkResult) async throws {
    let script = package.appendingPathComponent("Scripts/check-mutants.sh").path
    let run = try await ProgramRun.run("/bin/sh", [script, "\(seed)"], in: package.path, limit: Self.limit)
    result.tests = try CheckScript.records(run, suite: "mutate", name: "check-mutants.sh")
    result.properties = Self.shares(String(decoding: run.output, as: UTF8.self))
  }

  /// The figures of an output: lines of `share`, part and number.
  static func shares(_ text: String) -> [NightRecord.PropertyRecord] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 3, words[0] == "share", let share = Double(words[2]) else { return nil }
      return NightRecord.PropertyRecord(name: prefix + words[1], cases: 1, worst: share)
    }
  }
}
