/// The allowed deviation between two numbers, and its reason.
public struct Tolerance: Sendable, Hashable, CustomStringConvertible {
  /// Allowed deviation relative to the scale, dimensionless.
  public var relative: Double
  /// Allowed deviation, in the unit of the quantity.
  public var absolute: Double
  /// Allowed deviation in units of the last place of the scale.
  public var ulps: Double
  /// Further allowed deviations, one for each component of the quantity; empty if all components have the same.
  public var components: [Double] = []
  /// The arithmetic reason.
  public var because: String

  /// A tolerance with its reason. The allowed deviation is the sum of the three parts.
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

  /// The tolerance of one component, counted from 0.
  public func ofComponent(_ component: Int) -> Tolerance {
    guard components.indices.contains(component) else { return self }
    var tolerance = self
    tolerance.absolute += components[component]
    tolerance.components = []
    return tolerance
  }

  /// The allowed deviation around a reference.
  /// - Parameters:
  ///   - reference: The reference value.
  ///   - scale: The magnitude that `relative` and `ulps` refer to; nil for the magnitude of the reference.
  public func allowed(_ reference: Double, scale: Double? = nil) -> Double {
    let scale = scale ?? abs(reference)
    return absolute + (relative == 0 ? 0 : relative * scale) + (ulps == 0 ? 0 : ulps * scale.ulp)
  }

  /// Whether a candidate agrees with a reference; an infinity agrees only with an equal infinity, a not-a-number only
  /// with a not-a-number.
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
      components.contains { $0 != 0 } ? "absolute \(components.map { "\($0)" }.joined(separator: " "))" : nil,
    ].compactMap { $0 }
    return (parts.isEmpty ? "exact" : parts.joined(separator: " + ")) + " (\(because))"
  }
}
