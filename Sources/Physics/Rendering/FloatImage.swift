/// An image of 32-bit floats, fast index innermost: pixel (slow s, fast f) is number s·width + f.
public struct FloatImage: Sendable, Hashable {
  /// The number of pixels along the fast axis.
  public let fastPixels: Int
  /// The number of pixels along the slow axis.
  public let slowPixels: Int
  /// The pixels, `fastPixels` × `slowPixels` of them.
  public var pixels: [Float]

  /// An image from its pixels.
  /// - Precondition: There are `fastPixels` × `slowPixels` of them.
  public init(fastPixels: Int, slowPixels: Int, pixels: [Float]) {
    precondition(pixels.count == fastPixels * slowPixels, "an image needs one value per pixel")
    self.fastPixels = fastPixels
    self.slowPixels = slowPixels
    self.pixels = pixels
  }

  /// The value of one pixel.
  public subscript(slow slow: Int, fast fast: Int) -> Float {
    pixels[slow * fastPixels + fast]
  }

  /// A rectangular part.
  /// - Parameter bounds: The bounds of the part.
  /// - Precondition: The part is inside the image.
  public func part(_ bounds: PixelBounds) -> FloatImage {
    let rows = (bounds.slowMinimum...bounds.slowMaximum).flatMap { slow in
      pixels[slow * fastPixels + bounds.fastMinimum...slow * fastPixels + bounds.fastMaximum]
    }
    return FloatImage(fastPixels: bounds.fastCount, slowPixels: bounds.slowCount, pixels: rows)
  }
}
