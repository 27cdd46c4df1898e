import Foundation
import FrameExchange
import Physics

/// Pictures of float images for reports.
public enum ImagePictures {
  /// A grey picture of 8 bits: black for 0, white for a value and above, logarithmic between.
  /// - Throws: `PictureError` if libpng refuses.
  public static func preview(_ image: FloatImage, white: Double) throws(PictureError) -> Data {
    var contrast = Contrast()
    contrast.white = white
    return Data(try Picture(image, contrast).png())
  }

  /// A picture of candidate minus reference: red for positive, blue for negative, white for zero, on a symmetric scale
  /// that reaches to the largest deviation. Pixels that are not finite are black.
  /// - Throws: `PictureError` if libpng refuses.
  /// - Precondition: Both images have the same dimensions.
  public static func difference(
    reference: FloatImage, candidate: FloatImage
  ) throws(PictureError) -> Data {
    let deviations = zip(reference.pixels, candidate.pixels).map { Double($1) - Double($0) }
    let scale = deviations.filter(\.isFinite).map(abs).max() ?? 0
    let bytes = deviations.flatMap { deviation -> [UInt8] in
      guard deviation.isFinite else { return [0, 0, 0] }
      // The square root makes deviations of a ten-thousandth of the largest visible.
      let strength = scale == 0 ? 0 : (abs(deviation) / scale).squareRoot()
      let pale = UInt8((255 * (1 - strength)).rounded())
      return deviation > 0 ? [255, pale, pale] : [pale, pale, 255]
    }
    return Data(
      try PortableNetworkGraphics.colour(bytes, width: reference.fastPixels, height: reference.slowPixels))
  }
}
