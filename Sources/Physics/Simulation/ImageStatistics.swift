/// What the reference program prints about an image (spec/50 §7).
public struct ImageStatistics: Sendable {
  /// The largest pixel, at least 0.
  public var maximum = 0.0
  /// The pixel that holds it, first in raster order; nil if no pixel is above 0.
  public var maximumAt: (slow: Int, fast: Int)? {
    maximumIndex.map { ($0 / fastPixels, $0 % fastPixels) }
  }
  /// The mean of the rendered pixels.
  public var mean = 0.0
  /// The root of the mean square of the rendered pixels, with n − 1.
  public var rms = 0.0
  /// The root mean square deviation from the mean, over the whole region.
  public var rmsd = 0.0
  /// The fast coordinate of the maximum (of its last sub-pixel), in m.
  public var maximumFast = 0.0
  /// The slow coordinate of the maximum (of its last sub-pixel), in m.
  public var maximumSlow = 0.0
  /// The solid angle as printed, in sr.
  public var solidAngle = 0.0
  private var maximumIndex: Int?
  private let fastPixels: Int

  /// The statistics of an image that this or another program rendered of an experiment; no solid angle.
  /// - Precondition: The image has the dimensions of the experiment's detector.
  public init(_ image: FloatImage, of experiment: Experiment) {
    self.init(image, of: experiment, solidAngleSum: 0)
  }

  /// Gathers the statistics of a rendered image.
  /// - Parameters:
  ///   - image: The image.
  ///   - experiment: What was rendered.
  ///   - solidAngleSum: The solid angles of all sub-pixels and layers of all pixels, in sr.
  init(_ image: FloatImage, of experiment: Experiment, solidAngleSum: Double) {
    fastPixels = image.fastPixels
    gather(image, experiment)
    let sampling = experiment.sampling
    let dividesBySteps = experiment.compatibility.has(.solidAngleDividedBySteps)
    solidAngle =
      solidAngleSum
      / Double(
        dividesBySteps
          ? sampling.steps : sampling.oversample * sampling.oversample * experiment.detector.sensor.layerCount)
    guard let maximumIndex else { return }
    let size = experiment.detector.pixelSize / Double(sampling.oversample)
    func lastSubPixel(_ pixel: Int) -> Double {
      size * Double(pixel * sampling.oversample + sampling.oversample - 1) + size / 2.0
    }
    maximumFast = lastSubPixel(maximumIndex % fastPixels)
    maximumSlow = lastSubPixel(maximumIndex / fastPixels)
  }

  private mutating func gather(_ image: FloatImage, _ experiment: Experiment) {
    let region = experiment.region
    var (sum, squares, count) = (0.0, 0.0, 0)
    for slow in region.slow {
      for fast in experiment.renderedPixels(inRow: slow) {
        let index = slow * fastPixels + fast
        let value = image.pixels[index]
        if Double(value) > maximum { (maximum, maximumIndex) = (Double(value), index) }
        sum += Double(value)
        squares += Double(value * value)
        count += 1
      }
    }
    mean = sum / Double(max(count, 1))
    rms = (squares / Double(count <= 1 ? 1 : count - 1)).squareRoot()
    let includesMasked = experiment.compatibility.has(.statisticsPopulations)
    var (deviations, population) = (0.0, 0)
    for slow in region.slow {
      for fast in region.fast where includesMasked || experiment.isUnmasked(slow: slow, fast: fast) {
        let deviation = Double(image.pixels[slow * fastPixels + fast]) - mean
        deviations += deviation * deviation
        population += 1
      }
    }
    rmsd = (deviations / Double(population <= 1 ? 1 : population - 1)).squareRoot()
  }
}
