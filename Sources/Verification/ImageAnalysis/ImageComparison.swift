import Physics

/// A comparison of two float images of the same dimensions, pixel by pixel.
///
/// Pixels that are not finite in one of the images are counted and left out of all sums.
public struct ImageComparison: Sendable {
  /// The number of pixels that are compared.
  public let pixels: Int
  /// The number of pixels that are equal floats, or not a number, in both images.
  public let identical: Int
  /// The number of pixels that are infinite or not a number in the reference.
  public let nonFiniteReference: Int
  /// The number of pixels that are infinite or not a number in the candidate.
  public let nonFiniteCandidate: Int
  /// Whether every pixel that is not finite in one image has the same value in the other.
  public let nonFiniteAgree: Bool
  /// Pearson's correlation; 1 for equal images, not a number if one image is constant and the other differs from it.
  public let correlation: Double
  /// The mean squared deviation.
  public let meanSquare: Double
  /// The root mean square deviation.
  public var rootMeanSquare: Double { meanSquare.squareRoot() }
  /// The largest magnitude of candidate minus reference.
  public let largest: Double
  /// The pixel of the largest deviation.
  public let largestAt: PixelIndex
  /// The sum of the reference's pixels that are finite in both images.
  public let referenceSum: Double
  /// The sum of the candidate's pixels that are finite in both images.
  public let candidateSum: Double
  /// The ratio of the sums, candidate over reference.
  public var ratio: Double { candidateSum / referenceSum }
  /// The highest pixel of the reference; 0 if no pixel is above 0.
  public let referenceMaximum: Double
  /// The highest peaks of the reference.
  public let referencePeaks: [Peak]
  /// The highest peaks of the candidate.
  public let candidatePeaks: [Peak]
  /// Matched peaks of both images, with their distances in pixels.
  public let matched: [(reference: Peak, candidate: Peak, distance: Double)]

  /// Compares two images.
  /// - Parameters:
  ///   - reference: The image that counts as correct.
  ///   - candidate: The image that is examined.
  ///   - peakCount: The number of highest peaks that are sought in each image.
  ///   - distance: The largest distance of matched peaks, in pixels.
  /// - Precondition: Both images have the same dimensions.
  public init(reference: FloatImage, candidate: FloatImage, peakCount: Int = 50, distance: Double = 5) {
    precondition(
      reference.fastPixels == candidate.fastPixels && reference.slowPixels == candidate.slowPixels,
      "images of different dimensions cannot be compared pixel by pixel")
    var gathered = Gathered()
    for (index, (expected, found)) in zip(reference.pixels, candidate.pixels).enumerated() {
      gathered.add(expected, found, index)
    }
    pixels = reference.pixels.count
    identical = gathered.identical
    nonFiniteReference = gathered.nonFinite.0
    nonFiniteCandidate = gathered.nonFinite.1
    nonFiniteAgree = gathered.nonFiniteAgree
    let count = Double(max(gathered.count, 1))
    meanSquare = gathered.squares / count
    largest = gathered.largest
    let width = max(reference.fastPixels, 1)
    largestAt = PixelIndex(slow: gathered.largestAt / width, fast: gathered.largestAt % width)
    (referenceSum, candidateSum) = gathered.sums
    referenceMaximum = gathered.maximum
    correlation = Self.correlation(reference, candidate, (gathered.sums.0 / count, gathered.sums.1 / count), gathered)
    referencePeaks = Peaks.highest(peakCount, in: reference)
    candidatePeaks = Peaks.highest(peakCount, in: candidate)
    matched = Peaks.match(referencePeaks, candidatePeaks, within: distance)
  }

  private struct Gathered {
    var count = 0
    var identical = 0
    var nonFinite = (0, 0)
    var nonFiniteAgree = true
    var squares = 0.0
    var largest = 0.0
    var largestAt = 0
    var sums = (0.0, 0.0)
    var maximum = 0.0

    mutating func add(_ expected: Float, _ found: Float, _ index: Int) {
      let same = expected == found || (expected.isNaN && found.isNaN)
      if same { identical += 1 }
      guard expected.isFinite, found.isFinite else {
        nonFinite.0 += expected.isFinite ? 0 : 1
        nonFinite.1 += found.isFinite ? 0 : 1
        if !same { nonFiniteAgree = false }
        return
      }
      let deviation = Double(found) - Double(expected)
      count += 1
      squares += deviation * deviation
      if abs(deviation) > largest { (largest, largestAt) = (abs(deviation), index) }
      sums.0 += Double(expected)
      sums.1 += Double(found)
      maximum = max(maximum, Double(expected))
    }
  }

  /// Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)² Σ(y − ȳ)²), in two passes.
  private static func correlation(
    _ reference: FloatImage, _ candidate: FloatImage, _ means: (Double, Double), _ gathered: Gathered
  ) -> Double {
    if gathered.largest == 0 { return gathered.count == 0 && !gathered.nonFiniteAgree ? .nan : 1 }
    var (both, first, second) = (0.0, 0.0, 0.0)
    for (expected, found) in zip(reference.pixels, candidate.pixels) where expected.isFinite && found.isFinite {
      let (x, y) = (Double(expected) - means.0, Double(found) - means.1)
      both += x * y
      first += x * x
      second += y * y
    }
    // Rounding errors may give a little more than 1.
    let correlation = both / (first.squareRoot() * second.squareRoot())
    return correlation.isNaN ? correlation : min(max(correlation, -1), 1)
  }
}

extension FloatImage {
  /// The image on another grid: each new pixel gets the covered share of every old pixel, so that the sum is conserved.
  /// - Parameters:
  ///   - fast: The new number of pixels along the fast axis.
  ///   - slow: The new number of pixels along the slow axis.
  public func resampled(fast: Int, slow: Int) -> FloatImage {
    let columns = Self.shares(from: fastPixels, to: fast)
    let rows = Self.shares(from: slowPixels, to: slow)
    var narrow = [Double](repeating: 0, count: fast * slowPixels)
    for row in 0..<slowPixels {
      for (target, list) in columns.enumerated() {
        narrow[row * fast + target] = list.reduce(0) { $0 + $1.share * Double(pixels[row * fastPixels + $1.source]) }
      }
    }
    var result: [Float] = []
    result.reserveCapacity(fast * slow)
    for list in rows {
      for column in 0..<fast {
        result.append(Float(list.reduce(0) { $0 + $1.share * narrow[$1.source * fast + column] }))
      }
    }
    return FloatImage(fastPixels: fast, slowPixels: slow, pixels: result)
  }

  /// For each new cell of an axis, the old cells that it covers and the covered fraction of each.
  private static func shares(from old: Int, to new: Int) -> [[(source: Int, share: Double)]] {
    (0..<new).map { target in
      let low = Double(target) * Double(old) / Double(new)
      let high = Double(target + 1) * Double(old) / Double(new)
      return (Int(low)...min(Int(high.rounded(.up)) - 1, old - 1)).compactMap { source in
        let covered = min(high, Double(source + 1)) - max(low, Double(source))
        return covered > 0 ? (source, covered) : nil
      }
    }
  }
}
