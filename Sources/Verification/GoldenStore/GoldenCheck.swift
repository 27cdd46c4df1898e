import Arithmetics
import CommandLineSupport
import Digests
import Foundation
import FrameIO
import Physics
import Provenance
import TraceIO

/// The comparison of a golden case with the simulator's results.
public struct GoldenReport: Sendable {
  /// The golden case that was checked.
  public let golden: GoldenCase
  /// One comparison per traced pixel.
  public var traces: [TraceReport] = []
  /// The comparison of the images; empty for a case without an image.
  public var image = ImageReport()
  /// One comparison per recorded output file: integer image, grey map, noise image.
  public var files: [FileReport] = []
  /// Input files whose digests differ from the recorded ones, one line each.
  public var inputs: [String] = []
  /// The comparison of the printed lines; nil if no lines are recorded.
  public var printed: PrintedReport?

  /// The comparison of an output file with the recorded one.
  public struct FileReport: Sendable {
    /// The name of the file.
    public let name: String
    /// The first difference; nil if all bytes are the same.
    public let difference: String?
  }

  /// The comparison of one traced pixel with the recorded trace.
  public struct TraceReport: Sendable {
    /// The traced pixel and its log.
    public let pixel: GoldenCase.TracedPixel
    /// The recorded trace.
    public let reference: Trace
    /// The simulator's trace.
    public let candidate: Trace
    /// The comparison of the two traces.
    public let comparison: TraceComparison
    /// The value of the pixel in the simulator's image, which has to agree with its trace.
    public package(set) var rendered: Float
  }

  /// The comparison of the rendered image with the recorded one.
  public struct ImageReport: Sendable {
    /// The number of stored pixels.
    public var pixels = 0
    /// The number of stored pixels that are equal floats in both images.
    public var identical = 0
    /// The largest deviation of a pixel, relative to max(|reference|, 10⁻⁶ of the image's maximum).
    public var worst = 0.0
    /// The pixel of the largest deviation: slow, fast.
    public var worstAt = PixelIndex(slow: 0, fast: 0)
    /// What rounding explains of the pixels that differ; nil if all are the same.
    public var proven: ProvenPixels?
    /// Whether rounding explains every pixel that differs.
    public var isExplained: Bool { proven?.holds ?? true }
    /// Whether the whole rendered image has the recorded hash, even if only a part is stored.
    public var hasRecordedHash = false
    /// Differences of dimensions, statistics or the stored hash, one line each.
    public var problems: [String] = []
  }

  /// The number of traced numbers that are equal doubles in both traces, and the number of all.
  public var identicalNumbers: (count: Int, of: Int) {
    traces.reduce((0, 0)) { ($0.0 + $1.comparison.identical.count, $0.1 + $1.comparison.identical.of) }
  }

  /// The number of output files without a differing byte.
  public var identicalFiles: Int { files.count { $0.difference == nil } }

  /// All problems, one line each; empty if the case passes.
  public var problems: [String] {
    var list = inputs + image.problems
    if let proven = image.proven, !proven.holds { list.append("image: \(proven.text)") }
    for trace in traces {
      if let first = trace.comparison.firstDivergence {
        list.append(
          "trace of (\(trace.pixel.slow),\(trace.pixel.fast)): first divergence \(first.place), reference "
            + "\(first.reference.map(Self.text) ?? "missing"), candidate "
            + "\(first.candidate.map(Self.text) ?? "missing"), allowed \(first.tolerance)")
      }
      if let traced = trace.candidate.number(.storedPhotons), !Self.isSame(trace.rendered, traced) {
        list.append(
          "pixel (\(trace.pixel.slow),\(trace.pixel.fast)): renderer \(trace.rendered), tracer \(traced)")
      }
    }
    list += printed?.problems ?? []
    list += files.compactMap { file in file.difference.map { "\(file.name): \($0); no byte may differ" } }
    return list
  }

  /// The allowed deviation of a pixel.
  public static let imageTolerance = Tolerance(
    relative: 1e-6, because: "the corpus's own rule: 1e-6 of max(|pixel|, 1e-6 of the image's maximum)")

  /// Whether a rendered pixel agrees with its trace. The renderer's loops round their sums otherwise than the traced
  /// formulas. Rounded to single precision, the two may therefore be neighbouring floats.
  private static func isSame(_ rendered: Float, _ traced: Double) -> Bool {
    let traced = Float(traced)
    return rendered == traced || rendered == traced.nextUp || rendered == traced.nextDown
      || (rendered.isNaN && traced.isNaN)
  }

  private static func text(_ values: [TraceValue]) -> String {
    values.map(TraceWriter.text).joined(separator: " ")
  }
}

extension GoldenCorpus {
  /// Simulates a case and compares every recorded number with the simulator's.
  /// - Parameters:
  ///   - threads: The number of threads to render with.
  ///   - instructions: The instruction set of the inner loops.
  /// - Throws: `CorpusError`, `TraceError` or `RequestError` if the case cannot be read or simulated.
  public func check(
    _ golden: GoldenCase, threads: Int = 1, instructions: InstructionSet = .requested
  ) throws -> GoldenReport {
    let request = try request(of: golden)
    let experiment = try request.experiment(clockSeed: 1)
    let simulator = Simulator(experiment, instructions: instructions)
    let rendering = try simulator.render(threads: threads)
    let tracer = PixelTracer(simulator)
    var report = GoldenReport(golden: golden)
    if golden.inputs != nil { report.inputs = inputProblems(of: golden) }
    for pixel in golden.traces {
      let reference = try trace(pixel, of: golden)
      let lines = try tracer.trace(PixelIndex(slow: pixel.slow, fast: pixel.fast), rendering: rendering)
      let candidate = Trace(lines: lines)
      let rule = try tolerance(of: pixel, reference, in: golden)
      let comparison = Self.comparison(reference, candidate, rule)
      report.traces.append(
        GoldenReport.TraceReport(
          pixel: pixel, reference: reference, candidate: candidate,
          // Logs of the older grammar repeat and leave out quantities; a log of the present grammar has to be complete.
          comparison: reference.hasSetUp ? comparison.withoutNewQuantities : comparison.shared,
          rendered: rendering.image[slow: pixel.slow, fast: pixel.fast]))
    }
    if let recorded = golden.image { report.image = try imageReport(rendering, recorded, golden) }
    report.printed = try printedReport(golden, request, simulator, rendering)
    report.files = try fileReports(
      OutputImages(request.outputs, of: experiment, rendering), of: rendering.image, golden)
    return report
  }

  static func comparison(
    _ reference: Trace, _ candidate: Trace, _ rule: some ToleranceRule
  ) -> TraceComparison {
    TraceComparison(reference: reference, candidate: candidate, rule: rule)
  }

  /// Compares the simulator's output files with the recorded ones.
  private func fileReports(
    _ images: OutputImages, of image: FloatImage, _ golden: GoldenCase
  ) throws -> [GoldenReport.FileReport] {
    guard !golden.outputs.isEmpty else { return [] }
    var made: [String: [UInt8]] = [:]
    images.forEach { file in
      if golden.outputs[file.usualName] != nil { made[file.usualName] = file.bytes }
    }
    return try golden.outputs.keys.sorted().map { name in
      let recorded = try Data(contentsOf: folder(of: golden.id).appendingPathComponent(name))
      guard let ours = made[name] else { return .init(name: name, difference: "the simulator does not write it") }
      return .init(
        name: name,
        difference: FileDifference.first(
          reference: Array(recorded), candidate: ours, fastPixels: image.fastPixels, slowPixels: image.slowPixels))
    }
  }

  private func imageReport(
    _ rendering: Simulator.Rendering, _ recorded: GoldenCase.Image, _ golden: GoldenCase
  ) throws -> GoldenReport.ImageReport {
    var report = GoldenReport.ImageReport()
    let image = rendering.image
    guard image.fastPixels == recorded.fast, image.slowPixels == recorded.slow else {
      report.problems.append(
        "image: \(image.fastPixels) x \(image.slowPixels) pixels, recorded \(recorded.fast) x \(recorded.slow)")
      return report
    }
    let stored = try stored(recorded, of: golden.id)
    if Self.hash(of: stored) != recorded.cropSHA256 ?? recorded.sha256 {
      report.problems.append("\(recorded.file): the stored image has not the recorded hash; restore the fixture")
    }
    let origin = recorded.crop?.first ?? PixelIndex(slow: 0, fast: 0)
    let floor = 1e-6 * recorded.max
    var isFinite = true
    for slow in 0..<stored.slowPixels {
      for fast in 0..<stored.fastPixels {
        let reference = stored[slow: slow, fast: fast]
        let candidate = image[slow: slow + origin.slow, fast: fast + origin.fast]
        report.pixels += 1
        if candidate.bitPattern == reference.bitPattern || (candidate == 0 && reference == 0) {
          report.identical += 1
          continue
        }
        let deviation = abs(Double(candidate) - Double(reference)) / max(abs(Double(reference)), floor)
        if !(deviation <= report.worst) {
          report.worst = deviation.isNaN ? .infinity : deviation
          report.worstAt = origin.offset(slow: slow, fast: fast)
          isFinite = candidate.isFinite && reference.isFinite
        }
      }
    }
    if !isFinite { report.problems.append("image: \(report.worstAt) is not finite in one image alone") }
    if report.identical < report.pixels {
      let (request, compatibility) = try loaded(golden)
      report.proven = try ProvenPixels(
        ImageBounds(request, compatibility), (stored, recorded.crop.map(image.part) ?? image), origin: origin,
        accepting: [.double])
    }
    report.problems += statisticsProblems(rendering, recorded)
    report.hasRecordedHash = Self.hash(of: image) == recorded.sha256
    return report
  }

  /// Differences of the statistics and the sum of the whole image from the recorded ones, one line each.
  private func statisticsProblems(_ rendering: Simulator.Rendering, _ recorded: GoldenCase.Image) -> [String] {
    var problems: [String] = []
    let statistics = rendering.statistics
    // Half a unit of the sixth digit, to which the numbers are recorded, and the rounding errors of the sums.
    let sixDigits = Tolerance(relative: 5.1e-6, because: "recorded with six significant digits")
    let sum = rendering.image.pixels.reduce(0) { $0 + Double($1) }
    // Adding n numbers from the left loses at most n ε of the sum of magnitudes.
    let summing = Tolerance(
      relative: Double(rendering.image.pixels.count) * Double.ulpOfOne + 1e-6, because: "plain sum of n floats")
    let pairs: [(String, Double, Double, Tolerance)] = [
      ("mean", recorded.mean, statistics.mean, sixDigits), ("rms", recorded.rms, statistics.rms, sixDigits),
      ("rmsd", recorded.rmsd, statistics.rmsd, sixDigits),
      ("max", recorded.max, statistics.maximum, Tolerance(relative: 0x1p-22, because: "2 ulp of a float")),
      ("sum", recorded.sum, sum, summing),
    ]
    for (name, expected, ours, tolerance) in pairs where !tolerance.accepts(ours, reference: expected) {
      problems.append("\(name): recorded \(expected), ours \(ours), allowed \(tolerance)")
    }
    if let at = statistics.maximumAt, at != recorded.maxAt {
      problems.append("maximum: recorded at \(recorded.maxAt), ours at \(at)")
    }
    return problems
  }

  /// The SHA-256 of an image's bytes, in hexadecimal.
  static func hash(of image: FloatImage) -> String {
    image.pixels.withUnsafeBytes { Digest.sha256($0) }
  }
}

extension Trace {
  /// Whether the trace has set-up lines, as in the present grammar, in which no quantity may be missing.
  fileprivate var hasSetUp: Bool { lines.contains { $0.section == .setup } }
}
