/// Makes a failing list of choices simpler: shorter first, then smaller from the left.
struct Shrinker {
  /// Runs a candidate; returns the choices that its generator drew if the candidate fails in the same way, else nil.
  private let stillFails: (ReplayToken) -> ReplayToken?
  /// The simplest failing choices so far.
  private(set) var best: ReplayToken
  /// The number of candidates that were run.
  private(set) var calls = 0
  /// The number of times that simpler choices were found.
  private(set) var steps = 0
  private let budget: Int

  init(_ start: ReplayToken, budget: Int, stillFails: @escaping (ReplayToken) -> ReplayToken?) {
    best = start
    self.budget = budget
    self.stillFails = stillFails
  }

  /// Repeats all passes until no pass finds simpler choices, or the budget is spent.
  mutating func run() {
    var before: ReplayToken
    repeat {
      before = best
      deleteBlocks()
      zeroBlocks()
      lowerPairs()
      lowerEach()
      moveBetweenPairs()
      swapPairs()
      swapBlocks()
    } while best != before && calls < budget
  }

  /// Keeps a candidate if it is simpler and still fails.
  @discardableResult
  private mutating func tryCandidate(_ choices: [UInt64]) -> Bool {
    let candidate = ReplayToken(choices)
    guard calls < budget, candidate.isSimpler(than: best) else { return false }
    calls += 1
    guard let drawn = stillFails(candidate), drawn.isSimpler(than: best) else { return false }
    best = drawn
    steps += 1
    return true
  }

  private mutating func deleteBlocks() {
    for size in [8, 4, 3, 2, 1] {
      var start = best.choices.count - size
      while start >= 0 {
        if start + size <= best.choices.count {
          var choices = best.choices
          choices.removeSubrange(start..<start + size)
          // The choice before the block may be a count that included it, so that choice is lowered, too.
          if !tryCandidate(choices), start > 0, choices[start - 1] > 0 {
            choices[start - 1] -= 1
            tryCandidate(choices)
          }
        }
        start -= 1
      }
    }
  }

  private mutating func zeroBlocks() {
    for size in [8, 4, 2] {
      var start = best.choices.count - size
      while start >= 0 {
        if start + size <= best.choices.count {
          var choices = best.choices
          for index in start..<start + size { choices[index] = 0 }
          tryCandidate(choices)
        }
        start -= 1
      }
    }
  }

  private mutating func lowerEach() {
    var index = 0
    while index < best.choices.count {
      if !tryValue(0, at: index) {
        lower(index)
        roundBits(index)
      }
      index += 1
    }
  }

  private mutating func tryValue(_ value: UInt64, at index: Int) -> Bool {
    guard index < best.choices.count, value < best.choices[index] else { return false }
    var choices = best.choices
    choices[index] = value
    return tryCandidate(choices)
  }

  /// Lowers a choice by binary search between zero, which does not fail, and the present value.
  private mutating func lower(_ index: Int) {
    var low: UInt64 = 0
    while index < best.choices.count, calls < budget {
      let high = best.choices[index]
      guard high > low + 1 else { break }
      let middle = low + (high - low) / 2
      if !tryValue(middle, at: index) { low = middle }
    }
    descend(index)
  }

  /// Lowers a choice by small steps, each success doubling the next: where only some of the smaller values fail, such as
  /// multiples of three, binary search stops early.
  private mutating func descend(_ index: Int) {
    var (size, step): (UInt64, UInt64) = (1, 1)
    while index < best.choices.count, step <= 16, calls < budget {
      let value = best.choices[index]
      guard value > 0 else { return }
      if tryValue(value - min(value, size * step), at: index) {
        size *= 2
      } else if size > 1 {
        size = 1
      } else {
        step += 1
      }
    }
  }

  /// Clears low bits of a choice, so that fractions become short.
  private mutating func roundBits(_ index: Int) {
    for bits in stride(from: 52, through: 4, by: -4) {
      guard index < best.choices.count, best.choices[index] >> UInt64(bits) > 0 else { continue }
      _ = tryValue((best.choices[index] >> UInt64(bits)) << UInt64(bits), at: index)
    }
  }

  /// Moves as much as possible from a choice to one of the three after it, which keeps the sum of the two.
  private mutating func moveBetweenPairs() {
    for distance in 1...3 {
      var index = 0
      while index + distance < best.choices.count {
        var amount = best.choices[index]
        while amount > 0, index + distance < best.choices.count, calls < budget {
          var choices = best.choices
          let (sum, overflow) = choices[index + distance].addingReportingOverflow(amount)
          if !overflow, choices[index] >= amount {
            choices[index] -= amount
            choices[index + distance] = sum
            if tryCandidate(choices) { continue }
          }
          // All small amounts: numbers of either sign alternate.
          amount = amount > 8 ? amount / 2 : amount - 1
        }
        index += 1
      }
    }
  }

  /// Lowers two choices by one amount, by binary search: of numbers that must be equal, or differ by a constant.
  private mutating func lowerPairs() {
    for distance in 1...6 {
      var index = 0
      while index + distance < best.choices.count {
        var (low, high): (UInt64, UInt64) = (0, min(best.choices[index], best.choices[index + distance]))
        // `low` is an amount that fails, as nothing does; `high` is the largest.
        while low < high, index + distance < best.choices.count, calls < budget {
          let amount = high - (high - low) / 2
          var choices = best.choices
          guard min(choices[index], choices[index + distance]) >= amount else { break }
          choices[index] -= amount
          choices[index + distance] -= amount
          if tryCandidate(choices) {
            high -= amount
            low = 0
          } else {
            high = amount - 1
          }
        }
        index += 1
      }
    }
  }

  /// Exchanges neighbouring blocks of a short list, as the branches of a tree.
  private mutating func swapBlocks() {
    guard best.choices.count <= 24 else { return }
    for first in 1...6 {
      for second in 1...6 where first + second > 2 {
        var index = 0
        while index + first + second <= best.choices.count {
          let list = best.choices
          let (middle, end) = (index + first, index + first + second)
          tryCandidate(Array(list[..<index] + list[middle..<end] + list[index..<middle] + list[end...]))
          index += 1
        }
      }
    }
  }

  private mutating func swapPairs() {
    for distance in 1...3 {
      var index = 0
      while index + distance < best.choices.count {
        var choices = best.choices
        choices.swapAt(index, index + distance)
        tryCandidate(choices)
        index += 1
      }
    }
  }
}
