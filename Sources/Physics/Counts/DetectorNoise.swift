/// Noise of source and detector on an image of expected photons, as the program `noisify` of the C program's authors
/// adds it.
///
/// In raster order, each pixel gets the flicker of the source and the calibration error of the pixel, both relative,
/// and then photon noise. After conversion into counts, each pixel gets the noise of the read-out.
public struct DetectorNoise: Sendable, Hashable {
  /// Standard deviation of the source's flicker, as a fraction of the intensity.
  public var flicker = 0.0
  /// Standard deviation of the pixels' calibration error, as a fraction of the intensity.
  public var calibration = 0.03
  /// Standard deviation of the read-out, in counts.
  public var readout = 0.0
  /// Counts per photon.
  public var gain = 1.0
  /// Offset added to every pixel, in counts.
  public var offset = 40.0
  /// Photons per unit of the image.
  public var scale = 1.0
  /// The initial state of the random stream of flicker, photons and read-out; negative to start the stream.
  public var stream = -1
  /// The initial state of the random stream of the calibration. The default of `noisify` is positive, so that this
  /// stream does not refill the shared shuffle table unless the table is empty.
  public var calibrationStream = 123_456_789
  /// Whether fractions of counts are cut off and negative counts wrap around, as in `noisify`. Otherwise counts are
  /// rounded and clipped at 0.
  public var wraps = true

  /// The defaults of `noisify`, seed 1.
  public init() {}

  /// Draws the noise of an image, with photons in single precision as in `noisify`.
  /// - Parameter image: Expected photons divided by `scale`, in an image of any dimensions.
  /// - Returns: The counts, the number of photons drawn, and the number of pixels that were clipped at 65535.
  public func apply(to image: FloatImage) -> (counts: CountImage, photons: Double, overloads: Int) {
    var generator = UniformDeviates()
    var (stream, calibrationStream) = (stream, calibrationStream)
    let photons = image.pixels.map { value -> Float in
      var mean = Double(Float(scale * Double(value)))
      if flicker > 0 { mean *= 1 + flicker * Double(generator.nextGaussian(&stream, .single)) }
      if calibration > 0 { mean *= 1 + calibration * Double(generator.nextGaussian(&calibrationStream, .single)) }
      return PoissonDeviates.draw(mean: Float(mean), from: &generator, stream: &stream, .single)
    }
    // Read-out and photons share one stream; `noisify` draws the read-out after the photons of all pixels.
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
