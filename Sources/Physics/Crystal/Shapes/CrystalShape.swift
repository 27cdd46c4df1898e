import KernelTypes

/// The shape of the crystal, which determines its lattice factor.
///
/// A new shape needs a case here, a law in a file of its own in this folder, and its line in each `switch` below, which the
/// compiler asks for. Options, help, printed lines, the block loops and the generators of the tests take everything else
/// from the law.
public enum CrystalShape: String, Sendable, CaseIterable, Codable {
  /// A parallelepiped of Na × Nb × Nc cells.
  case square
  /// An ellipsoid.
  case round
  /// Gaussian spots without subsidiary maxima.
  case gauss
  /// Uniform spots clipped at their half width.
  case topHat

  /// The law of the shape: everything that depends on the shape.
  package var law: any ShapeLaw.Type {
    switch self {
    case .square: Parallelepiped.self
    case .round: Ellipsoid.self
    case .gauss: Gaussian.self
    case .topHat: TopHat.self
    }
  }

  /// The lattice factor by the law of the shape. Every step of the reference evaluator asks for it, so that the call is a
  /// direct one.
  @inline(__always)
  func latticeFactor<Number>(
    of form: Formulas<Number>.CrystalForm, at indices: Formulas<Number>.MillerIndices
  ) -> Formulas<Number>.LatticeFactor {
    switch self {
    case .square: Parallelepiped.latticeFactor(of: form, at: indices)
    case .round: Ellipsoid.latticeFactor(of: form, at: indices)
    case .gauss: Gaussian.latticeFactor(of: form, at: indices)
    case .topHat: TopHat.latticeFactor(of: form, at: indices)
    }
  }

  /// Whether the scalar law has large rounding errors at these indices. The block loops ask for every pixel of a block with a
  /// small denominator, so that this call is a direct one, too.
  @inline(__always)
  package func isIllConditioned(_ form: CrystalForm, at indices: MillerIndices) -> Bool {
    switch self {
    case .square: Parallelepiped.isIllConditioned(form, at: indices)
    case .round: Ellipsoid.isIllConditioned(form, at: indices)
    case .gauss: Gaussian.isIllConditioned(form, at: indices)
    case .topHat: TopHat.isIllConditioned(form, at: indices)
    }
  }
}

/// All properties of a shape of the crystal: its names, its scalar law, and the coefficients of its block loops.
package protocol ShapeLaw {
  /// The description of the shape in the help text.
  static var summary: String { get }
  /// The name of the shape in the lines that the reference program prints.
  static var printedName: String { get }
  /// The lattice factor by the scalar formulas of the reference program.
  static func latticeFactor<Number>(
    of form: Formulas<Number>.CrystalForm, at indices: Formulas<Number>.MillerIndices
  ) -> Formulas<Number>.LatticeFactor
  /// The reason why this shape cannot have a fudge factor; nil if the shape can have the factor.
  static func complaint(aboutFudge fudge: Double) -> String?
  /// The formula by which the block loops compute the square of the lattice factor. The formula also determines which
  /// rounding errors the square has.
  static var formula: LatticeFormula { get }
  /// The coefficients of the formula.
  /// - Parameters:
  ///   - form: The crystal.
  ///   - experiment: The experiment, which limits the indices that can occur.
  static func coefficients(of form: CrystalForm, in experiment: Experiment) -> LatticeCoefficients
  /// Whether the scalar law has large rounding errors at these indices, so that the block loops must use its numbers.
  static func isIllConditioned(_ form: CrystalForm, at indices: MillerIndices) -> Bool
  /// Whether the block loops and the scalar law are zero at the same indices.
  static var hasExactZeros: Bool { get }
  /// Whether the square of the lattice factor can underflow to zero where the factor itself is not zero.
  static var squareUnderflows: Bool { get }
}

extension ShapeLaw {
  package static func complaint(aboutFudge fudge: Double) -> String? { nil }
  package static func isIllConditioned(_ form: CrystalForm, at indices: MillerIndices) -> Bool { false }
}

/// The scalar special functions of the lattice factors (docs/reference/30-crystal.md §12). Each function is in the file
/// of its shape.
public enum InterferenceFunctions {}
