/// An image of 16-bit counts, fast index innermost.
public struct CountImage: Sendable, Hashable {
  /// The number of pixels along the fast axis.
  public let fastPixels: Int
  /// The number of pixels along the slow axis.
  public let slowPixels: Int
  /// The counts; pixels outside the rendered region are 0.
  public let pixels: [UInt16]

  /// The largest count.
  public static let largest = 65535.0

  /// An image of given counts.
  /// - Precondition: There are as many as the dimensions say.
  public init(fastPixels: Int, slowPixels: Int, pixels: [UInt16]) {
    precondition(pixels.count == fastPixels * slowPixels, "the counts do not fit the dimensions")
    self.fastPixels = fastPixels
    self.slowPixels = slowPixels
    self.pixels = pixels
  }

  /// Counts that are made pixel by pixel in a region, in raster order.
  init(_ image: FloatImage, region: PixelRegion, _ count: (Float) -> UInt16) {
    (fastPixels, slowPixels) = (image.fastPixels, image.slowPixels)
    var counts = [UInt16](repeating: 0, count: image.pixels.count)
    for slow in region.slow {
      let row = slow * image.fastPixels
      for index in row + region.fast.lowerBound..<row + region.fast.upperBound {
        counts[index] = count(image.pixels[index])
      }
    }
    pixels = counts
  }

  /// The scale of the noiseless image: as given, else the maximum at 55000, else 1 (docs/reference/70-files.md §3).
  /// - Parameters:
  ///   - given: What was asked for; not positive for automatic.
  ///   - maximum: The largest pixel.
  public static func scale(given: Double, maximum: Double) -> Double {
    given > 0 ? given : maximum > 0 ? 55000.0 / maximum : 1
  }
}

/// An image without noise (docs/reference/70-files.md §3): scaled, offset, clipped, and rounded to the nearest count.
/// It is made as it is asked for, so that it need not be in memory as a whole.
///
/// The sum with one half is rounded to single precision before the fraction is cut off, as the reference program does.
/// A pixel that is not a number becomes 0.
public struct NoiselessImage: Sendable {
  private let image: FloatImage
  private let region: PixelRegion
  private let scale: Double
  private let offset: Double

  /// The counts of an image.
  /// - Parameters:
  ///   - image: Photons per pixel.
  ///   - region: The rendered region; masked pixels in it get the offset, those outside are 0.
  ///   - scale: Counts per photon.
  ///   - offset: Counts that every pixel has.
  public init(_ image: FloatImage, region: PixelRegion, scale: Double, offset: Double) {
    (self.image, self.region, self.scale, self.offset) = (image, region, scale, offset)
  }

  /// All counts.
  public var counts: CountImage {
    var pixels: [UInt16] = []
    pixels.reserveCapacity(image.pixels.count)
    for part in 0..<partCount { withPart(part) { _, counts in pixels += counts } }
    return CountImage(fastPixels: image.fastPixels, slowPixels: image.slowPixels, pixels: pixels)
  }

  /// The number of parts, of some rows each, that the counts are made in.
  public var partCount: Int { (image.slowPixels + rowsPerPart - 1) / rowsPerPart }

  private var rowsPerPart: Int { max(1, min(image.slowPixels, (1 << 15) / max(image.fastPixels, 1))) }

  /// Makes a part.
  /// - Parameters:
  ///   - part: Its number.
  ///   - body: Takes the number of the first pixel and the counts.
  public func withPart(_ part: Int, _ body: (_ first: Int, UnsafeBufferPointer<UInt16>) -> Void) {
    let (width, kernels) = (image.fastPixels, InstructionSet.anyKernels)
    let rows = part * rowsPerPart..<min((part + 1) * rowsPerPart, image.slowPixels)
    let (start, first) = (region.fast.lowerBound, rows.lowerBound * width)
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: rows.count * width) { counts in
      counts.initialize(repeating: 0)
      image.pixels.withUnsafeBufferPointer { pixels in
        for slow in rows where region.slow.contains(slow) {
          let row = slow * width + start..<slow * width + start + region.fast.count
          kernels.counts(
            of: UnsafeBufferPointer(rebasing: pixels[row]), scale: scale, offset: offset,
            into: UnsafeMutableBufferPointer(rebasing: counts[row.lowerBound - first..<row.upperBound - first]))
        }
      }
      body(first, UnsafeBufferPointer(counts))
    }
  }
}

/// An 8-bit image for the eye.
public struct GreyMap: Sendable, Hashable {
  /// The number of pixels along the fast axis.
  public let fastPixels: Int
  /// The number of pixels along the slow axis.
  public let slowPixels: Int
  /// Grey values; pixels outside the rendered region are 0.
  public let pixels: [UInt8]
  /// Grey values per photon.
  public let scale: Double

  /// A grey map (docs/reference/70-files.md §5): scaled, clipped at 255, the fraction cut off.
  /// - Parameters:
  ///   - image: Photons per pixel.
  ///   - region: The rendered region.
  ///   - scale: Grey values per photon.
  public init(_ image: FloatImage, region: PixelRegion, scale: Double) {
    (fastPixels, slowPixels) = (image.fastPixels, image.slowPixels)
    self.scale = scale
    var values = [UInt8](repeating: 0, count: image.pixels.count)
    let (width, kernels) = (image.fastPixels, InstructionSet.anyKernels)
    values.withUnsafeMutableBufferPointer { values in
      image.pixels.withUnsafeBufferPointer { pixels in
        for slow in region.slow {
          let start = slow * width + region.fast.lowerBound
          let row = start..<start + region.fast.count
          kernels.greys(
            of: UnsafeBufferPointer(rebasing: pixels[row]), scale: scale,
            into: UnsafeMutableBufferPointer(rebasing: values[row]))
        }
      }
    }
    pixels = values
  }

  /// The scale: as given, else 250 at five times the deviation from the mean, else that of the noiseless image.
  /// - Parameters:
  ///   - given: What was asked for; not positive for automatic.
  ///   - deviation: The root mean square deviation of the image.
  ///   - integerScale: The scale of the noiseless image.
  public static func scale(given: Double, deviation: Double, integerScale: Double) -> Double {
    given > 0 ? given : deviation > 0 ? 250.0 / (5.0 * deviation) : integerScale
  }
}

/// From noisy counts to 16 bits, and how many were too large.
struct NoisyCounts {
  /// Whether fractions are cut off and negative counts wrap around; rounded and clipped at 0 otherwise.
  let wraps: Bool
  private(set) var overloads = 0

  init(wraps: Bool) { self.wraps = wraps }

  mutating func stored(_ count: Double) -> UInt16 {
    if count > CountImage.largest {
      overloads += 1
      return .max
    }
    if wraps { return UInt16(truncatingIfNeeded: Int32(cut: count)) }
    return count >= 0 ? UInt16(count.rounded()) : 0
  }
}

extension Int32 {
  /// A number without its fraction, as the processor of the reference cuts it: 0x80000000 for what is out of range, so
  /// that its low bits are 0.
  public init(cut number: Double) {
    self = number > -2_147_483_649 && number < 2_147_483_648 ? Int32(number) : .min
  }
}
