/// What the reference program prints about an image (docs/reference/50-pixel-loop.md §7).
public struct ImageStatistics: Sendable {
  /// The largest pixel, at least 0.
  public var maximum = 0.0
  /// The pixel that holds it, first in raster order; nil if no pixel is above 0.
  public var maximumAt: PixelIndex? {
    maximumIndex.map { PixelIndex(slow: $0 / fastPixels, fast: $0 % fastPixels) }
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
  /// The solid angle as printed, in percent of the sphere.
  public var solidAngleShare = 0.0
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
    let divisor = Double(
      experiment.compatibility.has(.solidAngleDividedBySteps)
        ? sampling.steps : sampling.oversample * sampling.oversample * experiment.detector.sensor.layerCount)
    solidAngle = solidAngleSum / divisor
    solidAngleShare = 100 * solidAngleSum / divisor / 4 / Double.pi
    guard let maximumIndex else { return }
    let size = experiment.detector.pixelSize / Double(sampling.oversample)
    func lastSubPixel(_ pixel: Int) -> Double {
      size * Double(pixel * sampling.oversample + sampling.oversample - 1) + size / 2.0
    }
    maximumFast = lastSubPixel(maximumIndex % fastPixels)
    maximumSlow = lastSubPixel(maximumIndex / fastPixels)
  }

  /// The sums run through the image in raster order, as in the reference program: the grey map shows a last bit of
  /// their result where a pixel times the scale is a whole number.
  private mutating func gather(_ image: FloatImage, _ experiment: Experiment) {
    var (sum, squares, count) = (0.0, 0.0, 0)
    var (largest, largestIndex): (Float, Int?) = (0, nil)
    Self.forEachRun(of: image, experiment, withMasked: false) { first, pixels in
      count += pixels.count
      for (index, pixel) in pixels.enumerated() {
        if pixel > largest { (largest, largestIndex) = (pixel, first + index) }
        sum += Double(pixel)
        squares += Double(pixel * pixel)
      }
    }
    (maximum, maximumIndex) = (Double(largest), largestIndex)
    let mean = sum / Double(max(count, 1))
    self.mean = mean
    rms = (squares / Double(count <= 1 ? 1 : count - 1)).squareRoot()
    (squares, count) = (0, 0)
    let includesMasked = experiment.compatibility.has(.statisticsPopulations)
    Self.forEachRun(of: image, experiment, withMasked: includesMasked) { _, pixels in
      count += pixels.count
      for pixel in pixels {
        let deviation = Double(pixel) - mean
        squares += deviation * deviation
      }
    }
    rmsd = (squares / Double(count <= 1 ? 1 : count - 1)).squareRoot()
  }

  /// Hands out the pixels that count, runs of neighbours in raster order, with the number of the first.
  @inline(__always)
  private static func forEachRun(
    of image: FloatImage, _ experiment: Experiment, withMasked: Bool,
    _ body: (_ first: Int, UnsafeBufferPointer<Float>) -> Void
  ) {
    let width = image.fastPixels
    image.pixels.withUnsafeBufferPointer { pixels in
      for slow in experiment.region.slow {
        forEachRun(inRow: slow, experiment, withMasked: withMasked) { run in
          let first = slow * width + run.lowerBound
          body(first, UnsafeBufferPointer(rebasing: pixels[first..<first + run.count]))
        }
      }
    }
  }

  /// Hands out the neighbours among the pixels of a row that count.
  @inline(__always)
  private static func forEachRun(
    inRow slow: Int, _ experiment: Experiment, withMasked: Bool, _ body: (Range<Int>) -> Void
  ) {
    let range = experiment.region.fast
    guard !withMasked && experiment.mask != nil else { return body(range) }
    var start = range.lowerBound
    while let first = (start..<range.upperBound).first(where: {
      experiment.isUnmasked(PixelIndex(slow: slow, fast: $0))
    }) {
      let rest = first..<range.upperBound
      let end = rest.first { !experiment.isUnmasked(PixelIndex(slow: slow, fast: $0)) } ?? rest.upperBound
      body(first..<end)
      start = end
    }
  }
}
