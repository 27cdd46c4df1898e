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
  package let plan: BlockPlan?
  /// Whether the block loops do what the experiment needs, so that they render it; the scalar formulas do otherwise.
  package var usesBlocks: Bool { plan != nil }
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

  /// The caller's progress function, or an interruption, asked for the rendering to stop.
  public struct Cancelled: Error {
    /// The error.
    public init() {}
  }

  /// Prepares a simulation.
  /// - Parameters:
  ///   - experiment: What is simulated.
  ///   - instructions: The instruction set of the inner loops; numbers agree to rounding for all of them.
  public init(_ experiment: Experiment, instructions: InstructionSet = .best) {
    self.experiment = experiment
    var evaluator = ReferenceEvaluator(experiment)
    polarizationCalls = evaluator.polarizationCalls()
    self.evaluator = evaluator
    plan = evaluator.suitsBlocks ? instructions.kernels.map { BlockPlan(evaluator, $0) } : nil
    firstSweepPixel = evaluator.spindle.hasCarryOver ? Self.firstSweepPixel(evaluator) : nil
  }

  /// Renders the image.
  /// - Parameters:
  ///   - threads: The number of threads, at least 1; the result does not depend on it.
  ///   - progress: Called after each row with the number of rows done and in all, from any thread; returns whether
  ///     to go on.
  ///   - receiver: Gets all pixels as they are done, so that writing them need not wait for the last one. Where one is
  ///     handed out again with another value, the later one counts.
  ///   - interruption: A way to end the rendering within a row, for pixels of many steps.
  /// - Throws: `Cancelled` if `progress` returned false, or the interruption was wished for.
  public func render(
    threads: Int = 1, progress: (@Sendable (_ done: Int, _ total: Int) -> Bool)? = nil, receiver: PixelReceiver? = nil,
    interruption: Interruption? = nil
  ) throws(Cancelled) -> Rendering {
    try render(
      threads: threads, startingAtLastRow: false, progress: progress, receiver: receiver, interruption: interruption)
  }

  /// Renders the image from the first row on or from the last one back, which must not make a difference: tests
  /// take the second way to be ahead of the pixel that switches interpolation off. The receiver gets parts of a quarter of a
  /// million pixels unless told otherwise: few calls, and still in the cache of the processor.
  package func render(
    threads: Int, startingAtLastRow: Bool, progress: (@Sendable (Int, Int) -> Bool)? = nil,
    receiver: PixelReceiver? = nil, partSize: Int = 1 << 18, interruption: Interruption? = nil
  ) throws(Cancelled) -> Rendering {
    let detector = experiment.detector
    var pixels = emptyPixels(threads: threads)
    let run = RenderRun(
      rows: experiment.region.slow, startsAtLastRow: startingAtLastRow, interruption: interruption, progress: progress)
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
    let renderer = BlockRenderer(plan, run.interruption)
    return { slow in renderBlocks(slow, from: first, renderer, into: pixels, run) }
  }

  /// The pixels of a row by the scalar formulas.
  private func renderRow(
    _ slow: Int, from first: Int, into pixels: UnsafeMutablePointer<Float>, _ run: RenderRun
  ) -> Double {
    var solidAngles = 0.0
    for pixel in experiment.renderedPixels(inRow: slow) where experiment.index(of: pixel) >= first {
      if run.interruption?.isWished == true { break }
      solidAngles += renderPixel(pixel, into: pixels, run)
    }
    return solidAngles
  }

  /// A pixel by the scalar formulas; returns its solid angles.
  private func renderPixel(_ pixel: PixelIndex, into pixels: UnsafeMutablePointer<Float>, _ run: RenderRun) -> Double {
    let index = experiment.index(of: pixel)
    var context = self.context(pixel)
    if evaluator.switchesInterpolationOff && index > run.cutoff.load(ordering: .relaxed) {
      context.interpolates = false
    }
    let outcome = evaluate(pixel, &context, run.interruption)
    if context.metOutOfRange && evaluator.switchesInterpolationOff { run.lowerCutoff(to: index) }
    pixels[index] = outcome.pixel
    return outcome.solidAngleSum
  }

  /// Evaluates a pixel by the scalar formulas.
  private func evaluate(
    _ pixel: PixelIndex, _ context: inout PixelContext, _ interruption: Interruption?
  ) -> PixelOutcome {
    if let interruption {
      var observer = Formulas<Double>.Interruptible(interruption: interruption)
      return evaluator.evaluate(pixel, Formulas<Double>.StandardLaws(), &context, &observer)
    }
    var nobody = Unobserved()
    return evaluator.evaluate(pixel, Formulas<Double>.StandardLaws(), &context, &nobody)
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
      let block = start..<min(start + ScatteringBlock.capacity, range.upperBound)
      start = block.upperBound
      if run.interruption?.isWished == true { break }
      let isWhole = experiment.mask == nil && row + block.lowerBound >= first
      guard isWhole || block.contains(where: { isWanted(slow, $0, first) }) else { continue }
      prepareStates(renderer.scratch, row + block.lowerBound, block.count, run)
      let s = renderer.scratch
      if isWhole {
        let photons = UnsafeMutableBufferPointer(start: pixels + row + block.lowerBound, count: block.count)
        renderer.render(slow: slow, fast: block, into: photons)
        solidAngles += renderer.plan.kernels.sum(of: BlockInput(rebasing: s.total[..<block.count]))
      } else {
        renderer.render(slow: slow, fast: block, into: .init(rebasing: s.photons[..<block.count]))
        for (i, fast) in block.enumerated() where isWanted(slow, fast, first) {
          pixels[row + fast] = s.photons[i]
          solidAngles += s.total[i]
        }
      }
      if experiment.interpolates && evaluator.switchesInterpolationOff {
        for (i, fast) in block.enumerated()
        where s.states[i].contains(.metOutOfReach) && isWanted(slow, fast, first) && row + fast != firstSweepPixel {
          run.lowerCutoff(to: row + fast)
        }
      }
      // The first sweep of the run has cells of its own.
      if let special = firstSweepPixel, block.contains(special - row), special >= first {
        _ = renderPixel(PixelIndex(slow: slow, fast: special - row), into: pixels, run)
      }
    }
    return solidAngles
  }

  private func isWanted(_ slow: Int, _ fast: Int, _ first: Int) -> Bool {
    let pixel = PixelIndex(slow: slow, fast: fast)
    return experiment.index(of: pixel) >= first && experiment.isUnmasked(pixel)
  }

  /// Says which pixels of a block interpolate.
  private func prepareStates(_ scratch: BlockScratch, _ index: Int, _ count: Int, _ run: RenderRun) {
    guard experiment.interpolates else { return }
    let cutoff = evaluator.switchesInterpolationOff ? run.cutoff.load(ordering: .relaxed) : Int.max
    for i in 0..<scratch.size { scratch.states[i] = i < count && index + i <= cutoff ? .interpolates : .init() }
  }

  /// What a pixel inherits from those before it, the interpolation cutoff aside.
  func context(_ pixel: PixelIndex) -> PixelContext {
    let index = experiment.index(of: pixel)
    return PixelContext(
      isFirstSweep: index == firstSweepPixel,
      polarizationCalls: polarizationCalls.isEmpty ? 0 : polarizationCalls[index],
      interpolates: experiment.interpolates)
  }

  /// The first pixel before `limit`, in raster order, that meets an index out of the range of the interpolation.
  ///
  /// Nil unless interpolation is on and `Quirk.interpolationSwitchesOff` acts.
  func interpolationCutoff(before limit: Int, _ interruption: Interruption? = nil) -> Int? {
    guard experiment.interpolates, evaluator.switchesInterpolationOff else { return nil }
    for slow in experiment.region.slow {
      for pixel in experiment.renderedPixels(inRow: slow) {
        let index = experiment.index(of: pixel)
        if index >= limit || interruption?.isWished == true { return nil }
        var context = self.context(pixel)
        _ = evaluate(pixel, &context, interruption)
        if context.metOutOfRange { return index }
      }
    }
    return nil
  }

  /// The first rendered pixel with a source that passes the resolution limit: the first sweep of the run is there.
  private static func firstSweepPixel(_ evaluator: ReferenceEvaluator) -> Int? {
    let experiment = evaluator.experiment
    for slow in experiment.region.slow {
      for pixel in experiment.renderedPixels(inRow: slow) where evaluator.hasSurvivingSource(pixel) {
        return experiment.index(of: pixel)
      }
    }
    return nil
  }
}
