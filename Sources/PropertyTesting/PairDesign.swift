/// How many pairs of kinds of values the cases of a property had.
public struct PairCoverage: Sendable, Codable, Equatable {
  /// The number of choices among kinds.
  public var places = 0
  /// The number of pairs that occurred.
  public var covered = 0
  /// The number of pairs that may be possible.
  public var pairs = 0

  package init(places: Int = 0, covered: Int = 0, pairs: Int = 0) {
    (self.places, self.covered, self.pairs) = (places, covered, pairs)
  }
}

/// Chooses the first cases of a property so that every pair of kinds of values occurs: each shape of a crystal beside each
/// convention, each sign of an angle beside each edge of a length. Random cases alone miss rare pairs (Cohen, Dalal, Fredman
/// and Patton, 1997).
///
/// The kinds are found by generating: every choice among few alternatives is one. The design depends on the seed and on the
/// generator alone, so that a case can be had again without the body of the property.
struct PairDesign<Value> {
  private let generator: Generator<Value>
  private let seed: UInt64
  private var random: SplitMix64
  private var places: [UInt64] = []
  private var classes: [[ClosedRange<UInt64>]] = []
  /// The number of the first class of each place, among all classes.
  private var starts: [Int] = []
  private var total = 0
  /// For each pair of classes whether it still has to occur.
  private var isOpen: [Bool] = []
  private var open: [(first: Int, second: Int)] = []
  private var attempts: [Int: Int] = [:]
  private var dropped = 0
  private var all = 0

  /// The largest number of places that are combined; each has two to eleven kinds.
  private static var mostPlaces: Int { 32 }
  private static var probes: Int { 16 }
  private static var mostAttempts: Int { 3 }

  init(_ generator: Generator<Value>, seed: UInt64) {
    self.generator = generator
    self.seed = seed
    random = SplitMix64(state: SplitMix64.seed(seed, 1))
    var seen: [UInt64: (count: Int, order: Int, classes: [ClosedRange<UInt64>])] = [:]
    for probe in 0..<Self.probes {
      for draw in record(Choices(seed: SplitMix64.seed(seed, 2, UInt64(probe)))).draws {
        guard let classes = draw.classes else { continue }
        let order = seen.count
        seen[draw.place, default: (0, order, classes)].count += 1
      }
    }
    for (place, found) in seen.sorted(by: { ($1.value.count, $0.value.order) < ($0.value.count, $1.value.order) })
      .prefix(Self.mostPlaces)
    {
      places.append(place)
      classes.append(found.classes)
      starts.append(total)
      total += found.classes.count
    }
    isOpen = [Bool](repeating: false, count: total * total)
    for (number, start) in starts.enumerated() {
      for first in start..<start + classes[number].count {
        for second in start + classes[number].count..<max(total, start + classes[number].count) {
          isOpen[first * total + second] = true
          open.append((first, second))
        }
      }
    }
    all = open.count
  }

  var coverage: PairCoverage {
    PairCoverage(places: places.count, covered: all - dropped - isOpen.count { $0 }, pairs: all - dropped)
  }

  /// The choices of the next case.
  mutating func next(_ index: Int) -> Choices {
    guard let wanted = pick() else { return Choices(seed: SplitMix64.seed(seed, 3, UInt64(index))) }
    var chosen = [Int?](repeating: nil, count: places.count)
    for kind in [wanted.first, wanted.second] { chosen[place(of: kind)] = kind }
    for number in places.indices.shuffled(using: &random) where chosen[number] == nil {
      chosen[number] = best(number, beside: chosen.compactMap { $0 })
    }
    var ranges: [UInt64: ClosedRange<UInt64>] = [:]
    for (number, kind) in chosen.enumerated() {
      ranges[places[number]] = kind.map { classes[number][$0 - starts[number]] }
    }
    let choices = Choices(seed: SplitMix64.seed(seed, 3, UInt64(index)), forcing: ranges)
    note(choices, wanted)
    return choices
  }

  private func place(of kind: Int) -> Int { starts.lastIndex { $0 <= kind } ?? 0 }

  /// A pair that still has to occur; those that have meanwhile are taken from the list.
  private mutating func pick() -> (first: Int, second: Int)? {
    while !open.isEmpty {
      let number = Int(random.next(upTo: UInt64(open.count - 1)))
      if isOpen[open[number].first * total + open[number].second] { return open[number] }
      open.swapAt(number, open.count - 1)
      open.removeLast()
    }
    return nil
  }

  /// The kind of a place that has most open pairs with those chosen; among equals one at random; nil if there are none, so
  /// that the generator's own shares hold.
  private mutating func best(_ number: Int, beside chosen: [Int]) -> Int? {
    let range = starts[number]..<starts[number] + classes[number].count
    let gains = range.map { kind in chosen.count { isOpen[min($0, kind) * total + max($0, kind)] } }
    guard let most = gains.max(), most > 0 else { return nil }
    let candidates = range.filter { gains[$0 - range.lowerBound] == most }
    return candidates[Int(random.next(upTo: UInt64(candidates.count - 1)))]
  }

  private func record(_ choices: Choices) -> DrawRecord {
    var choices = choices.recording()
    _ = try? generator.generate(&choices)
    return choices.record ?? DrawRecord()
  }

  /// Notes the pairs that a case has.
  mutating func note(_ choices: Choices) {
    guard !open.isEmpty else { return }
    var copy = choices.recording()
    _ = try? generator.generate(&copy)
    var kinds: [Int] = []
    for (draw, value) in zip(copy.record?.draws ?? [], copy.drawn) {
      guard let number = places.firstIndex(of: draw.place),
        let kind = classes[number].firstIndex(where: { $0.contains(value) })
      else { continue }
      kinds.append(starts[number] + kind)
    }
    kinds.sort()
    for (number, first) in kinds.enumerated() {
      for second in kinds[(number + 1)...] { isOpen[first * total + second] = false }
    }
  }

  private mutating func note(_ choices: Choices, _ wanted: (first: Int, second: Int)) {
    note(choices)
    let pair = wanted.first * total + wanted.second
    guard isOpen[pair] else { return }
    attempts[pair, default: 0] += 1
    guard attempts[pair] == Self.mostAttempts else { return }
    // The generator does not reach the pair: one kind excludes the other, or nearly so.
    isOpen[pair] = false
    dropped += 1
  }
}
