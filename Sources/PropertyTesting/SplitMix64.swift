/// Pseudo-random numbers (SplitMix64; Steele, Lea and Flood, 2014), fixed here so that seeds keep their meaning.
public struct SplitMix64: Sendable, RandomNumberGenerator {
  private var state: UInt64

  /// A generator in a given state; every state is allowed.
  public init(state: UInt64) {
    self.state = state
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// A number from 0 to `bound`, without bias (rejection).
  mutating func next(upTo bound: UInt64) -> UInt64 {
    guard bound < .max else { return next() }
    let count = bound + 1
    let limit = UInt64.max - UInt64.max % count
    while true {
      let bits = next()
      if bits < limit { return bits % count }
    }
  }

  static func mixed(_ bits: UInt64) -> UInt64 {
    var z = bits
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A seed for one of many independent sequences.
  static func seed(_ parts: UInt64...) -> UInt64 {
    parts.reduce(0x2545_F491_4F6C_DD1D) { mixed($0 &+ 0x9E37_79B9_7F4A_7C15 &+ $1) }
  }

  /// The hash of a text (FNV-1a; Fowler, Noll and Vo, 1991), which does not depend on the process.
  static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
