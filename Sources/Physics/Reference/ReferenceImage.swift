/// The image and the traces of a simulator in which laws are replaced.
///
/// Pixels are evaluated one by one with the scalar formulas, in raster order, as the reference program does with one thread.
package struct ReferenceImage {
  private let simulator: Simulator
  private let evaluator: ReferenceEvaluator
  private let laws: ReplacedLaws

  /// An experiment, and the laws by which its pixels are computed.
  package init(_ experiment: Experiment, _ laws: any DiffractionLaws<Double>) {
    let laws = ReplacedLaws(laws: laws)
    simulator = Simulator(experiment, instructions: .scalar)
    var evaluator = ReferenceEvaluator(experiment, laws)
    // The simulator has prepared its axis for all factors of the image.
    evaluator.polarizationAxis = simulator.evaluator.polarizationAxis
    self.evaluator = evaluator
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

/// Laws of any type. The evaluator is compiled once for all of them, with calls to the laws only.
private struct ReplacedLaws: DiffractionLaws {
  let laws: any DiffractionLaws<Double>

  func position(on detector: Detector, fast: Double, slow: Double, depth: Double) -> Vector3 {
    laws.position(on: detector, fast: fast, slow: slow, depth: depth)
  }

  func solidAngle(of detector: Detector, radius: Double, depth: Double) -> Double {
    laws.solidAngle(of: detector, radius: radius, depth: depth)
  }

  func captureFraction(of sensor: Sensor, layer: Int, parallax: Double) -> Double {
    laws.captureFraction(of: sensor, layer: layer, parallax: parallax)
  }

  func scatteringVector(_ diffracted: Vector3, _ source: Source) -> Vector3 {
    laws.scatteringVector(diffracted, source)
  }

  func polarization(kahnFactor: Double, incident: Vector3, diffracted: Vector3, axis: Vector3) -> Polarization {
    laws.polarization(kahnFactor: kahnFactor, incident: incident, diffracted: diffracted, axis: axis)
  }

  func rotated(_ cell: DirectCell, axis: Vector3, angle: Double) -> DirectCell {
    laws.rotated(cell, axis: axis, angle: angle)
  }

  func rotated(_ cell: DirectCell, by domain: Matrix3) -> DirectCell { laws.rotated(cell, by: domain) }

  func indices(of scatteringVector: Vector3, in cell: DirectCell) -> MillerIndices {
    laws.indices(of: scatteringVector, in: cell)
  }

  func latticeFactor(of form: CrystalForm, at indices: MillerIndices) -> LatticeFactor {
    laws.latticeFactor(of: form, at: indices)
  }

  func interpolated(_ table: StructureFactors, at indices: MillerIndices) -> Double {
    laws.interpolated(table, at: indices)
  }

  func nearest(_ table: StructureFactors, at indices: MillerIndices) -> Double { laws.nearest(table, at: indices) }
}
