import Glibc
import Physics

/// A double whose operations have random errors, which are a function of the operands and of the context's seed: the same
/// seed gives the same errors, as the same library does.
///
/// With `Perturbation.everything` each result is moved by −1, 0 or +1 unit of the last place (stochastic arithmetic: Vignes,
/// 1993): the spread over seeds shows how many digits are significant. With `Perturbation.library` sin, cos, exp, atan2 and
/// the square root are off by −1, 0 or +1 unit, and the operations are those of the machine: another mathematical library.
package struct Perturbed: RealNumber {
  /// The number.
  package let value: Double

  private init(value: Double) { self.value = value }

  package init(_ value: Double) { self.value = value }
  package init(_ value: Int) { self.value = Double(value) }
  package init(integerLiteral value: Int64) { self.value = Double(value) }
  package init(floatLiteral value: Double) { self.value = value }
  package init?<Source: BinaryInteger>(exactly source: Source) {
    guard let value = Double(exactly: source) else { return nil }
    self.value = value
  }

  package static var pi: Perturbed { Perturbed(value: .pi) }
  package var approximation: Double { value }
  package var isFinite: Bool { value.isFinite }
  package var magnitude: Perturbed { Perturbed(value: value.magnitude) }

  /// The result of an operation, which is exact if `error` is zero: exact results stay as they are.
  private static func operation(_ kind: UInt64, _ result: Double, _ left: Double, _ right: Double, error: Double)
    -> Perturbed
  {
    let context = ArithmeticContext.current
    guard context.perturbation == .everything, error != 0 else { return Perturbed(value: result) }
    return Perturbed(value: moved(result, kind, left, right, context.seed))
  }

  /// The result of a function. At an argument of zero every library is exact.
  private static func function(_ kind: UInt64, _ result: Double, _ left: Double, _ right: Double = 0) -> Perturbed {
    guard left != 0 || right != 0 else { return Perturbed(value: result) }
    return Perturbed(value: moved(result, kind, left, right, ArithmeticContext.current.seed))
  }

  /// A number moved by −1, 0 or +1 unit of the last place, by a hash of operation, operands and seed (the finaliser of
  /// SplitMix64: Steele, Lea and Flood, 2014).
  private static func moved(_ result: Double, _ kind: UInt64, _ left: Double, _ right: Double, _ seed: UInt64) -> Double
  {
    // At zero a unit of the last place has no meaning.
    guard result.isFinite, result != 0 else { return result }
    var bits = seed &* 0x9e37_79b9_7f4a_7c15
    for part in [kind, left.bitPattern, right.bitPattern] {
      bits = (bits ^ part) &+ 0x9e37_79b9_7f4a_7c15
      bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
      bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
      bits ^= bits >> 31
    }
    switch bits % 3 {
    case 0: return result.nextDown
    case 1: return result.nextUp
    default: return result
    }
  }

  package static func + (left: Perturbed, right: Perturbed) -> Perturbed {
    let sum = left.value + right.value
    return operation(1, sum, left.value, right.value, error: errorOfSum(left.value, right.value, sum))
  }

  package static func - (left: Perturbed, right: Perturbed) -> Perturbed { left + -right }

  package static func * (left: Perturbed, right: Perturbed) -> Perturbed {
    let product = left.value * right.value
    return operation(
      2, product, left.value, right.value, error: (-product).addingProduct(left.value, right.value))
  }

  package static func *= (left: inout Perturbed, right: Perturbed) { left = left * right }

  package static func / (left: Perturbed, right: Perturbed) -> Perturbed {
    let quotient = left.value / right.value
    return operation(
      3, quotient, left.value, right.value, error: (-left.value).addingProduct(quotient, right.value))
  }

  package static prefix func - (number: Perturbed) -> Perturbed { Perturbed(value: -number.value) }

  package func squareRoot() -> Perturbed {
    let root = value.squareRoot()
    let isExact = (-value).addingProduct(root, root) == 0
    return isExact ? Perturbed(value: root) : Self.function(4, root, value)
  }

  package static func sine(_ angle: Perturbed) -> Perturbed { function(5, Glibc.sin(angle.value), angle.value) }
  package static func cosine(_ angle: Perturbed) -> Perturbed { function(6, Glibc.cos(angle.value), angle.value) }
  package static func exponential(_ exponent: Perturbed) -> Perturbed {
    function(7, Glibc.exp(exponent.value), exponent.value)
  }
  package static func arcTangent(y: Perturbed, x: Perturbed) -> Perturbed {
    function(8, Glibc.atan2(y.value, x.value), y.value, x.value)
  }
  package func rounded(_ rule: FloatingPointRoundingRule) -> Perturbed { Perturbed(value: value.rounded(rule)) }
  package func roundedToSingle() -> Perturbed { Perturbed(value: Double(Float(value))) }
  package func multipliedInSingle(_ factor: Float) -> Perturbed { Perturbed(value: Double(Float(value) * factor)) }
  package static func < (left: Perturbed, right: Perturbed) -> Bool { left.value < right.value }
}
