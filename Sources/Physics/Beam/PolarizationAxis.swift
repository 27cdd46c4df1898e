/// The polarization axis as the reference program uses it: normalised in place each time a polarization factor is
/// computed.
///
/// For one vector in some fifty the second or a later normalisation still changes a last bit, some for ever, so that
/// the axis depends on the number of factors computed before (docs/reference/40-beam-and-sampling.md §7).
struct PolarizationAxis: Sendable {
  /// The axes of the first calls; the last `period` of them repeat.
  private let axes: [Vector3]
  private let period: Int

  /// The axes that follow from the one given.
  /// - Parameter axis: A unit vector but for rounding, or the zero vector.
  init(_ axis: Vector3) {
    var axes = [axis]
    // Each factor normalises once more: what counts is what comes out of that.
    while let last = axes.last, !axes.contains(where: { $0.normalized == last.normalized.normalized }), axes.count < 100
    {
      axes.append(last.normalized)
    }
    let next = axes[axes.count - 1].normalized.normalized
    self.axes = axes
    period = axes.count - (axes.firstIndex { $0.normalized == next } ?? axes.count - 1)
  }

  /// Whether all calls use the same axis.
  var isSteady: Bool { axes.count == 1 }

  /// The axis to be normalised by a call.
  /// - Parameter call: The number of calls before it in the run.
  @inline(__always)
  subscript(call: Int) -> Vector3 {
    if call < axes.count { return axes[call] }
    let start = axes.count - period
    return axes[start + (call - start) % period]
  }
}
