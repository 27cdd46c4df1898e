import Glibc

extension Formulas {
  /// The angles α, β and γ between three cell vectors, by their sines and cosines as the reference program computes them.
  ///
  /// Sine and cosine are computed from different quantities. Rounding, or lengths and directions from different sources
  /// (`Quirk.cellAndMatrixMix`), may therefore leave a sine or cosine beyond ±1.
  public struct CellAngles: Sendable, Hashable {
    /// The sines of α, β and γ; negative for a left-handed cell (C names `sin_alpha` and so on).
    public let sines: Vector3
    /// The cosines of α, β and γ (C names `cos_alpha` and so on).
    public let cosines: Vector3

    package init(sines: Vector3, cosines: Vector3) {
      self.sines = sines
      self.cosines = cosines
    }

    /// Computes the angles between three vectors.
    /// - Parameters:
    ///   - a: The first vector; its angle with b is γ, its angle with c is β.
    ///   - b: The second vector.
    ///   - c: The third vector.
    ///   - dual: The lengths of the vectors dual to a, b and c.
    ///   - volume: The volume that the vectors span, in the cube of their unit.
    init(_ a: Vector3, _ b: Vector3, _ c: Vector3, dual: Vector3, volume: Number) {
      let (la, lb, lc) = (a.length, b.length, c.length)
      sines = Vector3(dual.x * volume / lb / lc, dual.y * volume / la / lc, dual.z * volume / la / lb)
      cosines = Vector3(b.dot(c) / lb / lc, a.dot(c) / la / lc, a.dot(b) / la / lb)
    }

    /// Whether a sine or cosine is beyond ±1 by more than 1e-7, which rounding does not explain.
    public var areOdd: Bool { (sines.components + cosines.components).contains { abs($0) > 1.0000001 } }

    /// The angles with sines and cosines limited to −1...1. A cosine beyond ±1 becomes 1, whatever its sign.
    package var clamped: CellAngles {
      func cosine(_ value: Number) -> Number { value * value > 1 ? 1 : value }
      return CellAngles(
        sines: Vector3(sines.x.limitedToOne, sines.y.limitedToOne, sines.z.limitedToOne),
        cosines: Vector3(cosine(cosines.x), cosine(cosines.y), cosine(cosines.z)))
    }

    /// α, β and γ, in radians; negative for a left-handed cell.
    public var radians: Vector3 {
      let (s, c) = (clamped.sines, clamped.cosines)
      return Vector3(atan2(s.x, c.x), atan2(s.y, c.y), atan2(s.z, c.z))
    }
  }
}
