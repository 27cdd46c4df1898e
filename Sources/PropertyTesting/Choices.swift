/// The only source of randomness of a generator: a list of bounded whole numbers, drawn at random or replayed.
///
/// A test case is its list of choices. Shrinking edits the list and runs the generator again, so that a shrunk value
/// has all properties that its generator guarantees (MacIver and Donaldson, 2020).
public struct Choices {
  private enum Source {
    case random(SplitMix64)
    case list([UInt64])
  }

  private var source: Source
  /// The choices drawn so far.
  public private(set) var drawn: [UInt64] = []

  /// The largest number of choices that one value may take.
  public static let limit = 100_000

  /// Choices drawn at random.
  public init(seed: UInt64) {
    source = .random(SplitMix64(state: seed))
  }

  /// Choices replayed from a token; every choice beyond its end is zero, the simplest choice.
  public init(replaying token: ReplayToken) {
    source = .list(token.choices)
  }

  /// A whole number from 0 to `bound`, uniform if drawn at random. A generator should map zero to its simplest value.
  /// - Throws: `GenerationStop.overrun` after `limit` choices.
  public mutating func draw(upTo bound: UInt64) throws(GenerationStop) -> UInt64 {
    guard drawn.count < Self.limit else { throw .overrun }
    let value: UInt64
    switch source {
    case .random(var generator):
      value = generator.next(upTo: bound)
      source = .random(generator)
    case .list(let list):
      value = drawn.count < list.count ? min(list[drawn.count], bound) : 0
    }
    drawn.append(value)
    return value
  }

  /// The token that replays the choices drawn so far.
  public var token: ReplayToken { ReplayToken(drawn) }
}

/// The reason for which a generator gave no value.
public enum GenerationStop: Error {
  /// The property does not apply to the value.
  case discard
  /// The value took more than `Choices.limit` choices.
  case overrun
}

/// A list of choices as text, such as `4.3.3`: hexadecimal numbers, trailing zeros left out.
public struct ReplayToken: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
  /// The choices.
  public let choices: [UInt64]

  /// A token of choices.
  public init(_ choices: [UInt64]) {
    self.choices = Array(choices[..<(choices.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0)])
  }

  /// Reads a token; nil unless it is a list of hexadecimal numbers separated by dots.
  public init?(text: String) {
    guard text != "0" else {
      self.init([])
      return
    }
    let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt64($0, radix: 16) }
    guard !numbers.contains(nil) else { return nil }
    self.init(numbers.compactMap { $0 })
  }

  /// A token from a string literal.
  /// - Precondition: The literal is a list of hexadecimal numbers separated by dots.
  public init(stringLiteral value: String) {
    guard let token = ReplayToken(text: value) else { preconditionFailure("\"\(value)\" is not a replay token") }
    self = token
  }

  /// The text of the token; `0` if all choices are zero.
  public var description: String {
    choices.isEmpty ? "0" : choices.map { String($0, radix: 16) }.joined(separator: ".")
  }

  /// Whether this token is simpler than another: shorter, or of equal length and smaller at the first difference.
  func isSimpler(than other: ReplayToken) -> Bool {
    choices.count != other.choices.count
      ? choices.count < other.choices.count : choices.lexicographicallyPrecedes(other.choices)
  }
}

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
