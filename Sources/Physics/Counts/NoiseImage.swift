/// An image of counts with photon noise, one count per photon (docs/reference/70-files.md §4).
public struct NoiseImage: Sendable {
  /// The counts.
  public let counts: CountImage
  /// The sum of the photons drawn for all pixels, before offset and clipping.
  public let photons: Double
  /// The number of pixels that were clipped at 65535.
  public let overloads: Int

  /// Draws the noise of an image in raster order over the rendered region, masked pixels included.
  ///
  /// With `Quirk.noiseNotClipped` the fraction is cut off and negative counts wrap around, as in the reference program;
  /// otherwise counts are rounded and clipped at 0. With `Quirk.roughPoisson` deviates are drawn in the reference
  /// program's mixture of single and double precision. Otherwise deviates are drawn in double precision, and all are
  /// whole numbers.
  /// - Parameters:
  ///   - image: Expected photons per pixel.
  ///   - experiment: The rendered experiment, which has the region and the random generator after misset and mosaic
  ///     domains.
  ///   - offset: Counts added to every pixel of the region.
  public init(_ image: FloatImage, of experiment: Experiment, offset: Double) {
    var generator = experiment.generator
    var stream = experiment.noiseStream
    var photons = 0.0
    var noisy = NoisyCounts(wraps: experiment.compatibility.has(.noiseNotClipped))
    let isRough = experiment.compatibility.has(.roughPoisson)
    counts = CountImage(image, region: experiment.region) { mean in
      let drawn =
        isRough
        ? Double(PoissonDeviates.draw(mean: mean, from: &generator, stream: &stream))
        : PoissonDeviates.drawWhole(mean: Double(mean), from: &generator, stream: &stream)
      photons += drawn
      return noisy.stored(drawn + offset)
    }
    self.photons = photons
    overloads = noisy.overloads
  }
}
