import Arithmetics
import Digests
import FrameExchange
import Foundation
import Physics
import Provenance

/// The result of a comparison of images, as text and as a bundle.
public struct ImageReport: Sendable {
  /// The origin of an image.
  public struct Origin: Sendable, Encodable {
    /// A file, or the command that made it.
    public let name: String
    /// The SHA-256 of the pixels.
    public let sha256: String
    /// The running time of the program in seconds, for information only; nil for a file.
    public let seconds: Double?

    /// The origin of an image; the digest is computed from its pixels.
    public init(name: String, image: FloatImage, seconds: Double?) {
      self.name = name
      sha256 = image.pixels.withUnsafeBytes { Digest.sha256($0) }
      self.seconds = seconds
    }
  }

  /// The files that the bundle has, besides the digests.
  public static let files = BundleKind.images.files

  private let comparison: ImageComparison
  private let images: (reference: FloatImage, candidate: FloatImage)
  private let origins: (reference: Origin, candidate: Origin)
  private let region: PixelBounds?
  private let expectation: ImageExpectation
  private let verdict: ImageVerdict
  private let proven: ProvenPixels?
  /// The value that is white in both pictures: the 99.9th percentile of the reference.
  private let white: Double

  /// A report.
  /// - Parameters:
  ///   - images: The images, of the same dimensions.
  ///   - origins: The origins of the images.
  ///   - region: The part of the whole images that was cut out: fast minimum and maximum, slow minimum and maximum,
  ///     inclusive; nil for whole images.
  ///   - expectation: The required agreement.
  ///   - proven: What rounding explains, pixel by pixel, in place of the expectation; nil for the expectation.
  ///   - threshold: The least correlation that passes; nil for that of the expectation.
  ///   - peakCount: The number of highest peaks that are sought in each image.
  ///   - distance: The largest distance of matched peaks, in pixels.
  public init(
    _ images: (reference: FloatImage, candidate: FloatImage), origins: (reference: Origin, candidate: Origin),
    region: PixelBounds?, expectation: ImageExpectation, proven: ProvenPixels? = nil, threshold: Double?,
    peakCount: Int, distance: Double
  ) {
    comparison = ImageComparison(
      reference: images.reference, candidate: images.candidate, peakCount: peakCount, distance: distance)
    self.images = images
    self.origins = origins
    self.region = region
    self.expectation = expectation
    self.proven = proven
    verdict = ImageVerdict(
      comparison, reference: images.reference, candidate: images.candidate, expectation: expectation,
      threshold: threshold, proven: proven, origin: region?.first ?? PixelIndex(slow: 0, fast: 0))
    white = Contrast().limits(images.reference.pixels).white
  }

  /// Whether every criterion holds.
  public var passes: Bool { verdict.passes }

  /// The result for a terminal.
  public var text: String {
    let origin = region?.first ?? PixelIndex(slow: 0, fast: 0)
    let (slow, fast) = (comparison.largestAt.slow + origin.slow, comparison.largestAt.fast + origin.fast)
    let place = comparison.largestAt
    let values = (
      images.reference[slow: place.slow, fast: place.fast], images.candidate[slow: place.slow, fast: place.fast]
    )
    let distances = comparison.matched.map(\.distance)
    var lines = [
      "pixels       \(images.reference.fastPixels) x \(images.reference.slowPixels), \(comparison.identical) of "
        + "\(comparison.pixels) identical",
      "MSE          \(comparison.meanSquare)",
      "RMSE         \(comparison.rootMeanSquare)",
      "max |delta|  \(comparison.largest) at slow \(slow) fast \(fast): reference \(values.0), candidate \(values.1)",
      "sums         \(comparison.referenceSum) and \(comparison.candidateSum), ratio \(comparison.ratio)",
      "peaks        \(comparison.matched.count) of \(comparison.referencePeaks.count) matched, mean distance "
        + "\(Self.mean(distances)), largest \(distances.max() ?? 0) pixels",
    ]
    if comparison.nonFiniteReference + comparison.nonFiniteCandidate > 0 {
      lines.append(
        "not finite   \(comparison.nonFiniteReference) in the reference, \(comparison.nonFiniteCandidate) in the candidate"
      )
    }
    if let first = origins.reference.seconds, let second = origins.candidate.seconds {
      lines.append("runtimes     \(first) s and \(second) s (for information only)")
    }
    lines.append(
      proven == nil
        ? "judged as    \(expectation.description) (--expect \(expectation.rawValue))"
        : "judged as    rounding, bounded for these arguments pixel by pixel (--tolerance proven)")
    lines += verdict.criteria.map { criterion in
      (criterion.holds ? "  ok         " : "  NOT OK     ") + "\(criterion.name): \(criterion.text)"
    }
    if let explanation = verdict.explanation { lines.append("the candidate is the reference with \(explanation)") }
    let failed = verdict.criteria.filter { !$0.holds }.map(\.name)
    lines.append(passes ? "ok" : "NOT OK: \(failed.joined(separator: ", "))")
    return lines.map { "\($0)\n" }.joined()
  }

  private static func mean(_ numbers: [Double]) -> Double {
    numbers.isEmpty ? 0 : numbers.reduce(0, +) / Double(numbers.count)
  }

  /// The numbers, as in `summary.json`.
  public var summary: some Encodable & Sendable { Summary(self) }

  /// The bundle: summary, pictures, command, environment.
  /// - Parameters:
  ///   - command: The command, word by word.
  ///   - revision: The revision of the working tree.
  ///   - date: The time at which the command was started.
  ///   - tool: The tool and its version.
  /// - Throws: `PictureError` or `EncodingError`.
  public func bundle(command: [String], revision: Revision, date: Date, tool: String) throws -> ProvenanceBundle {
    var bundle = ProvenanceBundle()
    bundle.add("summary.json", try JSONText.data(summary))
    bundle.add("images_stdout.log", text)
    bundle.add("reference.png", try ImagePictures.preview(images.reference, white: white))
    bundle.add("candidate.png", try ImagePictures.preview(images.candidate, white: white))
    bundle.add(
      "difference.png",
      try ImagePictures.difference(reference: images.reference, candidate: images.candidate))
    bundle.add("commands.txt", PlainText.script(command))
    bundle.add("env.json", try JSONText.data(Surroundings.current))
    bundle.add(
      "run_metadata.json",
      try JSONText.data(Metadata(timestamp: TimeStamp.full(date), git: revision, tool: tool, command: command)))
    bundle.add("README.md", Self.readMe)
    return bundle
  }

  private static let readMe = """
    # A comparison of two images

    | file | what it holds |
    | --- | --- |
    | summary.json | verdict by criteria, correlation, deviations, sums, peaks |
    | reference.png, candidate.png | previews on one scale: black for 0, white for the 99.9th percentile of the reference (`white` in summary.json), logarithmic between |
    | difference.png | candidate minus reference: red above, blue below, white for none; the scale is symmetric |
    | images_stdout.log | what the command printed |
    | run_metadata.json, commands.txt, env.json | when, from which revision, by which command, on which machine |
    | sha256.txt | digests of all files: `sha256sum -c sha256.txt` |

    """

  /// The bundle of an attempt without a verdict: a program failed, or an image cannot be read.
  public static func failure(
    command: [String], revision: Revision, date: Date, tool: String, status: Int, problem: String
  ) throws -> ProvenanceBundle {
    var bundle = ProvenanceBundle()
    bundle.add("summary.json", try JSONText.data(FailedAttempt(exitStatus: status, problem: problem)))
    bundle.add(
      "attempt.log",
      "\(TimeStamp.full(date)) the comparison failed with exit status \(status)\n\(problem)\nnothing was compared\n")
    bundle.add("commands.txt", PlainText.script(command))
    bundle.add("env.json", try JSONText.data(Surroundings.current))
    bundle.add(
      "run_metadata.json",
      try JSONText.data(Metadata(timestamp: TimeStamp.full(date), git: revision, tool: tool, command: command)))
    return bundle
  }

  /// `summary.json` of an attempt without a verdict.
  private struct FailedAttempt: Encodable {
    let passes = false
    let exitStatus: Int
    let problem: String
  }

  private struct Metadata: Encodable {
    let timestamp: String
    let git: Revision
    let tool: String
    let command: [String]
    let bundle = BundleKind.images
  }

  /// `summary.json`.
  private struct Summary: Encodable, Sendable {
    let passes: Bool
    let expectation: String
    let rounding: Rounding?
    let criteria: [ImageVerdict.Criterion]
    let explanation: String?
    let worstPixel: ImageVerdict.WorstPixel?
    let white: Double
    let correlation: Double
    let mse: Double
    let rmse: Double
    let maxAbsDelta: Double
    let maxAbsDeltaAt: Place
    let identicalPixels: Int
    let pixels: Int
    let nonFiniteReference: Int
    let nonFiniteCandidate: Int
    let referenceSum: Double
    let candidateSum: Double
    let sumRatio: Double
    let referenceMax: Double
    let roi: PixelBounds?
    let peaks: PeakSummary
    let reference: Origin
    let candidate: Origin

    /// The differing pixels by what explains them.
    struct Rounding: Encodable, Sendable {
      let counts: [String: Int]
      let first: ProvenPixels.Worst?
      let worst: ProvenPixels.Worst?
    }

    struct Place: Encodable, Sendable {
      let slow: Int
      let fast: Int
    }

    struct PeakSummary: Encodable, Sendable {
      let reference: Int
      let candidate: Int
      let matched: Int
      let meanDistance: Double
      let maxDistance: Double
    }

    init(_ report: ImageReport) {
      let comparison = report.comparison
      let distances = comparison.matched.map(\.distance)
      passes = report.passes
      expectation = report.proven == nil ? report.expectation.rawValue : "proven"
      rounding = report.proven.map { Rounding(counts: $0.counts, first: $0.first, worst: $0.worst) }
      criteria = report.verdict.criteria
      explanation = report.verdict.explanation
      worstPixel = report.verdict.worst
      white = report.white
      correlation = comparison.correlation
      mse = comparison.meanSquare
      rmse = comparison.rootMeanSquare
      maxAbsDelta = comparison.largest
      maxAbsDeltaAt = Place(
        slow: comparison.largestAt.slow + (report.region?.slowMinimum ?? 0),
        fast: comparison.largestAt.fast + (report.region?.fastMinimum ?? 0))
      identicalPixels = comparison.identical
      pixels = comparison.pixels
      nonFiniteReference = comparison.nonFiniteReference
      nonFiniteCandidate = comparison.nonFiniteCandidate
      referenceSum = comparison.referenceSum
      candidateSum = comparison.candidateSum
      sumRatio = comparison.ratio
      referenceMax = comparison.referenceMaximum
      roi = report.region
      peaks = PeakSummary(
        reference: comparison.referencePeaks.count, candidate: comparison.candidatePeaks.count,
        matched: comparison.matched.count, meanDistance: ImageReport.mean(distances), maxDistance: distances.max() ?? 0)
      reference = report.origins.reference
      candidate = report.origins.candidate
    }
  }
}
