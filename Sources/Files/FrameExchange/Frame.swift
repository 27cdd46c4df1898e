import FrameIO
import Physics

/// An image as files hold it: floats, or whole counts of up to 32 bits; fast index innermost.
public struct Frame: Sendable, Hashable {
  /// The number of pixels along the fast axis.
  public let fastPixels: Int
  /// The number of pixels along the slow axis.
  public let slowPixels: Int
  /// One value per pixel, fast index innermost.
  public let pixels: Pixels

  /// Pixels in one of two number formats.
  public enum Pixels: Sendable, Hashable {
    /// Photons, or the quantity that the file stores.
    case floats([Float])
    /// Counts; negative ones mark pixels without a measurement.
    case integers([Int32])

    var count: Int {
      switch self {
      case .floats(let values): values.count
      case .integers(let values): values.count
      }
    }
  }

  /// An image.
  /// - Precondition: There is one value per pixel.
  public init(fastPixels: Int, slowPixels: Int, _ pixels: Pixels) {
    precondition(pixels.count == fastPixels * slowPixels, "an image needs one value per pixel")
    self.fastPixels = fastPixels
    self.slowPixels = slowPixels
    self.pixels = pixels
  }

  /// A frame with the floats of an image.
  public init(_ image: FloatImage) {
    self.init(fastPixels: image.fastPixels, slowPixels: image.slowPixels, .floats(image.pixels))
  }

  /// A frame with the 16-bit counts of an image.
  public init(_ image: CountImage) {
    self.init(fastPixels: image.fastPixels, slowPixels: image.slowPixels, .integers(image.pixels.map(Int32.init)))
  }

  /// The image as floats; counts above 2²⁴ are rounded.
  public var floatImage: FloatImage {
    switch pixels {
    case .floats(let values): FloatImage(fastPixels: fastPixels, slowPixels: slowPixels, pixels: values)
    case .integers(let values):
      FloatImage(fastPixels: fastPixels, slowPixels: slowPixels, pixels: values.map { Float($0) })
    }
  }

  /// The linear law by which pixel values become counts.
  public struct Counting: Sendable, Hashable {
    /// Counts per unit of the pixel value; nil puts the maximum at 55000.
    public var scale: Double? = 1
    /// Counts that are added to every pixel.
    public var offset = 0.0

    /// Counting with a scale of 1 and no offset.
    public init() {}
  }

  /// The image as counts: scaled, rounded to the nearest count, limited to what a format can hold. A negative count of
  /// the image, which marks a pixel without a measurement, is only limited.
  /// - Parameters:
  ///   - counting: Scale and offset.
  ///   - range: The counts that the format can hold.
  ///   - masked: The count that marks a pixel whose value is not a number.
  /// - Returns: The counts, how many pixels were limited, and how many are not a number.
  public func counts(
    _ counting: Counting, in range: ClosedRange<Int32>, masked: Int32
  ) -> (pixels: [Int32], limited: Int, masked: Int) {
    let scale = counting.scale ?? automaticScale
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    var (limited, unknown) = (0, 0)
    func count(_ value: Double) -> Int32 {
      let count = unlimited(value, scale, counting.offset)
      if count >= low && count <= high { return Int32(count) }
      if count.isNaN {
        unknown += 1
        return masked
      }
      limited += 1
      return count > high ? range.upperBound : range.lowerBound
    }
    let counted =
      switch pixels {
      case .floats(let values): values.map { count(Double($0)) }
      case .integers(let values): values.map { count(Double($0)) }
      }
    return (counted, limited, unknown)
  }

  /// The count of the least finite pixel, before it is limited; the rounded offset if no pixel is finite.
  public func leastCount(_ counting: Counting) -> Double {
    let scale = counting.scale ?? automaticScale
    let values =
      switch pixels {
      case .floats(let values): values.filter(\.isFinite).map(Double.init)
      case .integers(let values): values.map(Double.init)
      }
    return values.lazy.map { unlimited($0, scale, counting.offset) }.min() ?? counting.offset.rounded()
  }

  /// A count before it is limited. The mark of a pixel without a measurement, a negative count, stays as it is.
  private func unlimited(_ value: Double, _ scale: Double, _ offset: Double) -> Double {
    if case .integers = pixels, value < 0 { return value }
    return (value * scale + offset).rounded()
  }

  private var automaticScale: Double {
    let values = floatImage.pixels.lazy.filter(\.isFinite)
    return CountImage.scale(given: 0, maximum: Double(values.max() ?? 0))
  }
}
