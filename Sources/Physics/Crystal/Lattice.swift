extension Formulas {
  /// The direct and reciprocal vectors of the oriented crystal at rest.
  public struct Lattice: Sendable, Hashable {
    /// The direct vectors a, b, c, in m (C names `a0`, `b0`, `c0`).
    public let direct: DirectCell
    /// The reciprocal vectors, in 1/Å (C names `a_star`, `b_star`, `c_star`).
    public let reciprocal: ReciprocalBasis
    /// The cell volume, in Å³ (C name `V_cell`); negative for a left-handed matrix.
    public let volume: Number
    /// The direct vectors before they were converted to m, in Å.
    public let angstroms: DirectCell
    /// The angles between the direct vectors.
    public let angles: CellAngles
    /// The angles between the reciprocal vectors.
    public let reciprocalAngles: CellAngles

    /// Builds direct and regenerated reciprocal vectors (docs/reference/30-crystal.md §4 and §5).
    /// - Parameters:
    ///   - basis: The oriented reciprocal vectors, in 1/Å.
    ///   - cell: The cell to whose lengths and volume the vectors are scaled; nil to keep the lengths of the basis.
    init(basis: ReciprocalBasis, cell: UnitCell?) {
      var crossA = basis.b.cross(basis.c)
      var crossB = basis.c.cross(basis.a)
      var crossC = basis.a.cross(basis.b)
      var reciprocalVolume = basis.a.dot(crossA)
      if let cell {
        let volume = cell.volume
        func scaled(_ vector: Vector3, to edge: Number) -> Vector3 {
          let length = vector.length
          return (edge / volume / (length <= 0 ? 1 : length)) * vector
        }
        crossA = scaled(crossA, to: cell.a)
        crossB = scaled(crossB, to: cell.b)
        crossC = scaled(crossC, to: cell.c)
        reciprocalVolume = 1.0 / volume
      }
      let volume = 1.0 / reciprocalVolume
      let (a, b, c) = (volume * crossA, volume * crossB, volume * crossC)
      self.volume = volume
      self.reciprocal = ReciprocalBasis(
        a: reciprocalVolume * b.cross(c), b: reciprocalVolume * c.cross(a), c: reciprocalVolume * a.cross(b))
      self.direct = DirectCell(a: 1e-10 * a, b: 1e-10 * b, c: 1e-10 * c)
      self.angstroms = DirectCell(a: a, b: b, c: c)
      let star = reciprocal
      self.angles = CellAngles(
        a, b, c, dual: Vector3(star.a.length, star.b.length, star.c.length), volume: volume)
      self.reciprocalAngles = CellAngles(
        star.a, star.b, star.c, dual: Vector3(a.length, b.length, c.length), volume: reciprocalVolume)
    }
  }

  /// The three direct cell vectors, in m.
  public struct DirectCell: Sendable, Hashable {
    /// The vector a.
    public var a: Vector3
    /// The vector b.
    public var b: Vector3
    /// The vector c.
    public var c: Vector3

    /// A cell from its three vectors.
    public init(a: Vector3, b: Vector3, c: Vector3) {
      self.a = a
      self.b = b
      self.c = c
    }

    /// The cell rotated about a unit vector by an angle in radians, right-handed (`Rotation.aboutAxis`).
    package func rotated(axis: Vector3, angle: Number) -> DirectCell {
      DirectCell(
        a: Rotation.aboutAxis(a, axis: axis, angle: angle), b: Rotation.aboutAxis(b, axis: axis, angle: angle),
        c: Rotation.aboutAxis(c, axis: axis, angle: angle))
    }

    /// The cell of a mosaic domain: every vector multiplied by the domain's matrix.
    package func rotated(by matrix: Matrix3) -> DirectCell {
      DirectCell(a: matrix * a, b: matrix * b, c: matrix * c)
    }
  }
}
