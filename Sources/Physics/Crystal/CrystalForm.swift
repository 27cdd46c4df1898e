extension Formulas {
  /// The lattice factor of a crystal: the amplitude of the sum over its cells (docs/reference/30-crystal.md §12).
  public struct LatticeFactor: Sendable, Hashable {
    /// The factor F_latt, dimensionless (C name `F_latt`).
    public let value: Number
    /// Whether the factor is exactly zero, so that the step adds nothing. A factor that cancels to zero is another in
    /// another rounding: a decision.
    var vanishes: Bool { value.approximation == 0 && value.isSettledZero }
    /// The factors along a, b and c, dimensionless. A factor is 1 along an axis with one cell; for shapes other than
    /// `square` all three are 1.
    public let axes: Vector3

    /// A factor, for laws other than those of this simulator.
    package init(value: Number, axes: Vector3) { (self.value, self.axes) = (value, axes) }
  }

  /// The properties of a crystal that its lattice factor depends on.
  public struct CrystalForm: Sendable, Hashable {
    /// The shape (C name `xtal_shape`).
    public let shape: CrystalShape
    /// The numbers of cells along a, b, c, each at least 1 (C names `Na`, `Nb`, `Nc`).
    public let cells: Vector3
    /// The factor of the squared spot distance of the round, Gaussian and top-hat shapes, dimensionless (C name `fudge`).
    /// Values above 1 shrink the spots in reciprocal space, values below 1 stretch the spots.
    public let fudge: Number
    /// The reciprocal vectors of the crystal at rest, in 1/Å.
    public let reciprocal: ReciprocalBasis
    /// Whether Gaussian and top-hat widths follow the product of the cell counts (`Quirk.spotWidthFromProduct`).
    public let widthFromProduct: Bool
    /// Whether sines are computed from unreduced phases (`Quirk.unreducedPhases`). Their lattice factors are rounding
    /// noise next to whole indices and, for the round shape, next to a reflection.
    public let unreducedPhases: Bool

    /// A form with the given value of every property.
    public init(
      shape: CrystalShape, cells: Vector3, fudge: Number, reciprocal: ReciprocalBasis, widthFromProduct: Bool,
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
    public var cellCount: Number { cells.x * cells.y * cells.z }

    /// Evaluates the lattice factor at fractional indices, relative to the nearest reflection.
    @inline(__always)
    public func latticeFactor(_ indices: MillerIndices) -> LatticeFactor {
      shape.latticeFactor(of: self, at: indices)
    }

    /// The squared distance from the nearest reflection, dimensionless: along each axis in units of the spot width 1/N of
    /// that axis (C name `hrad_sqr`).
    @inline(__always)
    func squaredIndexDistance(_ indices: MillerIndices) -> Number {
      let d = indices.fractional - indices.rounded
      return d.x * d.x * cells.x * cells.x + d.y * d.y * cells.y * cells.y + d.z * d.z * cells.z * cells.z
    }

    /// The squared distance that the Gaussian and top-hat shapes use (C name `rad_star_sqr`; docs/reference/30-crystal.md
    /// §12, Q-18): in Å⁻² with `widthFromProduct`, else `squaredIndexDistance`.
    @inline(__always)
    func squaredSpotDistance(_ indices: MillerIndices) -> Number {
      guard widthFromProduct else { return squaredIndexDistance(indices) }
      let d = indices.fractional - indices.rounded
      let offset = Vector3(
        d.x * reciprocal.a.x + d.y * reciprocal.b.x + d.z * reciprocal.c.x,
        d.x * reciprocal.a.y + d.y * reciprocal.b.y + d.z * reciprocal.c.y,
        d.x * reciprocal.a.z + d.y * reciprocal.b.z + d.z * reciprocal.c.z)
      return offset.dot(offset) * cells.x * cells.x * cells.y * cells.y * cells.z * cells.z
    }
  }
}

extension Formulas.CrystalForm {
  /// The symmetric matrix M for which d·M·d is `squaredSpotDistance`, with d = (h − h0, k − k0, l − l0).
  var spotMetric: (xx: Number, yy: Number, zz: Number, xy: Number, xz: Number, yz: Number) {
    guard widthFromProduct else { return indexMetric }
    let (a, b, c) = (reciprocal.a, reciprocal.b, reciprocal.c)
    let product = cellCount * cellCount
    return (
      product * a.dot(a), product * b.dot(b), product * c.dot(c), product * a.dot(b), product * a.dot(c),
      product * b.dot(c)
    )
  }

  /// The diagonal matrix M for which d·M·d is `squaredIndexDistance`.
  var indexMetric: (xx: Number, yy: Number, zz: Number, xy: Number, xz: Number, yz: Number) {
    (cells.x * cells.x, cells.y * cells.y, cells.z * cells.z, 0, 0, 0)
  }
}
