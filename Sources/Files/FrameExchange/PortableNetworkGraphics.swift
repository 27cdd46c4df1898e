import CPNG

/// A picture that cannot be encoded.
public struct PictureError: Error, Sendable, CustomStringConvertible {
  /// The size of the picture and libpng's message.
  public let description: String
}

/// Encodes PNG files with libpng.
public enum PortableNetworkGraphics {
  /// Encodes a grey picture.
  /// - Parameter pixels: One byte per pixel, row by row.
  /// - Throws: `PictureError` if libpng refuses.
  public static func grey(_ pixels: [UInt8], width: Int, height: Int) throws(PictureError) -> [UInt8] {
    try encode(pixels, width: width, height: height, format: png_uint_32(PNG_FORMAT_GRAY))
  }

  /// Encodes a colour picture.
  /// - Parameter pixels: Three bytes per pixel, red, green and blue, row by row.
  /// - Throws: `PictureError` if libpng refuses.
  public static func colour(_ pixels: [UInt8], width: Int, height: Int) throws(PictureError) -> [UInt8] {
    try encode(pixels, width: width, height: height, format: png_uint_32(PNG_FORMAT_RGB))
  }

  private static func encode(
    _ pixels: [UInt8], width: Int, height: Int, format: png_uint_32
  ) throws(PictureError) -> [UInt8] {
    var picture = png_image()
    picture.version = png_uint_32(PNG_IMAGE_VERSION)
    picture.width = png_uint_32(width)
    picture.height = png_uint_32(height)
    picture.format = format
    defer { png_image_free(&picture) }
    // The worst case: incompressible rows with a filter byte each, in deflate blocks of 16 KiB (5 bytes) and chunks of 8 KiB
    // (12 bytes).
    var size = pixels.count + height + (pixels.count + height) / 256 + 4096
    var bytes = [UInt8](repeating: 0, count: size)
    guard png_image_write_to_memory(&picture, &bytes, &size, 0, pixels, 0, nil) != 0 else {
      let message = withUnsafeBytes(of: picture.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      throw PictureError(description: "the picture of \(width) x \(height) pixels cannot be encoded: \(message)")
    }
    return Array(bytes[0..<size])
  }
}
