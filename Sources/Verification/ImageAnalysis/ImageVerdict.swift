import Arithmetics
import Physics

/// The required agreement of two images, which depends on the programs that made them.
public enum ImageExpectation: String, Sendable, CaseIterable {
  /// Equal floats: images of one program, or of c-parity in scalar mode and the reference program.
  case identical
  /// Agreement of two programs that calculate in double precision and store floats; the default.
  case rounding
  /// Agreement with a program that calculates in single precision.
  case single
  /// Proportional images: only the correlation and the signs count.
  case correlated

  /// The required agreement in words.
  public var description: String {
    switch self {
    case .identical: "the same floats"
    case .rounding: "double precision, stored as floats"
    case .single: "single precision"
    case .correlated: "the same picture on any scale"
    }
  }

  /// The largest deviation of a pixel, relative to the larger of its magnitude and `floor` times the image's largest
  /// magnitude, with the reason; nil if pixels are not judged.
  var pixels: (relative: Double, floor: Double, because: String)? {
    switch self {
    case .identical: (0, 1, "every float is the same")
    case .rounding: (1e-6, 1e-6, "floats carry 6e-8; sums in another order leave a few units more")
    case .single:
      (
        1e-2, 1e-3,
        "an index of 100 carries 1e-5 in single precision, a lattice factor of 100 cells a hundred times that"
      )
    case .correlated: nil
    }
  }

  /// The largest relative deviation of the sums; nil if not judged.
  var sum: Double? {
    switch self {
    case .identical: 0
    case .rounding: 1e-6
    case .single: 1e-3
    case .correlated: nil
    }
  }

  /// The least correlation.
  var correlation: Double {
    switch self {
    case .identical: 1
    case .rounding: 0.999_999_9
    case .single, .correlated: 0.9999
    }
  }
}

/// The judgement of two images, criterion by criterion.
public struct ImageVerdict: Sendable {
  /// A criterion and its result.
  public struct Criterion: Sendable, Encodable {
    /// The quantity that is judged.
    public let name: String
    /// Whether the images meet the criterion.
    public let holds: Bool
    /// The value found and the allowed value, with the reason.
    public let text: String
  }

  /// The pixel with the largest relative deviation.
  public struct WorstPixel: Sendable, Encodable {
    /// The slow pixel index in the whole image.
    public let slow: Int
    /// The fast pixel index in the whole image.
    public let fast: Int
    /// The pixel's value in the reference.
    public let reference: Float
    /// The pixel's value in the candidate.
    public let candidate: Float
    /// The deviation, relative to the larger of the reference pixel's magnitude and the floor.
    public let relative: Double
  }

  /// The criteria in the order in which they are judged.
  public let criteria: [Criterion]
  /// The pixel that deviates most; nil if all finite pixels are the same.
  public let worst: WorstPixel?
  /// A simple change that makes the candidate from the reference, in words; nil if none fits.
  public let explanation: String?

  /// Whether every criterion holds.
  public var passes: Bool { criteria.allSatisfy(\.holds) }

  /// Judges two images.
  /// - Parameters:
  ///   - comparison: The measured deviations.
  ///   - reference: The image that counts as correct.
  ///   - candidate: The image that is examined.
  ///   - expectation: The required agreement.
  ///   - threshold: The least correlation; nil for that of the expectation.
  ///   - proven: What rounding explains, pixel by pixel, in place of the expectation; nil for the expectation.
  ///   - origin: The pixel of the whole images at which these images start.
  public init(
    _ comparison: ImageComparison, reference: FloatImage, candidate: FloatImage, expectation: ImageExpectation,
    threshold: Double?, proven: ProvenPixels? = nil, origin: PixelIndex = PixelIndex(slow: 0, fast: 0)
  ) {
    var criteria = [Self.finite(comparison), Self.sign(reference, candidate)]
    let (allowed, floorShare, because) = expectation.pixels ?? (1e-6, 1e-6, "")
    worst = Self.worst(reference, candidate, floorShare, origin)
    if let proven {
      criteria.append(Criterion(name: "pixels", holds: proven.holds, text: proven.text))
      if let threshold { criteria.append(Self.correlation(comparison, threshold)) }
    } else {
      if let sum = expectation.sum { criteria.append(Self.sum(comparison, sum)) }
      if expectation.pixels != nil { criteria.append(Self.pixels(worst, allowed, because)) }
      criteria.append(Self.correlation(comparison, threshold ?? expectation.correlation))
    }
    self.criteria = criteria
    explanation = comparison.identical == comparison.pixels ? nil : ImageExplanation.text(reference, candidate)
  }

  private static func finite(_ comparison: ImageComparison) -> Criterion {
    Criterion(
      name: "finite", holds: comparison.nonFiniteAgree,
      text: comparison.nonFiniteAgree
        ? "the same pixels are finite (\(comparison.nonFiniteReference) are not)"
        : "\(comparison.nonFiniteReference) pixels of the reference and \(comparison.nonFiniteCandidate) of the candidate "
          + "are infinite or not a number, and not the same ones in the same way")
  }

  private static func sign(_ reference: FloatImage, _ candidate: FloatImage) -> Criterion {
    let count = zip(reference.pixels, candidate.pixels).count { $0.0 >= 0 && $0.1 < 0 }
    return Criterion(
      name: "sign", holds: count == 0,
      text: "\(count) pixels are negative in the candidate alone; intensities are not")
  }

  private static func sum(_ comparison: ImageComparison, _ allowed: Double) -> Criterion {
    let (expected, found) = (comparison.referenceSum, comparison.candidateSum)
    let deviation = found == expected ? 0 : abs(found - expected) / abs(expected)
    return Criterion(
      name: "sum", holds: deviation <= allowed,
      text: "\(found) against \(expected), ratio \(comparison.ratio); allowed is a relative deviation of \(allowed)")
  }

  private static func pixels(_ worst: WorstPixel?, _ allowed: Double, _ because: String) -> Criterion {
    guard let worst else { return Criterion(name: "pixels", holds: true, text: "all are the same") }
    return Criterion(
      name: "pixels", holds: worst.relative <= allowed,
      text: "slow \(worst.slow) fast \(worst.fast): \(worst.candidate) against \(worst.reference), relative "
        + "\(NumberText.text("%.3g", worst.relative)); allowed is \(allowed) (\(because))")
  }

  private static func correlation(_ comparison: ImageComparison, _ threshold: Double) -> Criterion {
    Criterion(
      name: "correlation", holds: comparison.correlation >= threshold,
      text: "\(comparison.correlation) (threshold \(threshold))")
  }

  private static func worst(
    _ reference: FloatImage, _ candidate: FloatImage, _ share: Double, _ origin: PixelIndex
  ) -> WorstPixel? {
    let largest = reference.pixels.reduce(0.0) { $1.isFinite ? max($0, abs(Double($1))) : $0 }
    var (worst, place) = (0.0, -1)
    for (index, (expected, found)) in zip(reference.pixels, candidate.pixels).enumerated()
    where expected.isFinite && found.isFinite && expected != found {
      let relative = abs(Double(found) - Double(expected)) / max(abs(Double(expected)), share * largest)
      if relative > worst || place < 0 { (worst, place) = (relative, index) }
    }
    guard place >= 0 else { return nil }
    return WorstPixel(
      slow: place / reference.fastPixels + origin.slow, fast: place % reference.fastPixels + origin.fast,
      reference: reference.pixels[place],
      candidate: candidate.pixels[place], relative: worst)
  }
}
