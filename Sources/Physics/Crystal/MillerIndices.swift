import Glibc

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
