internal import CGSL

/// A small dense matrix in the library's memory, which is freed with its last reference.
final class DenseMatrix {
  let pointer: UnsafeMutablePointer<gsl_matrix>
  let rows: Int
  let columns: Int

  init(rows: Int, columns: Int) {
    GSL.prepare()
    guard let pointer = gsl_matrix_calloc(rows, columns) else { preconditionFailure("no memory for a small matrix") }
    (self.pointer, self.rows, self.columns) = (pointer, rows, columns)
  }

  convenience init(_ values: [[Double]]) {
    self.init(rows: values.count, columns: values[0].count)
    for (i, row) in values.enumerated() {
      for (j, value) in row.enumerated() { self[i, j] = value }
    }
  }

  /// A matrix from three row vectors.
  convenience init(rows: [SIMD3<Double>]) {
    self.init(rows.map { [$0.x, $0.y, $0.z] })
  }

  deinit { gsl_matrix_free(pointer) }

  subscript(row: Int, column: Int) -> Double {
    get { gsl_matrix_get(pointer, row, column) }
    set { gsl_matrix_set(pointer, row, column, newValue) }
  }

  func copy() -> DenseMatrix {
    let other = DenseMatrix(rows: rows, columns: columns)
    gsl_matrix_memcpy(other.pointer, pointer)
    return other
  }

  /// The rows of a matrix with three columns.
  var rowVectors: [SIMD3<Double>] { (0..<rows).map { SIMD3(self[$0, 0], self[$0, 1], self[$0, 2]) } }

  /// The product with another matrix; either matrix can be transposed first (`gsl_blas_dgemm`).
  func times(_ other: DenseMatrix, transposed: Bool = false, otherTransposed: Bool = false) throws(GSLFailure)
    -> DenseMatrix
  {
    let result = DenseMatrix(
      rows: transposed ? columns : rows, columns: otherTransposed ? other.rows : other.columns)
    try GSL.check(
      gsl_blas_dgemm(
        transposed ? CblasTrans : CblasNoTrans, otherTransposed ? CblasTrans : CblasNoTrans, 1, pointer, other.pointer,
        0, result.pointer), "gsl_blas_dgemm")
    return result
  }

  /// The determinant by LU decomposition.
  func determinant() throws(GSLFailure) -> Double {
    try withLU { decomposed, _, sign throws(GSLFailure) in gsl_linalg_LU_det(decomposed.pointer, sign) }
  }

  /// The inverse by LU decomposition.
  func inverse() throws(GSLFailure) -> DenseMatrix {
    try withLU { decomposed, permutation, _ throws(GSLFailure) in
      let inverse = DenseMatrix(rows: rows, columns: columns)
      try GSL.check(gsl_linalg_LU_invert(decomposed.pointer, permutation, inverse.pointer), "gsl_linalg_LU_invert")
      return inverse
    }
  }

  private func withLU<Result>(
    _ body: (DenseMatrix, UnsafeMutablePointer<gsl_permutation>, Int32) throws(GSLFailure) -> Result
  ) throws(GSLFailure) -> Result {
    guard let permutation = gsl_permutation_alloc(rows) else { preconditionFailure("no memory for a permutation") }
    defer { gsl_permutation_free(permutation) }
    let decomposed = copy()
    var sign: Int32 = 0
    try GSL.check(gsl_linalg_LU_decomp(decomposed.pointer, permutation, &sign), "gsl_linalg_LU_decomp")
    return try body(decomposed, permutation, sign)
  }
}

/// Linear algebra in three dimensions, for checks of vectors and matrices.
public enum LinearAlgebra {
  /// The determinant of the matrix with the given rows: the volume that they span.
  ///
  /// GSL: `gsl_linalg_LU_decomp`, `gsl_linalg_LU_det`. Error: 8 ε times the product of the lengths of the rows.
  public static func determinant(rows: [SIMD3<Double>]) throws(GSLFailure) -> OracleValue {
    let scale = rows.reduce(1) { $0 * length($1) }
    return OracleValue(value: try DenseMatrix(rows: rows).determinant(), error: 8 * .ulpOfOne * scale)
  }

  /// The reciprocal vectors of three vectors: the rows of the transposed inverse.
  ///
  /// GSL: `gsl_linalg_LU_invert`, `gsl_hypot3`. Accuracy: some ε relative to each vector, over the squared volume of the
  /// three unit vectors.
  public static func reciprocal(rows: [SIMD3<Double>]) throws(GSLFailure) -> [SIMD3<Double>] {
    // The decomposition uses unit vectors, because lengths of very different size would spoil its accuracy.
    let lengths = rows.map(length)
    let inverse = try DenseMatrix(rows: zip(rows, lengths).map { $0 / $1 }).inverse()
    return (0..<3).map { SIMD3(inverse[0, $0], inverse[1, $0], inverse[2, $0]) / lengths[$0] }
  }

  /// The scalar products of all pairs of vectors.
  ///
  /// GSL: `gsl_blas_dgemm`. Error: 4 ε times the product of the two lengths.
  public static func gram(_ vectors: [SIMD3<Double>]) throws(GSLFailure) -> [[Double]] {
    let matrix = DenseMatrix(rows: vectors)
    let gram = try matrix.times(matrix, otherTransposed: true)
    return (0..<vectors.count).map { i in (0..<vectors.count).map { gram[i, $0] } }
  }

  /// The length of a vector without overflow.
  ///
  /// GSL: `gsl_hypot3`.
  public static func length(_ vector: SIMD3<Double>) -> Double { gsl_hypot3(vector.x, vector.y, vector.z) }

  /// The plane n·r = d through points, as the least-squares solution of m·r = 1.
  ///
  /// GSL: `gsl_linalg_QR_decomp`, `gsl_linalg_QR_lssolve`. Domain: at least three points on a plane that does not
  /// contain the origin.
  /// - Returns: The unit normal, the distance of the origin (not negative) and the largest residual |n·r − d|.
  public static func plane(
    through points: [SIMD3<Double>]
  ) throws(GSLFailure) -> (normal: SIMD3<Double>, distance: Double, residual: Double) {
    try GSL.require(points.count >= 3, "gsl_linalg_QR_lssolve", "a plane needs three points")
    let matrix = DenseMatrix(points.map { [$0.x, $0.y, $0.z] })
    let vectors = (0..<4).map { gsl_vector_calloc($0 == 0 || $0 == 3 ? points.count : 3) }
    defer { vectors.forEach { gsl_vector_free($0) } }
    gsl_vector_set_all(vectors[0], 1)
    try GSL.check(gsl_linalg_QR_decomp(matrix.pointer, vectors[1]), "gsl_linalg_QR_decomp")
    try GSL.check(
      gsl_linalg_QR_lssolve(matrix.pointer, vectors[1], vectors[0], vectors[2], vectors[3]), "gsl_linalg_QR_lssolve")
    let m = SIMD3(gsl_vector_get(vectors[2], 0), gsl_vector_get(vectors[2], 1), gsl_vector_get(vectors[2], 2))
    let size = length(m)
    let normal = m / size
    let residual = points.map { abs(($0 * normal).sum() - 1 / size) }.max() ?? .nan
    return (normal, 1 / size, residual)
  }
}
