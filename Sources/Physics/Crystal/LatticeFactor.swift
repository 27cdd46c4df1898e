import Glibc

/// The shape of the crystal, which sets its lattice (shape) factor.
public enum CrystalShape: String, Sendable, CaseIterable, Codable {
  /// A parallelepiped of Na × Nb × Nc cells: the product of three gratings.
  case square
  /// An ellipsoid: the transform of a sphere.
  case round
  /// Gaussian spots without subsidiary maxima.
  case gauss
  /// Uniform spots clipped at their half width.
  case topHat
}

/// Fractional Miller indices and the nearest integers.
public struct MillerIndices: Sendable, Hashable {
  /// The fractional indices h, k, l.
  public let fractional: Vector3
  /// The rounded indices, ties going down: ⌈h − ½⌉; −2³¹ for what does not fit into 32 bits.
  public let rounded: Vector3

  /// The indices of a scattering vector in a cell.
  /// - Parameters:
  ///   - cell: Direct vectors, in m.
  ///   - q: The scattering vector, in 1/m.
  public init(cell: DirectCell, scatteringVector q: Vector3) {
    let h = cell.a.dot(q)
    let k = cell.b.dot(q)
    let l = cell.c.dot(q)
    self.fractional = Vector3(h, k, l)
    self.rounded = Vector3(Self.whole(h), Self.whole(k), Self.whole(l))
  }

  @inline(__always)
  private static func whole(_ index: Double) -> Double {
    let rounded = ceil(index - 0.5)
    // What the processor of the reference makes of a number that is not a whole number of 32 bits, not-a-number included.
    return abs(rounded) <= 2_147_483_647 ? rounded : -2_147_483_648
  }
}

/// The lattice factor of a crystal: the amplitude of the sum over its cells (spec/30 §12).
public struct LatticeFactor: Sendable, Hashable {
  /// The factor F_latt, dimensionless.
  public let value: Double
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
    switch shape {
    case .square:
      let (h, node) = (indices.fractional, indices.rounded)
      let (a, b, c) = (axis(h.x, node.x, cells.x), axis(h.y, node.y, cells.y), axis(h.z, node.z, cells.z))
      return LatticeFactor(value: a * b * c, axes: Vector3(a, b, c))
    case .round:
      let radius = (squaredIndexDistance(indices) * fudge).squareRoot()
      let x = Double.pi * radius
      let sphere = unreducedPhases ? InterferenceFunctions.sphere(x) : InterferenceFunctions.sphereBySeries(x)
      return LatticeFactor(value: cellCount * Constants.sphereAmplitude * sphere, axes: Vector3(1, 1, 1))
    case .gauss:
      let value = cellCount * exp(-(squaredSpotDistance(indices) / Constants.gaussianWidth * fudge))
      return LatticeFactor(value: value, axes: Vector3(1, 1, 1))
    case .topHat:
      let inside = squaredSpotDistance(indices) * fudge < Constants.topHatThreshold
      return LatticeFactor(value: inside ? cellCount : 0, axes: Vector3(1, 1, 1))
    }
  }

  func axis(_ index: Double, _ node: Double, _ count: Double) -> Double {
    guard count > 1 else { return 1 }
    return unreducedPhases
      ? InterferenceFunctions.grating(Double.pi * index, count: count)
      : InterferenceFunctions.grating(offset: index - node, node: node, count: count)
  }

  /// The squared distance from the reflection, each axis in units of its own spot width 1/N.
  func squaredIndexDistance(_ indices: MillerIndices) -> Double {
    let d = indices.fractional - indices.rounded
    return d.x * d.x * cells.x * cells.x + d.y * d.y * cells.y * cells.y + d.z * d.z * cells.z * cells.z
  }

  /// The squared distance that the Gaussian and top-hat shapes use (spec/30 §12, Q-18).
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
