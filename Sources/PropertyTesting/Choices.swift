/// The only source of randomness of a generator: a list of bounded whole numbers, drawn at random or replayed.
///
/// A test case is its list of choices. Shrinking edits the list and runs the generator again, so that a shrunk value
/// has all properties that its generator guarantees (MacIver and Donaldson, 2020).
public struct Choices {
  private enum Source {
    case random(SplitMix64)
    case list([UInt64])
    /// The list, except for the choices of one part of the value, which are drawn at random. Behind the part the list goes
    /// on at `end`.
    case redrawn([UInt64], parts: Parts)
    /// The list, except for some parts of the value, which come from lists of their own.
    case patched([UInt64], parts: [UInt64: Patch])
    /// At random, except for the choices of some places, which come from a range.
    case guided(SplitMix64, [UInt64: ClosedRange<UInt64>])
  }

  /// The parts of a value that are drawn anew.
  struct Parts {
    /// Where the list goes on behind a part, by the place of the part.
    var ends: [UInt64: Int]
    var random: SplitMix64
  }

  /// Choices for a part of a value, and where the list goes on behind the part.
  struct Patch {
    var choices: [UInt64]
    var end: Int
  }

  private var source: Source
  /// The part that is read from a list of its own, and the next number there.
  private var patch: (choices: [UInt64], cursor: Int)?
  /// The choices drawn so far.
  public private(set) var drawn: [UInt64] = []
  /// What is drawn where; nil if nobody asked for it.
  private(set) var record: DrawRecord?
  /// The place within the generators: which child of which child is being generated.
  private var place: UInt64 = 0
  /// The number of the next child or draw at the place.
  private var ordinal: UInt64 = 0
  /// The next number of a list.
  private var cursor = 0
  /// How many parts that are drawn anew contain the present place.
  private var redrawing = 0

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

  /// Choices replayed from a token, with other ones for some parts of the value.
  init(replaying token: ReplayToken, redrawing parts: [DrawRecord.Span], seed: UInt64) {
    let ends = Dictionary(parts.map { ($0.place, $0.range.upperBound) }, uniquingKeysWith: max)
    source = .redrawn(token.choices, parts: Parts(ends: ends, random: SplitMix64(state: seed)))
  }

  /// Choices replayed from a token, with others for some places.
  init(replaying token: ReplayToken, patching parts: [UInt64: Patch]) {
    source = .patched(token.choices, parts: parts)
  }

  /// Choices drawn at random, some of them from given ranges.
  init(seed: UInt64, forcing ranges: [UInt64: ClosedRange<UInt64>]) {
    source = .guided(SplitMix64(state: seed), ranges)
  }

  /// The same choices, recording what is drawn where.
  func recording() -> Choices {
    var copy = self
    copy.record = DrawRecord()
    return copy
  }

  /// A whole number from 0 to `bound`, uniform if drawn at random. A generator should map zero to its simplest value.
  /// - Throws: `GenerationStop.overrun` after `limit` choices.
  public mutating func draw(upTo bound: UInt64) throws(GenerationStop) -> UInt64 {
    try draw(upTo: bound, strata: nil)
  }

  /// A whole number from 0 to `bound` that decides between kinds of values.
  /// - Parameter strata: The first number of each kind but the first; nil if each number of a few is a kind, none if there
  ///   are no kinds.
  mutating func draw(upTo bound: UInt64, strata: [UInt64]?) throws(GenerationStop) -> UInt64 {
    guard drawn.count < Self.limit else { throw .overrun }
    let here = SplitMix64.mixed(place &+ ordinal)
    ordinal += 1
    let value = next(upTo: bound, at: here)
    drawn.append(value)
    cursor += 1
    record?.draws.append(.init(place: here, bound: bound, strata: strata))
    return value
  }

  private mutating func next(upTo bound: UInt64, at here: UInt64) -> UInt64 {
    switch source {
    case .random(var generator):
      defer { source = .random(generator) }
      return generator.next(upTo: bound)
    case .list(let list):
      return cursor < list.count ? min(list[cursor], bound) : 0
    case .patched(let list, _):
      guard var own = patch else { return cursor < list.count ? min(list[cursor], bound) : 0 }
      defer { patch = own }
      own.cursor += 1
      return own.cursor <= own.choices.count ? min(own.choices[own.cursor - 1], bound) : 0
    case .redrawn(let list, var parts):
      guard redrawing > 0 else { return cursor < list.count ? min(list[cursor], bound) : 0 }
      defer { source = .redrawn(list, parts: parts) }
      // Ends and simple values are where faults are: one choice in four is the least or the largest.
      return switch parts.random.next(upTo: 7) {
      case 0: 0
      case 1: bound
      default: parts.random.next(upTo: bound)
      }
    case .guided(var generator, let ranges):
      defer { source = .guided(generator, ranges) }
      guard let range = ranges[here], range.lowerBound <= bound else { return generator.next(upTo: bound) }
      return range.lowerBound + generator.next(upTo: min(range.upperBound, bound) - range.lowerBound)
    }
  }

  /// Generates a part of the value: what is drawn meanwhile belongs together.
  mutating func part<Value>(_ generate: (inout Choices) throws -> Value) rethrows -> Value {
    let (outer, number, start) = (place, ordinal, drawn.count)
    place = SplitMix64.mixed(outer &+ number &+ 0x9E37_79B9_7F4A_7C15)
    ordinal = 0
    let here = place
    let end: Int? = if case .redrawn(_, let parts) = source { parts.ends[here] } else { nil }
    if end != nil { redrawing += 1 }
    let own: Patch? = if case .patched(_, let parts) = source, patch == nil { parts[here] } else { nil }
    if let own { patch = (own.choices, 0) }
    defer {
      (place, ordinal) = (outer, number + 1)
      if let end {
        redrawing -= 1
        cursor = end
      }
      if let own {
        patch = nil
        cursor = own.end
      }
      record?.spans.append(.init(place: here, range: start..<drawn.count))
    }
    return try generate(&self)
  }

  /// The token that replays the choices drawn so far.
  public var token: ReplayToken { ReplayToken(drawn) }
}

/// What a generator drew, and which choices belong to which part of the value.
struct DrawRecord {
  /// One choice.
  struct Draw {
    var place: UInt64
    var bound: UInt64
    var strata: [UInt64]?

    /// The ranges of choices that stand for different kinds of values; nil if the choice is of a number.
    var classes: [ClosedRange<UInt64>]? {
      if let strata {
        guard !strata.isEmpty else { return nil }
        let starts = [0] + strata
        return zip(starts, strata.map { $0 - 1 } + [bound]).map { $0...$1 }
      }
      return bound >= 1 && bound < 12 ? (0...bound).map { $0...$0 } : nil
    }
  }

  /// The choices of one part, which may contain others; inner parts come before the outer ones.
  struct Span {
    var place: UInt64
    var range: Range<Int>
  }

  var draws: [Draw] = []
  var spans: [Span] = []
}

/// The reason for which a generator gave no value.
public enum GenerationStop: Error {
  /// The property does not apply to the value.
  case discard
  /// The value took more than `Choices.limit` choices.
  case overrun
}
