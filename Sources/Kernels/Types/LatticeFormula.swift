/// The formulas for the square of a lattice factor. A shape of the crystal chooses one and gives its coefficients.
package enum LatticeFormula: Sendable {
  /// The product of three gratings, (sin πNf/sin πf)².
  case gratings
  /// The transform of a uniform sphere.
  case sphere
  /// A power of two of the squared distance from the node.
  case exponential
  /// A constant within a squared distance from the node, 0 elsewhere.
  case threshold
}
