/// Where a step stands in the loops of a pixel.
struct StepIndex: Hashable {
  var layer: Int
  var subSlow: Int
  var subFast: Int
  var source: Int
  var phi: Int
  var domain: Int
}

/// One sub-pixel of one sensor layer, seen from the sample.
struct SubPixel {
  var layer: Int
  var subSlow: Int
  var subFast: Int
  /// The depth below the front face, in m.
  var depth: Double
  /// The position relative to the sample, in m.
  var position: Vector3
  /// The distance from the sample, in m.
  var radius: Double
  /// The unit vector from the sample.
  var direction: Vector3
}

/// Watches the evaluation of a pixel step by step. The methods are called in the order of the calculation.
protocol PixelObserver {
  /// A source is aimed at a sub-pixel, before the resolution limit is applied.
  mutating func didAim(
    _ subPixel: SubPixel, solidAngle: Double, sourceIndex: Int, source: Source, scatteringVector: Vector3)
  /// The polarization factor was computed (or is 1 without correction).
  mutating func didPolarize(_ factor: Double)
  /// The lattice factor of a step is known.
  mutating func didDiffract(_ step: StepIndex, cell: DirectCell, indices: MillerIndices, factor: LatticeFactor)
  /// The structure factor of the step is known.
  mutating func didLookUp(_ amplitude: Double)
  /// The step was added; `sum` is the sum so far.
  mutating func didAdd(
    _ step: StepIndex, indices: MillerIndices, factor: LatticeFactor, amplitude: Double, sum: Double)
}

/// Watches nothing, at no cost.
struct Unobserved: PixelObserver {
  @inline(__always)
  mutating func didAim(
    _ subPixel: SubPixel, solidAngle: Double, sourceIndex: Int, source: Source, scatteringVector: Vector3
  ) {}
  @inline(__always)
  mutating func didPolarize(_ factor: Double) {}
  @inline(__always)
  mutating func didDiffract(_ step: StepIndex, cell: DirectCell, indices: MillerIndices, factor: LatticeFactor) {}
  @inline(__always)
  mutating func didLookUp(_ amplitude: Double) {}
  @inline(__always)
  mutating func didAdd(
    _ step: StepIndex, indices: MillerIndices, factor: LatticeFactor, amplitude: Double, sum: Double
  ) {}
}

/// What becomes of a pixel.
struct PixelOutcome {
  /// The sum before scaling, in electrons² (I_before_scaling).
  var sum = 0.0
  /// The capture fraction in force at the end; 1 if it was applied to each term.
  var captureFraction = 0.0
  /// The polarization factor in force at the end; 1 if it was applied to each term.
  var polarization = 0.0
  /// The solid angle in force at the end, in sr; 1 if it was applied to each term.
  var solidAngle = 0.0
  /// The cosine of the last scattering angle.
  var cosTwoTheta = 0.0
  /// Whether a factor has been computed: the reference program keeps zero in those that have not, and computes one that came
  /// out as zero again.
  static func isKnown(_ factor: Double) -> Bool { factor != 0 }
  /// Photons in the pixel (I_pixel_final).
  var photons = 0.0
  /// The pixel as it is stored: added to an empty image in double precision, so that no negative zero is left, and rounded.
  var pixel: Float { Float(0.0 + photons) }
  /// The solid angles of all sub-pixels and layers added up, in sr.
  var solidAngleSum = 0.0
}

/// What one pixel needs to know of those before it.
struct PixelContext {
  /// Whether the next sweep of phi steps is the first of the run.
  var isFirstSweep = false
  /// The number of polarization factors computed before, where it makes a difference.
  var polarizationCalls = 0
  /// Whether structure factors are interpolated; switched off where the reference program does.
  var interpolates: Bool
  /// Whether an index was out of the range of the interpolation.
  var metOutOfRange = false
}
