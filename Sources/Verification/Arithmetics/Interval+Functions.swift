import Glibc

extension Interval {
  /// The relative error that is allowed for the functions of the C library, which state less than one unit of the last
  /// place each.
  private static let functionError = 0x1p-51

  private static func widened(_ low: Double, _ high: Double) -> Interval {
    Interval(low - abs(low) * functionError, high + abs(high) * functionError).widened(by: .leastNonzeroMagnitude)
  }

  /// The squares of the numbers.
  @inline(__always)
  package var square: Interval {
    let (a, b) = (low * low, high * high)
    return containsZero
      ? Interval(0, max(a, b).nextUp) : Interval(max(min(a, b).nextDown, 0), max(a, b).nextUp)
  }

  /// The sines of angles in radians.
  package var sine: Interval { wave(Glibc.sin, crest: Double.pi / 2) }

  /// The cosines of angles in radians.
  package var cosine: Interval { wave(Glibc.cos, crest: 0) }

  /// The values of a wave of period 2π with its crest at an angle.
  private func wave(_ function: (Double) -> Double, crest: Double) -> Interval {
    guard isBounded, high - low < 3 else { return Interval(-1, 1) }
    let (a, b) = (function(low), function(high))
    var result = Self.widened(min(a, b), max(a, b))
    // A margin for the rounding of the number of half periods: a crest too many only makes the interval wider.
    let margin = 1e-9 + 1e-15 * magnitude
    let first = ((low - crest) / Double.pi - margin).rounded(.up)
    let last = ((high - crest) / Double.pi + margin).rounded(.down)
    if first <= last {
      let isCrest = first.truncatingRemainder(dividingBy: 2) == 0
      if isCrest || last > first { result.high = 1 }
      if !isCrest || last > first { result.low = -1 }
    }
    return result.limited(to: Interval(-1, 1))
  }

  /// The exponentials.
  package var exponential: Interval {
    let result = Self.widened(Glibc.exp(low), Glibc.exp(high))
    return Interval(max(result.low, 0), result.high)
  }

  /// The angles of the points (x, y) of a rectangle; nil if it touches the origin.
  ///
  /// Angles are the same modulo a turn for whoever takes their sine or cosine, as the formulas do. So those of a
  /// rectangle across the cut along the negative x axis go on beyond π on the side of `angle`, and stay narrow.
  package static func arcTangent(y: Interval, x: Interval, near angle: Double) -> Interval? {
    guard x.low > 0 || y.low > 0 || y.high < 0 else {
      let halfTurn = Interval(3.141592653589793, 3.1415926535897936)
      return x.high < 0 ? arcTangent(y: -y, x: -x, near: 0).map { angle < 0 ? $0 - halfTurn : $0 + halfTurn } : nil
    }
    let corners = [(y.low, x.low), (y.low, x.high), (y.high, x.low), (y.high, x.high)].map { atan2($0.0, $0.1) }
    return widened(corners.min()!, corners.max()!)
  }
}
