/// The results of a pixel, and the quantities of its last step: last layer, sub-pixel, source, phi step and domain
/// (docs/reference/70-files.md §8).
public struct PixelValues: Sendable {
  /// The pixel.
  public internal(set) var pixel = PixelIndex(slow: 0, fast: 0)
  /// The position of the last sub-pixel relative to the sample, in m.
  public internal(set) var position = Vector3(0, 0, 0)
  /// Half the last scattering vector: sin θ/λ, in 1/m.
  public internal(set) var stol = 0.0
  /// The direct cell vectors of the last step, in m.
  public internal(set) var cell = DirectCell(a: Vector3(0, 0, 0), b: Vector3(0, 0, 0), c: Vector3(0, 0, 0))
  /// The fractional Miller indices of the last step.
  public internal(set) var fractional = Vector3(0, 0, 0)
  /// The rounded Miller indices of the last step.
  public internal(set) var rounded = Vector3(0, 0, 0)
  /// The last structure factor that was looked up, in electrons.
  public internal(set) var amplitude = 0.0
  /// The lattice factor of the last step, dimensionless.
  public internal(set) var latticeFactor = 0.0
  /// The sum before scaling, in electrons².
  public internal(set) var sum = 0.0
  /// The polarization factor at the end of the pixel.
  public internal(set) var polarization = 0.0
  /// The solid angle at the end of the pixel, in sr.
  public internal(set) var solidAngle = 0.0
  /// The capture fraction at the end of the pixel.
  public internal(set) var captureFraction = 0.0
  /// The number of photons as stored in the image.
  public internal(set) var photons: Float = 0
}

extension Simulator {
  /// Evaluates rendered pixels again, in raster order, and passes the values of each to `body`. As in the reference
  /// program, a quantity that a pixel does not evaluate keeps its value from the pixels before; before its first
  /// evaluation it is zero, and the cell is the cell at rest.
  /// - Parameters:
  ///   - only: The only pixel that is evaluated and passed to `body`; nil for all rendered pixels.
  ///   - rendering: The rendering.
  ///   - body: Called with the values of each pixel.
  public func forEachPixel(
    only: PixelIndex?, of rendering: Rendering, _ body: (PixelValues) throws -> Void
  ) rethrows {
    guard let only else {
      var last = LastEvaluation()
      last.values.cell = experiment.crystal.lattice.direct
      for slow in experiment.region.slow {
        for pixel in experiment.renderedPixels(inRow: slow) {
          evaluate(pixel, of: rendering, &last)
          try body(last.values)
        }
      }
      return
    }
    guard experiment.isRendered(only) else { return }
    var last = LastEvaluation()
    last.values.cell = experiment.crystal.lattice.direct
    evaluate(only, of: rendering, &last)
    if !last.isComplete { complete(&last, of: rendering) }
    try body(last.values)
  }

  /// Evaluates a pixel, starting with the values that the pixels before have left in `last`.
  private func evaluate(_ pixel: PixelIndex, of rendering: Rendering, _ last: inout LastEvaluation) {
    let index = experiment.index(of: pixel)
    var context = context(pixel)
    if evaluator.switchesInterpolationOff, let cutoff = rendering.interpolationCutoff, cutoff < index {
      context.interpolates = false
    }
    last.values.pixel = pixel
    let outcome = evaluator.evaluate(pixel, Formulas<Double>.StandardLaws(), &context, &last)
    last.values.sum = outcome.sum
    last.values.polarization = outcome.polarization
    last.values.solidAngle = outcome.solidAngle
    last.values.captureFraction = outcome.captureFraction
    last.values.photons = rendering.image.pixels[index]
  }

  /// Fills in the quantities that a pixel does not evaluate from the nearest earlier pixels that evaluate them.
  private func complete(_ last: inout LastEvaluation, of rendering: Rendering) {
    let place = last.values.pixel
    for slow in experiment.region.slow.reversed() where slow <= place.slow {
      for pixel in experiment.renderedPixels(inRow: slow).reversed() where slow < place.slow || pixel.fast < place.fast
      {
        var earlier = LastEvaluation()
        evaluate(pixel, of: rendering, &earlier)
        last.fill(from: earlier)
        if last.isComplete { return }
      }
    }
  }
}

/// An observer that keeps the last value of every quantity.
private struct LastEvaluation: PixelObserver {
  var values = PixelValues()
  private var hasIndices = false
  private var hasAmplitude = false

  /// Whether both the indices of a step and a structure factor have been evaluated.
  var isComplete: Bool { hasIndices && hasAmplitude }

  /// Copies quantities that are not evaluated yet from the evaluation of an earlier pixel.
  mutating func fill(from earlier: LastEvaluation) {
    if !hasIndices, earlier.hasIndices {
      values.cell = earlier.values.cell
      values.fractional = earlier.values.fractional
      values.rounded = earlier.values.rounded
      values.latticeFactor = earlier.values.latticeFactor
      hasIndices = true
    }
    if !hasAmplitude, earlier.hasAmplitude {
      values.amplitude = earlier.values.amplitude
      hasAmplitude = true
    }
  }

  mutating func didAim(
    _ subPixel: SubPixel, solidAngle: Double, sourceIndex: Int, source: Source, scatteringVector: Vector3
  ) {
    values.position = subPixel.position
    values.stol = 0.5 * scatteringVector.length
  }

  mutating func didPolarize(_ factor: Double) {}

  mutating func didDiffract(_ step: StepIndex, cell: DirectCell, indices: MillerIndices, factor: LatticeFactor) {
    values.cell = cell
    values.fractional = indices.fractional
    values.rounded = indices.rounded
    values.latticeFactor = factor.value
    hasIndices = true
  }

  mutating func didLookUp(_ amplitude: Double) {
    values.amplitude = amplitude
    hasAmplitude = true
  }

  mutating func didAdd(
    _ step: StepIndex, indices: MillerIndices, factor: LatticeFactor, amplitude: Double, sum: Double
  ) {}
}
