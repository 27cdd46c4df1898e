/// Varies lists of choices to make a deviation larger: keeps the largest ones and changes some of their choices.
package struct Climber: Sendable {
  /// A list of choices and the deviation of its case.
  package struct Place: Sendable {
    package var token: ReplayToken
    package var size: Double
  }

  /// The largest deviations, the largest first.
  package private(set) var places: [Place] = []
  private let limit: Int

  /// - Parameter limit: How many places are kept and varied.
  init(limit: Int = 1) { self.limit = limit }

  var best: Place? { places.first }
  var hasTarget: Bool { best.map { !$0.token.choices.isEmpty } ?? false }

  /// Keeps a place if it is among the largest.
  mutating func offer(_ token: ReplayToken, _ size: Double) {
    guard places.count < limit || size > places[places.count - 1].size,
      !places.contains(where: { $0.token == token })
    else { return }
    places.insert(Place(token: token, size: size), at: places.firstIndex { $0.size < size } ?? places.count)
    if places.count > limit { places.removeLast() }
  }

  /// A variation: of the largest half of the time.
  func variation(_ random: inout SplitMix64) -> ReplayToken {
    guard !places.isEmpty else { return ReplayToken([]) }
    let number = random.next(upTo: 1) == 0 ? 0 : Int(random.next(upTo: UInt64(places.count - 1)))
    var choices = places[number].token.choices
    guard !choices.isEmpty else { return ReplayToken([]) }
    // Most often one choice, which climbs; sometimes more, which leaps.
    for _ in 0...(random.next(upTo: 3) == 0 ? random.next(upTo: 3) : 0) {
      let index = Int(random.next(upTo: UInt64(choices.count - 1)))
      choices[index] = Self.varied(choices[index], &random)
    }
    return ReplayToken(choices)
  }

  /// A choice a power of two up or down, drawn again, or the least.
  static func varied(_ value: UInt64, _ random: inout SplitMix64) -> UInt64 {
    let step = UInt64(1) << random.next(upTo: UInt64(UInt64.bitWidth - value.leadingZeroBitCount))
    switch random.next(upTo: 5) {
    case 0, 1: return value > .max - step ? .max : value + step
    case 2, 3: return value < step ? 0 : value - step
    case 4: return random.next(upTo: max(2 * (value & (.max >> 1)), 3))
    // Too large choices become the largest, so that 2^k - 1 tries the ends of usual ranges.
    default: return random.next(upTo: 2) == 0 ? 0 : (1 << (4 + random.next(upTo: 49))) - 1
    }
  }
}
