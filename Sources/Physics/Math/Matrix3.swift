extension Formulas {
  /// A 3 × 3 matrix stored by rows, acting on column vectors.
  public struct Matrix3: Sendable, Hashable {
    /// The first row.
    public var row1: Vector3
    /// The second row.
    public var row2: Vector3
    /// The third row.
    public var row3: Vector3

    /// A matrix from its three rows.
    public init(rows row1: Vector3, _ row2: Vector3, _ row3: Vector3) {
      self.row1 = row1
      self.row2 = row2
      self.row3 = row3
    }

    /// The identity matrix.
    public static var identity: Matrix3 { Matrix3(rows: Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)) }

    /// The product of the matrix and a column vector.
    public static func * (matrix: Matrix3, vector: Vector3) -> Vector3 {
      Vector3(matrix.row1.dot(vector), matrix.row2.dot(vector), matrix.row3.dot(vector))
    }
  }
}
