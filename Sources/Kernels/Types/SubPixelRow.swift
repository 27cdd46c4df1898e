/// A row of sub-pixels of a flat detector: where the sub-pixels are.
package struct SubPixelRow: Sendable {
  /// The number of pixels, a multiple of `ScatteringBlock.lanes`.
  package var count = 0
  /// The fast axis.
  package var axis = (x: 0.0, y: 0.0, z: 0.0)
  /// The slow coordinate times the slow axis, in m.
  package var slow = (x: 0.0, y: 0.0, z: 0.0)
  /// The depth times the normal, in m.
  package var depth = (x: 0.0, y: 0.0, z: 0.0)
  /// The corner of the detector, in m.
  package var origin = (x: 0.0, y: 0.0, z: 0.0)

  /// A row to be filled in.
  package init() {}
}
