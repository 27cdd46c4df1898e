import Foundation
import FrameIO
import GoldenStore
import Physics
import Provenance
import Subprocesses

/// The measurements of a workload.
public struct BenchmarkResult: Sendable, Codable {
  /// The short name of the workload.
  public let workload: String
  /// The workload in a few words.
  public let summary: String
  /// The ratio of processor times, C program over Swift program, that is aimed at.
  public let goal: Double
  /// Processor seconds of the Swift program.
  public var seconds = Sample()
  /// Wall-clock seconds of the Swift program.
  public var wallSeconds = Sample()
  /// Processor seconds of the C program.
  public var referenceSeconds = Sample()
  /// The ratios of processor seconds in consecutive runs, C program over Swift program.
  public var ratios = Sample()
  /// The ratios of wall-clock seconds in consecutive runs of the Swift program, one thread over two.
  public var speedUps = Sample()
  /// Processor time of the whole run over the number of steps, in ns.
  public var nanosecondsPerStep: Double?
  /// The largest deviation of a pixel between the two images, relative to the C program's pixel or, if larger, to 10⁻⁶
  /// of its largest pixel.
  public var deviation: Double?
  /// The share of pixels that are equal floats in both images, 0 to 1.
  public var identical: Double?

  /// Whether the images agree; true without a C program.
  public var agrees: Bool { (deviation ?? 0) <= Self.allowedDeviation }
  /// Whether the median ratio reaches the goal; nil without a C program.
  public var reachesGoal: Bool? { ratios.figures.isEmpty ? nil : ratios.median >= goal }

  /// The allowed deviation of a pixel, relative: the tolerance of the golden images.
  public static let allowedDeviation = GoldenReport.imageTolerance.relative
}

/// Runs workloads: a warm-up, then the C program and the Swift program in turn.
public struct Benchmark: Sendable {
  private let program: SimulatorProgram
  private let reference: SimulatorProgram?
  private let repetitions: Int
  private let threads: Int
  private let inputs: ScratchFolder

  /// A benchmark.
  /// - Parameters:
  ///   - program: The Swift program.
  ///   - reference: The C program; nil to measure the Swift program alone.
  ///   - repetitions: The number of runs of each program, at least 1.
  ///   - threads: The number of threads of each program.
  ///   - inputs: The folder in which input files of workloads are kept.
  ///   - limit: The longest time of a run, in seconds.
  public init(
    program: String, reference: String?, repetitions: Int, threads: Int, inputs: ScratchFolder,
    limit: Double = SimulatorProgram.usualLimit
  ) {
    self.program = SimulatorProgram(program, limit: limit)
    self.reference = reference.map { SimulatorProgram($0, limit: limit) }
    (self.repetitions, self.threads, self.inputs) = (repetitions, threads, inputs)
  }

  /// One run: processor and wall-clock seconds, and the image.
  private func run(
    _ program: SimulatorProgram, _ arguments: [String], threads: Int
  ) async throws -> (seconds: Double, wall: Double, image: [UInt8]) {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let before = ProcessorTime.ofChildren
    let done = try await program.run(SimulatorProgram.forFloatImage(arguments), in: scratch, threads: threads)
    let seconds = ProcessorTime.ofChildren - before
    return (seconds, done.seconds, try FileBytes.readRegular(scratch.path(SimulatorProgram.floatFile), for: "image"))
  }

  /// The processor seconds of one run of the Swift program.
  /// - Throws: `CorpusError` if the program fails.
  public func seconds(_ arguments: [String]) async throws -> Double {
    try await run(program, arguments, threads: threads).seconds
  }

  /// Measures a workload.
  /// - Parameter scales: Whether one and two threads are compared.
  /// - Throws: `CorpusError` if a program fails.
  public func measure(_ workload: Workload, scales: Bool) async throws -> BenchmarkResult {
    var result = BenchmarkResult(workload: workload.name, summary: workload.summary, goal: workload.goal)
    let arguments = try workload.arguments(inputs)
    let image = try await run(program, arguments, threads: threads).image
    if let reference {
      // With several threads the first pixel of each thread of the C program has another rotated cell.
      (result.deviation, result.identical) = Self.compare(
        try await run(reference, arguments, threads: 1).image, image)
    }
    for _ in 0..<repetitions {
      var referenceSeconds: Double?
      if let reference {
        referenceSeconds = try await run(reference, arguments, threads: threads).seconds
        result.referenceSeconds.add(referenceSeconds!)
      }
      let ours = try await run(program, arguments, threads: threads)
      result.seconds.add(ours.seconds)
      result.wallSeconds.add(ours.wall)
      if let referenceSeconds { result.ratios.add(referenceSeconds / ours.seconds) }
      if scales {
        let one = try await run(program, arguments, threads: 1).wall
        result.speedUps.add(one / (try await run(program, arguments, threads: 2).wall))
      }
    }
    result.nanosecondsPerStep = workload.steps.map { 1e9 * result.seconds.median / Double($0) }
    return result
  }

  /// The largest relative deviation and the share of identical pixels of two images of little-endian floats.
  static func compare(_ reference: [UInt8], _ candidate: [UInt8]) -> (deviation: Double, identical: Double) {
    guard reference.count == candidate.count, !reference.isEmpty else { return (.infinity, 0) }
    func pixels(_ bytes: [UInt8]) -> [Float] {
      bytes.withUnsafeBytes { buffer in
        (0..<bytes.count / 4).map {
          Float(bitPattern: UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
        }
      }
    }
    let (expected, found) = (pixels(reference), pixels(candidate))
    let floor = 1e-6 * expected.reduce(0) { max($0, abs(Double($1))) }
    var (worst, same) = (0.0, 0)
    for (a, b) in zip(expected, found) {
      if a == b || (a.isNaN && b.isNaN) {
        same += 1
        continue
      }
      let deviation = abs(Double(a) - Double(b)) / max(abs(Double(a)), floor)
      worst = deviation.isNaN ? .infinity : max(worst, deviation)
    }
    return (worst, Double(same) / Double(expected.count))
  }
}
