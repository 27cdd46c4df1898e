import KernelTypes

/// Uniform spots, clipped at their half width: F_latt is Na Nb Nc within a squared distance, and 0 elsewhere
/// (docs/reference/30-crystal.md §12).
enum TopHat: ShapeLaw {
  static let summary = "uniform spots, clipped at half height"
  static let printedName = "tophat-spot"

  @inline(__always)
  static func latticeFactor<Number>(
    of form: Formulas<Number>.CrystalForm, at indices: Formulas<Number>.MillerIndices
  ) -> Formulas<Number>.LatticeFactor {
    let isInside = form.squaredSpotDistance(indices) * form.fudge < Formulas<Number>.Constants.topHatThreshold
    return Formulas.LatticeFactor(value: isInside ? form.cellCount : 0, axes: Formulas.Vector3(1, 1, 1))
  }

  static let formula = LatticeFormula.threshold
  static let hasExactZeros = true
  static let squareUnderflows = false

  static func coefficients(of form: CrystalForm, in experiment: Experiment) -> LatticeCoefficients {
    var coefficients = LatticeCoefficients()
    coefficients.setMetric(form.spotMetric, scale: form.fudge)
    coefficients.squaredCount = form.cellCount * form.cellCount
    coefficients.threshold = Constants.topHatThreshold
    return coefficients
  }
}
