/// An image of 16-bit counts, fast index innermost.
public struct CountImage: Sendable, Hashable {
  /// The number of pixels along the fast axis.
  public let fastPixels: Int
  /// The number of pixels along the slow axis.
  public let slowPixels: Int
  /// The counts; pixels outside the rendered region are 0.
  public let pixels: [UInt16]

  /// The largest count that 16 bits hold.
  public static let largest = 65535.0

  /// An image of given counts.
  /// - Precondition: The number of counts is fastPixels × slowPixels.
  public init(fastPixels: Int, slowPixels: Int, pixels: [UInt16]) {
    precondition(pixels.count == fastPixels * slowPixels, "the counts do not fit the dimensions")
    self.fastPixels = fastPixels
    self.slowPixels = slowPixels
    self.pixels = pixels
  }

  /// Converts the pixels of a region into counts, in raster order.
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

  /// The scale of the noiseless image, in counts per photon (C name `intfile_scale`): as given, else 55000 over the
  /// maximum, or 1 for an image without a positive pixel (docs/reference/70-files.md §3).
  /// - Parameters:
  ///   - given: The requested scale; zero or negative for the automatic scale.
  ///   - maximum: The largest pixel, in photons.
  public static func scale(given: Double, maximum: Double) -> Double {
    given > 0 ? given : maximum > 0 ? 55000.0 / maximum : 1
  }
}

/// An image without noise (docs/reference/70-files.md §3): scaled, offset, clipped, and rounded to the nearest count.
/// The counts are computed part by part on demand, so that the whole image need not be in memory.
///
/// As in the reference program, the count plus one half is rounded to single precision before its fraction is cut off.
/// A pixel that is not a number becomes 0.
public struct NoiselessImage: Sendable {
  private let image: FloatImage
  private let region: PixelRegion
  private let scale: Double
  private let offset: Double

  /// The counts of an image.
  /// - Parameters:
  ///   - image: Photons per pixel.
  ///   - region: The rendered region. Masked pixels of the region get the offset; pixels outside the region are 0.
  ///   - scale: Counts per photon.
  ///   - offset: Counts added to every pixel of the region (C name `adc_offset`).
  public init(_ image: FloatImage, region: PixelRegion, scale: Double, offset: Double) {
    (self.image, self.region, self.scale, self.offset) = (image, region, scale, offset)
  }

  /// The counts of all pixels.
  public var counts: CountImage {
    var pixels: [UInt16] = []
    pixels.reserveCapacity(image.pixels.count)
    for part in 0..<partCount { withPart(part) { _, counts in pixels += counts } }
    return CountImage(fastPixels: image.fastPixels, slowPixels: image.slowPixels, pixels: pixels)
  }

  /// The number of parts, of some rows each, in which the counts are computed.
  public var partCount: Int { (image.slowPixels + rowsPerPart - 1) / rowsPerPart }

  private var rowsPerPart: Int { max(1, min(image.slowPixels, (1 << 15) / max(image.fastPixels, 1))) }

  /// Computes the counts of one part.
  /// - Parameters:
  ///   - part: The number of the part, in 0..<partCount.
  ///   - body: Takes the index of the part's first pixel in the image and the counts of the part, in raster order.
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

/// An 8-bit grey-scale image for viewing.
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

  /// The scale of the grey map, in grey values per photon (C name `pgm_scale`): as given, else 250 over five times the
  /// deviation, or the scale of the noiseless image if the deviation is zero.
  /// - Parameters:
  ///   - given: The requested scale; zero or negative for the automatic scale.
  ///   - deviation: The root mean square deviation of the image from its mean, in photons.
  ///   - integerScale: The scale of the noiseless image, in counts per photon.
  public static func scale(given: Double, deviation: Double, integerScale: Double) -> Double {
    given > 0 ? given : deviation > 0 ? 250.0 / (5.0 * deviation) : integerScale
  }
}

/// Converts noisy counts into 16 bits, and counts the pixels that were too large.
struct NoisyCounts {
  /// Whether fractions are cut off and negative counts wrap around. Otherwise counts are rounded and clipped at 0.
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
  /// A number without its fraction, as the x86 processor of the reference program cuts the fraction off. A number out
  /// of range becomes 0x80000000, whose low 16 bits are 0.
  public init(cut number: Double) {
    self = number > -2_147_483_649 && number < 2_147_483_648 ? Int32(number) : .min
  }
}
