import Glibc

/// The precision of elementary functions in the deviates: the two programs of the C authors differ in it, and a
/// sequence soon does, too.
public enum RandomPrecision: Sendable {
  /// Double precision, results rounded where they are stored: the simulator (docs/reference/60-random-numbers.md §3 and
  /// §5).
  case mixed
  /// Single precision: `noisify`.
  case single

  func logarithm(_ x: Float) -> Double { self == .single ? Double(logf(x)) : log(Double(x)) }

  func tangent(_ x: Double) -> Float { self == .single ? tanf(Float(x)) : Float(tan(x)) }

  func exponential(_ x: Float) -> Double { self == .single ? Double(expf(x)) : exp(Double(x)) }
}
