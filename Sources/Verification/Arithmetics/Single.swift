import Glibc
import Physics

/// A number in single precision: the numbers of a port that computes in `float` throughout.
package struct Single: RealNumber {
  /// The number.
  package let value: Float

  init(value: Float) { self.value = value }

  package init(_ value: Double) { self.value = Float(value) }
  package init(_ value: Int) { self.value = Float(value) }
  package init(integerLiteral value: Int64) { self.value = Float(value) }
  package init(floatLiteral value: Double) { self.value = Float(value) }
  package init?<Source: BinaryInteger>(exactly source: Source) {
    guard let value = Float(exactly: source) else { return nil }
    self.value = value
  }

  package static var pi: Single { Single(value: .pi) }
  package var approximation: Double { Double(value) }
  package var isFinite: Bool { value.isFinite }
  package var magnitude: Single { Single(value: value.magnitude) }

  package static func + (left: Single, right: Single) -> Single { Single(value: left.value + right.value) }
  package static func - (left: Single, right: Single) -> Single { Single(value: left.value - right.value) }
  package static func * (left: Single, right: Single) -> Single { Single(value: left.value * right.value) }
  package static func *= (left: inout Single, right: Single) { left = left * right }
  package static func / (left: Single, right: Single) -> Single { Single(value: left.value / right.value) }
  package static prefix func - (number: Single) -> Single { Single(value: -number.value) }
  package func squareRoot() -> Single { Single(value: value.squareRoot()) }
  package static func sine(_ angle: Single) -> Single { Single(value: sinf(angle.value)) }
  package static func cosine(_ angle: Single) -> Single { Single(value: cosf(angle.value)) }
  package static func exponential(_ exponent: Single) -> Single { Single(value: expf(exponent.value)) }
  package static func arcTangent(y: Single, x: Single) -> Single { Single(value: atan2f(y.value, x.value)) }
  package func rounded(_ rule: FloatingPointRoundingRule) -> Single { Single(value: value.rounded(rule)) }
  package func roundedToSingle() -> Single { self }
  package func multipliedInSingle(_ factor: Float) -> Single { Single(value: value * factor) }
  package static func < (left: Single, right: Single) -> Bool { left.value < right.value }
}
