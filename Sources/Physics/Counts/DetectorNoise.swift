/// Noise of source and detector on an image of expected photons, as the reference's companion `noisify` adds it.
///
/// In this order for each pixel, in raster order: flicker of the source and calibration error of the pixel, both relative,
/// photon noise, and after conversion into counts the noise of the read-out.
public struct DetectorNoise: Sendable, Hashable {
  /// Standard deviation of the source's flicker, relative.
  public var flicker = 0.0
  /// Standard deviation of the pixels' calibration, relative; the same for every image of a seed.
  public var calibration = 0.03
  /// Standard deviation of the read-out, in counts.
  public var readout = 0.0
  /// Counts per photon.
  public var gain = 1.0
  /// Offset of the counts.
  public var offset = 40.0
  /// Photons per unit of the image.
  public var scale = 1.0
  /// The state of the stream of everything but the calibration; negative to start it.
  public var stream = -1
  /// The state of the calibration's stream; `noisify` leaves its default positive, so that it never starts it anew.
  public var calibrationStream = 123_456_789
  /// Whether fractions of counts are cut off and negative counts wrap around, as in `noisify`; rounded and clipped
  /// at 0 otherwise.
  public var wraps = true

  /// The defaults of `noisify`, seed 1.
  public init() {}

  /// Draws the noise of an image, photons in single precision as `noisify` has them.
  /// - Parameter image: Expected photons over `scale`, any dimensions.
  /// - Returns: The counts, the number of photons drawn, and how many pixels were clipped at 65535.
  public func apply(to image: FloatImage) -> (counts: CountImage, photons: Double, overloads: Int) {
    var generator = UniformDeviates()
    var (stream, calibrationStream) = (stream, calibrationStream)
    let photons = image.pixels.map { value -> Float in
      var mean = Double(Float(scale * Double(value)))
      if flicker > 0 { mean *= 1 + flicker * Double(generator.nextGaussian(&stream, .single)) }
      if calibration > 0 { mean *= 1 + calibration * Double(generator.nextGaussian(&calibrationStream, .single)) }
      return PoissonDeviates.draw(mean: Float(mean), from: &generator, stream: &stream, .single)
    }
    // The read-out is drawn after all photons: it is the same stream.
    var noisy = NoisyCounts(wraps: wraps)
    let counts = photons.map { photons -> UInt16 in
      var count = Double(photons) * gain + offset
      if readout > 0 { count += readout * Double(generator.nextGaussian(&stream, .single)) }
      return noisy.stored(count)
    }
    return (
      CountImage(fastPixels: image.fastPixels, slowPixels: image.slowPixels, pixels: counts),
      photons.reduce(0) { $0 + Double($1) }, noisy.overloads
    )
  }
}
