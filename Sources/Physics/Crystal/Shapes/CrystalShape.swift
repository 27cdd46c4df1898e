import KernelTypes

/// The shape of the crystal, which sets its lattice (shape) factor.
///
/// A new shape gets a case here, a law in a file of its own beside this one, and no other line: options, help, printed
/// lines, generators of the tests and the block loops ask the law.
public enum CrystalShape: String, Sendable, CaseIterable, Codable {
  /// A parallelepiped of Na × Nb × Nc cells.
  case square
  /// An ellipsoid.
  case round
  /// Gaussian spots without subsidiary maxima.
  case gauss
  /// Uniform spots clipped at their half width.
  case topHat

  /// Everything that depends on the shape.
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
  func latticeFactor(of form: CrystalForm, at indices: MillerIndices) -> LatticeFactor {
    switch self {
    case .square: Parallelepiped.latticeFactor(of: form, at: indices)
    case .round: Ellipsoid.latticeFactor(of: form, at: indices)
    case .gauss: Gaussian.latticeFactor(of: form, at: indices)
    case .topHat: TopHat.latticeFactor(of: form, at: indices)
    }
  }
}

/// A shape of the crystal, all faces side by side: what users call it, its scalar law, and what the block loops need.
package protocol ShapeLaw {
  /// What it is, for the help text.
  static var summary: String { get }
  /// The word for it in the lines that the reference program prints.
  static var printedName: String { get }
  /// The law, by the formulas of the reference program.
  static func latticeFactor(of form: CrystalForm, at indices: MillerIndices) -> LatticeFactor
  /// What is wrong with a fudge factor for this shape; nil if nothing is.
  static func complaint(aboutFudge fudge: Double) -> String?
  /// The formula by which the block loops compute the square of the lattice factor, which also is the class of its
  /// conditioning: which rounding errors it has follows from the formula.
  static var formula: LatticeFormula { get }
  /// The coefficients of the formula.
  /// - Parameters:
  ///   - form: The crystal.
  ///   - experiment: The experiment, for the indices that can occur.
  static func coefficients(of form: CrystalForm, in experiment: Experiment) -> LatticeCoefficients
  /// Whether the rounding errors of the scalar law are felt at these indices, so that the block loops have to take its
  /// numbers.
  static func isIllConditioned(_ form: CrystalForm, at indices: MillerIndices) -> Bool
  /// Whether the block loops and the scalar law are zero at the same indices.
  static var hasExactZeros: Bool { get }
  /// Whether the square of the lattice factor can be too small for a number where the factor itself is not.
  static var squareUnderflows: Bool { get }
}

extension ShapeLaw {
  package static func complaint(aboutFudge fudge: Double) -> String? { nil }
  package static func isIllConditioned(_ form: CrystalForm, at indices: MillerIndices) -> Bool { false }
  package static var hasExactZeros: Bool { false }
  package static var squareUnderflows: Bool { false }
}

/// The scalar special functions of the lattice factors, evaluated as the reference program does
/// (docs/reference/30-crystal.md §12). Each stands beside the shape that it belongs to.
public enum InterferenceFunctions {}
