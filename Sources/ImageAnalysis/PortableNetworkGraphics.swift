import CPNG
import Foundation
import Physics

/// A picture that cannot be encoded.
public struct PictureError: Error, Sendable, CustomStringConvertible {
  /// What libpng says.
  public let description: String
}

/// Pictures of float images, as PNG.
public enum PortableNetworkGraphics {
  /// A grey picture of 8 bits: black for 0, white for the 99.9th percentile and above, logarithmic between.
  /// - Throws: `PictureError` if libpng refuses.
  public static func preview(_ image: FloatImage) throws(PictureError) -> Data {
    let positive = image.pixels.filter { $0.isFinite && $0 > 0 }.sorted()
    let white = positive.isEmpty ? 1 : Double(positive[Int(Double(positive.count - 1) * 0.999)])
    let bytes = image.pixels.map { value -> UInt8 in
      guard value.isFinite, value > 0 else { return value == .infinity ? 255 : 0 }
      return UInt8((255 * log1p(1000 * min(Double(value) / white, 1)) / log(1001)).rounded())
    }
    return try encode(bytes, width: image.fastPixels, height: image.slowPixels, format: png_uint_32(PNG_FORMAT_GRAY))
  }

  /// A picture of candidate minus reference: red above, blue below, white for none, on a scale that is symmetric and
  /// reaches to the largest deviation; pixels that are not finite are black.
  /// - Throws: `PictureError` if libpng refuses.
  /// - Precondition: Both have the same dimensions.
  public static func difference(
    reference: FloatImage, candidate: FloatImage
  ) throws(PictureError) -> Data {
    let deviations = zip(reference.pixels, candidate.pixels).map { Double($1) - Double($0) }
    let scale = deviations.filter(\.isFinite).map(abs).max() ?? 0
    let bytes = deviations.flatMap { deviation -> [UInt8] in
      guard deviation.isFinite else { return [0, 0, 0] }
      // The square root shows deviations of a ten-thousandth of the largest, too.
      let strength = scale == 0 ? 0 : (abs(deviation) / scale).squareRoot()
      let pale = UInt8((255 * (1 - strength)).rounded())
      return deviation > 0 ? [255, pale, pale] : [pale, pale, 255]
    }
    return try encode(
      bytes, width: reference.fastPixels, height: reference.slowPixels, format: png_uint_32(PNG_FORMAT_RGB))
  }

  private static func encode(
    _ pixels: [UInt8], width: Int, height: Int, format: png_uint_32
  ) throws(PictureError) -> Data {
    var picture = png_image()
    picture.version = png_uint_32(PNG_IMAGE_VERSION)
    picture.width = png_uint_32(width)
    picture.height = png_uint_32(height)
    picture.format = format
    defer { png_image_free(&picture) }
    // The worst case: incompressible rows with a filter byte each, in deflate blocks, and the chunks around them.
    var size = pixels.count + pixels.count / 1000 + height + 4096
    var bytes = [UInt8](repeating: 0, count: size)
    guard png_image_write_to_memory(&picture, &bytes, &size, 0, pixels, 0, nil) != 0 else {
      let message = withUnsafeBytes(of: picture.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      throw PictureError(description: "the picture of \(width) x \(height) pixels cannot be encoded: \(message)")
    }
    return Data(bytes[0..<size])
  }
}
