import Glibc

extension Formulas.StructureFactors {
  /// Whether structure factors are interpolated at these indices: h_min + 2 ≤ h ≤ h_max − 2, and likewise k and l. All
  /// 64 neighbours of the tricubic interpolation are then on the grid.
  @inline(__always)
  public func canInterpolate(_ fractional: Formulas.Vector3) -> Bool {
    Self.inside(h, fractional.x) && Self.inside(k, fractional.y) && Self.inside(l, fractional.z)
  }

  private static func inside(_ range: ClosedRange<Int>, _ index: Number) -> Bool {
    // A not-a-number is outside here; the reference program would use it as an index of the table.
    index - Number(range.lowerBound) + 3 <= Number(range.count) && index - 2 >= Number(range.lowerBound)
  }

  /// Tricubic interpolation: Lagrange cubics along l, then k, then h (docs/reference/30-crystal.md §11).
  /// - Parameter fractional: Fractional indices h, k, l for which `canInterpolate` is true.
  /// - Returns: The interpolated structure factor, in electrons, of either sign.
  public func interpolated(_ fractional: Formulas.Vector3) -> Number {
    let base = Formulas.Vector3(
      fractional.x.rounded(.down), fractional.y.rounded(.down), fractional.z.rounded(.down))
    let corner = base.approximation
    let origin =
      (Int(corner.x) - 1 - h.lowerBound) * strideH + (Int(corner.y) - 1 - k.lowerBound) * strideK
      + (Int(corner.z) - 1 - l.lowerBound)
    func alongL(_ index: Int) -> Number {
      Formulas.LagrangeCubic.value(
        fractional.z, first: base.z - 1, Number(storage[index]), Number(storage[index + 1]), Number(storage[index + 2]),
        Number(storage[index + 3]))
    }
    func alongK(_ index: Int) -> Number {
      Formulas.LagrangeCubic.value(
        fractional.y, first: base.y - 1, alongL(index), alongL(index + strideK), alongL(index + 2 * strideK),
        alongL(index + 3 * strideK))
    }
    return Formulas.LagrangeCubic.value(
      fractional.x, first: base.x - 1, alongK(origin), alongK(origin + strideH), alongK(origin + 2 * strideH),
      alongK(origin + 3 * strideH))
  }
}

extension Formulas {
  /// The cubic by which structure factors are interpolated between reflections (docs/reference/30-crystal.md §11).
  public enum LagrangeCubic {
    /// The value at x of the cubic through four equidistant nodes, in the form of Lagrange (1795) (C name `polint`).
    /// - Parameters:
    ///   - x: The abscissa.
    ///   - first: The abscissa of the first node; the others follow at distance 1.
    ///   - y0: The ordinate of the first node.
    ///   - y1: The ordinate of the second node.
    ///   - y2: The ordinate of the third node.
    ///   - y3: The ordinate of the fourth node.
    public static func value(
      _ x: Number, first: Number, _ y0: Number, _ y1: Number, _ y2: Number, _ y3: Number
    ) -> Number {
      let (x0, x1, x2, x3) = (first, first + 1, first + 2, first + 3)
      let term0 = (x - x1) * (x - x2) * (x - x3) * y0 / ((x0 - x1) * (x0 - x2) * (x0 - x3))
      let term1 = (x - x0) * (x - x2) * (x - x3) * y1 / ((x1 - x0) * (x1 - x2) * (x1 - x3))
      let term2 = (x - x0) * (x - x1) * (x - x3) * y2 / ((x2 - x0) * (x2 - x1) * (x2 - x3))
      let term3 = (x - x0) * (x - x1) * (x - x2) * y3 / ((x3 - x0) * (x3 - x1) * (x3 - x2))
      return term0 + term1 + term2 + term3
    }
  }
}
