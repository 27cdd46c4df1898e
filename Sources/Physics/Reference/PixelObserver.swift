/// The indices of a step in the loops of a pixel, each counted from 0.
struct StepIndex: Hashable {
  var layer: Int
  var subSlow: Int
  var subFast: Int
  var source: Int
  var phi: Int
  var domain: Int
}

extension Formulas {
  /// One sub-pixel of one sensor layer, seen from the sample.
  struct SubPixel {
    var layer: Int
    var subSlow: Int
    var subFast: Int
    /// The depth below the front face, in m.
    var depth: Number
    /// The position relative to the sample, in m.
    var position: Vector3
    /// The distance from the sample, in m.
    var radius: Number
    /// The unit vector from the sample to the sub-pixel.
    var direction: Vector3
  }
}

/// An observer of the evaluation of a pixel, step by step. The evaluator calls the methods in the order of the
/// calculation.
protocol PixelObserver<Number> {
  associatedtype Number: RealNumber
  /// Whether the evaluation is to end; the results do not matter then. False unless an observer says otherwise: a look at an
  /// interruption took a fifth of the time of the loops, so that only those look who can be interrupted.
  var isInterrupted: Bool { get }
  /// Called for every source and sub-pixel, before the resolution limit is applied. Solid angle in sr, scattering
  /// vector in 1/m.
  mutating func didAim(
    _ subPixel: Formulas<Number>.SubPixel, solidAngle: Number, sourceIndex: Int, source: Formulas<Number>.Source,
    scatteringVector: Formulas<Number>.Vector3)
  /// Called with the polarization factor of a source and sub-pixel; 1 without correction.
  mutating func didPolarize(_ factor: Number)
  /// Called with the lattice factor of a step; `cell` in m.
  mutating func didDiffract(
    _ step: StepIndex, cell: Formulas<Number>.DirectCell, indices: Formulas<Number>.MillerIndices,
    factor: Formulas<Number>.LatticeFactor)
  /// Called with the structure factor of the step, in electrons.
  mutating func didLookUp(_ amplitude: Number)
  /// Called after the step was added; `sum` is the sum of the pixel so far, in electrons².
  mutating func didAdd(
    _ step: StepIndex, indices: Formulas<Number>.MillerIndices, factor: Formulas<Number>.LatticeFactor,
    amplitude: Number, sum: Number)
}

extension PixelObserver {
  @inline(__always)
  var isInterrupted: Bool { false }
}

/// An observer that keeps nothing. Recorders conform to `PixelObserver` itself, so that none forgets a quantity.
protocol IdleObserver<Number>: PixelObserver {}

extension IdleObserver {
  @inline(__always)
  mutating func didAim(
    _ subPixel: Formulas<Number>.SubPixel, solidAngle: Number, sourceIndex: Int, source: Formulas<Number>.Source,
    scatteringVector: Formulas<Number>.Vector3
  ) {}
  @inline(__always)
  mutating func didPolarize(_ factor: Number) {}
  @inline(__always)
  mutating func didDiffract(
    _ step: StepIndex, cell: Formulas<Number>.DirectCell, indices: Formulas<Number>.MillerIndices,
    factor: Formulas<Number>.LatticeFactor
  ) {}
  @inline(__always)
  mutating func didLookUp(_ amplitude: Number) {}
  @inline(__always)
  mutating func didAdd(
    _ step: StepIndex, indices: Formulas<Number>.MillerIndices, factor: Formulas<Number>.LatticeFactor,
    amplitude: Number, sum: Number
  ) {}
}

extension Formulas {
  /// An observer that does nothing, and that the optimiser removes.
  struct Unobserved: IdleObserver {}

  /// An observer that only ends the evaluation when somebody wishes so.
  struct Interruptible: IdleObserver {
    let interruption: Interruption
    @inline(__always)
    var isInterrupted: Bool { interruption.isWished }
  }

  /// The results of evaluating a pixel.
  struct PixelOutcome {
    /// The sum before scaling, in electrons² (I_before_scaling).
    var sum: Number = 0
    /// The capture fraction at the end of the pixel; 1 if every term had its own capture fraction.
    var captureFraction: Number = 0
    /// The polarization factor at the end of the pixel; 1 if every term had its own polarization factor.
    var polarization: Number
    /// The solid angle at the end of the pixel, in sr; 1 if every term had its own solid angle.
    var solidAngle: Number = 0
    /// The cosine of the scattering angle 2θ of the last source and sub-pixel.
    var cosTwoTheta: Number = 0
    /// Whether a factor has been computed. In the reference program a factor of zero marks a factor that is not computed
    /// yet; a factor whose value is zero is therefore computed again.
    static func isKnown(_ factor: Number) -> Bool { factor != 0 }
    /// The number of photons in the pixel (I_pixel_final).
    var photons: Number = 0
    /// The photons as stored, in single precision. As in the reference program, the photons are added to zero, which
    /// removes a negative zero.
    var storedPhotons: Number { (0 + photons).roundedToSingle() }
    /// The sum of the solid angles of all sub-pixels and layers, in sr; 0 for a running sum, as `solidAngleSum()` adds those
    /// of all pixels in the order of the reference program.
    var solidAngleSum: Number = 0
  }
}

extension PixelOutcome {
  /// The stored pixel.
  var pixel: Float { Float(0.0 + photons) }
}

/// The state of a run before a pixel, which the pixels before it determine.
struct PixelContext {
  /// Whether the next sweep of phi steps is the first of the run.
  var isFirstSweep: Bool
  /// The number of polarization factors computed before, if the polarization axis depends on this number; else 0.
  var polarizationCalls: Int
  /// Whether structure factors are interpolated. `Quirk.interpolationSwitchesOff` sets this to false at the first index
  /// out of range.
  var interpolates: Bool
  /// Whether a fractional index of this pixel was outside the range of the interpolation.
  var metOutOfRange = false
}
