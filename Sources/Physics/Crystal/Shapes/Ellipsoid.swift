import Glibc
import KernelTypes

/// An ellipsoid with the axes of the parallelepiped: F_latt is the transform of a sphere (docs/reference/30-crystal.md
/// §12).
enum Ellipsoid: ShapeLaw {
  static let summary = "ellipsoidal crystal"
  static let printedName = "ellipsoidal"

  @inline(__always)
  static func latticeFactor<Number>(
    of form: Formulas<Number>.CrystalForm, at indices: Formulas<Number>.MillerIndices
  ) -> Formulas<Number>.LatticeFactor {
    let radius = (form.squaredIndexDistance(indices) * form.fudge).squareRoot()
    let x = Number.pi * radius
    let sphere = form.unreducedPhases ? InterferenceFunctions.sphere(x) : InterferenceFunctions.sphereBySeries(x)
    return Formulas.LatticeFactor(
      value: form.cellCount * Formulas<Number>.Constants.sphereAmplitude * sphere, axes: Formulas.Vector3(1, 1, 1))
  }

  static func complaint(aboutFudge fudge: Double) -> String? {
    fudge < 0 ? "a round crystal needs the root of it" : nil
  }

  static let formula = LatticeFormula.sphere
  static let hasExactZeros = false
  static let squareUnderflows = false

  static func coefficients(of form: CrystalForm, in experiment: Experiment) -> LatticeCoefficients {
    var coefficients = LatticeCoefficients()
    coefficients.setMetric(form.indexMetric, scale: form.fudge)
    coefficients.squaredCount =
      form.cellCount * form.cellCount * (Constants.sphereAmplitude * Constants.sphereAmplitude)
    coefficients.smallestDenominator = form.unreducedPhases ? smallestRadius : 0
    return coefficients
  }

  /// The radius, in units of the spot width 1/N, below which the terms of the scalar law cancel
  /// (`Quirk.unreducedPhases`), with relative rounding errors of 5e-11 and more.
  private static let smallestRadius = 1e-3

  @inline(__always)
  static func isIllConditioned(_ form: CrystalForm, at indices: MillerIndices) -> Bool {
    (form.squaredIndexDistance(indices) * form.fudge).squareRoot() < smallestRadius
  }
}

extension InterferenceFunctions {
  /// The amplitude of a uniform sphere, 3 (sin x/x − cos x)/x² (C name `sinc3`; Rayleigh, 1910).
  ///
  /// Conditioning: the absolute error grows as 3ε/x² below x = 1; the result is 1 only at x = 0 exactly.
  /// - Parameter x: π times the distance from the reflection in units of the spot width 1/N; not negative.
  public static func sphere<Number: RealNumber>(_ x: Number) -> Number {
    x.isSettledZero ? 1 : 3.0 * (sin(x) / x - cos(x)) / (x * x)
  }

  /// The amplitude of a uniform sphere without cancellation: below x = 1 the series Σ (−x²/2)^k · 3/(k! (2k + 3)!!)
  /// (Abramowitz and Stegun, 1964, 10.1.2).
  ///
  /// Conditioning: a few ε absolute everywhere.
  /// - Parameter x: π times the distance from the reflection in units of the spot width 1/N; not negative.
  public static func sphereBySeries<Number: RealNumber>(_ x: Number) -> Number {
    guard x < 1 else { return sphere(x) }
    var (sum, term): (Number, Number) = (1, 1)
    for k in 1...9 {
      term *= -x * x / Number(2 * k * (2 * k + 3))
      sum += term
    }
    return sum
  }
}
