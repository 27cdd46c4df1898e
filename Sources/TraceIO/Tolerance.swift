/// How far two numbers may be apart, and why.
public struct Tolerance: Sendable, Hashable, CustomStringConvertible {
  /// Allowed deviation per unit of the scale.
  public var relative: Double
  /// Allowed deviation, in the unit of the quantity.
  public var absolute: Double
  /// Allowed deviation in units of the last place of the scale.
  public var ulps: Double
  /// The arithmetic reason.
  public var because: String

  /// A tolerance with its reason; the three parts add up.
  public init(relative: Double = 0, absolute: Double = 0, ulps: Double = 0, because: String) {
    self.relative = relative
    self.absolute = absolute
    self.ulps = ulps
    self.because = because
  }

  /// No deviation at all.
  public static func exact(because: String) -> Tolerance {
    Tolerance(because: because)
  }

  /// The allowed deviation around a reference.
  /// - Parameters:
  ///   - reference: The reference value.
  ///   - scale: What `relative` and `ulps` refer to; by default the magnitude of the reference.
  public func allowed(_ reference: Double, scale: Double? = nil) -> Double {
    let scale = scale ?? abs(reference)
    return absolute + (relative == 0 ? 0 : relative * scale) + (ulps == 0 ? 0 : ulps * scale.ulp)
  }

  /// Whether a candidate agrees with a reference; infinities and not-a-numbers agree with their own kind only.
  public func accepts(_ candidate: Double, reference: Double, scale: Double? = nil) -> Bool {
    if candidate == reference || (candidate.isNaN && reference.isNaN) { return true }
    let difference = abs(candidate - reference)
    return difference.isFinite && difference <= allowed(reference, scale: scale)
  }

  /// The parts that are not zero, and the reason.
  public var description: String {
    let parts = [
      relative != 0 ? "relative \(relative)" : nil, absolute != 0 ? "absolute \(absolute)" : nil,
      ulps != 0 ? "\(ulps) ulp" : nil,
    ].compactMap { $0 }
    return (parts.isEmpty ? "exact" : parts.joined(separator: " + ")) + " (\(because))"
  }
}
