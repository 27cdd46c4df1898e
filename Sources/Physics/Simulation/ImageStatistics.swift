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
    self.init(image, of: experiment, solidAngleSum: 0, threads: 1)
  }

  /// Gathers the statistics of a rendered image.
  /// - Parameters:
  ///   - image: The image.
  ///   - experiment: What was rendered.
  ///   - solidAngleSum: The solid angles of all sub-pixels and layers of all pixels, in sr.
  ///   - threads: The number of threads; the result does not depend on it.
  init(_ image: FloatImage, of experiment: Experiment, solidAngleSum: Double, threads: Int) {
    fastPixels = image.fastPixels
    gather(image, experiment, threads: threads)
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

  private mutating func gather(_ image: FloatImage, _ experiment: Experiment, threads: Int) {
    let kernels = InstructionSet.anyKernels
    let rows = Self.mapRows(of: image, experiment, threads: threads, withMasked: false) { pixels in
      (kernels.moments(pixels.count, pixels.baseAddress!), pixels.count)
    }
    var (sum, squares, count, largest, row) = (0.0, 0.0, 0, Float(0), 0)
    for (index, part) in rows.enumerated() {
      for (moments, pixels) in part {
        if moments.largest > largest { (largest, row) = (moments.largest, experiment.region.slow.lowerBound + index) }
        sum += moments.sum
        squares += moments.squares
        count += pixels
      }
    }
    if largest > 0, let index = image.pixels[(row * image.fastPixels)...].firstIndex(of: largest) {
      (maximum, maximumIndex) = (Double(largest), index)
    }
    let mean = sum / Double(max(count, 1))
    self.mean = mean
    rms = (squares / Double(count <= 1 ? 1 : count - 1)).squareRoot()
    let includesMasked = experiment.compatibility.has(.statisticsPopulations)
    let parts = Self.mapRows(of: image, experiment, threads: threads, withMasked: includesMasked) { pixels in
      (kernels.deviations(pixels.count, pixels.baseAddress!, mean), pixels.count)
    }.joined()
    let population = parts.reduce(0) { $0 + $1.1 }
    rmsd = (parts.reduce(0) { $0 + $1.0 } / Double(population <= 1 ? 1 : population - 1)).squareRoot()
  }

  /// What a function gives for the pixels of each row of the region, in runs of neighbours.
  private static func mapRows<Result: Sendable>(
    of image: FloatImage, _ experiment: Experiment, threads: Int, withMasked: Bool,
    _ body: @escaping @Sendable (UnsafeBufferPointer<Float>) -> Result
  ) -> [[Result]] {
    let (region, width) = (experiment.region, image.fastPixels)
    guard !region.fast.isEmpty else { return [] }
    return image.pixels.withUnsafeBufferPointer { pixels in
      nonisolated(unsafe) let pixels = pixels
      return Parallel.map(region.slow.count, threads: threads) { index in
        let slow = region.slow.lowerBound + index
        func run(_ fast: Range<Int>) -> Result {
          body(UnsafeBufferPointer(rebasing: pixels[slow * width + fast.lowerBound..<slow * width + fast.upperBound]))
        }
        guard !withMasked && experiment.mask != nil else { return [run(region.fast)] }
        var (runs, start) = ([Result](), region.fast.lowerBound)
        while let first = (start..<region.fast.upperBound).first(where: { experiment.isUnmasked(slow: slow, fast: $0) })
        {
          let rest = first..<region.fast.upperBound
          let end = rest.first { !experiment.isUnmasked(slow: slow, fast: $0) } ?? rest.upperBound
          runs.append(run(first..<end))
          start = end
        }
        return runs
      }
    }
  }
}
