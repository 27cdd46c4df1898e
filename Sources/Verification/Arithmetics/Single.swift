import Glibc
import Physics

/// A number in single precision: the numbers of a port that computes in `float` throughout.
public struct Single: RealNumber {
  /// The number.
  public let value: Float

  init(value: Float) { self.value = value }

  public init(_ value: Double) { self.value = Float(value) }
  public init(_ value: Int) { self.value = Float(value) }
  public init(integerLiteral value: Int64) { self.value = Float(value) }
  public init(floatLiteral value: Double) { self.value = Float(value) }
  public init?<Source: BinaryInteger>(exactly source: Source) {
    guard let value = Float(exactly: source) else { return nil }
    self.value = value
  }

  public static var pi: Single { Single(value: .pi) }
  public var approximation: Double { Double(value) }
  public var isFinite: Bool { value.isFinite }
  public var magnitude: Single { Single(value: value.magnitude) }

  public static func + (left: Single, right: Single) -> Single { Single(value: left.value + right.value) }
  public static func - (left: Single, right: Single) -> Single { Single(value: left.value - right.value) }
  public static func * (left: Single, right: Single) -> Single { Single(value: left.value * right.value) }
  public static func *= (left: inout Single, right: Single) { left = left * right }
  public static func / (left: Single, right: Single) -> Single { Single(value: left.value / right.value) }
  public static prefix func - (number: Single) -> Single { Single(value: -number.value) }
  public func squareRoot() -> Single { Single(value: value.squareRoot()) }
  public static func sine(_ angle: Single) -> Single { Single(value: sinf(angle.value)) }
  public static func cosine(_ angle: Single) -> Single { Single(value: cosf(angle.value)) }
  public static func exponential(_ exponent: Single) -> Single { Single(value: expf(exponent.value)) }
  public static func arcTangent(y: Single, x: Single) -> Single { Single(value: atan2f(y.value, x.value)) }
  public func rounded(_ rule: FloatingPointRoundingRule) -> Single { Single(value: value.rounded(rule)) }
  public func roundedToSingle() -> Single { self }
  public func multipliedInSingle(_ factor: Float) -> Single { Single(value: value * factor) }
  public static func < (left: Single, right: Single) -> Bool { left.value < right.value }
}
