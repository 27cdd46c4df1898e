internal import CGSL

/// Rotations from linear algebra instead of trigonometric formulas.
public enum RotationOracles {
  /// The rotation matrix about an axis as the exponential of the angle times the cross-product matrix of the axis.
  ///
  /// GSL: `gsl_linalg_exponential_ss` (Moler and Van Loan, 1978). Domain: |angle| up to 2π, unit axis. Accuracy:
  /// 3e-14 per element.
  /// - Returns: The rows.
  public static func matrix(axis: SIMD3<Double>, angle: Double) throws(GSLFailure) -> [SIMD3<Double>] {
    try GSL.require(abs(angle) <= 2 * .pi, "gsl_linalg_exponential_ss", "reduce the angle to 2π first")
    try GSL.require(abs((axis * axis).sum() - 1) < 1e-12, "gsl_linalg_exponential_ss", "the axis must be a unit vector")
    let v = angle * axis
    let generator = DenseMatrix([[0, -v.z, v.y], [v.z, 0, -v.x], [-v.y, v.x, 0]])
    let result = DenseMatrix(rows: 3, columns: 3)
    try GSL.check(
      gsl_linalg_exponential_ss(generator.pointer, result.pointer, gsl_mode_t(GSL_PREC_DOUBLE)),
      "gsl_linalg_exponential_ss")
    return result.rowVectors
  }

  /// The bound of `matrix(axis:angle:)` per element.
  public static let matrixError = 3e-14

  /// The product of matrices in the given order, so that the last one acts first (GSL: `gsl_blas_dgemm`).
  public static func product(_ matrices: [[SIMD3<Double>]]) throws(GSLFailure) -> [SIMD3<Double>] {
    var result = DenseMatrix(rows: [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)])
    for matrix in matrices { result = try result.times(DenseMatrix(rows: matrix)) }
    return result.rowVectors
  }

  /// The largest element of RᵀR − 1 (GSL: `gsl_blas_dgemm`): zero for a rotation or reflection.
  public static func orthogonalityDefect(_ rows: [SIMD3<Double>]) throws(GSLFailure) -> Double {
    let matrix = DenseMatrix(rows: rows)
    let square = try matrix.times(matrix, transposed: true)
    var worst = 0.0
    for i in 0..<3 {
      for j in 0..<3 { worst = max(worst, abs(square[i, j] - (i == j ? 1 : 0))) }
    }
    return worst
  }

  /// The axis of a rotation as the null vector of R − 1, up to its sign.
  ///
  /// GSL: `gsl_linalg_SV_decomp`. Domain: angles that are not tiny. Accuracy: 8 ε over the sine of half the angle.
  public static func axis(of rows: [SIMD3<Double>]) throws(GSLFailure) -> SIMD3<Double> {
    let matrix = DenseMatrix(rows: rows)
    for i in 0..<3 { matrix[i, i] -= 1 }
    let right = DenseMatrix(rows: 3, columns: 3)
    let (singular, work) = (gsl_vector_calloc(3), gsl_vector_calloc(3))
    defer {
      gsl_vector_free(singular)
      gsl_vector_free(work)
    }
    try GSL.check(gsl_linalg_SV_decomp(matrix.pointer, right.pointer, singular, work), "gsl_linalg_SV_decomp")
    return SIMD3(right[0, 2], right[1, 2], right[2, 2])
  }

  /// The angle of a rotation, 0 to π, from its eigenvalues 1 and exp(±iθ).
  ///
  /// GSL: `gsl_eigen_nonsymm`, `gsl_sf_rect_to_polar`. Accuracy: 1e-13, and 1e-7 next to 0 and π, where the
  /// eigenvalues are double.
  public static func angle(of rows: [SIMD3<Double>]) throws(GSLFailure) -> OracleValue {
    let matrix = DenseMatrix(rows: rows)
    guard let workspace = gsl_eigen_nonsymm_alloc(3), let values = gsl_vector_complex_calloc(3) else {
      throw GSLFailure(code: 8, function: "gsl_eigen_nonsymm_alloc", reason: "no memory", value: nil)
    }
    defer {
      gsl_eigen_nonsymm_free(workspace)
      gsl_vector_complex_free(values)
    }
    try GSL.check(gsl_eigen_nonsymm(matrix.pointer, values, workspace), "gsl_eigen_nonsymm")
    var largest = 0.0
    for index in 0..<3 {
      let real = values.pointee.data[2 * index * values.pointee.stride]
      let imaginary = values.pointee.data[2 * index * values.pointee.stride + 1]
      var (radius, angle) = (gsl_sf_result(), gsl_sf_result())
      try GSL.check(gsl_sf_rect_to_polar(real, abs(imaginary), &radius, &angle), "gsl_sf_rect_to_polar")
      largest = max(largest, angle.val)
    }
    let isDouble = largest < 1e-3 || largest > .pi - 1e-3
    return OracleValue(value: largest, error: isDouble ? 1e-7 : 1e-13)
  }
}
