import PropertyTesting

/// The lines that cover every pair of options with every kind of their values, and what they cover.
package struct PairCover: Sendable {
  /// The lines in their order.
  package private(set) var lines: [LineDrawing.Drawn] = []
  /// Pairs for which every drawn line was refused or took too long, with the reason of the last.
  package private(set) var impossible: [Pair: String] = [:]
  /// The number of pairs that some line covers.
  package private(set) var covered = 0
  /// The number of pairs.
  package let total: Int
  /// Lines that were drawn and could not be judged.
  private(set) var dropped = 0

  /// Two options with kinds of values.
  package struct Pair: Sendable, Hashable, Comparable {
    package let first: OptionKind
    package let second: OptionKind

    package init(first: OptionKind, second: OptionKind) { (self.first, self.second) = (first, second) }

    package static func < (left: Self, right: Self) -> Bool { (left.first, left.second) < (right.first, right.second) }
  }

  /// How many other options a line has besides the pair: many at first, none when the pair alone may be possible.
  private static let extras = [8, 7, 5, 3, 2, 1, 0, 0, 0, 0]

  /// Draws lines until every pair is covered, or was impossible ten times.
  package init(_ drawing: LineDrawing) {
    let kinds = drawing.drawnKinds
    let count = kinds.count
    var isCovered = [Bool](repeating: false, count: count * count)
    var pairs: [(Int, Int)] = []
    for first in 0..<count {
      for second in first + 1..<count where kinds[first].option != kinds[second].option {
        pairs.append((first, second))
      }
    }
    total = pairs.count
    var random = drawing.random(-1)
    pairs.shuffle(using: &random)
    let places = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($1, $0) })
    for (first, second) in pairs where !isCovered[first * count + second] {
      var reason = ""
      for extra in Self.extras {
        let number = lines.count
        var own = drawing.random(number, UInt64(dropped & 0xFFFF))
        var chosen = Self.chosen(first, second, extra, kinds, isCovered, &own).map { kinds[$0] }
        // The remedy of a refusal may name an option, as -square_div.
        if extra == 0 { chosen += kinds.filter { reason.contains("add \($0.option),") } }
        let drawn = drawing.line(
          LineDrawing.distinct(chosen), number: number, &own,
          limit: extra == 0 ? LineCheck.pairLimit : LineCheck.limit)
        guard case .ready = drawn.check else {
          dropped += 1
          reason = drawn.check.reason
          continue
        }
        lines.append(drawn)
        let present = drawn.line.judgedKinds(places)
        for (index, low) in present.enumerated() {
          for high in present[(index + 1)...] where kinds[low].option != kinds[high].option {
            let (small, large) = (min(low, high), max(low, high))
            if !isCovered[small * count + large] {
              isCovered[small * count + large] = true
              covered += 1
            }
          }
        }
        if isCovered[first * count + second] { break }
      }
      if !isCovered[first * count + second] {
        impossible[Pair(first: kinds[first], second: kinds[second])] = reason
      }
    }
  }

  /// A pair and further options, each the best of four by the pairs that it would newly cover.
  private static func chosen(
    _ first: Int, _ second: Int, _ extra: Int, _ kinds: [OptionKind], _ isCovered: [Bool], _ random: inout SplitMix64
  ) -> [Int] {
    let count = kinds.count
    var chosen = [first, second]
    var names = Set(chosen.map { kinds[$0].option })
    for _ in 0..<extra {
      var best: (index: Int, gain: Int)?
      for _ in 0..<4 {
        let index = Int(random.next() % UInt64(count))
        guard !names.contains(kinds[index].option) else { continue }
        let gain = chosen.count { !isCovered[min($0, index) * count + max($0, index)] }
        if gain > best?.gain ?? -1 { best = (index, gain) }
      }
      if let best {
        chosen.append(best.index)
        names.insert(kinds[best.index].option)
      }
    }
    return chosen
  }
}

extension LineCheck {
  /// Why a line is not judged; empty for a line that is.
  var reason: String {
    switch self {
    case .ready: ""
    case .refused(let problem): problem
    case .tooLong(let steps): "\(steps) steps are above the limit of \(Self.limit)"
    }
  }
}

extension JudgedLine {
  /// The numbers of the option kinds that the line has, those of the scene included.
  func judgedKinds(_ places: [OptionKind: Int]) -> [Int] {
    uses.compactMap { use in
      use.kind.flatMap { places[OptionKind(option: Self.canonical(use.name), kind: $0)] }
    }
  }
}
