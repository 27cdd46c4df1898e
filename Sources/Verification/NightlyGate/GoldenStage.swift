import CommandLineSupport
import Foundation
import FrameIO
import GoldenStore
import ImageAnalysis
import Physics
import Provenance

/// Simulates golden cases in this process and finds their first divergences.
struct GoldenStage {
  let corpus: GoldenCorpus

  /// The number of made mathematical libraries that a night tries: with the fresh tolerances half a minute of the night.
  private static let libraries: UInt64 = 5

  /// Checks a case. A case that cannot be read has failed, because the cases are part of the package.
  func run(_ id: String) -> NightRecord.GoldenRecord {
    var record = NightRecord.GoldenRecord(
      id: id, problems: [], identicalNumbers: 0, numbers: 0, identicalPixels: 0, pixels: 0, worstPixel: 0, seconds: 0)
    if !corpus.pending.ids.contains(id) || corpus.ids.contains(id) {
      do { record = try check(id) } catch { record.problems = ["\(error)"] }
    }
    if corpus.pending.ids.contains(id) { record.problems.append("the case waits for review: nbverify golden review") }
    return record
  }

  private func check(_ id: String) throws -> NightRecord.GoldenRecord {
    let start = ContinuousClock.now
    let golden = try corpus.load(id)
    let report = try corpus.check(golden, threads: ProcessInfo.processInfo.activeProcessorCount)
    // The stored tolerances are those of a fresh computation, and leave room for other mathematical libraries.
    let problems =
      try report.problems + corpus.toleranceProblems(of: golden)
      + corpus.libraryProblems(of: golden, seeds: 0..<Self.libraries)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let (same, count) = report.identicalNumbers
    var record = NightRecord.GoldenRecord(
      id: id, problems: problems, identicalNumbers: same, numbers: count,
      identicalPixels: report.image.identical,
      pixels: report.image.pixels, worstPixel: report.image.worst, seconds: seconds)
    (record.firstFactor, record.firstQuantity) = (report.firstDivergentFactor, report.firstDivergentQuantity)
    record.diagnosis = report.diagnosis
    return record
  }
}

/// Runs the program on golden cases and compares the image that it writes with the stored one.
struct ImageStage {
  let corpus: GoldenCorpus
  let program: String

  /// The least correlation that passes: single precision leaves 1 − 1e-14.
  private static let threshold = 0.999_999_9
  /// The largest allowed deviation of a pixel, relative to the maximum of the image.
  private static let largest = 1e-6

  /// The record of a case; nil if the case has no image. A case that cannot be read or run is recorded as failed.
  func run(_ id: String) async -> NightRecord.ImageRecord? {
    var record = NightRecord.ImageRecord(
      id: id, correlation: nil, rootMeanSquare: 0, largest: 0, problem: nil, seconds: 0)
    do {
      let golden = try corpus.load(id)
      guard let recorded = golden.image else { return nil }
      try await compare(golden, recorded, &record)
    } catch {
      record.problem = "\(error)"
    }
    return record
  }

  private func compare(
    _ golden: GoldenCase, _ recorded: GoldenCase.Image, _ record: inout NightRecord.ImageRecord
  ) async throws {
    let image: FloatImage
    (image, record.seconds) = try await SimulatorProgram(program).image(
      corpus.arguments(of: golden), fast: recorded.fast, slow: recorded.slow)
    let comparison = ImageComparison(
      reference: try corpus.stored(recorded, of: golden.id), candidate: recorded.crop.map { image.part($0) } ?? image,
      peakCount: 0)
    record.correlation = comparison.correlation.isFinite ? comparison.correlation : nil
    record.rootMeanSquare = comparison.rootMeanSquare
    record.largest =
      comparison.referenceMaximum > 0 ? comparison.largest / comparison.referenceMaximum : comparison.largest
    if !(comparison.correlation >= Self.threshold) || !comparison.nonFiniteAgree || record.largest > Self.largest {
      record.problem =
        "correlation \(comparison.correlation), largest deviation \(record.largest) of the maximum at slow "
        + "\(comparison.largestAt.slow) fast \(comparison.largestAt.fast) of what is stored"
    }
  }
}
