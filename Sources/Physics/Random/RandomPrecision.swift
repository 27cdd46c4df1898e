import Glibc

/// The precision of elementary functions in the deviates. nanoBragg.c and `noisify` differ in this precision, so that
/// their sequences of deviates soon differ, too.
public enum RandomPrecision: Sendable {
  /// Double precision, with results rounded to single precision where they are stored, as in nanoBragg.c
  /// (docs/reference/60-random-numbers.md §3 and §5).
  case mixed
  /// Single precision, as in `noisify`.
  case single

  func logarithm(_ x: Float) -> Double { self == .single ? Double(logf(x)) : log(Double(x)) }

  func tangent(_ x: Double) -> Float { self == .single ? tanf(Float(x)) : Float(tan(x)) }

  func exponential(_ x: Float) -> Double { self == .single ? Double(expf(x)) : exp(Double(x)) }
}
