import CMPFI
import Glibc
import Physics

/// A real number, enclosed in an interval of a precision of `ArithmeticContext.precision` bits.
///
/// The library is MPFI: its intervals are rounded outward, and the functions of MPFR beneath are correctly rounded, so that
/// the interval of an operation is the smallest one of its precision (Revol and Rouillier, 2005). Debian 12 and 13 have
/// the library under one name, unlike Arb, which has moved into FLINT between the two.
///
/// A decision that the interval settles is taken by the interval, so that the number is the exact one even where the
/// double run goes another way; `ArithmeticContext.undecided` lists such places.
package struct Enclosure: RealNumber {
  /// The number of the double run.
  package let double: Double
  private let storage: Storage

  /// An interval of the library, which is written once, before it is shared.
  private final class Storage: @unchecked Sendable {
    let interval = UnsafeMutablePointer<__mpfi_struct>.allocate(capacity: 1)

    init() { mpfi_init2(interval, mpfr_prec_t(ArithmeticContext.current.precision)) }

    deinit {
      mpfi_clear(interval)
      interval.deallocate()
    }

    /// The lower end; the upper end follows.
    var ends: UnsafeMutablePointer<__mpfr_struct> {
      UnsafeMutableRawPointer(interval).assumingMemoryBound(to: __mpfr_struct.self)
    }
  }

  private init(double: Double, _ set: (UnsafeMutablePointer<__mpfi_struct>) -> Void) {
    self.double = double
    storage = Storage()
    set(storage.interval)
  }

  package init(_ value: Double) { self.init(double: value) { mpfi_set_d($0, value) } }
  package init(_ value: Int) { self.init(Double(value)) }
  package init(integerLiteral value: Int64) { self.init(Double(value)) }
  package init(floatLiteral value: Double) { self.init(value) }
  package init?<Source: BinaryInteger>(exactly source: Source) {
    guard let value = Double(exactly: source) else { return nil }
    self.init(value)
  }

  /// The decimal number that a text states, such as 0.1, enclosed; nil if it states none.
  package init?(decimal text: String) {
    guard let double = Double(text) else { return nil }
    var isRead = true
    self.init(double: double) { isRead = mpfi_set_str($0, text, 10) == 0 }
    guard isRead else { return nil }
  }

  package static var pi: Enclosure { Enclosure(double: .pi) { mpfi_const_pi($0) } }

  package var approximation: Double { double }
  package var isFinite: Bool { double.isFinite }
  package var magnitude: Enclosure { Self.apply(abs(double), self, mpfi_abs) }

  // MARK: What is known

  /// The bounds of the interval as doubles, rounded outward.
  package var bounds: ClosedRange<Double>? {
    let low = mpfr_get_d(storage.ends, MPFR_RNDD)
    let high = mpfr_get_d(storage.ends + 1, MPFR_RNDU)
    return low <= high ? low...high : nil
  }

  /// An upper bound of the distance between the middle of the interval and the number.
  package var radius: Double {
    var width = uninitialised()
    mpfr_init2(&width, 53)
    defer { mpfr_clear(&width) }
    mpfi_diam_abs(&width, storage.interval)
    return (mpfr_get_d(&width, MPFR_RNDU) / 2).nextUp
  }

  /// The double nearest to the middle of the interval.
  package var middle: Double {
    var middle = uninitialised()
    mpfr_init2(&middle, mpfr_prec_t(ArithmeticContext.current.precision))
    defer { mpfr_clear(&middle) }
    mpfi_mid(&middle, storage.interval)
    return mpfr_get_d(&middle, MPFR_RNDN)
  }

  /// The largest distance of a double from the numbers of the interval.
  package func distance(from double: Double) -> Double {
    let difference = self - Enclosure(double)
    guard let bounds = difference.bounds else { return .infinity }
    return max(abs(bounds.lowerBound), abs(bounds.upperBound))
  }

  /// The middle of the interval with a number of significant decimal digits.
  package func text(digits: Int) -> String {
    var middle = uninitialised()
    mpfr_init2(&middle, mpfr_prec_t(ArithmeticContext.current.precision))
    defer { mpfr_clear(&middle) }
    mpfi_mid(&middle, storage.interval)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: digits + 40) { buffer in
      _ = cmpfi_format(buffer.baseAddress, buffer.count, Int32(digits - 1), MPFR_RNDN, &middle)
      return String(cString: buffer.baseAddress!)
    }
  }

  // MARK: Operations

  private typealias Operation = (
    UnsafeMutablePointer<__mpfi_struct>, UnsafePointer<__mpfi_struct>, UnsafePointer<__mpfi_struct>
  ) -> Int32
  private typealias Function = (UnsafeMutablePointer<__mpfi_struct>, UnsafePointer<__mpfi_struct>) -> Int32

  private static func apply(_ double: Double, _ left: Enclosure, _ right: Enclosure, _ operation: Operation)
    -> Enclosure
  {
    Enclosure(double: double) { _ = operation($0, left.storage.interval, right.storage.interval) }
  }

  private static func apply(_ double: Double, _ number: Enclosure, _ function: Function) -> Enclosure {
    Enclosure(double: double) { _ = function($0, number.storage.interval) }
  }

  package static func + (left: Enclosure, right: Enclosure) -> Enclosure {
    apply(left.double + right.double, left, right, mpfi_add)
  }

  package static func - (left: Enclosure, right: Enclosure) -> Enclosure {
    apply(left.double - right.double, left, right, mpfi_sub)
  }

  package static func * (left: Enclosure, right: Enclosure) -> Enclosure {
    let product = left.double * right.double
    return left.storage === right.storage
      ? apply(product, left, mpfi_sqr) : apply(product, left, right, mpfi_mul)
  }

  package static func *= (left: inout Enclosure, right: Enclosure) { left = left * right }

  package static func / (left: Enclosure, right: Enclosure) -> Enclosure {
    apply(left.double / right.double, left, right, mpfi_div)
  }

  package static prefix func - (number: Enclosure) -> Enclosure { apply(-number.double, number, mpfi_neg) }

  package func squareRoot() -> Enclosure { Self.apply(double.squareRoot(), self, mpfi_sqrt) }

  package static func sine(_ x: Enclosure) -> Enclosure { apply(Glibc.sin(x.double), x, mpfi_sin) }
  package static func cosine(_ x: Enclosure) -> Enclosure { apply(Glibc.cos(x.double), x, mpfi_cos) }
  package static func exponential(_ x: Enclosure) -> Enclosure { apply(Glibc.exp(x.double), x, mpfi_exp) }
  package static func arcTangent(y: Enclosure, x: Enclosure) -> Enclosure {
    let angle = Glibc.atan2(y.double, x.double)
    // Across the cut along the negative x axis: narrow, on the side of the double, as in `Interval.arcTangent`.
    guard y.containsZero, (x.bounds?.upperBound ?? 0) < 0 else { return apply(angle, y, x, mpfi_atan2) }
    let turned = apply(angle, -y, -x, mpfi_atan2)
    return apply(angle, turned, pi, angle < 0 ? mpfi_sub : mpfi_add)
  }

  package static func sineRatio(_ x: Enclosure, count: Enclosure) -> Enclosure {
    let ratio = sine(x * count) / sine(x)
    guard x.containsZero else { return ratio }
    // sin(N x)/sin(x) = N (1 − (N² − 1) x²/6 + …) near zero.
    let y = x * count
    let loss = count * y * y
    return Enclosure(double: x.double == 0 ? count.double : ratio.double) {
      mpfi_sub($0, count.storage.interval, loss.storage.interval)
      mpfi_union($0, $0, count.storage.interval)
    }
  }

  package func rounded(_ rule: FloatingPointRoundingRule) -> Enclosure {
    let whole = double.rounded(rule)
    let (low, high) = (storage.ends, storage.ends + 1)
    let function: (UnsafeMutablePointer<__mpfr_struct>, UnsafePointer<__mpfr_struct>) -> Int32 =
      rule == .up ? mpfr_ceil : mpfr_floor
    precondition(rule == .up || rule == .down, "the formulas round up or down only")
    let settled = Self.whole(low, function)
    guard settled == Self.whole(high, function) else { return Enclosure(whole) }
    guard settled == whole else {
      ArithmeticContext.current.overrule(double, whole, settled: settled > whole)
      return Enclosure(settled)
    }
    return Enclosure(whole)
  }

  private static func whole(
    _ number: UnsafeMutablePointer<__mpfr_struct>,
    _ function: (UnsafeMutablePointer<__mpfr_struct>, UnsafePointer<__mpfr_struct>) -> Int32
  ) -> Double {
    var result = uninitialised()
    mpfr_init2(&result, mpfr_get_prec(number))
    defer { mpfr_clear(&result) }
    _ = function(&result, number)
    return mpfr_get_d(&result, MPFR_RNDN)
  }

  /// The exact number: rounding to single precision is an error, not part of the formula.
  package func roundedToSingle() -> Enclosure { Self.apply(Double(Float(double)), self, mpfi_set) }

  /// The reference program computes this product in single precision by definition: the double's result is exact.
  package func multipliedInSingle(_ factor: Float) -> Enclosure { Enclosure(Double(Float(double) * factor)) }

  // MARK: Decisions

  private var containsZero: Bool { mpfi_has_zero(storage.interval) > 0 }

  package static func < (left: Enclosure, right: Enclosure) -> Bool {
    let double = left.double < right.double
    let (leftEnds, rightEnds) = (left.storage.ends, right.storage.ends)
    let settled: Bool
    if mpfr_less_p(leftEnds + 1, rightEnds) != 0 {
      settled = true
    } else if mpfr_greaterequal_p(leftEnds, rightEnds + 1) != 0 {
      settled = false
    } else {
      return double
    }
    if settled != double, left.double != right.double {
      ArithmeticContext.current.overrule(left.double, right.double, settled: settled)
    }
    return settled
  }

  package static func > (left: Enclosure, right: Enclosure) -> Bool { right < left }
  package static func <= (left: Enclosure, right: Enclosure) -> Bool { !(right < left) }
  package static func >= (left: Enclosure, right: Enclosure) -> Bool { !(left < right) }

  /// Equality follows the double run: in this simulator it asks whether a value was given, or is exactly zero.
  package static func == (left: Enclosure, right: Enclosure) -> Bool { left.double == right.double }

  package func hash(into hasher: inout Hasher) { hasher.combine(double) }
}

/// A number of MPFR that is not initialised yet.
private func uninitialised() -> __mpfr_struct { __mpfr_struct() }
