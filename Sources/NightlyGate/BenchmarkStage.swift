import Foundation
import GoldenStore
import Provenance

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A command line whose time is watched.
struct Workload {
  let name: String
  let arguments: [String]

  private init(_ name: String, _ arguments: String) {
    self.name = name
    self.arguments = arguments.split(separator: " ").map(String.init)
  }

  private static let triclinic =
    "-cell 70 80 90 75 85 95 -default_F 100 -N 20 -lambda 1 -distance 100 -detpixels 1024 -pixel 0.1 -oversample 1 "
    + "-nointerpolate"
  private static let cube = "-cell 100 100 100 90 90 90 -default_F 100 -N 5 -distance 100 -nointerpolate"

  /// The workloads: a large detector with phi steps, mosaic and phi, one step, sources, the round shapes, sensor layers.
  static let all = [
    Workload(
      "W1",
      "-cell 26.7514 31.31 33.6734 88.687 71.5295 68.1375 -misset 12 34 56 -default_F 100 -nointerpolate -oversample 1 "
        + "-exposure 1 -flux 1e18 -beamsize 1 -distance 231.27466 -lambda 0.9768 -pixel 0.172 -detpixels_x 2463 "
        + "-detpixels_y 2527 -Na 36 -Nb 47 -Nc 29 -osc 0.1 -phi 0 -phisteps 10"),
    Workload("W2", triclinic + " -mosaic 0.5 -mosaic_dom 25 -phi 0 -osc 1 -phisteps 4"),
    Workload("W3", cube + " -oversample 1 -lambda 6.2 -detpixels 1024 -pixel 0.1"),
    Workload(
      "W5",
      cube + " -oversample 1 -lambda 1 -hdivrange 1 -hdivsteps 5 -vdivrange 1 -vdivsteps 5 -dispersion 1 -dispsteps 5 "
        + "-detpixels 512 -pixel 0.2"), Workload("W6round", triclinic + " -mosaic 0.5 -mosaic_dom 5 -round_xtal"),
    Workload("W6gauss", triclinic + " -mosaic 0.5 -mosaic_dom 5 -gauss_xtal"),
    Workload(
      "W7",
      cube + " -oversample 4 -lambda 6.2 -detpixels 1024 -pixel 0.1 -detector_abs 500 -detector_thick 450 "
        + "-detector_thicksteps 5"),
  ]
}

/// Times workloads in one thread, each run between two calibrations, so that a slower machine slows both.
struct BenchmarkStage {
  let program: String
  let reference: String?
  let repetitions: Int

  func run(_ workload: Workload) async throws -> NightRecord.BenchmarkRecord {
    var record = NightRecord.BenchmarkRecord(
      name: workload.name, seconds: [], ratios: [], referenceRatios: [], baseline: nil,
      machine: Surroundings.current.machineKind)
    for _ in 0..<repetitions {
      let before = Self.calibration()
      let ours = try await time(program, workload)
      let after = Self.calibration()
      record.seconds.append(ours)
      record.ratios.append(ours / ((before + after) / 2))
      if let reference { record.referenceRatios.append(try await time(reference, workload) / ours) }
    }
    return record
  }

  /// The processor time of a run, in seconds.
  private func time(_ program: String, _ workload: Workload) async throws -> Double {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let before = Self.childTime()
    _ = try await SimulatorProgram(program).run(workload.arguments + SimulatorProgram.floatImageOnly, in: scratch)
    return Self.childTime() - before
  }

  /// The processor time of all ended children, in seconds.
  private static func childTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + 1e-6 * Double(time.tv_usec) }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
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
