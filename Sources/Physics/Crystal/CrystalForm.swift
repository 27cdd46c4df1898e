/// The lattice factor of a crystal: the amplitude of the sum over its cells (docs/reference/30-crystal.md §12).
public struct LatticeFactor: Sendable, Hashable {
  /// The factor F_latt, dimensionless.
  public let value: Double
  /// Whether the factor is exactly zero, so that the step adds nothing.
  var vanishes: Bool { value == 0 }
  /// The factors along a, b and c; 1 where one cell stands along the axis, and for every shape but `square`.
  public let axes: Vector3
}

/// What the lattice factor needs to know of a crystal.
public struct CrystalForm: Sendable, Hashable {
  /// The shape.
  public let shape: CrystalShape
  /// The numbers of cells along a, b, c; each at least 1.
  public let cells: Vector3
  /// Stretches (below 1) or shrinks (above 1) the spots of the round, Gaussian and top-hat shapes.
  public let fudge: Double
  /// The reciprocal vectors of the crystal at rest, in 1/Å.
  public let reciprocal: ReciprocalBasis
  /// Whether Gaussian and top-hat widths follow the product of the cell counts (`Quirk.spotWidthFromProduct`).
  public let widthFromProduct: Bool
  /// Whether sines are taken of unreduced phases, which is rounding noise next to whole indices and, for the round
  /// shape, at the origin (`Quirk.unreducedPhases`).
  public let unreducedPhases: Bool

  /// A form; see the properties.
  public init(
    shape: CrystalShape, cells: Vector3, fudge: Double, reciprocal: ReciprocalBasis, widthFromProduct: Bool,
    unreducedPhases: Bool
  ) {
    self.shape = shape
    self.cells = cells
    self.fudge = fudge
    self.reciprocal = reciprocal
    self.widthFromProduct = widthFromProduct
    self.unreducedPhases = unreducedPhases
  }

  /// The number of cells in the crystal.
  public var cellCount: Double { cells.x * cells.y * cells.z }

  /// Evaluates the lattice factor at a reflection.
  public func latticeFactor(_ indices: MillerIndices) -> LatticeFactor {
    shape.latticeFactor(of: self, at: indices)
  }

  /// The squared distance from the reflection, each axis in units of its own spot width 1/N.
  func squaredIndexDistance(_ indices: MillerIndices) -> Double {
    let d = indices.fractional - indices.rounded
    return d.x * d.x * cells.x * cells.x + d.y * d.y * cells.y * cells.y + d.z * d.z * cells.z * cells.z
  }

  /// The squared distance that the Gaussian and top-hat shapes use (docs/reference/30-crystal.md §12, Q-18).
  func squaredSpotDistance(_ indices: MillerIndices) -> Double {
    guard widthFromProduct else { return squaredIndexDistance(indices) }
    let d = indices.fractional - indices.rounded
    let offset = Vector3(
      d.x * reciprocal.a.x + d.y * reciprocal.b.x + d.z * reciprocal.c.x,
      d.x * reciprocal.a.y + d.y * reciprocal.b.y + d.z * reciprocal.c.y,
      d.x * reciprocal.a.z + d.y * reciprocal.b.z + d.z * reciprocal.c.z)
    return offset.dot(offset) * cells.x * cells.x * cells.y * cells.y * cells.z * cells.z
  }
}

extension CrystalForm {
  /// The matrix M of the squared distance d·M·d, with d = (h − h0, k − k0, l − l0), in units of the spot width: that of
  /// `squaredSpotDistance`.
  var spotMetric: (xx: Double, yy: Double, zz: Double, xy: Double, xz: Double, yz: Double) {
    guard widthFromProduct else { return indexMetric }
    let (a, b, c) = (reciprocal.a, reciprocal.b, reciprocal.c)
    let product = cellCount * cellCount
    return (
      product * a.dot(a), product * b.dot(b), product * c.dot(c), product * a.dot(b), product * a.dot(c),
      product * b.dot(c)
    )
  }

  /// The matrix M of `squaredIndexDistance`.
  var indexMetric: (xx: Double, yy: Double, zz: Double, xy: Double, xz: Double, yz: Double) {
    (cells.x * cells.x, cells.y * cells.y, cells.z * cells.z, 0, 0, 0)
  }
}
