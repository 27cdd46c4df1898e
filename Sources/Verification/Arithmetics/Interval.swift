/// An interval of doubles. Every operation rounds outward, by the neighbouring double of the nearest result, so that the
/// result contains the exact results for all numbers of the operands (Moore, 1966).
package struct Interval: Sendable, Hashable {
  package var low: Double
  package var high: Double

  @inline(__always)
  package init(_ low: Double, _ high: Double) { (self.low, self.high) = (low, high) }

  @inline(__always)
  package init(_ point: Double) { (low, high) = (point, point) }

  /// All numbers.
  package static let everything = Interval(-.infinity, .infinity)

  /// Whether the interval bounds its numbers at both ends.
  var isBounded: Bool { low > -.infinity && high < .infinity }
  /// The largest magnitude.
  @inline(__always)
  var magnitude: Double { max(-low, high) }
  /// Whether zero is in the interval, or cannot be ruled out.
  @inline(__always)
  package var containsZero: Bool { !(low > 0 || high < 0) }
  /// An upper bound of the width.
  var width: Double { (high - low).nextUp }

  @inline(__always)
  package static func + (left: Interval, right: Interval) -> Interval {
    Interval((left.low + right.low).nextDown, (left.high + right.high).nextUp)
  }

  @inline(__always)
  package static func - (left: Interval, right: Interval) -> Interval {
    Interval((left.low - right.high).nextDown, (left.high - right.low).nextUp)
  }

  package static prefix func - (interval: Interval) -> Interval { Interval(-interval.high, -interval.low) }

  @inline(__always)
  package static func * (left: Interval, right: Interval) -> Interval {
    let (a, b) = (left.low * right.low, left.low * right.high)
    let (c, d) = (left.high * right.low, left.high * right.high)
    let (low, high) = (min(min(a, b), min(c, d)), max(max(a, b), max(c, d)))
    // Zero times infinity is not a number: nothing is known.
    guard low <= high else { return .everything }
    return Interval(low.nextDown, high.nextUp)
  }

  @inline(__always)
  package static func / (left: Interval, right: Interval) -> Interval {
    if right.containsZero { return .everything }
    let (a, b) = (left.low / right.low, left.low / right.high)
    let (c, d) = (left.high / right.low, left.high / right.high)
    let (low, high) = (min(min(a, b), min(c, d)), max(max(a, b), max(c, d)))
    guard low <= high else { return .everything }
    return Interval(low.nextDown, high.nextUp)
  }

  /// The interval made wider by a distance on both sides.
  @inline(__always)
  func widened(by distance: Double) -> Interval {
    distance == 0 ? self : Interval((low - distance).nextDown, (high + distance).nextUp)
  }

  /// The interval made wider by a fraction of its magnitude.
  @inline(__always)
  func widened(relative: Double) -> Interval { widened(by: (magnitude * relative).nextUp) }

  /// The smallest interval around both.
  func hull(_ other: Interval) -> Interval { Interval(min(low, other.low), max(high, other.high)) }

  /// The common part with another interval; the other interval if they do not meet.
  func limited(to other: Interval) -> Interval {
    let common = Interval(max(low, other.low), min(high, other.high))
    return common.low <= common.high ? common : other
  }

  package func contains(_ number: Double) -> Bool { low <= number && number <= high }
}
