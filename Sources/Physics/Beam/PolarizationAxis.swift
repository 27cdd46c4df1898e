extension Formulas {
  /// The polarization axis as the reference program uses it: normalised in place each time a polarization factor is
  /// computed.
  ///
  /// For about one vector in fifty a second or later normalisation still changes a last bit, for some vectors without
  /// end. The axis therefore depends on the number of factors computed before (docs/reference/40-beam-and-sampling.md
  /// §7). Most axes soon repeat; one in ten thousand changes for thousands of factors, and one with a component of some
  /// 1e-8 for millions.
  package struct PolarizationAxis: Sendable {
    /// The axes of the first calls.
    private let axes: [Vector3]
    /// How many of the last of `axes` repeat; nil if they do not.
    private let period: Int?
    /// Of an axis that does not repeat, that of every call `axes.count + n * stride`, as far as calls are foreseen.
    private var marks: [Vector3] = []

    private static var stride: Int { 64 }

    /// Normalises an axis repeatedly until the results repeat.
    /// - Parameter axis: A unit vector but for rounding, or the zero vector.
    package init(_ axis: Vector3) {
      // Each factor normalises its axis once more, so that two axes are equivalent if their normalised vectors are equal.
      func key(_ axis: Vector3) -> [UInt64] { axis.normalized.components.map(\.approximation.bitPattern) }
      var axes = [axis]
      var keys = [key(axis)]
      while axes.count < 100 {
        let next = axes[axes.count - 1].normalized
        let key = key(next)
        if let first = keys.firstIndex(of: key) {
          (self.axes, period) = (axes, axes.count - first)
          return
        }
        axes.append(next)
        keys.append(key)
      }
      // Only the doubles of the program are followed to the end. In other arithmetics the axis stays, which is within the
      // rounding of one normalisation.
      (self.axes, period) = (axes, Number.self == Double.self ? nil : 1)
    }

    /// Whether every computation of the polarization factor uses one axis.
    package var isSteady: Bool { axes.count == 1 }

    /// The axis that a computation of the polarization factor starts from, before it normalises the axis.
    /// - Parameter call: The number of factors computed before in the run.
    @inline(__always)
    package subscript(call: Int) -> Vector3 {
      if call < axes.count { return axes[call] }
      guard let period else { return endless(call) }
      let start = axes.count - period
      return axes[start + (call - start) % period]
    }

    /// The axis of a call beyond `axes`, from the mark before it.
    private func endless(_ call: Int) -> Vector3 {
      let mark = min((call - axes.count) / Self.stride, marks.count - 1)
      var axis = mark < 0 ? axes[axes.count - 1].normalized : marks[mark]
      for _ in axes.count + max(mark, 0) * Self.stride..<call { axis = axis.normalized }
      return axis
    }

    /// Prepares an axis that does not repeat for a number of calls, each of which would else begin with the first.
    package mutating func foresee(calls: Int) {
      guard period == nil, calls > axes.count, marks.isEmpty else { return }
      var axis = axes[axes.count - 1].normalized
      for call in axes.count..<calls {
        if (call - axes.count) % Self.stride == 0 { marks.append(axis) }
        axis = axis.normalized
      }
    }
  }
}
