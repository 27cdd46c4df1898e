/// A block of pixels of one row: the scattering vectors of the pixels, and what all steps share. Arrays have room for
/// `capacity` numbers and are filled to a multiple of `lanes`.
package struct ScatteringBlock {
  /// The largest number of pixels of a block.
  package static let capacity = 256
  /// Blocks are filled up to a multiple of this number.
  package static let lanes = 8

  /// The number of pixels, a multiple of `lanes`.
  package var count: Int
  /// The scattering vectors, in 1/m.
  package var vectors: BlockVectors
  /// The formula of the squared lattice factor.
  package var formula: LatticeFormula
  /// The coefficients of the formula.
  package var lattice = LatticeCoefficients()
  /// The layout of the table of structure factors.
  package var grid = ReflectionGrid()
  /// The table of structure factors and, behind it, the amplitude of everything else; empty if one amplitude is for all.
  package var amplitudes = BlockInput(start: nil, count: 0)

  /// A block without a table.
  package init(count: Int, vectors: BlockVectors, formula: LatticeFormula) {
    (self.count, self.vectors, self.formula) = (count, vectors, formula)
  }
}

/// The axes of the cell of a step, in m. The type is public, as only then other modules make one without a call.
@frozen
public struct StepCell: Sendable {
  /// The first axis.
  public var a: (x: Double, y: Double, z: Double)
  /// The second axis.
  public var b: (x: Double, y: Double, z: Double)
  /// The third axis.
  public var c: (x: Double, y: Double, z: Double)

  /// A cell of three axes.
  @inlinable
  public init(
    a: (x: Double, y: Double, z: Double), b: (x: Double, y: Double, z: Double), c: (x: Double, y: Double, z: Double)
  ) {
    (self.a, self.b, self.c) = (a, b, c)
  }
}
