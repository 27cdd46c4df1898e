import KernelTypes
import Synchronization

/// Renders the image of an experiment.
///
/// The image does not depend on the number of threads: what the reference program hands from pixel to pixel is
/// worked out beforehand (`PhiCells`) or settled afterwards (the interpolation cutoff).
public struct Simulator: Sendable {
  /// What is simulated.
  public let experiment: Experiment
  let evaluator: ReferenceEvaluator
  private let firstSweepPixel: Int?
  private let plan: BlockPlan?
  /// Before each pixel; empty where it makes no difference.
  private let polarizationCalls: [Int]

  /// A rendered image and what is known of it.
  public struct Rendering: Sendable {
    /// The image.
    public let image: FloatImage
    /// Its statistics.
    public let statistics: ImageStatistics
    /// The first pixel, in raster order, that met an index out of the range of the interpolation.
    public let interpolationCutoff: Int?
  }

  /// The caller's progress function asked for the rendering to stop.
  public struct Cancelled: Error {}

  /// Prepares a simulation.
  /// - Parameters:
  ///   - experiment: What is simulated.
  ///   - instructions: The instruction set of the inner loops; numbers agree to rounding for all of them.
  public init(_ experiment: Experiment, instructions: InstructionSet = .best) {
    self.experiment = experiment
    let evaluator = ReferenceEvaluator(experiment)
    self.evaluator = evaluator
    plan = evaluator.suitsBlocks ? instructions.kernels.map { BlockPlan(evaluator, $0) } : nil
    polarizationCalls = evaluator.polarizationCalls()
    firstSweepPixel = evaluator.spindle.hasCarryOver ? Self.firstSweepPixel(evaluator) : nil
  }

  /// Whether loops over blocks of pixels render the image, rather than the scalar formulas.
  package var usesBlocks: Bool { plan != nil }

  /// Renders the image.
  /// - Parameters:
  ///   - threads: The number of threads, at least 1; the result does not depend on it.
  ///   - progress: Called after each row with the number of rows done and in all, from any thread; returns whether
  ///     to go on.
  ///   - receiver: Gets all pixels as they are done, so that writing them need not wait for the last one. Where one is
  ///     handed out again with another value, the later one counts.
  /// - Throws: `Cancelled` if `progress` returned false.
  public func render(
    threads: Int = 1, progress: (@Sendable (_ done: Int, _ total: Int) -> Bool)? = nil, receiver: PixelReceiver? = nil
  ) throws(Cancelled) -> Rendering {
    try render(threads: threads, startingAtLastRow: false, progress: progress, receiver: receiver)
  }

  /// Renders the image from the first row on or from the last one back, which must not make a difference: tests
  /// take the second way to be ahead of the pixel that switches interpolation off. The receiver gets parts of a quarter of a
  /// million pixels unless told otherwise: few calls, and still in the cache of the processor.
  package func render(
    threads: Int, startingAtLastRow: Bool, progress: (@Sendable (Int, Int) -> Bool)? = nil,
    receiver: PixelReceiver? = nil, partSize: Int = 1 << 18
  ) throws(Cancelled) -> Rendering {
    let detector = experiment.detector
    var pixels = emptyPixels(threads: threads)
    let run = RenderRun(rows: experiment.region.slow, startsAtLastRow: startingAtLastRow, progress: progress)
    let solidAngles = pixels.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let target = buffer.baseAddress!
      let parts = receiver.map { FinishedParts(of: target, detector, rendered: run.rows, size: partSize, $0) }
      let sums = run.forEachRow(threads: threads, parts) { worker(from: 0, into: target, run) }
      if let cutoff = run.cutoffPixel {
        // Some pixels after the cutoff were interpolated before it was known.
        _ = run.forEachRow(threads: threads, nil) { worker(from: cutoff + 1, into: target, run) }
        parts?.repeatParts(from: cutoff / detector.fastPixels)
      }
      return sums
    }
    if run.isCancelled { throw Cancelled() }
    let image = FloatImage(fastPixels: detector.fastPixels, slowPixels: detector.slowPixels, pixels: pixels)
    // The scalar formulas are those of the reference program to the last bit, this sum through the whole image included.
    let sum = plan == nil && evaluator.usesRunningSum ? evaluator.solidAngleSum() : solidAngles.reduce(0, +)
    return Rendering(
      image: image,
      statistics: ImageStatistics(image, of: experiment, solidAngleSum: sum),
      interpolationCutoff: run.cutoffPixel)
  }

  /// Pixels that are 0 wherever nothing is rendered.
  private func emptyPixels(threads: Int) -> [Float] {
    let (region, width) = (experiment.region, experiment.detector.fastPixels)
    let isWhole = experiment.mask == nil && region.fast.count == width
    return [Float](large: experiment.pixelCount, threads: threads) { pixels in
      for slow in 0..<experiment.detector.slowPixels where !isWhole || !region.slow.contains(slow) {
        UnsafeMutableBufferPointer(rebasing: pixels[slow * width..<(slow + 1) * width]).initialize(repeating: 0)
      }
    }
  }

  /// What one thread does with a row: renders those pixels that do not come before `first` in raster order, and returns
  /// the sum of their solid angles. Pixels after the cutoff, as far as it is known, are not interpolated.
  private func worker(
    from first: Int, into pixels: UnsafeMutablePointer<Float>, _ run: RenderRun
  ) -> (Int) -> Double {
    guard let plan else { return { renderRow($0, from: first, into: pixels, run) } }
    let renderer = BlockRenderer(plan)
    return { slow in renderBlocks(slow, from: first, renderer, into: pixels, run) }
  }

  /// The pixels of a row by the scalar formulas.
  private func renderRow(
    _ slow: Int, from first: Int, into pixels: UnsafeMutablePointer<Float>, _ run: RenderRun
  ) -> Double {
    var solidAngles = 0.0
    for fast in experiment.renderedPixels(inRow: slow) {
      let index = slow * experiment.detector.fastPixels + fast
      guard index >= first else { continue }
      solidAngles += renderPixel(slow: slow, fast: fast, into: pixels, run)
    }
    return solidAngles
  }

  /// A pixel by the scalar formulas; returns its solid angles.
  private func renderPixel(slow: Int, fast: Int, into pixels: UnsafeMutablePointer<Float>, _ run: RenderRun) -> Double {
    let index = slow * experiment.detector.fastPixels + fast
    var context = self.context(slow: slow, fast: fast)
    if evaluator.switchesInterpolationOff && index > run.cutoff.load(ordering: .relaxed) {
      context.interpolates = false
    }
    var nobody = Unobserved()
    let outcome = evaluator.evaluate(slow: slow, fast: fast, &context, &nobody)
    if context.metOutOfRange && evaluator.switchesInterpolationOff { run.lowerCutoff(to: index) }
    pixels[index] = outcome.pixel
    return outcome.solidAngleSum
  }

  /// The pixels of a row in blocks.
  private func renderBlocks(
    _ slow: Int, from first: Int, _ renderer: BlockRenderer, into pixels: UnsafeMutablePointer<Float>, _ run: RenderRun
  ) -> Double {
    let row = slow * experiment.detector.fastPixels
    let range = experiment.region.fast
    var solidAngles = 0.0
    var start = range.lowerBound
    while start < range.upperBound {
      let block = start..<min(start + StepJob.capacity, range.upperBound)
      start = block.upperBound
      let isWhole = experiment.mask == nil && row + block.lowerBound >= first
      guard isWhole || block.contains(where: { isWanted(slow, $0, first) }) else { continue }
      prepareStates(renderer.scratch, row + block.lowerBound, block.count, run)
      let s = renderer.scratch
      if isWhole {
        renderer.render(slow: slow, fast: block, into: pixels + row + block.lowerBound)
        solidAngles += renderer.plan.kernels.sum(block.count, s.total)
      } else {
        renderer.render(slow: slow, fast: block, into: s.photons)
        for (i, fast) in block.enumerated() where isWanted(slow, fast, first) {
          pixels[row + fast] = s.photons[i]
          solidAngles += s.total[i]
        }
      }
      if experiment.interpolates && evaluator.switchesInterpolationOff {
        for (i, fast) in block.enumerated()
        where s.states[i] & 2 != 0 && isWanted(slow, fast, first) && row + fast != firstSweepPixel {
          run.lowerCutoff(to: row + fast)
        }
      }
      // The first sweep of the run has cells of its own.
      if let special = firstSweepPixel, block.contains(special - row), special >= first {
        _ = renderPixel(slow: slow, fast: special - row, into: pixels, run)
      }
    }
    return solidAngles
  }

  private func isWanted(_ slow: Int, _ fast: Int, _ first: Int) -> Bool {
    slow * experiment.detector.fastPixels + fast >= first && experiment.isUnmasked(slow: slow, fast: fast)
  }

  /// Says which pixels of a block interpolate.
  private func prepareStates(_ scratch: BlockScratch, _ index: Int, _ count: Int, _ run: RenderRun) {
    guard experiment.interpolates else { return }
    let cutoff = evaluator.switchesInterpolationOff ? run.cutoff.load(ordering: .relaxed) : Int.max
    for i in 0..<scratch.size { scratch.states[i] = i < count && index + i <= cutoff ? 1 : 0 }
  }

  /// What a pixel inherits from those before it, the interpolation cutoff aside.
  func context(slow: Int, fast: Int) -> PixelContext {
    let index = slow * experiment.detector.fastPixels + fast
    return PixelContext(
      isFirstSweep: index == firstSweepPixel,
      polarizationCalls: polarizationCalls.isEmpty ? 0 : polarizationCalls[index],
      interpolates: experiment.interpolates)
  }

  /// The first pixel before `limit`, in raster order, that meets an index out of the range of the interpolation.
  ///
  /// Nil unless interpolation is on and `Quirk.interpolationSwitchesOff` acts.
  func interpolationCutoff(before limit: Int) -> Int? {
    guard experiment.interpolates, evaluator.switchesInterpolationOff else { return nil }
    for slow in experiment.region.slow {
      for fast in experiment.renderedPixels(inRow: slow) {
        let index = slow * experiment.detector.fastPixels + fast
        if index >= limit { return nil }
        var context = self.context(slow: slow, fast: fast)
        var nobody = Unobserved()
        _ = evaluator.evaluate(slow: slow, fast: fast, &context, &nobody)
        if context.metOutOfRange { return index }
      }
    }
    return nil
  }

  /// The first rendered pixel with a source that passes the resolution limit: the first sweep of the run is there.
  private static func firstSweepPixel(_ evaluator: ReferenceEvaluator) -> Int? {
    let experiment = evaluator.experiment
    for slow in experiment.region.slow {
      for fast in experiment.renderedPixels(inRow: slow) where evaluator.hasSurvivingSource(slow: slow, fast: fast) {
        return slow * experiment.detector.fastPixels + fast
      }
    }
    return nil
  }
}

extension ReferenceEvaluator {
  /// Whether the loops over blocks do what this experiment needs. Where the order of steps matters, steps without a source,
  /// those of a factor that is zero and those whose square is too small for a number would have to be told apart; and an
  /// infinite square must not meet a factor of zero.
  fileprivate var suitsBlocks: Bool {
    let factors = experiment.structureFactors
    let isFinite = factors.count > 0 || (factors.defaultAmplitude * factors.defaultAmplitude).isFinite
    return isFinite && hasOrdinaryPlaces && hasOrdinaryIndices
      && !(ordersSteps && (experiment.sampling.resolutionLimit > 0 || experiment.crystal.form.shape == .gauss))
  }

  /// Whether no sub-pixel can lie at the sample itself, where it has no direction.
  private var hasOrdinaryPlaces: Bool {
    let detector = experiment.detector
    let smallest = 1e-6 * detector.pixelSize
    let depths = (0..<detector.sensor.layerCount).map {
      detector.pose.closeDistance + detector.sensor.depth(ofLayer: $0)
    }
    return abs(detector.pose.distance) > smallest && depths.allSatisfy { abs($0) > smallest }
  }

  /// Whether all Miller indices fit into the 32 bits of the reference program.
  private var hasOrdinaryIndices: Bool {
    let cell = experiment.crystal.lattice.direct
    let longest = max(cell.a.length, cell.b.length, cell.c.length)
    // A scattering vector is at most 2/λ long.
    return experiment.beam.sources.allSatisfy { 2 * longest / $0.wavelength < 1e9 }
  }

  /// Whether any source of any sub-pixel and layer passes the resolution limit.
  fileprivate func hasSurvivingSource(slow: Int, fast: Int) -> Bool {
    guard experiment.sampling.resolutionLimit > 0 else { return true }
    for layer in 0..<experiment.detector.sensor.layerCount {
      for subSlow in 0..<experiment.sampling.oversample {
        for subFast in 0..<experiment.sampling.oversample {
          let place = subPixel(slow: slow, fast: fast, layer: layer, subSlow: subSlow, subFast: subFast)
          for source in experiment.beam.sources
          where !isBeyondResolution(scatteringVector(place.direction, source)) {
            return true
          }
        }
      }
    }
    return false
  }
}

/// The shared state of one rendering.
private final class RenderRun: Sendable {
  let rows: Range<Int>
  private let startsAtLastRow: Bool
  let cutoff = Atomic<Int>(Int.max)
  private let stopped = Atomic<Bool>(false)
  private let finished = Atomic<Int>(0)
  private let progress: (@Sendable (Int, Int) -> Bool)?

  init(rows: Range<Int>, startsAtLastRow: Bool, progress: (@Sendable (Int, Int) -> Bool)?) {
    self.rows = rows
    self.startsAtLastRow = startsAtLastRow
    self.progress = progress
  }

  var isCancelled: Bool { stopped.load(ordering: .relaxed) }

  /// The first out-of-range pixel; final once all rows are done.
  var cutoffPixel: Int? {
    let value = cutoff.load(ordering: .relaxed)
    return value == Int.max ? nil : value
  }

  func lowerCutoff(to index: Int) {
    cutoff.min(index, ordering: .relaxed)
  }

  /// Runs a worker once per row, rows handed to threads as they become free; each thread makes a worker of its own.
  /// - Parameter parts: What is told of every finished row.
  /// - Returns: What the workers returned, in the order of the rows; 0 for rows that were left out.
  func forEachRow(
    threads: Int, _ parts: FinishedParts?, _ makeWorker: @Sendable () -> (Int) -> Double
  ) -> [Double] {
    var results = [Double](repeating: 0, count: rows.count)
    results.withUnsafeMutableBufferPointer { results in
      nonisolated(unsafe) let results = results
      Parallel.forEach(rows.count, threads: threads, isStopped: { isCancelled }) {
        let body = makeWorker()
        return { [self] turn in
          let index = startsAtLastRow ? rows.count - 1 - turn : turn
          results[index] = body(rows.lowerBound + index)
          parts?.finish(row: rows.lowerBound + index)
          report()
        }
      }
    }
    return results
  }

  private func report() {
    guard let progress else { return }
    let done = finished.wrappingAdd(1, ordering: .relaxed).newValue
    if done <= rows.count && !progress(done, rows.count) { stopped.store(true, ordering: .relaxed) }
  }
}
