import CMPFI
import Glibc
import Physics

/// A number as the unevaluated sum of two doubles: about 31 digits (Dekker, 1971; Hida, Li and Bailey, 2001).
///
/// Its operations are errors of a few times 2⁻¹⁰⁴; its functions are those of MPFR, rounded to the two doubles.
package struct DoubleDouble: RealNumber {
  /// The number, rounded to a double.
  package let high: Double
  /// The rest, at most half a unit of the last place of `high`.
  package let low: Double

  /// The sum of two doubles, of which the first is not smaller in magnitude.
  init(_ high: Double, plus low: Double) {
    self.high = high + low
    self.low = self.high.isFinite ? low - (self.high - high) : 0
  }

  package init(_ value: Double) { (high, low) = (value, 0) }
  package init(_ value: Int) { self.init(Double(value)) }
  package init(integerLiteral value: Int64) { self.init(Double(value)) }
  package init(floatLiteral value: Double) { self.init(value) }
  package init?<Source: BinaryInteger>(exactly source: Source) {
    guard let value = Double(exactly: source) else { return nil }
    self.init(value)
  }

  /// π as 0x3.243f6a8885a308d313198a2e037073… (Bailey, Borwein and Plouffe, 1997).
  package static let pi = DoubleDouble(Double.pi, plus: 0x1.1a62633145c07p-53)

  package var approximation: Double { high }
  package var isFinite: Bool { high.isFinite }
  package var magnitude: DoubleDouble { high < 0 ? -self : self }

  package static func + (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
    let sum = left.high + right.high
    let rest = left.low + right.low
    let restError = errorOfSum(left.low, right.low, rest)
    let first = DoubleDouble(sum, plus: errorOfSum(left.high, right.high, sum) + rest)
    return DoubleDouble(first.high, plus: first.low + restError)
  }

  package static func - (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble { left + -right }
  package static prefix func - (number: DoubleDouble) -> DoubleDouble { DoubleDouble(-number.high, plus: -number.low) }

  package static func * (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
    let product = left.high * right.high
    let error = (-product).addingProduct(left.high, right.high)
    return DoubleDouble(product, plus: error + (left.high * right.low + left.low * right.high))
  }

  package static func *= (left: inout DoubleDouble, right: DoubleDouble) { left = left * right }

  package static func / (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
    let first = left.high / right.high
    guard first.isFinite, first != 0 else { return DoubleDouble(first) }
    let rest = left - right * DoubleDouble(first)
    let second = rest.high / right.high
    let third = (rest - right * DoubleDouble(second)).high / right.high
    return DoubleDouble(first, plus: second) + DoubleDouble(third)
  }

  package func squareRoot() -> DoubleDouble {
    let root = high.squareRoot()
    guard root > 0, root.isFinite else { return DoubleDouble(root) }
    let rest = self - DoubleDouble(root) * DoubleDouble(root)
    let second = rest.high / (2 * root)
    let better = DoubleDouble(root, plus: second)
    return better + DoubleDouble((self - better * better).high / (2 * root))
  }

  package static func sine(_ angle: DoubleDouble) -> DoubleDouble { evaluate(angle) { mpfr_sin($0, $1, MPFR_RNDN) } }
  package static func cosine(_ angle: DoubleDouble) -> DoubleDouble { evaluate(angle) { mpfr_cos($0, $1, MPFR_RNDN) } }
  package static func exponential(_ exponent: DoubleDouble) -> DoubleDouble {
    evaluate(exponent) { mpfr_exp($0, $1, MPFR_RNDN) }
  }
  package static func arcTangent(y: DoubleDouble, x: DoubleDouble) -> DoubleDouble {
    evaluate(y, x) { mpfr_atan2($0, $1, $2, MPFR_RNDN) }
  }

  package func rounded(_ rule: FloatingPointRoundingRule) -> DoubleDouble {
    let whole = high.rounded(rule)
    guard whole == high else { return DoubleDouble(whole) }
    return DoubleDouble(whole) + DoubleDouble(low.rounded(rule))
  }

  package func roundedToSingle() -> DoubleDouble { self }
  package func multipliedInSingle(_ factor: Float) -> DoubleDouble { DoubleDouble(Double(Float(high) * factor)) }

  package static func < (left: DoubleDouble, right: DoubleDouble) -> Bool {
    left.high < right.high || (left.high == right.high && left.low < right.low)
  }

  // MARK: Functions of MPFR

  private typealias Number = UnsafeMutablePointer<__mpfr_struct>

  private static func evaluate(_ number: DoubleDouble, _ function: (Number, Number) -> Int32) -> DoubleDouble {
    evaluate(number, number) { result, x, _ in function(result, x) }
  }

  /// A function at 160 bits, rounded to two doubles.
  private static func evaluate(
    _ first: DoubleDouble, _ second: DoubleDouble, _ function: (Number, Number, Number) -> Int32
  ) -> DoubleDouble {
    withUnsafeTemporaryAllocation(of: __mpfr_struct.self, capacity: 3) { numbers in
      let base = numbers.baseAddress!
      for i in 0..<3 { mpfr_init2(base + i, 160) }
      defer { for i in 0..<3 { mpfr_clear(base + i) } }
      for (i, operand) in [first, second].enumerated() {
        mpfr_set_d(base + i + 1, operand.high, MPFR_RNDN)
        mpfr_add_d(base + i + 1, base + i + 1, operand.low, MPFR_RNDN)
      }
      _ = function(base, base + 1, base + 2)
      let high = mpfr_get_d(base, MPFR_RNDN)
      guard high.isFinite else { return DoubleDouble(high) }
      mpfr_sub_d(base, base, high, MPFR_RNDN)
      return DoubleDouble(high, plus: mpfr_get_d(base, MPFR_RNDN))
    }
  }
}
