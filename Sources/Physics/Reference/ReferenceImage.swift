/// The image and the traces of a simulator in which laws are replaced by those of `Laws`.
///
/// Pixels are evaluated one by one with the scalar formulas, in raster order, as the reference program does with one thread.
package struct ReferenceImage<Laws: DiffractionLaws<Double>> {
  private let simulator: Simulator
  private let evaluator: ReferenceEvaluator
  private let laws: Laws

  /// An experiment, and the laws by which its pixels are computed.
  package init(_ experiment: Experiment, _ laws: Laws) {
    simulator = Simulator(experiment, instructions: .scalar)
    evaluator = ReferenceEvaluator(experiment, laws)
    self.laws = laws
  }

  /// The photons of every pixel; 0 where nothing is rendered.
  package func image() -> FloatImage {
    let experiment = simulator.experiment
    var pixels = [Float](repeating: 0, count: experiment.pixelCount)
    var interpolates = experiment.interpolates
    for slow in experiment.region.slow {
      for pixel in experiment.renderedPixels(inRow: slow) {
        var context = simulator.context(pixel)
        context.interpolates = interpolates
        var nobody = Unobserved()
        pixels[experiment.index(of: pixel)] = evaluator.evaluate(pixel, laws, &context, &nobody).pixel
        interpolates = context.interpolates
      }
    }
    return FloatImage(
      fastPixels: experiment.detector.fastPixels, slowPixels: experiment.detector.slowPixels, pixels: pixels)
  }

  /// The trace of a rendered pixel, set-up lines included.
  /// - Throws: `ExperimentError` if the pixel is not rendered.
  package func trace(_ pixel: PixelIndex) throws(ExperimentError) -> [TraceLine] {
    try PixelTracer(simulator).trace(pixel, laws, evaluator)
  }
}
