import TestSupport
import Testing

import PropertyTesting

/// Runs a property by hand, without recording issues.
func outcome<Value>(
  _ generator: Generator<Value>, _ settings: Settings = Settings(), examples: [Value] = [],
  regressions: [Property<Value>.Regression] = [], require coverage: [Coverage] = [], cost: Cost = .cheap,
  id: String = "self test", _ body: @escaping (Check, Value) throws -> Void
) -> PropertyRun<Value>.Outcome {
  let property = Property(
    id: id, generator: generator, examples: examples, regressions: regressions, coverage: coverage, body: body)
  return PropertyRun(property, settings, cost: cost).run()
}

/// A zoo of faults, each with the simplest case that shows it.
@Suite(.tags(.property), .generousTime) struct ShrinkingTests {
  private func simplest<Value>(
    _ generator: Generator<Value>, seed: UInt64 = 1, _ holds: @escaping (Value) -> Bool
  ) throws -> Value {
    let found = outcome(generator, Settings(cases: 2000, seed: seed)) { try $0.that(holds($1), "the claim") }
    return try #require(found.failure?.failure.value)
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func thresholdsAreFoundExactly(seed: UInt64) throws {
    #expect(try simplest(.integer(in: -1000...1000), seed: seed) { $0 < 37 } == 37)
    #expect(try simplest(.integer(in: -1000...1000), seed: seed) { $0 > -37 } == -37)
    #expect(try simplest(.double(in: 0...16), seed: seed) { $0 < 5 } == 5)
    #expect(try simplest(.double(in: -16...16), seed: seed) { $0 > -5 } == -5)
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func arraysLoseWhatDoesNotMatter(seed: UInt64) throws {
    let sum = try simplest(Generator.integer(in: 0...100).array(0...20), seed: seed) { $0.reduce(0, +) <= 250 }
    #expect(sum.reduce(0, +) == 251 && sum.count == 3, "three elements of at most 100 are needed for 251")
    #expect(try simplest(Generator.integer(in: 0...100).array(0...20), seed: seed) { !$0.contains(13) } == [13])
    let sorted = try simplest(Generator.integer(in: 0...100).array(0...20), seed: seed) { $0 == $0.sorted() }
    #expect(sorted == [1, 0])
  }

  @Test func severalValuesShrinkTogether() throws {
    let pair = try simplest(zip(.integer(in: 0...500), .integer(in: 0...500))) { $0.0 + $0.1 < 100 }
    #expect(pair == (100, 0), "one choice is shorter than two")
    #expect(
      try simplest(zip(.integer(in: 0...60), .integer(in: 0...500))) { $0.0 + $0.1 < 100 || $0.1 == 0 } == (0, 100))
    let dependent = Generator.integer(in: 1...50).flatMap { n in zip(.constant(n), .integer(in: 0...n)) }
    #expect(try simplest(dependent) { $0.1 < $0.0 || $0.0 < 9 } == (9, 9))
  }

  @Test func shrunkValuesKeepWhatTheGeneratorGuarantees() throws {
    let even = Generator.integer(in: 0...10_000).filter { $0 % 2 == 0 }.map { $0 + 100_000 }
    let value = try simplest(even) { $0 < 100_701 }
    #expect(value == 100_702)
  }

  @Test func faultsAtSpecialValues() throws {
    let doubles = Generator.double(in: -100...100).mixing([.nan, .infinity])
    #expect(try simplest(doubles) { !$0.isNaN }.isNaN)
    let near = Generator.integer(in: 1...40).map(Double.init).ulpNeighbours(3)
    #expect(try simplest(near) { $0 == $0.rounded() || abs($0 - $0.rounded()) > 4 * $0.ulp } == 1.0.nextUp)
    #expect(try simplest(.any) { $0 == 0 || $0 * (1 / $0) > 0.5 } == .infinity, "of ∞ and nan the simpler one")
  }

  @Test func shrinkingDoesNotSlideIntoAnotherFault() throws {
    let found = outcome(.integer(in: 0...1000), Settings(cases: 500)) { check, value in
      if value >= 900 { try check.that(false, "the large fault") }
      try check.that(value != 500, "the small fault")
    }
    let failure = try #require(found.failure).failure
    #expect(failure.claim == "the large fault" && failure.value == 900)
  }

  @Test func errorsOfTheBodyAreFailures() throws {
    struct Trouble: Error {}
    let found = outcome(.integer(in: 0...100)) { _, value in if value > 41 { throw Trouble() } }
    let failure = try #require(found.failure).failure
    #expect(failure.value == 42 && failure.claim.contains("Trouble"))
    let generated = outcome(Generator.integer(in: 0...100).map { if $0 > 41 { throw Trouble() } else { $0 } }) { _, _ in
    }
    #expect(try #require(generated.failure).failure.claim.contains("the generator throws Trouble"))
  }

  @Test func shrinkingHasABudget() throws {
    var settings = Settings(cases: 50)
    settings.shrinkBudget = 25
    var calls = 0
    let found = outcome(Generator.integer(in: 0...1_000_000).array(30...30), settings) { check, value in
      calls += 1
      try check.that(value.reduce(0, +) < 1_000_000, "small sum")
    }
    #expect(try #require(found.failure).shrinkCalls == 25)
  }

  @Test func theWorstDeviationIsClimbed() throws {
    // The peak is 1/1000 of the range wide: 300 random cases hardly see its tip, 2000 variations do.
    let found = outcome(.double(in: 0...1), Settings(cases: 20_000)) { check, x in
      try check.close(1 / (1 + abs(x - 0.318309886183791) * 1e9), 0, within: 1 - 1e-6, because: "a needle")
    }
    #expect(found.failure == nil || found.failure?.origin == "a variation of the worst case")
    let ratio = try #require(found.failure?.failure.check.worst ?? found.statistics.worst).ratio
    let unclimbed = outcome(.double(in: 0...1), Settings(cases: 20_000)) { check, x in
      check.label("seen", 1 / (1 + abs(x - 0.318309886183791) * 1e9) > ratio / 2)
    }
    #expect(unclimbed.statistics.labels["seen"] == 0, "random cases alone do not come near")
  }
}
