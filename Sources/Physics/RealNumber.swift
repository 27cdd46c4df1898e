import Glibc

/// A number that the formulas of the simulator can be evaluated with.
///
/// The formulas of this module are written once, over this protocol (`Formulas`). With `Double` they are the simulator.
/// With other arithmetics they state what the simulator's numbers are worth: enclosures, derivatives, other precisions.
///
/// Every operator and function is one operation of the reference program, so that an arithmetic can count them.
/// Comparison is a decision: an arithmetic that does not know a number exactly says which way to go, and may record
/// that the way is uncertain.
public protocol RealNumber: SignedNumeric, Comparable, Hashable, Sendable, ExpressibleByFloatLiteral
where Magnitude == Self, FloatLiteralType == Double {
  /// A number without error.
  init(_ value: Double)
  /// A whole number, without error.
  init(_ value: Int)
  /// The ratio of a circle's circumference to its diameter.
  static var pi: Self { get }
  /// The quotient.
  static func / (dividend: Self, divisor: Self) -> Self
  /// The square root.
  func squareRoot() -> Self
  /// The sine of an angle in radians.
  static func sine(_ angle: Self) -> Self
  /// The cosine of an angle in radians.
  static func cosine(_ angle: Self) -> Self
  /// The exponential function.
  static func exponential(_ exponent: Self) -> Self
  /// The angle of the point (x, y) from the x axis, in radians.
  static func arcTangent(y: Self, x: Self) -> Self
  /// The nearest whole number in the given direction, without error: which one is a decision.
  func rounded(_ rule: FloatingPointRoundingRule) -> Self
  /// The number rounded to single precision.
  func roundedToSingle() -> Self
  /// The product with a number in single precision, rounded to single precision before and after.
  func multipliedInSingle(_ factor: Float) -> Self
  /// The number limited to −1...1.
  var limitedToOne: Self { get }
  /// The larger of two numbers; no decision, since nothing jumps where they are equal.
  static func larger(_ first: Self, _ second: Self) -> Self
  /// sin(N x)/sin(x), and N where x is exactly zero.
  static func sineRatio(_ x: Self, count: Self) -> Self
  /// Whether the number is zero, where the formula on the other side is not smooth: a decision, unlike `== 0`, which asks
  /// whether a number was given.
  var isSettledZero: Bool { get }
  /// The double nearest to the number, for messages and for table look-up.
  var approximation: Double { get }
  /// Whether the number is neither infinite nor not a number.
  var isFinite: Bool { get }
}

extension RealNumber {
  /// Whether the number is infinite.
  public var isInfinite: Bool { approximation.isInfinite }

  /// Whether the number is zero.
  @inline(__always)
  public var isSettledZero: Bool { self == 0 }

  /// The number, or the limit that it is beyond.
  @inline(__always)
  public var limitedToOne: Self { self > 1 ? 1 : self < -1 ? -1 : self }

  /// The larger of two numbers.
  @inline(__always)
  public static func larger(_ first: Self, _ second: Self) -> Self { first < second ? second : first }

  /// The quotient of two sines.
  @inline(__always)
  public static func sineRatio(_ x: Self, count: Self) -> Self {
    x == 0 ? count : sine(x * count) / sine(x)
  }
}

extension Double: RealNumber {
  /// The sine of the C library.
  @inline(__always)
  public static func sine(_ angle: Double) -> Double { Glibc.sin(angle) }
  /// The cosine of the C library.
  @inline(__always)
  public static func cosine(_ angle: Double) -> Double { Glibc.cos(angle) }
  /// The exponential function of the C library.
  @inline(__always)
  public static func exponential(_ exponent: Double) -> Double { Glibc.exp(exponent) }
  /// The arc tangent of the C library.
  @inline(__always)
  public static func arcTangent(y: Double, x: Double) -> Double { Glibc.atan2(y, x) }
  /// The number as a float, as a double.
  @inline(__always)
  public func roundedToSingle() -> Double { Double(Float(self)) }
  /// The product of two floats, as a double.
  @inline(__always)
  public func multipliedInSingle(_ factor: Float) -> Double { Double(Float(self) * factor) }
  /// The number itself.
  @inline(__always)
  public var approximation: Double { self }
}

// The functions under the names that formulas have.

@inline(__always)
func sin<Number: RealNumber>(_ angle: Number) -> Number { Number.sine(angle) }

@inline(__always)
func cos<Number: RealNumber>(_ angle: Number) -> Number { Number.cosine(angle) }

@inline(__always)
func exp<Number: RealNumber>(_ exponent: Number) -> Number { Number.exponential(exponent) }

@inline(__always)
func atan2<Number: RealNumber>(_ y: Number, _ x: Number) -> Number { Number.arcTangent(y: y, x: x) }
