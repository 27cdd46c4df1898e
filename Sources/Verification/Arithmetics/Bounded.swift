import Glibc
import Physics

/// A double with everything that is needed to bound its rounding error: an interval that holds the exact number and the
/// number of every other evaluation in the same order, and the place of its operation on the tape.
///
/// The limits are those of `Rounding`: one unit of rounding for each operation, two units of the last place for each
/// function of the library. Decisions that the interval does not settle follow the double, or the context's choice.
package struct Bounded: RealNumber {
  /// The number of the double run.
  package let double: Double
  let interval: Interval
  let place: Int32

  init(double: Double, interval: Interval, place: Int32) {
    (self.double, self.interval, self.place) = (double, interval, place)
  }

  /// The largest absolute error by rounding, of the double and of every other evaluation in the same order; infinite if
  /// there is no bound.
  package var bound: Double { place < 0 ? 0 : ArithmeticContext.current.tape.bound(of: place) }

  /// The operations that contribute to the error, by their number, with the largest error of each.
  var contributions: [(operation: Int32, error: Double)] {
    ArithmeticContext.current.tape.contributions(to: place)
  }

  /// A number that is known to an absolute error, such as a number that was printed with six digits.
  package init(_ value: Double, error: Double) {
    let interval = Interval(value).widened(by: error)
    let place = ArithmeticContext.current.tape.add(Tape.Operation(error: error))
    self.init(double: value, interval: interval, place: place)
  }

  /// A constant, without error in double precision; rounded in single precision.
  @inline(__always)
  package init(_ value: Double) {
    let rounding = ArithmeticContext.current.tape.rounding
    if rounding != .double, Double(Float(value)) != value {
      self.init(value, error: (abs(value) * rounding.operation).nextUp + rounding.smallest)
    } else {
      self.init(double: value, interval: Interval(value), place: -1)
    }
  }

  package init(_ value: Int) { self.init(Double(value)) }
  package init(integerLiteral value: Int64) { self.init(Double(value)) }
  package init(floatLiteral value: Double) { self.init(value) }
  package init?<Source: BinaryInteger>(exactly source: Source) {
    guard let value = Double(exactly: source) else { return nil }
    self.init(value)
  }

  /// The constant π, rounded.
  package static var pi: Bounded {
    let unit = ArithmeticContext.current.tape.rounding.operation
    return Bounded(.pi, error: (Double.pi * unit).nextUp)
  }

  package var approximation: Double { double }
  package var isFinite: Bool { double.isFinite }
  package var magnitude: Bounded {
    guard interval.containsZero, !isExact else { return double < 0 ? -self : self }
    let exact = Interval(0, interval.magnitude)
    return Self.result(abs(double), exact, error: .exact, (self, Interval(-1, 1)))
  }

  // MARK: Operations

  /// The result of an operation with its own rounding error.
  @inline(__always)
  private static func result(
    _ double: Double, _ exact: Interval, error kind: Rounding.Kind, _ first: (Bounded, Interval)?,
    _ second: (Bounded, Interval)? = nil
  ) -> Bounded {
    let tape = ArithmeticContext.current.tape
    let error = tape.rounding.error(kind, exact.magnitude)
    let relative = tape.rounding.relative(kind)
    var operation = Tape.Operation(error: error)
    // The derivatives are those of the rounded result: a factor of 1 + ε each.
    if let (operand, derivative) = first, operand.place >= 0 {
      (operation.first, operation.byFirst) = (
        operand.place, kind == .exact ? derivative : derivative.widened(relative: relative)
      )
    }
    if let (operand, derivative) = second, operand.place >= 0 {
      (operation.second, operation.bySecond) = (
        operand.place, kind == .exact ? derivative : derivative.widened(relative: relative)
      )
    }
    return Bounded(double: double, interval: exact.widened(by: error), place: tape.add(operation))
  }

  private var isExact: Bool { place < 0 }
  /// Whether the arithmetic has the number.
  private static func isRepresented(_ number: Double) -> Bool {
    number.isFinite && (ArithmeticContext.current.tape.rounding == .double || Double(Float(number)) == number)
  }

  package static func + (left: Bounded, right: Bounded) -> Bounded {
    if left.isExact && left.double == 0 { return right.afterAdding(left.double) }
    if right.isExact && right.double == 0 { return left.afterAdding(right.double) }
    let sum = left.double + right.double
    if left.isExact && right.isExact && isRepresented(sum) && errorOfSum(left.double, right.double, sum) == 0 {
      return Bounded(double: sum, interval: Interval(sum), place: -1)
    }
    return result(
      sum, left.interval + right.interval, error: .operation, (left, Interval(1)), (right, Interval(1)))
  }

  /// The number after adding a zero, which makes a negative zero positive.
  private func afterAdding(_ zero: Double) -> Bounded {
    Bounded(double: double + zero, interval: interval, place: place)
  }

  package static func - (left: Bounded, right: Bounded) -> Bounded { left + -right }

  package static prefix func - (number: Bounded) -> Bounded {
    if number.isExact { return Bounded(double: -number.double, interval: -number.interval, place: -1) }
    return result(-number.double, -number.interval, error: .exact, (number, Interval(-1)))
  }

  package static func * (left: Bounded, right: Bounded) -> Bounded {
    if right.isExact && !left.isExact { return right * left }
    let product = left.double * right.double
    if left.isExact {
      if right.isExact && isRepresented(product) && (-product).addingProduct(left.double, right.double) == 0 {
        return Bounded(double: product, interval: Interval(product), place: -1)
      }
      if left.double == 0 && right.interval.isBounded {
        return Bounded(double: product, interval: Interval(product), place: -1)
      }
      if left.double.isPowerOfTwo {
        return scaled(product, left.interval * right.interval, right, by: left.interval)
      }
    }
    // A square is not the product of two independent numbers.
    let exact =
      left.place == right.place && left.place >= 0 && left.double == right.double
      ? left.interval.square : left.interval * right.interval
    return result(product, exact, error: .operation, (left, right.interval), (right, left.interval))
  }

  /// A number times a power of two: exact unless it underflows.
  private static func scaled(
    _ double: Double, _ exact: Interval, _ operand: Bounded, by factor: Interval
  ) -> Bounded {
    let isNormal = min(abs(exact.low), abs(exact.high)) >= ArithmeticContext.current.tape.rounding.smallestNormal
    return result(double, exact, error: isNormal && !exact.containsZero ? .exact : .operation, (operand, factor))
  }

  package static func *= (left: inout Bounded, right: Bounded) { left = left * right }

  package static func / (left: Bounded, right: Bounded) -> Bounded {
    let quotient = left.double / right.double
    if left.isExact && left.double == 0 && !right.interval.containsZero {
      return Bounded(double: quotient, interval: Interval(quotient), place: -1)
    }
    if right.isExact && right.double.isPowerOfTwo {
      if left.isExact { return Bounded(double: quotient, interval: Interval(quotient), place: -1) }
      return scaled(quotient, left.interval / right.interval, left, by: Interval(1) / right.interval)
    }
    if left.isExact && right.isExact && isRepresented(quotient)
      && (-left.double).addingProduct(quotient, right.double) == 0
    {
      return Bounded(double: quotient, interval: Interval(quotient), place: -1)
    }
    let exact = left.interval / right.interval
    return result(
      quotient, exact, error: .operation, (left, Interval(1) / right.interval), (right, -(exact / right.interval)))
  }

  package func squareRoot() -> Bounded {
    let root = double.squareRoot()
    if isExact && Self.isRepresented(root) && (-double).addingProduct(root, root) == 0 {
      return Bounded(double: root, interval: Interval(root), place: -1)
    }
    guard interval.low >= 0 else {
      // The root of a number that may be negative: only that it is at most the root of the highest.
      return interval.high >= 0
        ? Self.independent(root, Interval(0, interval.high.squareRoot().nextUp))
        : Self.independent(root, .everything)
    }
    let exact = Interval(max(interval.low.squareRoot().nextDown, 0), interval.high.squareRoot().nextUp)
    if exact.low == 0 { return Self.independent(root, exact) }
    return Self.result(root, exact, error: .function, (self, Interval(0.5) / exact))
  }

  /// A number of which only an interval is known: its error is independent of all others.
  private static func independent(_ double: Double, _ interval: Interval) -> Bounded {
    let error = max(interval.high - double, double - interval.low).nextUp
    let place = ArithmeticContext.current.tape.add(Tape.Operation(error: error.isNaN ? .infinity : error))
    return Bounded(double: double, interval: interval, place: place)
  }

  // MARK: Functions

  package static func sine(_ x: Bounded) -> Bounded {
    if x.isExact && x.double == 0 { return x }
    return result(
      Glibc.sin(x.double), x.interval.sine, error: .function, (x, x.interval.cosine))
  }

  package static func cosine(_ x: Bounded) -> Bounded {
    if x.isExact && x.double == 0 { return 1 }
    return result(
      Glibc.cos(x.double), x.interval.cosine, error: .function, (x, -x.interval.sine))
  }

  package static func exponential(_ x: Bounded) -> Bounded {
    if x.isExact && x.double == 0 { return 1 }
    let exact = x.interval.exponential
    return result(Glibc.exp(x.double), exact, error: .function, (x, exact))
  }

  package static func arcTangent(y: Bounded, x: Bounded) -> Bounded {
    let angle = Glibc.atan2(y.double, x.double)
    let squares = x.interval.square + y.interval.square
    guard let exact = Interval.arcTangent(y: y.interval, x: x.interval, near: angle) else {
      // At the origin every angle is possible.
      return independent(angle, Interval(-3.1415926535897936, 3.1415926535897936))
    }
    return result(
      angle, exact, error: .function, (y, x.interval / squares), (x, -(y.interval / squares)))
  }

  package static func sineRatio(_ x: Bounded, count: Bounded) -> Bounded {
    guard x.interval.containsZero, !(x.isExact && x.double == 0) else {
      return x.double == 0 && x.isExact ? count : sine(x * count) / sine(x)
    }
    // Within a phase y = N x around zero: N (1 − y²/6) ≤ sin(N x)/sin(x) ≤ N, up to rounding.
    let double = x.double == 0 ? count.double : Glibc.sin(x.double * count.double) / Glibc.sin(x.double)
    let y = Interval(x.interval.magnitude) * Interval(count.interval.magnitude)
    let loss =
      (count.interval.magnitude * ((y * y).high / 6 + 4 * ArithmeticContext.current.tape.rounding.relative(.function)))
      .nextUp
    return independent(double, count.interval.widened(by: loss))
  }

  /// The number limited to −1...1. Its derivative is between 0 and 1 at the limits.
  package var limitedToOne: Bounded {
    if interval.low >= -1 && interval.high <= 1 { return self }
    let limited = Interval(-1, 1)
    let double = double > 1 ? 1 : double < -1 ? -1 : self.double
    return Self.result(double, interval.limited(to: limited), error: .exact, (self, Interval(0, 1)))
  }

  /// The larger number. Where both may be the larger one, the derivatives are between 0 and 1.
  package static func larger(_ first: Bounded, _ second: Bounded) -> Bounded {
    if first.interval.low >= second.interval.high { return first }
    if second.interval.low >= first.interval.high { return second }
    let exact = Interval(
      max(first.interval.low, second.interval.low), max(first.interval.high, second.interval.high))
    return result(
      max(first.double, second.double), exact, error: .exact, (first, Interval(0, 1)), (second, Interval(0, 1)))
  }

  package func rounded(_ rule: FloatingPointRoundingRule) -> Bounded {
    let (low, high) = (interval.low.rounded(rule), interval.high.rounded(rule))
    let double = double.rounded(rule)
    guard low != high else { return Bounded(double: double, interval: Interval(double), place: -1) }
    // Not settled: the double's whole number, or the neighbour that the interval reaches. More are not tried.
    if !(high - low <= 1) { ArithmeticContext.current.lose() }
    let other = double == low ? double + 1 : double - 1
    let taken = ArithmeticContext.current.decide(self.double, max(double, other), double: true) ? double : other
    return Bounded(double: taken, interval: Interval(taken), place: -1)
  }

  package func roundedToSingle() -> Bounded {
    rounding(Double(Float(double)), interval, Rounding.single.error(.operation, interval.magnitude), 1)
  }

  package func multipliedInSingle(_ factor: Float) -> Bounded {
    // The reference program computes the angle in single precision by definition: the double's result is exact.
    let product = Double(Float(double) * factor)
    guard !isExact else { return Bounded(double: product, interval: Interval(product), place: -1) }
    let exact = (interval * Interval(Double(factor))).hull(Interval(product))
    return rounding(product, exact, 4 * Rounding.single.error(.operation, exact.magnitude), Double(factor))
  }

  /// A multiple of the number with an error that is not that of the arithmetic.
  private func rounding(_ double: Double, _ exact: Interval, _ error: Double, _ derivative: Double) -> Bounded {
    var operation = Tape.Operation(error: error)
    (operation.first, operation.byFirst) = (place, Interval(derivative))
    let place = ArithmeticContext.current.tape.add(operation)
    return Bounded(double: double, interval: exact.widened(by: error), place: place)
  }

  // MARK: Decisions

  package static func < (left: Bounded, right: Bounded) -> Bool {
    if left.interval.high < right.interval.low { return true }
    if left.interval.low >= right.interval.high { return false }
    let double = left.double < right.double
    // Not a number compares as false, in every evaluation.
    if left.double.isNaN || right.double.isNaN { return false }
    return ArithmeticContext.current.decide(left.double, right.double, double: double)
  }

  package static func > (left: Bounded, right: Bounded) -> Bool { right < left }

  package static func <= (left: Bounded, right: Bounded) -> Bool {
    if left.interval.high <= right.interval.low { return true }
    if left.interval.low > right.interval.high { return false }
    if left.double.isNaN || right.double.isNaN { return false }
    return ArithmeticContext.current.decide(left.double, right.double, double: left.double <= right.double)
  }

  package static func >= (left: Bounded, right: Bounded) -> Bool { right <= left }

  /// Equality follows the double run: in this simulator it asks whether a value was given, or is exactly zero.
  package static func == (left: Bounded, right: Bounded) -> Bool { left.double == right.double }

  package var isSettledZero: Bool {
    guard interval.containsZero, !isExact, !double.isNaN else { return double == 0 }
    return ArithmeticContext.current.decide(double, 0, double: double == 0)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(double) }
}

/// The error of a sum of doubles, exactly (Knuth, 1969, 4.2.2).
@inline(__always)
func errorOfSum(_ left: Double, _ right: Double, _ sum: Double) -> Double {
  let virtual = sum - left
  return (left - (sum - virtual)) + (right - virtual)
}

extension Double {
  /// Whether a normal number is a power of two, of either sign: products with it are exact.
  var isPowerOfTwo: Bool { isNormal && significandBitPattern == 0 }
}
