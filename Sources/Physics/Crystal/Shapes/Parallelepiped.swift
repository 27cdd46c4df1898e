import Glibc
import KernelTypes

/// A parallelepiped of Na × Nb × Nc cells: F_latt is the product of three grating amplitudes
/// (docs/reference/30-crystal.md §12).
enum Parallelepiped: ShapeLaw {
  static let summary = "parallelepiped (default)"
  static let printedName = "parallelpiped"

  @inline(__always)
  static func latticeFactor<Number>(
    of form: Formulas<Number>.CrystalForm, at indices: Formulas<Number>.MillerIndices
  ) -> Formulas<Number>.LatticeFactor {
    let (h, node, n) = (indices.fractional, indices.rounded, form.cells)
    let (a, b, c) = (axis(form, h.x, node.x, n.x), axis(form, h.y, node.y, n.y), axis(form, h.z, node.z, n.z))
    return Formulas.LatticeFactor(value: a * b * c, axes: Formulas.Vector3(a, b, c))
  }

  @inline(__always)
  private static func axis<Number>(
    _ form: Formulas<Number>.CrystalForm, _ index: Number, _ node: Number, _ count: Number
  ) -> Number {
    guard count > 1 else { return 1 }
    return form.unreducedPhases
      ? InterferenceFunctions.grating(Number.pi * index, count: count)
      : InterferenceFunctions.grating(offset: index - node, node: node, count: count)
  }

  static let formula = LatticeFormula.gratings
  static let hasExactZeros = false
  static let squareUnderflows = false

  static func coefficients(of form: CrystalForm, in experiment: Experiment) -> LatticeCoefficients {
    var coefficients = LatticeCoefficients()
    coefficients.cells = (form.cells.x, form.cells.y, form.cells.z)
    coefficients.smallestDenominator = form.unreducedPhases ? smallestProduct(experiment) : 0
    return coefficients
  }

  /// The distance from a whole index, relative to the index, below which pixels use the numbers of the scalar law.
  /// There the unreduced phases of the scalar law (`Quirk.unreducedPhases`) have large rounding errors.
  private static let closest = 1e-8

  @inline(__always)
  static func isIllConditioned(_ form: CrystalForm, at indices: MillerIndices) -> Bool {
    func isClose(_ index: Double, _ node: Double, _ count: Double) -> Bool {
      count > 1 && abs(index - node) < closest * abs(index)
    }
    let (h, node, n) = (indices.fractional, indices.rounded, form.cells)
    return isClose(h.x, node.x, n.x) || isClose(h.y, node.y, n.y) || isClose(h.z, node.z, n.z)
  }

  /// The limit of the product of the three sines sin(πh)/π and so on. If the product is above the limit, no index is
  /// closer to a whole number than `closest`.
  private static func smallestProduct(_ experiment: Experiment) -> Double {
    let direct = experiment.crystal.lattice.direct
    let shortest = experiment.beam.sources.map(\.wavelength).min() ?? 1
    let index = 2 * max(direct.a.length, direct.b.length, direct.c.length) / shortest
    // The other two sines, divided by π, are at most 1/π each.
    return closest * index / (Double.pi * Double.pi)
  }
}

extension InterferenceFunctions {
  /// The one-dimensional grating amplitude sin(N x)/sin(x) of N equal scatterers (C name `sincg`).
  ///
  /// Conditioning: a relative error ε of x becomes a relative error of about ε·|x|·N/|tan(N x)| of the amplitude. At a
  /// non-zero multiple of π both sines are rounding noise, and the quotient may exceed N by orders of magnitude.
  /// - Parameters:
  ///   - x: The phase π·h, in radians; finite.
  ///   - count: The number of scatterers N, at least 1.
  /// - Returns: The amplitude; exactly N if x is exactly zero.
  public static func grating<Number: RealNumber>(_ x: Number, count: Number) -> Number {
    Number.sineRatio(x, count: count)
  }

  /// The grating amplitude from the offset to the nearest whole index: (−1)^(h0 (N−1)) sin(π N δ)/sin(π δ).
  ///
  /// Well conditioned everywhere: the subtraction h − h0 is exact.
  /// - Parameters:
  ///   - offset: δ = h − h0, at most ½ in magnitude.
  ///   - node: The nearest whole index h0.
  ///   - count: The number of scatterers N, a whole number of at least 1.
  ///
  /// The function is not inlined: the compiler would compute the remainders ahead of the branch that needs them.
  @inline(never)
  public static func grating<Number: RealNumber>(offset: Number, node: Number, count: Number) -> Number {
    let amplitude = grating(Number.pi * offset, count: count)
    let (node, n) = (node.approximation, count.approximation)
    let isOdd = node.truncatingRemainder(dividingBy: 2) != 0 && n.truncatingRemainder(dividingBy: 2) == 0
    return isOdd ? -amplitude : amplitude
  }
}
