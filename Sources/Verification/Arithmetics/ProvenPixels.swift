import Physics

/// How many of the pixels in which two images differ rounding explains, computed for the arguments of the programs
/// (docs/numbers.md).
///
/// Both images are within the bound of the exact one: so their pixels may differ by twice the bound. A pixel without a bound
/// may deviate by the usual tolerance of 10⁻⁶, and is never called rounding.
public struct ProvenPixels: Sendable {
  /// A pixel that rounding does not explain.
  public struct Worst: Sendable, Encodable {
    /// The slow pixel index in the whole image.
    public let slow: Int
    /// The fast pixel index in the whole image.
    public let fast: Int
    /// The pixel's value in the reference.
    public let reference: Float
    /// The pixel's value in the candidate.
    public let candidate: Float
    /// The largest deviation that rounding explains.
    public let allowed: Double
    /// The deviation in units of it.
    public let share: Double
  }

  /// The numbers of differing pixels by their explanations.
  public private(set) var counts: [String: Int] = [:]
  /// The pixel with the largest deviation of those that fail, in units of what is allowed; nil if none fails.
  public private(set) var worst: Worst?
  /// The first failing pixel in raster order.
  public private(set) var first: Worst?
  /// The deviation of a pixel without a bound that passes, relative to the pixel.
  static let usual = 1e-6

  /// Judges the pixels in which two images differ, pixels that are not finite aside.
  /// - Parameters:
  ///   - bounds: The bounds of the image.
  ///   - images: The images, or the same part of both.
  ///   - origin: The pixel of the whole image at which they begin.
  ///   - accepted: The kinds of rounding that the candidate may have, of `double` and `single`.
  /// - Throws: `ExperimentError` if an arithmetic refuses the request.
  package init(
    _ bounds: ImageBounds, _ images: (reference: FloatImage, candidate: FloatImage), origin: PixelIndex,
    accepting accepted: [RoundingKind]
  ) throws(ExperimentError) {
    let (reference, candidate) = images
    var open = reference.pixels.indices.filter {
      reference.pixels[$0].isFinite && candidate.pixels[$0].isFinite && reference.pixels[$0] != candidate.pixels[$0]
    }
    var unbounded: Set<Int> = []
    var limits: [Int: Double] = [:]
    for kind in [RoundingKind.double, .single] where accepted.contains(kind) && !open.isEmpty {
      let places = open.map {
        PixelIndex(slow: $0 / reference.fastPixels + origin.slow, fast: $0 % reference.fastPixels + origin.fast)
      }
      let errors = try bounds.errors(of: places, in: kind == .single ? .single : .double)
      var left: [Int] = []
      for (index, error) in zip(open, errors) {
        let deviation = abs(Double(candidate.pixels[index]) - Double(reference.pixels[index]))
        if error.isFinite && deviation <= 2 * error {
          counts[kind.rawValue, default: 0] += 1
        } else {
          left.append(index)
          if error.isFinite { limits[index] = 2 * error } else { unbounded.insert(index) }
        }
      }
      open = left
    }
    for index in open {
      let kind = unbounded.contains(index) ? RoundingKind.unbounded : .none
      counts[kind.rawValue, default: 0] += 1
      let (expected, found) = (reference.pixels[index], candidate.pixels[index])
      let allowed =
        kind == .none ? limits[index] ?? 0 : max(Self.usual * Double(abs(expected)), limits[index] ?? 0)
      let deviation = abs(Double(found) - Double(expected))
      guard deviation > allowed else { continue }
      let pixel = Worst(
        slow: index / reference.fastPixels + origin.slow, fast: index % reference.fastPixels + origin.fast,
        reference: expected, candidate: found, allowed: allowed,
        share: allowed > 0 ? deviation / allowed : .greatestFiniteMagnitude)
      if first == nil { first = pixel }
      if pixel.share > worst?.share ?? 0 { worst = pixel }
    }
  }

  /// Whether no pixel fails.
  public var holds: Bool { first == nil }

  /// The numbers in words.
  public var text: String {
    if counts.isEmpty { return "no finite pixel differs" }
    let kinds = RoundingKind.allCases.compactMap { kind in
      counts[kind.rawValue].map { "\($0) \(kind.rawValue)" }
    }
    let list = "differing pixels: " + kinds.joined(separator: ", ")
    guard let first, let worst else { return list }
    return list + "; the first is \(Self.text(first)); the worst is \(Self.text(worst))"
  }

  private static func text(_ pixel: Worst) -> String {
    let explained = NumberText.text("%.2g", pixel.allowed)
    return
      "slow \(pixel.slow) fast \(pixel.fast): \(pixel.candidate) against \(pixel.reference), where rounding explains "
      + "\(explained)"
      + (pixel.allowed > 0 ? " and the deviation is \(NumberText.text("%.3g", pixel.share)) times that" : "")
  }
}
