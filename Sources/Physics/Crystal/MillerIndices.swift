extension Formulas {
  /// Fractional Miller indices and the nearest integers.
  public struct MillerIndices: Sendable, Hashable {
    /// The fractional indices h, k, l, dimensionless.
    public let fractional: Vector3
    /// The nearest integers ⌈h − ½⌉ (C names `h0`, `k0`, `l0`). Half indices go down; an index that does not fit into 32
    /// bits becomes −2³¹.
    public let rounded: Vector3

    /// The indices h = a·q, k = b·q and l = c·q of a scattering vector in a cell.
    /// - Parameters:
    ///   - cell: Direct vectors, in m.
    ///   - q: The scattering vector (d − i)/λ, in 1/m.
    public init(cell: DirectCell, scatteringVector q: Vector3) {
      let h = cell.a.dot(q)
      let k = cell.b.dot(q)
      let l = cell.c.dot(q)
      self.fractional = Vector3(h, k, l)
      self.rounded = Vector3(Self.whole(h), Self.whole(k), Self.whole(l))
    }

    /// Given indices, for laws other than those of this simulator.
    package init(fractional: Vector3, rounded: Vector3) { (self.fractional, self.rounded) = (fractional, rounded) }

    @inline(__always)
    private static func whole(_ index: Number) -> Number {
      let rounded = (index - 0.5).rounded(.up)
      // The x86 processor of the reference program converts a number outside 32 bits, or a not-a-number, into −2³¹.
      return abs(rounded) <= 2_147_483_647 ? rounded : -2_147_483_648
    }
  }
}
