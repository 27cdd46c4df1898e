import Physics

/// The raw image of the reference program: little-endian 32-bit floats, fast index innermost, no header
/// (docs/reference/70-files.md §2).
public enum FloatImageFile {
  /// Writes an image.
  /// - Throws: `RequestError` if the file cannot be written.
  public static func write(_ image: FloatImage, to path: String) throws(RequestError) {
    try prepare(image, to: path).commit()
  }

  /// Writes an image under a temporary name.
  /// - Throws: `RequestError` if the file cannot be written.
  public static func prepare(_ image: FloatImage, to path: String) throws(RequestError) -> PendingFile {
    try FileBytes.prepare(to: path, for: "-floatfile") { sink in image.pixels.withUnsafeBytes { sink($0) } }
  }

  /// A file for an image that is written while it is rendered. Nil if the system has no files without a name, or below
  /// 2²⁰ pixels (4 MB), whose writing takes about a millisecond.
  /// - Throws: `RequestError` if a file of this name cannot be written.
  public static func begin(_ path: String, pixels: Int) throws(RequestError) -> NamelessFile? {
    pixels < 1 << 20 ? nil : try NamelessFile(for: path, flag: "-floatfile")
  }

  /// A receiver that writes each run of pixels to its position in the file.
  public static func receiver(of file: NamelessFile) -> PixelReceiver {
    { first, pixels in file.write(UnsafeRawBufferPointer(pixels), at: first * MemoryLayout<Float>.size) }
  }

  /// Reads an image of known dimensions.
  /// - Throws: `RequestError` if the file cannot be read or has another size.
  public static func read(_ path: String, fastPixels: Int, slowPixels: Int) throws(RequestError) -> FloatImage {
    let bytes = try FileBytes.readRegular(path, for: "float image")
    return try parse(bytes, path: path, fastPixels: fastPixels, slowPixels: slowPixels)
  }

  /// Reads an image of known dimensions from the bytes of a file.
  /// - Throws: `RequestError` if the number of bytes is not 4 per pixel.
  public static func parse(
    _ bytes: [UInt8], path: String, fastPixels: Int, slowPixels: Int
  ) throws(RequestError) -> FloatImage {
    guard bytes.count == 4 * fastPixels * slowPixels else {
      throw RequestError(
        path, "the file has \(bytes.count) bytes, \(4 * fastPixels * slowPixels) are needed",
        remedy: "check that the image has \(fastPixels) x \(slowPixels) pixels of 4 bytes")
    }
    let pixels = bytes.withUnsafeBytes { buffer in
      (0..<fastPixels * slowPixels).map { index in
        Float(bitPattern: UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
      }
    }
    return FloatImage(fastPixels: fastPixels, slowPixels: slowPixels, pixels: pixels)
  }
}
