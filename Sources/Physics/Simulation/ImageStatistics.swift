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
    let kernels = InstructionSet.anyKernels
    var (sum, squares, count, largest, row) = (0.0, 0.0, 0, Float(0), 0)
    Self.forEachRun(of: image, experiment, withMasked: false) { start, pixels in
      let part = kernels.moments(pixels.count, pixels.baseAddress!)
      if part.largest > largest { (largest, row) = (part.largest, start) }
      sum += part.sum
      squares += part.squares
      count += pixels.count
    }
    if largest > 0, let index = image.pixels[row...].firstIndex(of: largest) {
      (maximum, maximumIndex) = (Double(largest), index)
    }
    let mean = sum / Double(max(count, 1))
    self.mean = mean
    rms = (squares / Double(count <= 1 ? 1 : count - 1)).squareRoot()
    let includesMasked = experiment.compatibility.has(.statisticsPopulations)
    var (deviations, population) = (0.0, 0)
    Self.forEachRun(of: image, experiment, withMasked: includesMasked) { _, pixels in
      deviations += kernels.deviations(pixels.count, pixels.baseAddress!, mean)
      population += pixels.count
    }
    rmsd = (deviations / Double(population <= 1 ? 1 : population - 1)).squareRoot()
  }

  /// The pixels of the region in raster order, in runs of neighbours, with the number of the first.
  private static func forEachRun(
    of image: FloatImage, _ experiment: Experiment, withMasked: Bool, _ body: (Int, UnsafeBufferPointer<Float>) -> Void
  ) {
    let (region, width) = (experiment.region, image.fastPixels)
    image.pixels.withUnsafeBufferPointer { pixels in
      for slow in region.slow {
        let row = slow * width
        if withMasked || experiment.mask == nil {
          let run = row + region.fast.lowerBound..<row + region.fast.upperBound
          if !run.isEmpty { body(run.lowerBound, UnsafeBufferPointer(rebasing: pixels[run])) }
        } else {
          for fast in experiment.renderedPixels(inRow: slow) {
            body(row + fast, UnsafeBufferPointer(rebasing: pixels[row + fast...row + fast]))
          }
        }
      }
    }
  }
}
