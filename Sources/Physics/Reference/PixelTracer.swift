/// Computes one pixel step by step and records every intermediate value (docs/reference/90-trace-points.md §6).
public struct PixelTracer: Sendable {
  private let simulator: Simulator
  private let interruption: Interruption?

  /// The largest number of phi lines, and of step lines, that a trace carries.
  public static let lineLimit = 2000

  /// A tracer of an experiment.
  public init(_ experiment: Experiment) {
    simulator = Simulator(experiment)
    interruption = nil
  }

  /// A tracer that shares the prepared tables of a simulator.
  /// - Parameter interruption: A way to end a trace before it is done. What it returns then is worth nothing, and the caller
  ///   asks the interruption.
  public init(_ simulator: Simulator, interruption: Interruption? = nil) {
    self.simulator = simulator
    self.interruption = interruption
  }

  /// The trace lines of the set-up, which do not depend on the pixel.
  public func setupLines() -> [TraceLine] {
    Formulas.SetupTrace.lines(simulator.experiment)
  }

  /// Checks that a pixel has a trace.
  /// - Throws: `ExperimentError` if the pixel is outside the image or is not rendered.
  public func check(_ pixel: PixelIndex) throws(ExperimentError) {
    let experiment = simulator.experiment
    let detector = experiment.detector
    guard (0..<detector.slowPixels).contains(pixel.slow), (0..<detector.fastPixels).contains(pixel.fast) else {
      throw ExperimentError.pixelOutside(
        pixel, fastPixels: detector.fastPixels, slowPixels: detector.slowPixels)
    }
    guard experiment.isRendered(pixel) else {
      throw ExperimentError.pixelNotRendered(pixel)
    }
  }

  /// The trace lines of one pixel.
  ///
  /// With interpolation and `Quirk.interpolationSwitchesOff`, all pixels before this pixel are evaluated, too, because
  /// each of them may switch the interpolation off. A rendering already has this information and avoids the evaluation.
  /// - Parameters:
  ///   - pixel: The pixel.
  ///   - rendering: A rendering of the tracer's experiment; nil if there is no rendering yet.
  /// - Throws: `ExperimentError` if the pixel is outside the image or is not rendered.
  public func pixelLines(
    _ pixel: PixelIndex, rendering: Simulator.Rendering? = nil
  ) throws(ExperimentError) -> [TraceLine] {
    try check(pixel)
    let cutoff = rendering.map(\.interpolationCutoff) ?? interpolationCutoff(before: pixel)
    return lines(pixel, Formulas<Double>.StandardLaws(), simulator.evaluator, cutoff: cutoff)
  }

  /// The lines of the set-up and of one pixel, computed with the given laws.
  func trace(
    _ pixel: PixelIndex, _ laws: some DiffractionLaws<Double>, _ evaluator: ReferenceEvaluator
  ) throws(ExperimentError) -> [TraceLine] {
    try check(pixel)
    return setupLines() + lines(pixel, laws, evaluator, cutoff: interpolationCutoff(before: pixel))
  }

  /// The lines of the set-up and of one pixel in another arithmetic.
  /// - Parameters:
  ///   - pixel: The pixel.
  ///   - experiment: The tracer's experiment in the arithmetic.
  ///   - cutoff: `interpolationCutoff(before:)` of the pixel.
  /// - Throws: `ExperimentError` if the pixel is outside the image or is not rendered.
  package func trace<Number>(
    _ pixel: PixelIndex, of experiment: Formulas<Number>.Experiment, cutoff: Int?
  ) throws(ExperimentError) -> [Formulas<Number>.TraceLine] {
    try check(pixel)
    let evaluator = Formulas<Number>.ReferenceEvaluator(experiment)
    return Formulas<Number>.SetupTrace.lines(experiment)
      + lines(pixel, Formulas<Number>.StandardLaws(), evaluator, cutoff: cutoff)
  }

  /// The stored photons of pixels in another arithmetic, handed out one by one; nil for a pixel that is not rendered.
  /// Inlined, so that it is specialised for the arithmetic; unspecialised code is twenty times slower.
  @inline(__always)
  package func photons<Number>(
    of pixels: ArraySlice<PixelIndex>, of experiment: Formulas<Number>.Experiment, body: (Number?) -> Void
  ) {
    let evaluator = Formulas<Number>.ReferenceEvaluator(experiment)
    let cutoff =
      evaluator.switchesInterpolationOff
      ? simulator.interpolationCutoff(before: simulator.experiment.pixelCount) : nil
    for pixel in pixels {
      guard simulator.experiment.isRendered(pixel) else {
        body(nil)
        continue
      }
      var context = simulator.context(pixel)
      if let cutoff, cutoff < simulator.experiment.index(of: pixel) { context.interpolates = false }
      var nobody = Formulas<Number>.Unobserved()
      body(evaluator.evaluate(pixel, Formulas<Number>.StandardLaws(), &context, &nobody).storedPhotons)
    }
  }

  /// The first pixel before a pixel, in raster order, that switches the interpolation off; nil if none does. With
  /// interpolation in c-parity all pixels before are evaluated.
  package func interpolationCutoff(before pixel: PixelIndex) -> Int? {
    simulator.interpolationCutoff(before: simulator.experiment.index(of: pixel), interruption)
  }

  private func lines<Number>(
    _ pixel: PixelIndex, _ laws: some DiffractionLaws<Number>, _ evaluator: Formulas<Number>.ReferenceEvaluator,
    cutoff: Int?
  ) -> [Formulas<Number>.TraceLine] {
    let index = simulator.experiment.index(of: pixel)
    var context = simulator.context(pixel)
    if evaluator.switchesInterpolationOff, let cutoff, cutoff < index { context.interpolates = false }
    var recorder = Formulas<Number>.TraceRecorder(evaluator.experiment, interruption)
    let outcome = evaluator.evaluate(pixel, laws, &context, &recorder)
    return recorder.lines + Formulas<Number>.ScalingTrace.lines(outcome, evaluator.experiment)
  }

  /// The trace lines of the set-up and then of one pixel, with the parameters and errors of `pixelLines(_:rendering:)`.
  public func trace(
    _ pixel: PixelIndex, rendering: Simulator.Rendering? = nil
  ) throws(ExperimentError) -> [TraceLine] {
    setupLines() + (try pixelLines(pixel, rendering: rendering))
  }
}
