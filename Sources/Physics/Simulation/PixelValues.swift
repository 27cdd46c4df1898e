/// What a pixel came to, and its last evaluation: last layer, sub-pixel, source, phi step and domain (spec/70 §8).
public struct PixelValues: Sendable {
  /// The fast pixel index.
  public let fast: Int
  /// The slow pixel index.
  public let slow: Int
  /// The last place relative to the sample, in m.
  public internal(set) var position = Vector3(0, 0, 0)
  /// Half the last scattering vector: sin θ/λ, in 1/m.
  public internal(set) var stol = 0.0
  /// The last cell, direct vectors in m.
  public internal(set) var cell = DirectCell(a: Vector3(0, 0, 0), b: Vector3(0, 0, 0), c: Vector3(0, 0, 0))
  /// The last fractional indices.
  public internal(set) var fractional = Vector3(0, 0, 0)
  /// The last rounded indices.
  public internal(set) var rounded = Vector3(0, 0, 0)
  /// The last structure factor, in electrons.
  public internal(set) var amplitude = 0.0
  /// The last lattice factor.
  public internal(set) var latticeFactor = 0.0
  /// The sum before scaling, in electrons².
  public internal(set) var sum = 0.0
  /// The polarization factor in force at the end.
  public internal(set) var polarization = 0.0
  /// The solid angle in force at the end, in sr.
  public internal(set) var solidAngle = 0.0
  /// The capture fraction in force at the end.
  public internal(set) var captureFraction = 0.0
  /// The pixel as stored.
  public internal(set) var photons: Float = 0
}

extension Simulator {
  /// Evaluates rendered pixels again, in raster order, and hands out what each came to.
  /// - Parameters:
  ///   - only: The one pixel to hand out; nil for all.
  ///   - rendering: The rendering.
  ///   - body: Takes the values of a pixel.
  public func forEachPixel(
    only: (fast: Int, slow: Int)?, of rendering: Rendering, _ body: (PixelValues) throws -> Void
  ) rethrows {
    for slow in experiment.region.slow where only.map({ $0.slow == slow }) ?? true {
      for fast in experiment.renderedPixels(inRow: slow) where only.map({ $0.fast == fast }) ?? true {
        let index = slow * experiment.detector.fastPixels + fast
        var context = context(slow: slow, fast: fast)
        if evaluator.switchesInterpolationOff, let cutoff = rendering.interpolationCutoff, cutoff < index {
          context.interpolates = false
        }
        var last = LastEvaluation(values: PixelValues(fast: fast, slow: slow))
        let outcome = evaluator.evaluate(slow: slow, fast: fast, &context, &last)
        last.values.sum = outcome.sum
        last.values.polarization = outcome.polarization
        last.values.solidAngle = outcome.solidAngle
        last.values.captureFraction = outcome.captureFraction
        last.values.photons = rendering.image.pixels[index]
        try body(last.values)
      }
    }
  }
}

/// Keeps the last of everything.
private struct LastEvaluation: PixelObserver {
  var values: PixelValues

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
  }

  mutating func didLookUp(_ amplitude: Double) { values.amplitude = amplitude }

  mutating func didAdd(
    _ step: StepIndex, indices: MillerIndices, factor: LatticeFactor, amplitude: Double, sum: Double
  ) {
    values.amplitude = amplitude
  }
}
