import Benchmarks
import Foundation
import GoldenStore
import Provenance
import Subprocesses

import Glibc

/// Times workloads in one thread. Each run lies between two calibrations, so that a slower machine slows both alike.
struct BenchmarkStage {
  let program: String
  let reference: String?
  let repetitions: Int

  /// Times a workload and counts its instructions. The failure of a program is recorded as a finding.
  /// - Throws: The error of the system if no scratch folder can be made.
  func run(_ workload: Workload) async throws -> NightRecord.BenchmarkRecord {
    var record = NightRecord.BenchmarkRecord(
      name: workload.name, seconds: [], ratios: [], referenceRatios: [], baseline: nil,
      machine: Surroundings.current.machineKind)
    do {
      for _ in 0..<repetitions {
        let before = Self.calibration()
        let ours = try await time(program, workload)
        let after = Self.calibration()
        record.seconds.append(ours)
        record.ratios.append(ours / ((before + after) / 2))
        if let reference { record.referenceRatios.append(try await time(reference, workload) / ours) }
      }
    } catch let error as CorpusError {
      record.failure = error.description
      return record
    }
    switch try await InstructionCounter.count(program, workload) {
    case .success(let count): (record.instructions, record.counter) = (count.instructions, count.counter)
    case .failure(let reason): record.uncounted = reason.text
    }
    return record
  }

  /// The processor time of a run, in seconds.
  private func time(_ program: String, _ workload: Workload) async throws -> Double {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let before = ProcessorTime.ofChildren
    _ = try await SimulatorProgram(program).run(SimulatorProgram.forFloatImage(workload.plainArguments), in: scratch)
    return ProcessorTime.ofChildren - before
  }

  /// The processor time of a fixed amount of work, in seconds: twenty million sines of the C library.
  private static func calibration() -> Double {
    var start = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
    var sum = 0.0
    for index in 0..<20_000_000 { sum += sin(Double(index) * 1.000_1) }
    var end = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
    // The sum is used, so that the loop is not removed.
    precondition(sum.isFinite)
    return Double(end.tv_sec - start.tv_sec) + 1e-9 * Double(end.tv_nsec - start.tv_nsec)
  }
}
