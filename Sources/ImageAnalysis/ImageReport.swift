import Digests
import Foundation
import Physics
import Provenance

/// What a comparison of images is about, and its bundle.
public struct ImageReport: Sendable {
  /// Where an image came from.
  public struct Origin: Sendable, Encodable {
    /// A file, or the command that made it.
    public let name: String
    /// The SHA-256 of the pixels.
    public let sha256: String
    /// How long the program ran, in seconds; for information only.
    public let seconds: Double?

    /// An origin.
    public init(name: String, image: FloatImage, seconds: Double?) {
      self.name = name
      sha256 = image.pixels.withUnsafeBytes { Digest.sha256($0) }
      self.seconds = seconds
    }
  }

  /// The files that the bundle has, beside the digests.
  public static let files = BundleKind.images.files

  private let comparison: ImageComparison
  private let images: (reference: FloatImage, candidate: FloatImage)
  private let origins: (reference: Origin, candidate: Origin)
  private let region: [Int]?
  private let threshold: Double

  /// A report.
  /// - Parameters:
  ///   - images: The images, of the same dimensions.
  ///   - origins: Where they came from.
  ///   - region: The part of the whole images that they are: fast minimum and maximum, slow minimum and maximum.
  ///   - threshold: The least correlation that passes.
  ///   - peakCount: How many peaks of each are looked at.
  ///   - distance: How far apart peaks that belong together may be, in pixels.
  public init(
    _ images: (reference: FloatImage, candidate: FloatImage), origins: (reference: Origin, candidate: Origin),
    region: [Int]?, threshold: Double, peakCount: Int, distance: Double
  ) {
    comparison = ImageComparison(
      reference: images.reference, candidate: images.candidate, peakCount: peakCount, distance: distance)
    self.images = images
    self.origins = origins
    self.region = region
    self.threshold = threshold
  }

  /// Whether the correlation reaches the threshold and the same pixels are finite.
  public var passes: Bool { comparison.correlation >= threshold && comparison.nonFiniteAgree }

  /// The result for a terminal.
  public var text: String {
    let origin = region.map { (slow: $0[2], fast: $0[0]) } ?? (slow: 0, fast: 0)
    let (slow, fast) = (comparison.largestAt.slow + origin.slow, comparison.largestAt.fast + origin.fast)
    let distances = comparison.matched.map(\.distance)
    var lines = [
      "pixels       \(images.reference.fastPixels) x \(images.reference.slowPixels), \(comparison.identical) of "
        + "\(comparison.pixels) identical",
      "correlation  \(comparison.correlation) (threshold \(threshold))", "MSE          \(comparison.meanSquare)",
      "RMSE         \(comparison.rootMeanSquare)",
      "max |delta|  \(comparison.largest) at slow \(slow) fast \(fast)",
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
    return (lines + [passes ? "ok" : "BELOW THE THRESHOLD"]).map { "\($0)\n" }.joined()
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
  ///   - date: When it was started.
  ///   - tool: The tool and its version.
  /// - Throws: `PictureError` or `EncodingError`.
  public func bundle(command: [String], revision: Revision, date: Date, tool: String) throws -> ProvenanceBundle {
    var bundle = ProvenanceBundle()
    bundle.add("summary.json", try JSONText.data(summary))
    bundle.add("images_stdout.log", text)
    bundle.add("reference.png", try ImagePictures.preview(images.reference))
    bundle.add("candidate.png", try ImagePictures.preview(images.candidate))
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
    | summary.json | correlation, deviations, sums, peaks |
    | reference.png, candidate.png | previews: black for 0, white for the 99.9th percentile, logarithmic between |
    | difference.png | candidate minus reference: red above, blue below, white for none; the scale is symmetric |
    | images_stdout.log | what the command printed |
    | run_metadata.json, commands.txt, env.json | when, from which revision, by which command, on which machine |
    | sha256.txt | digests of all files: `sha256sum -c sha256.txt` |

    """

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
    let threshold: Double
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
    let roi: [Int]?
    let peaks: PeakSummary
    let reference: Origin
    let candidate: Origin

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
      threshold = report.threshold
      correlation = comparison.correlation
      mse = comparison.meanSquare
      rmse = comparison.rootMeanSquare
      maxAbsDelta = comparison.largest
      maxAbsDeltaAt = Place(
        slow: comparison.largestAt.slow + (report.region?[2] ?? 0),
        fast: comparison.largestAt.fast + (report.region?[0] ?? 0))
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
