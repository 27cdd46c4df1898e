import Benchmarks
import Foundation
import GoldenStore
import Physics
import Provenance
import Subprocesses

/// Counts the instructions of a run: by the processor (`perf`) if the machine allows that, else by simulation
/// (`valgrind --tool=callgrind`), which takes some fifty times as long. Unlike times, counts do not depend on the load.
enum InstructionCounter {
  /// A count with the name of its counter and instruction set; only counts with the same `counter` are compared.
  struct Count {
    let instructions: Double
    let counter: String
  }

  /// The reason for which instructions were not counted.
  struct Reason: Error {
    let text: String
  }

  /// The largest number of steps of a workload that is simulated. A limit on steps, unlike one on time, does not depend
  /// on the load, so that each night counts the same workloads.
  private static let mostSteps = 20_000_000

  /// Counts the instructions of a workload in one thread.
  /// - Throws: The error of the system if no scratch folder can be made.
  static func count(_ program: String, _ workload: Workload) async throws -> Result<Count, Reason> {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let words = SimulatorProgram.forFloatImage(workload.plainArguments)
    if let count = await perf([program] + words, scratch) { return .success(count) }
    guard let version = await output("valgrind", ["--version"]) else {
      return .failure(Reason(text: "perf counts no instructions here, and valgrind is not installed"))
    }
    guard let steps = workload.steps, steps <= mostSteps else {
      return .failure(Reason(text: "too many steps for callgrind, and perf counts nothing here"))
    }
    guard
      let run = try? await ProgramRun.run(
        "valgrind", ["--tool=callgrind", "--callgrind-out-file=/dev/null", program] + words, in: scratch.url.path,
        environment: environment, inherits: false, limit: 300),
      run.isSuccess, let count = collected(String(decoding: run.error, as: UTF8.self))
    else { return .failure(Reason(text: "callgrind cannot run the program")) }
    return .success(
      Count(
        instructions: count,
        counter: version.replacing("valgrind-", with: "callgrind ") + ", \(instructionSet.rawValue)"))
  }

  /// The instruction set of counted runs: one that valgrind and most machines have, so that machines can be compared.
  static let instructionSet: InstructionSet = InstructionSet.v3.isAvailable ? .v3 : .baseline

  private static var environment: [String: String] {
    ["OMP_NUM_THREADS": "1", InstructionSet.variable: instructionSet.rawValue]
  }

  private static func perf(_ command: [String], _ scratch: ScratchFolder) async -> Count? {
    let file = scratch.path("perf.txt")
    guard
      let run = try? await ProgramRun.run(
        "perf", ["stat", "-x", ",", "-o", file, "-e", "instructions:u", "--"] + command, in: scratch.url.path,
        environment: environment, inherits: false, limit: 600),
      run.isSuccess, let text = try? String(contentsOfFile: file, encoding: .utf8), let count = counted(text)
    else { return nil }
    return Count(instructions: count, counter: "perf, \(instructionSet.rawValue)")
  }

  /// The number of instructions in the output of `perf stat -x ,`; nil for `<not supported>`.
  static func counted(_ text: String) -> Double? {
    let line = text.split(separator: "\n").first { $0.contains("instructions") && !$0.hasPrefix("#") }
    return line?.split(separator: ",").first.flatMap { Double($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// The number of instructions in callgrind's last lines, `==123== Collected : 456`; nil if it is missing.
  static func collected(_ text: String) -> Double? {
    let line = text.split(separator: "\n").last { $0.contains("Collected :") }
    return line?.split(separator: " ").last.flatMap { Double($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  private static func output(_ program: String, _ arguments: [String]) async -> String? {
    guard let run = try? await ProgramRun.run(program, arguments, limit: 20), run.isSuccess else { return nil }
    return String(decoding: run.output, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}
