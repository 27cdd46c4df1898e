import Glibc
import Physics

/// The precision of the evaluations whose errors are bounded.
package protocol ErrorUnit: Sendable {
  /// The rounding of the arithmetic.
  static var rounding: Rounding { get }
}

/// Errors of double precision.
package enum DoubleErrors: ErrorUnit { package static var rounding: Rounding { .double } }
/// Errors of single precision.
package enum SingleErrors: ErrorUnit { package static var rounding: Rounding { .single } }

/// A double with a bound of its error, in hardware doubles: running error analysis (Wilkinson, 1963; Higham, "Accuracy and
/// Stability of Numerical Algorithms", 2002, 3.3).
///
/// The exact number, and what any evaluation in the arithmetic in this order gives, are within `error` of `value`. The bound
/// adds magnitudes at each operation, so that errors never cancel: it is some ten to a thousand times wider than that of
/// `Bounded`, and some thousand times cheaper. Whole images are bounded by it, whose pixels are stored with seven digits.
package struct RunningError<Unit: ErrorUnit>: RealNumber {
  package let value: Double
  package let error: Double

  @inline(__always)
  private init(_ value: Double, within error: Double) {
    self.value = value
    // The errors of computing the bound itself: a few operations of positive numbers.
    self.error = error.isNaN ? .infinity : error * (1 + 0x1p-48)
  }

  /// Whether the number is zero in every evaluation.
  @inline(__always)
  private var isZero: Bool { value == 0 && error == 0 }

  /// Whether the number is one or minus one in every evaluation, so that products with it are exact.
  @inline(__always)
  private var isUnit: Bool { abs(value) == 1 && error == 0 }

  /// Whether the result of an operation on exact numbers, which is exact in double precision, is so in the arithmetic.
  @inline(__always)
  private static func isRepresented(_ value: Double) -> Bool {
    Unit.rounding == .double || Double(Float(value)) == value
  }

  @inline(__always)
  private static func result(_ value: Double, _ propagated: Double, _ kind: Rounding.Kind) -> RunningError {
    RunningError(value, within: propagated + Unit.rounding.error(kind, abs(value) + propagated))
  }

  /// A number that a user gave: a double is exact in double precision, and is rounded for single precision.
  package init(input value: Double, isWhole: Bool) {
    if isWhole { self.init(value, within: 0) } else { self.init(value) }
  }

  /// A double of the formulas, which single precision may have to round.
  package init(_ value: Double) {
    let isExact = Unit.rounding == .double || Double(Float(value)) == value || !value.isFinite
    self.init(value, within: isExact ? 0 : abs(value) * Unit.rounding.operation + Unit.rounding.smallest)
  }

  package init(_ value: Int) { self.init(Double(value)) }
  package init(floatLiteral value: Double) { self.init(value) }
  package init(integerLiteral value: Int) { self.init(Double(value), within: 0) }
  package init?<Source: BinaryInteger>(exactly source: Source) {
    guard let value = Double(exactly: source) else { return nil }
    self.init(value, within: 0)
  }

  package static var pi: RunningError { RunningError(.pi, within: Unit.rounding.operation * 4) }
  package var magnitude: RunningError { RunningError(abs(value), within: error) }
  package var approximation: Double { value }
  package var isFinite: Bool { value.isFinite }
  package static prefix func - (number: RunningError) -> RunningError {
    RunningError(-number.value, within: number.error)
  }

  @inline(__always)
  package static func + (left: RunningError, right: RunningError) -> RunningError {
    if left.isZero { return right }
    if right.isZero { return left }
    let (sum, propagated) = (left.value + right.value, left.error + right.error)
    if propagated == 0, errorOfSum(left.value, right.value, sum) == 0, isRepresented(sum) {
      return RunningError(sum, within: 0)
    }
    // Sums do not underflow.
    return RunningError(sum, within: propagated + Unit.rounding.operation * (abs(sum) + propagated))
  }

  @inline(__always)
  package static func - (left: RunningError, right: RunningError) -> RunningError { left + -right }

  @inline(__always)
  package static func * (left: RunningError, right: RunningError) -> RunningError {
    // Exact zeros stay zero; an infinite factor would make them no number, in every evaluation.
    if left.isZero || right.isZero { return RunningError(left.value * right.value, within: 0) }
    let product = left.value * right.value
    let propagated =
      abs(left.value) * right.error + abs(right.value) * left.error + left.error * right.error
    if propagated == 0, (-product).addingProduct(left.value, right.value) == 0, isRepresented(product) {
      return RunningError(product, within: 0)
    }
    return result(product, propagated, left.isUnit || right.isUnit ? .exact : .operation)
  }

  package static func *= (left: inout RunningError, right: RunningError) { left = left * right }

  @inline(__always)
  package static func / (left: RunningError, right: RunningError) -> RunningError {
    let quotient = left.value / right.value
    let smallest = abs(right.value) - right.error
    guard smallest > 0 else {
      // The quotient of exact numbers by zero is the same in every evaluation.
      return RunningError(quotient, within: right.error == 0 && left.error == 0 ? 0 : .infinity)
    }
    let isExact = left.error == 0 && right.error == 0 && (-left.value).addingProduct(quotient, right.value) == 0
    if left.isZero || (isExact && isRepresented(quotient)) { return RunningError(quotient, within: 0) }
    return result(quotient, (left.error + abs(quotient) * right.error) / smallest, right.isUnit ? .exact : .operation)
  }

  package func squareRoot() -> RunningError {
    let root = value.squareRoot()
    if error == 0, (-value).addingProduct(root, root) == 0, Self.isRepresented(root) {
      return RunningError(root, within: 0)
    }
    // |√x − √a| = |x − a| / (√x + √a), and at most √|x − a|.
    return Self.result(root, root > 0 ? min(error / root, error.squareRoot()) : error.squareRoot(), .function)
  }

  package static func sine(_ x: RunningError) -> RunningError {
    if x.isZero { return x }
    return result(Glibc.sin(x.value), min(x.error, 2), .function)
  }

  package static func cosine(_ x: RunningError) -> RunningError {
    if x.isZero { return 1 }
    return result(Glibc.cos(x.value), min(x.error, 2), .function)
  }

  package static func exponential(_ x: RunningError) -> RunningError {
    if x.isZero { return 1 }
    let value = Glibc.exp(x.value)
    return result(value, value * Glibc.expm1(x.error) * (1 + 0x1p-50), .function)
  }

  /// The angle modulo a turn, as in `Interval.arcTangent`.
  package static func arcTangent(y: RunningError, x: RunningError) -> RunningError {
    let angle = Glibc.atan2(y.value, x.value)
    let (moved, radius) = (Glibc.hypot(x.error, y.error) * (1 + 0x1p-50), Glibc.hypot(x.value, y.value))
    if moved == 0 { return result(angle, 0, angle == 0 ? .exact : .function) }
    // A point moved by a part t of its distance is seen turned by at most asin t ≤ π t/2.
    return result(angle, moved < radius ? 1.5708 * moved / radius : .pi, .function)
  }

  package static func sineRatio(_ x: RunningError, count: RunningError) -> RunningError {
    if x.isZero { return count }
    let (n, unit) = (abs(count.value) + count.error, Unit.rounding.operation)
    if abs(x.value) <= x.error {
      // N (1 − y²/6) ≤ sin(N x)/sin(x) ≤ N for y = N x, up to rounding.
      let value = x.value == 0 ? count.value : Glibc.sin(x.value * count.value) / Glibc.sin(x.value)
      let y = n * (abs(x.value) + x.error)
      return RunningError(value, within: abs(value - count.value) + count.error + n * (y * y / 6 + 32 * unit))
    }
    let (top, bottom) = (Glibc.sin(x.value * count.value), Glibc.sin(x.value))
    let (value, smallest) = (top / bottom, abs(bottom) * (1 - 0x1p-50) - x.error)
    guard smallest > 0 else { return RunningError(value, within: .infinity) }
    // The quotient changes by at most N²/2 per radian (it is a sum of N phases of at most N − 1 radians each), and by at
    // most (N + |quotient|)/|sin x|. The phase N x is rounded, and so are both sines.
    let slope = min(n * n / 2, (n + abs(value)) / smallest)
    let phase = (n * (abs(x.value) + x.error) * unit + 4 * unit * abs(top) + count.error * abs(x.value)) / smallest
    return result(value, 2 * (slope * x.error + phase) + 8 * unit * abs(value), .operation)
  }

  package var limitedToOne: RunningError { RunningError(min(max(value, -1), 1), within: error) }

  package static func larger(_ first: RunningError, _ second: RunningError) -> RunningError {
    RunningError(max(first.value, second.value), within: max(first.error, second.error))
  }

  package func rounded(_ rule: FloatingPointRoundingRule) -> RunningError {
    let whole = value.rounded(rule)
    if error > 0, (value - error).rounded(rule) != whole || (value + error).rounded(rule) != whole {
      _ = ArithmeticContext.current.decide(value, whole, double: true)
    }
    return RunningError(whole, within: 0)
  }

  package func roundedToSingle() -> RunningError {
    let single = Rounding.single
    return RunningError(
      Double(Float(value)), within: error + single.operation * (abs(value) + error) + single.smallest)
  }

  package func multipliedInSingle(_ factor: Float) -> RunningError {
    let product = Double(Float(value) * factor)
    guard error > 0 else { return RunningError(product, within: 0) }
    let single = Rounding.single
    return RunningError(
      product,
      within: error * abs(Double(factor)) + 4 * single.operation * abs(product) + single.smallest)
  }

  // MARK: Decisions

  /// Whether a decision between two numbers can go either way; exact numbers decide the same way always.
  @inline(__always)
  private static func isOpen(_ left: RunningError, _ right: RunningError) -> Bool {
    let reach = left.error + right.error
    return reach > 0 && abs(left.value - right.value) <= reach
  }

  @inline(__always)
  package static func < (left: RunningError, right: RunningError) -> Bool {
    let double = left.value < right.value
    if isOpen(left, right) { _ = ArithmeticContext.current.decide(left.value, right.value, double: double) }
    return double
  }

  package static func > (left: RunningError, right: RunningError) -> Bool { right < left }

  @inline(__always)
  package static func <= (left: RunningError, right: RunningError) -> Bool {
    let double = left.value <= right.value
    if isOpen(left, right) { _ = ArithmeticContext.current.decide(left.value, right.value, double: double) }
    return double
  }

  package static func >= (left: RunningError, right: RunningError) -> Bool { right <= left }

  /// Equality follows the double run: in this simulator it asks whether a value was given, or is exactly zero.
  package static func == (left: RunningError, right: RunningError) -> Bool { left.value == right.value }

  package var isSettledZero: Bool {
    if error > 0 && abs(value) <= error { _ = ArithmeticContext.current.decide(value, 0, double: value == 0) }
    return value == 0
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
