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
  /// What the formula of the lattice factor needs.
  package var lattice = LatticeCoefficients()
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
