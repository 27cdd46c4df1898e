import Foundation
import Physics

/// The law and the limits by which pixel values become brightness.
public struct Contrast: Sendable, Hashable {
  /// A law by which pixel values become brightness.
  public enum Law: String, Sendable, CaseIterable {
    /// Proportional between the limits; white is the maximum unless `white` is set.
    case linear
    /// Logarithmic over three decades below white; white is a percentile unless `white` is set.
    case log
    /// Proportional; black and white are percentiles.
    case percentile
  }
  /// The law by which pixel values become brightness.
  public var law = Law.log
  /// The value that is black; chosen by the law if nil.
  public var black: Double?
  /// The value that is white; chosen by the law if nil.
  public var white: Double?
  /// The percentile, 0 to 100, of the value that is white: over the finite pixels, with `log` over those above zero.
  /// With `percentile`, black is at 100 minus this percentile.
  public var percentile = 99.9

  /// Logarithmic up to the 99.9th percentile.
  public init() {}

  /// The brightness of each pixel, 0 to 1; 0 for a pixel whose value is not a number.
  public func brightness(_ pixels: [Float]) -> [Double] {
    let (black, white) = limits(pixels)
    // Values are halved first, so that differences of the largest ones do not overflow.
    let span = white / 2 - black / 2
    return pixels.map { value in
      guard !value.isNaN, span > 0 else { return value.isNaN || Double(value) <= black ? 0 : 1 }
      let part = min(max((Double(value) / 2 - black / 2) / span, 0), 1)
      return law == .log ? log1p(999 * part) / log(1000) : part
    }
  }

  /// The pixel values that are black and white: the ones that are set, else those of the law.
  public func limits(_ pixels: [Float]) -> (black: Double, white: Double) {
    let finite = pixels.filter(\.isFinite)
    func percentile(_ share: Double, of values: [Float]) -> Double {
      let sorted = values.sorted()
      guard !sorted.isEmpty else { return 0 }
      return Double(sorted[Int((Double(sorted.count - 1) * (share > 0 ? min(share, 100) : 0) / 100).rounded())])
    }
    switch law {
    case .linear: return (black ?? 0, white ?? Double(finite.max() ?? 1))
    case .log: return (black ?? 0, white ?? percentile(self.percentile, of: finite.filter { $0 > 0 }))
    case .percentile:
      return (
        black ?? percentile(100 - self.percentile, of: finite), white ?? percentile(self.percentile, of: finite)
      )
    }
  }
}

/// The colours for a brightness from 0 to 1.
public enum ColourMap: String, Sendable, CaseIterable {
  /// Black to white.
  case grey
  /// White to black, as on film.
  case negative
  /// Black, red, yellow, white.
  case heat
  /// Violet, blue, green, yellow: even steps for the eye (after van der Walt & Smith, 2015).
  case viridis

  /// The colours at even distances, red, green and blue of each.
  private var stops: [[Double]] {
    switch self {
    case .grey: [[0, 0, 0], [255, 255, 255]]
    case .negative: [[255, 255, 255], [0, 0, 0]]
    case .heat: [[0, 0, 0], [255, 0, 0], [255, 255, 0], [255, 255, 255]]
    case .viridis: [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]]
    }
  }

  /// The colour of a brightness from 0 to 1: red, green and blue, a byte each.
  public func colour(_ brightness: Double) -> [UInt8] {
    let stops = stops
    let place = brightness * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    return zip(stops[index], stops[index + 1]).map { UInt8(($0 + ($1 - $0) * (place - Double(index))).rounded()) }
  }
}

/// An image as brightness, from 0 to 1, which can be written as PNG or PGM.
public struct Picture: Sendable {
  private let brightness: [Double]
  private let width: Int
  private let height: Int

  /// The picture of an image, with its dimensions, at a contrast.
  public init(_ image: FloatImage, _ contrast: Contrast = Contrast()) {
    brightness = contrast.brightness(image.pixels)
    (width, height) = (image.fastPixels, image.slowPixels)
  }

  /// The bytes of a PNG file: one byte per pixel for `grey` and `negative`, else three.
  /// - Throws: `PictureError` if libpng refuses.
  public func png(_ colours: ColourMap = .grey) throws(PictureError) -> [UInt8] {
    if colours == .grey || colours == .negative {
      return try PortableNetworkGraphics.grey(grey(colours), width: width, height: height)
    }
    let table = (0...1023).map { colours.colour(Double($0) / 1023) }
    return try PortableNetworkGraphics.colour(
      brightness.flatMap { table[Int(($0 * 1023).rounded())] }, width: width, height: height)
  }

  /// The bytes of a binary PGM file of 8-bit grey values; only `negative` differs from `grey`.
  public func pgm(_ colours: ColourMap = .grey) -> [UInt8] {
    Array("P5\n\(width) \(height)\n255\n".utf8) + grey(colours)
  }

  private func grey(_ colours: ColourMap) -> [UInt8] {
    brightness.map { UInt8((255 * (colours == .negative ? 1 - $0 : $0)).rounded()) }
  }
}
