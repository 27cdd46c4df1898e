/// A block of pixels of one row, and what all steps of it share. Pointers lead to arrays of `StepJob.capacity` numbers,
/// filled to a multiple of `StepJob.lanes`.
package struct StepJob: @unchecked Sendable {
  /// The largest number of pixels of a block.
  package static let capacity = 256
  /// Blocks are filled up to a multiple of this.
  package static let lanes = 8

  /// The number of pixels, a multiple of `lanes`.
  package var count = 0
  /// The scattering vectors, in 1/m.
  package var qx: UnsafePointer<Double>
  /// See `qx`.
  package var qy: UnsafePointer<Double>
  /// See `qx`.
  package var qz: UnsafePointer<Double>
  /// The numbers of cells along a, b and c.
  package var cells = (a: 1.0, b: 1.0, c: 1.0)
  /// A block with a product of denominators below this is looked at again.
  package var smallestDenominator = 0.0
  /// The matrix of the squared distance d·M·d of the round, Gaussian and top-hat shapes, with d = (h − h0, k − k0, l − l0),
  /// as xx, yy, zz, and twice xy, xz, yz; the last three are 0 for the round shape. The Gaussian is 2 to minus the distance.
  package var metric = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
  /// The squared amplitude of the whole crystal, for the round, Gaussian and top-hat shapes.
  package var squaredCount = 1.0
  /// The squared distance inside of which the top hat is one.
  package var threshold = 0.0
  /// The table of structure factors.
  package var table = Table()

  /// A grid of structure factors: l fastest, then k, then h.
  package struct Table {
    /// The lowest indices.
    package var low = (h: 0.0, k: 0.0, l: 0.0)
    /// The highest indices.
    package var high = (h: 0.0, k: 0.0, l: 0.0)
    /// The distance between neighbours in k and h.
    package var stride = (k: 0.0, h: 0.0)
    /// Where the amplitude of everything else is.
    package var outside = 0.0

    /// An empty table.
    package init() {}
  }

  /// A job for scattering vectors.
  package init(qx: UnsafePointer<Double>, qy: UnsafePointer<Double>, qz: UnsafePointer<Double>) {
    (self.qx, self.qy, self.qz) = (qx, qy, qz)
  }
}
