import Foundation
import TestSupport
import Testing

import PropertyTesting

/// What is found out about a failure: its largest deviation, what matters, other failures, whether it always fails.
@Suite(.tags(.property), .generousTime) struct FailureTests {
  private struct Model {
    var lengths: [Double]
    var count: Int
    var angle: Double
    var shape: Shape
    var twist: Double
  }
  private enum Shape { case round, square, gauss }

  private static let models = zip(
    Generator<Double>.logUniform(in: 10...100).array(3...3), .integer(in: 1...40), .double(in: -30...30),
    .element(of: [Shape.round, .square, .gauss]), .double(in: -180...180)
  ).map { Model(lengths: $0, count: $1, angle: $2, shape: $3, twist: $4) }

  /// Wrong beyond 0.311° if the count is even and the shape is Gaussian, the more the larger angle and count are.
  private func modelOutcome(_ seed: UInt64) -> PropertyRun<Model>.Outcome {
    outcome(Self.models, Settings(cases: 400, seed: seed)) { check, model in
      let right = model.lengths[0]
      let isWrong = model.angle > 0.311 && model.count % 2 == 0 && model.shape == .gauss
      let error = isWrong ? 1e-6 * model.angle * model.angle * Double(model.count) : 0
      try check.close(right * (1 + error), right, within: 1e-9 * right, because: "a planted fault")
    }
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func theLargestDeviationIsShown(seed: UInt64) throws {
    let finding = try #require(modelOutcome(seed).failure)
    // The largest is that of 30° and 40: 1e-6 * 900 * 40 / 1e-9.
    #expect(try #require(finding.largestSize) > 0.99 * 3.6e7)
    #expect(try #require(finding.largest?.size) >= 1.8e7)
    #expect(try #require(finding.failure.size) < 1e5)
    #expect(finding.growth.count >= 1 && finding.growth.last?.size ?? 0 >= 1.8e7, "\(finding.growth)")
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func whatMattersIsNamed(seed: UInt64) throws {
    let explanation = try #require(modelOutcome(seed).failure?.explanation)
    #expect(explanation.irrelevant.map(\.name).sorted() == ["lengths", "twist"])
    let conditions = Dictionary(uniqueKeysWithValues: explanation.conditions.map { ($0.name, $0) })
    #expect(conditions["count"]?.text == "only even" && conditions["shape"]?.text == "only .gauss")
    let angle = try #require(conditions["angle"])
    #expect(abs((angle.low ?? 0) - 0.311) < 1e-12 && angle.high == nil, "\(angle)")
    #expect(explanation.together.failed == explanation.together.tried && explanation.together.tried > 100)
    let data = try JSONEncoder().encode(explanation)
    #expect(try JSONDecoder().decode(Explanation.self, from: data).conditions.count == 3)
  }

  @Test func bordersOfEveryKind() throws {
    func text(_ generator: Generator<Double>, _ holds: @escaping (Double) -> Bool) throws -> String {
      let found = outcome(generator, Settings(cases: 2000)) { try $0.that(holds($1), "the claim") }
      return try #require(found.failure?.explanation?.conditions.first).text
    }
    let numbers = Generator<Double>.double(in: -10...10)
    #expect(try text(numbers) { $0 < 2.5 } == "from 2.5 on")
    #expect(try text(numbers) { $0 > -2.5 } == "up to -2.5")
    #expect(try text(numbers) { $0 < 2.5 || $0 > 7.25 } == "from 2.5 to 7.25")
    #expect(try text(numbers) { abs($0) < 3.5 } == "sizes from 3.5 on, of either sign")
    #expect(try text(numbers) { abs($0) > 3.5 } == "from -3.5 to 3.5")
    func whole(_ holds: @escaping (Int) -> Bool) throws -> String {
      let found = outcome(.integer(in: -20...20), Settings(cases: 2000)) { try $0.that(holds($1), "the claim") }
      return try #require(found.failure?.explanation?.conditions.first).text
    }
    #expect(try whole { $0 % 2 == 0 } == "only odd")
    #expect(try whole { $0 != 7 } == "only 7")
    #expect(try whole { $0 == 7 || $0 == -3 } == "all but -3, 7")
    #expect(try whole { ![1, 5, 11].contains($0) } == "only 1, 5, 11")
  }

  /// Nothing is said not to matter that does, however rarely.
  @Test func rareConditionsAreNotOverlooked() throws {
    let found = outcome(zip(.double(in: 0...1), .integer(in: 0...1000)), Settings(cases: 400)) { check, pair in
      try check.that(pair.0 < 0.5 || pair.1 == 500, "one of a thousand holds")
    }
    let explanation = try #require(found.failure?.explanation)
    #expect(explanation.irrelevant.isEmpty, "\(explanation)")
    #expect(explanation.conditions.map(\.text).contains("all but 500"), "\(explanation)")
  }

  @Test func allFailuresOfARunAreShown() throws {
    let found = outcome(.integer(in: 0...100_000), Settings(cases: 200)) { check, value in
      if value > 70_000 { throw Trouble() }
      try check.close(Double(value % 3), 0, within: value > 20_000 ? 0.5 : 3, because: "x", "a \(value)")
      try check.close(Double(value % 5), 0, within: value > 40_000 ? 0.5 : 5, because: "x", "b")
      try check.that(value != 1, "never one")
    }
    #expect(found.failures.count == 3)
    #expect(Set(found.failures.map { $0.failure.claim.prefix(2) }) == ["th", "a ", "b:"])
    // Each is shrunk by itself.
    #expect(
      Set(found.failures.compactMap(\.failure.value)) == [20_002, 40_002, 70_001],
      "\(found.failures.map(\.failure.value))")
  }

  private struct Trouble: Error {}

  @Test func flakyFailuresAreCalledSo() throws {
    var calls = 0
    let found = outcome(.integer(in: 0...9), Settings(cases: 20)) { check, _ in
      calls += 1
      try check.that(calls != 7, "the seventh call")
    }
    let finding = try #require(found.failure)
    #expect(finding.flaky?.failed == 1 && finding.flaky?.tried == 7 && finding.shrinkCalls == 0)
    let always = try #require(modelOutcome(1).failure)
    #expect(always.flaky == nil)
  }

  /// Deviations where no tolerance is allowed are compared by their size.
  @Test func deviationsWithoutATolerance() throws {
    let found = outcome(.double(in: 0...8), Settings(cases: 200)) { check, x in
      try check.close(x > 1 ? x : 0, 0, within: 0, because: "exact")
    }
    #expect(found.failure?.largestSize == 8)
  }
}
