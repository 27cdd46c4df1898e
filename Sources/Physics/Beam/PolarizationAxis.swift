extension Formulas {
  /// The polarization axis as the reference program uses it: normalised in place each time a polarization factor is
  /// computed.
  ///
  /// For about one vector in fifty a second or later normalisation still changes a last bit, for some vectors without
  /// end. The axis therefore depends on the number of factors computed before (docs/reference/40-beam-and-sampling.md
  /// §7).
  package struct PolarizationAxis: Sendable {
    /// The axes of the first calls; the last `period` of them repeat.
    private let axes: [Vector3]
    private let period: Int

    /// Normalises an axis repeatedly until the results repeat.
    /// - Parameter axis: A unit vector but for rounding, or the zero vector.
    package init(_ axis: Vector3) {
      var axes = [axis]
      func isSame(_ first: Vector3, _ second: Vector3) -> Bool { first.approximation == second.approximation }
      // Each factor normalises its axis once more, so that two axes are equivalent if their normalised vectors are equal.
      while let last = axes.last, !axes.contains(where: { isSame($0.normalized, last.normalized.normalized) }),
        axes.count < 100
      {
        axes.append(last.normalized)
      }
      let next = axes[axes.count - 1].normalized.normalized
      self.axes = axes
      period = axes.count - (axes.firstIndex { isSame($0.normalized, next) } ?? axes.count - 1)
    }

    /// Whether every computation of the polarization factor uses one axis.
    package var isSteady: Bool { axes.count == 1 }

    /// The axis that a computation of the polarization factor starts from, before it normalises the axis.
    /// - Parameter call: The number of factors computed before in the run.
    @inline(__always)
    package subscript(call: Int) -> Vector3 {
      if call < axes.count { return axes[call] }
      let start = axes.count - period
      return axes[start + (call - start) % period]
    }
  }
}
