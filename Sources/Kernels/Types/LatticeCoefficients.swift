/// The coefficients of a lattice formula, the same for every step of a rendering.
package struct LatticeCoefficients: Sendable {
  /// The numbers of cells along a, b and c.
  package var cells = (a: 1.0, b: 1.0, c: 1.0)
  /// A block with a product of denominators, or a radius, below this takes some numbers of the scalar law.
  package var smallestDenominator = 0.0
  /// The matrix M of the squared distance d·M·d with d = (h − h0, k − k0, l − l0), as xx, yy, zz, and twice xy, xz, yz. The
  /// sphere has a diagonal matrix. The exponential is 2 to minus the distance.
  package var metric = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
  /// The squared amplitude of the whole crystal.
  package var squaredCount = 1.0
  /// The squared distance within which the threshold formula is `squaredCount`.
  package var threshold = 0.0

  /// The coefficients of one cell.
  package init() {}

  /// Sets the matrix, with the off-diagonal terms as they occur in d·M·d: twice.
  package mutating func setMetric(
    _ metric: (xx: Double, yy: Double, zz: Double, xy: Double, xz: Double, yz: Double), scale: Double
  ) {
    self.metric = (
      scale * metric.xx, scale * metric.yy, scale * metric.zz, 2 * scale * metric.xy, 2 * scale * metric.xz,
      2 * scale * metric.yz
    )
  }
}
