import TestSupport
import Testing

import PropertyTesting

/// What generators guarantee, and how they are distributed.
@Suite(.tags(.property), .generousTime) struct GeneratorTests {
  private func sample<Value>(_ generator: Generator<Value>, _ count: Int = 20_000) throws -> [Value] {
    try (0..<count).map { index in
      var choices = Choices(seed: UInt64(index))
      return try generator.generate(&choices)
    }
  }

  @Test(arguments: [(-3, 5), (0, 7), (2, 9), (-9, -2), (-5, 0), (4, 4)])
  func integersAreUniform(low: Int, high: Int) throws {
    let values = try sample(.integer(in: low...high))
    let expected = Double(values.count) / Double(high - low + 1)
    for value in low...high {
      let count = Double(values.count { $0 == value })
      expectClose(
        count, expected, within: 5 * expected.squareRoot(),
        because: "five standard deviations: one false alarm in 1.7 million, and the seeds are fixed", "\(value)")
    }
    #expect(values.allSatisfy { (low...high).contains($0) })
  }

  @Test(arguments: [(-1.0, 3.0), (0, 1), (2, 5), (-5, -2), (-4, 0), (1, 1)])
  func doublesFillTheirRange(low: Double, high: Double) throws {
    let values = try sample(.double(in: low...high))
    #expect(values.allSatisfy { (low...high).contains($0) })
    guard low < high else { return }
    for tenth in 0..<10 {
      let edge = low + (high - low) * Double(tenth) / 10
      let count = values.count { $0 >= edge && $0 < edge + (high - low) / 10 }
      // 16 of 19 values are fractions; an eighth of these sits on 17 points. The others are edges: ends, short decimals,
      // whole and half numbers, of which a tenth of the range may hold none or, at an end, a third.
      #expect(count > 1684 - 450 && count < 1684 + 450 + 3 * 1053 / 3, "from \(edge): \(count)")
    }
  }

  @Test func numbersHaveEdges() throws {
    let values = try sample(.double(in: -3...7.3))
    func count(_ holds: (Double) -> Bool) -> Int { values.count(where: holds) }
    #expect(count { $0 == 7.3 } > 100 && count { $0 == -3 } > 50 && count { $0 == 0 } > 100)
    #expect(
      count { $0 == 7.3.nextDown || $0 == (-3.0).nextUp } > 100 && count { abs($0) == .leastNonzeroMagnitude } > 100)
    #expect(count { abs($0 * 2) == abs($0 * 2).rounded() } > 1500, "whole and half numbers")
    // Decimals tell a product from a quotient: 0.007 and 7 * 1e-3 differ.
    #expect(count { $0 != 0 && $0 * 1000 == ($0 * 1000).rounded() && $0 * 1000 * 1e-3 != $0 * 1000 / 1e3 } > 20)
  }

  /// Of eight parts with six kinds each, 200 random cases miss some of the 1008 pairs; the designed ones do not.
  @Test(arguments: 1...5 as ClosedRange<UInt64>) func everyPairOfKindsOccurs(seed: UInt64) {
    let part = Generator<Int>.element(of: [0, 1, 2, 3, 4, 5])
    let parts = zip(zip(part, part, part, part), zip(part, part, part, part))
    var seen: Set<[Int]> = []
    let found = outcome(parts, Settings(cases: 200, seed: seed)) { _, value in
      let kinds = [value.0.0, value.0.1, value.0.2, value.0.3, value.1.0, value.1.1, value.1.2, value.1.3]
      for first in 0..<8 { for second in first + 1..<8 { seen.insert([first, kinds[first], second, kinds[second]]) } }
    }
    #expect(seen.count == 1008)
    #expect(found.pairs.places == 8 && found.pairs.pairs == 1008 && found.pairs.covered == 1008, "\(found.pairs)")
  }

  /// Pairs that exclude each other are given up, and counted as not possible.
  @Test func impossiblePairsAreGivenUp() {
    let pairs = Generator<Int>.element(of: [0, 1, 2]).flatMap { first in
      zip(.constant(first), first == 0 ? .constant(-1) : Generator<Int>.element(of: [0, 1, 2, 3]))
    }
    let found = outcome(pairs, Settings(cases: 200)) { _, _ in }
    #expect(found.pairs == PairCoverage(places: 2, covered: 8, pairs: 8))
  }

  @Test func logUniformNumbersFillTheirDecades() throws {
    let values = try sample(.logUniform(in: 1e-3...1e3))
    #expect(values.allSatisfy { (1e-3...1e3).contains($0) })
    for decade in -3..<3 {
      let count = Double(values.count { $0 >= pow10(decade) && $0 < pow10(decade + 1) })
      let expected: Double = 20_000 / 6
      expectClose(
        count, expected, within: 5 * expected.squareRoot() + 200,
        because: "five standard deviations, and powers of ten at the ends of decades")
    }
  }

  private func pow10(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? .nan }

  @Test func specialValuesAreMixedIn() throws {
    let values = try sample(Generator.double(in: 1...2).mixing([5, 6]))
    expectClose(Double(values.count { $0 > 2 }), 5000, within: 350, because: "six standard deviations of 61")
    #expect(Set(try sample(.special, 2000).map(\.description)).count == 17, "every special value")
    let any = try sample(.any)
    #expect(any.contains { $0.isNaN } && any.contains { $0.isSubnormal } && any.contains { $0 == -.infinity })
  }

  @Test func arraysAndChoices() throws {
    let arrays = try sample(Generator.bool.array(2...6), 4000)
    #expect(arrays.allSatisfy { (2...6).contains($0.count) } && Set(arrays.map(\.count)) == [2, 3, 4, 5, 6])
    let weighted = try sample(.weighted((1, .constant("rare")), (9, .constant("common"))))
    expectClose(Double(weighted.count { $0 == "rare" }), 2000, within: 250, because: "six standard deviations of 42")
    let optional = try sample(Generator.bool.optional(nilEvery: 4))
    expectClose(Double(optional.count { $0 == nil }), 5000, within: 350, because: "six standard deviations of 61")
    #expect(Set(try sample(.oneOf(.constant(1), .constant(2)), 100)) == [1, 2])
    let endless = Generator<Int> { choices in
      while true { _ = try choices.draw(upTo: 1) }
    }
    #expect(throws: GenerationStop.overrun) { try sample(endless, 1) }
  }
}
