import Glibc
import KernelTypes

/// Gaussian spots without subsidiary maxima: F_latt = Na Nb Nc exp(−d²·fudge/0.63) (docs/reference/30-crystal.md §12).
enum Gaussian: ShapeLaw {
  static let summary = "Gaussian spots without subsidiary maxima"
  static let printedName = "gaussian"

  @inline(__always)
  static func latticeFactor<Number>(
    of form: Formulas<Number>.CrystalForm, at indices: Formulas<Number>.MillerIndices
  ) -> Formulas<Number>.LatticeFactor {
    let exponent = form.squaredSpotDistance(indices) / Formulas<Number>.Constants.gaussianWidth * form.fudge
    return Formulas.LatticeFactor(value: form.cellCount * exp(-exponent), axes: Formulas.Vector3(1, 1, 1))
  }

  static let formula = LatticeFormula.exponential
  static let hasExactZeros = false
  static let squareUnderflows = true

  static func coefficients(of form: CrystalForm, in experiment: Experiment) -> LatticeCoefficients {
    var coefficients = LatticeCoefficients()
    // The block loops compute the square of the lattice factor as a power of two, so that the exponent has a factor of
    // 2/ln 2.
    coefficients.setMetric(form.spotMetric, scale: 2 * form.fudge / (Constants.gaussianWidth * log(2.0)))
    coefficients.squaredCount = form.cellCount * form.cellCount
    return coefficients
  }
}
