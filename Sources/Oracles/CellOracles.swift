internal import CGSL

/// A unit cell, computed from its metric tensor (Giacovazzo, 2011, chapter 2).
public struct CellOracle: Sendable {
  /// The metric tensor: scalar products of a, b and c, in the square of their unit.
  public let metric: [[Double]]
  /// The metric tensor of the reciprocal cell: the inverse.
  public let reciprocalMetric: [[Double]]
  /// The volume, as the product of the diagonal of the Cholesky factor.
  public let volumeByCholesky: Double
  /// The volume, as the square root of the determinant.
  public let volumeByDeterminant: Double
  /// V²/(abc)²: 1 for right angles, 0 for a flat cell. The errors are inversely proportional to it.
  public let squaredSkew: Double

  /// The relative accuracy of volumes and reciprocal lengths: 16 ε over the squared skew.
  public var relativeError: Double { 16 * .ulpOfOne / squaredSkew }

  /// The cell of lengths a, b, c and angles α, β, γ in radians.
  ///
  /// GSL: `gsl_linalg_cholesky_decomp1`, `gsl_linalg_LU_det`, `gsl_linalg_LU_invert`.
  /// - Throws: `GSLFailure` (domain error) if no cell has these angles, so that the metric tensor is not positive
  ///   definite.
  public init(a: Double, b: Double, c: Double, alpha: Double, beta: Double, gamma: Double) throws(GSLFailure) {
    func cosine(_ angle: Double) throws(GSLFailure) -> Double {
      try GSL.evaluate("gsl_sf_cos_e") { gsl_sf_cos_e(angle, $0) }.value
    }
    let (ca, cb, cg) = (try cosine(alpha), try cosine(beta), try cosine(gamma))
    // The decompositions use unit lengths, because lengths of very different size would spoil their accuracy.
    let unit = DenseMatrix([[1, cg, cb], [cg, 1, ca], [cb, ca, 1]])
    let factor = unit.copy()
    try GSL.check(gsl_linalg_cholesky_decomp1(factor.pointer), "gsl_linalg_cholesky_decomp1")
    let determinant = try unit.determinant()
    let inverse = try unit.inverse()
    let lengths = [a, b, c]
    metric = (0..<3).map { i in (0..<3).map { lengths[i] * lengths[$0] * unit[i, $0] } }
    reciprocalMetric = (0..<3).map { i in (0..<3).map { inverse[i, $0] / lengths[i] / lengths[$0] } }
    volumeByCholesky = a * b * c * factor[0, 0] * factor[1, 1] * factor[2, 2]
    volumeByDeterminant = a * b * c * max(determinant, 0).squareRoot()
    squaredSkew = determinant
  }

  /// The lengths of a*, b* and c*.
  public var reciprocalLengths: [Double] { (0..<3).map { reciprocalMetric[$0][$0].squareRoot() } }

  /// The squared length of the reciprocal vector h a* + k b* + l c*: hᵀ G* h, which is 1/d².
  public func squaredReciprocalLength(_ h: Double, _ k: Double, _ l: Double) -> Double {
    let index = [h, k, l]
    var sum = 0.0
    for i in 0..<3 {
      for j in 0..<3 { sum += index[i] * reciprocalMetric[i][j] * index[j] }
    }
    return sum
  }
}
