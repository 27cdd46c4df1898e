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
    let rows = Self.sums(of: image, experiment, threads: threads, withMasked: false) { row, pixels in
      let moments = kernels.moments(pixels.count, pixels.baseAddress!)
      row.sum += moments.sum
      row.squares += moments.squares
      row.largest = max(row.largest, moments.largest)
    }
    var (all, place) = (RowSums(), 0)
    for (index, row) in rows.enumerated() {
      if row.largest > all.largest { (all.largest, place) = (row.largest, experiment.region.slow.lowerBound + index) }
      all.sum += row.sum
      all.squares += row.squares
      all.count += row.count
    }
    if all.largest > 0, let index = image.pixels[(place * image.fastPixels)...].firstIndex(of: all.largest) {
      (maximum, maximumIndex) = (Double(all.largest), index)
    }
    let mean = all.sum / Double(max(all.count, 1))
    self.mean = mean
    rms = (all.squares / Double(all.count <= 1 ? 1 : all.count - 1)).squareRoot()
    let includesMasked = experiment.compatibility.has(.statisticsPopulations)
    let deviations = Self.sums(of: image, experiment, threads: threads, withMasked: includesMasked) { row, pixels in
      row.squares += kernels.deviations(pixels.count, pixels.baseAddress!, mean)
    }
    let population = deviations.reduce(0) { $0 + $1.count }
    rmsd = (deviations.reduce(0) { $0 + $1.squares } / Double(population <= 1 ? 1 : population - 1)).squareRoot()
  }

  /// What is gathered of the pixels of a row.
  private struct RowSums: Sendable {
    var sum = 0.0
    var squares = 0.0
    var count = 0
    var largest = Float(0)
  }

  /// The sums of each row of the region; `add` adds a run of neighbours, which are counted already.
  private static func sums(
    of image: FloatImage, _ experiment: Experiment, threads: Int, withMasked: Bool,
    _ add: @Sendable (inout RowSums, UnsafeBufferPointer<Float>) -> Void
  ) -> [RowSums] {
    let (region, width) = (experiment.region, image.fastPixels)
    guard !region.fast.isEmpty else { return [] }
    var rows = [RowSums](repeating: RowSums(), count: region.slow.count)
    rows.withUnsafeMutableBufferPointer { rows in
      image.pixels.withUnsafeBufferPointer { pixels in
        nonisolated(unsafe) let (rows, pixels) = (rows, pixels)
        Parallel.forEach(rows.count, threads: threads) { index in
          let slow = region.slow.lowerBound + index
          forEachRun(inRow: slow, experiment, withMasked: withMasked) { run in
            rows[index].count += run.count
            add(
              &rows[index],
              UnsafeBufferPointer(rebasing: pixels[slow * width + run.lowerBound..<slow * width + run.upperBound]))
          }
        }
      }
    }
    return rows
  }

  /// Hands out the neighbours among the pixels of a row that count.
  private static func forEachRun(
    inRow slow: Int, _ experiment: Experiment, withMasked: Bool, _ body: (Range<Int>) -> Void
  ) {
    let range = experiment.region.fast
    guard !withMasked && experiment.mask != nil else { return body(range) }
    var start = range.lowerBound
    while let first = (start..<range.upperBound).first(where: { experiment.isUnmasked(slow: slow, fast: $0) }) {
      let rest = first..<range.upperBound
      let end = rest.first { !experiment.isUnmasked(slow: slow, fast: $0) } ?? rest.upperBound
      body(first..<end)
      start = end
    }
  }
}
