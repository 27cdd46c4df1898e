import Glibc

/// The uniform generator of the reference program (C name `ran1`): Park and Miller's minimal standard (1988) with the
/// shuffle of Bays and Durham (1976), results rounded to single precision (docs/reference/60-random-numbers.md §2).
///
/// The shuffle table and the output register are shared by all streams of a run; each stream owns only its state.
public struct UniformDeviates: Sendable {
  private var table = [Int](repeating: 0, count: 32)
  private var register = 0
  private var spareGaussian: Float?

  private static let multiplier = 16807
  private static let modulus = 2_147_483_647
  private static let divisor = 67_108_864
  private static let largest = Float(1.0 - 1.2e-7)

  /// A generator whose table has not been filled.
  public init() {}

  /// The next uniform deviate of a stream, in the open interval (0, 1).
  /// - Parameter stream: The state of the stream. A value of zero or less (re)fills the table from its magnitude.
  public mutating func next(_ stream: inout Int) -> Float {
    if stream <= 0 || register == 0 {
      stream = -stream < 1 ? 1 : -stream
      for slot in (0...39).reversed() {
        stream = Self.multiplier * stream % Self.modulus
        if slot < 32 { table[slot] = stream }
      }
      register = table[0]
    }
    stream = Self.multiplier * stream % Self.modulus
    let slot = register / Self.divisor
    register = table[slot]
    table[slot] = stream
    let deviate = Float(Double(register) * (1.0 / Double(Self.modulus)))
    return Double(deviate) > 1.0 - 1.2e-7 ? Self.largest : deviate
  }

  /// The next standard normal deviate by the polar method (Marsaglia, 1962; C name `gaussdev`;
  /// docs/reference/60-random-numbers.md §3).
  ///
  /// Deviates come in pairs; the second deviate of a pair is returned by the next call, even if that call is for
  /// another stream.
  /// - Parameters:
  ///   - stream: The state of the stream.
  ///   - precision: The precision of logarithm and root.
  public mutating func nextGaussian(_ stream: inout Int, _ precision: RandomPrecision = .mixed) -> Float {
    if let spare = spareGaussian {
      spareGaussian = nil
      return spare
    }
    while true {
      let v1 = Float(2.0 * Double(next(&stream)) - 1.0)
      let v2 = Float(2.0 * Double(next(&stream)) - 1.0)
      let r = v1 * v1 + v2 * v2
      if r < 1 && r > 0 {
        let square = -2.0 * precision.logarithm(r) / Double(r)
        let factor = precision == .single ? Float(square).squareRoot() : Float(square.squareRoot())
        spareGaussian = v1 * factor
        return v2 * factor
      }
    }
  }
}
