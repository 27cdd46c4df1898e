import Foundation
import PropertyTesting
import TestSupport
import Testing

/// A hunt gives its cases to what still shows something new.
@Suite(.tags(.property), .generousTime) struct HuntTests {
  private static let isThorough = ProcessInfo.processInfo.environment["NB_ZOO"] == "1"

  /// A fault that random cases hit once in 10⁵ to 10⁶ cases, and what leads to it.
  private struct Rare: Sendable {
    var name: String
    /// The share of random cases that fail, for the cases that an even share needs.
    var rate: Double
    var body: @Sendable (Check, (Double, Double, Int, Int)) throws -> Void
  }

  private static let generator = zip(
    Generator<Double>.uniform(in: 0...1), .uniform(in: 0...1), .integer(in: 0...999), .integer(in: 0...999))

  private static func near(_ check: Check, _ deviation: Double) throws {
    try check.close(deviation, 0, within: 1, because: "a deviation that grows towards the fault")
  }

  private static let rare: [Rare] = [
    Rare(name: "a pole", rate: 1e-5) { try near($0, 0.5e-5 / max(abs($1.0 - 0.3141), 1e-12)) },
    Rare(name: "a pole in two numbers", rate: 3.1e-6) {
      try near($0, 1e-6 / max(pow($1.0 - 0.2718, 2) + pow($1.1 - 0.5772, 2), 1e-15))
    },
    Rare(name: "a narrow resonance", rate: 2e-6) { try near($0, exp(-abs($1.1 - 0.6180) * 20) * 1.000_02) },
    Rare(name: "counts that nearly agree", rate: 1e-6) {
      try near($0, 2 / (1 + Double(abs($1.2 - 437)) + Double(abs($1.3 - 112))))
    },
    Rare(name: "a corner", rate: 4e-6) { try near($0, $1.0 * $1.1 * (1 + 2.83e-3)) },
    Rare(name: "steps by labels", rate: 1e-6) { check, value in
      check.label("first", value.2 % 100 == 37)
      check.label("second", value.2 % 100 == 37 && value.3 % 100 == 73)
      try check.that(!(value.2 == 537 && value.3 == 273), "both")
    },
    Rare(name: "a label and a number", rate: 2e-6) { check, value in
      check.label("large", value.2 > 990)
      if value.2 > 990 { try near(check, 1.1e-4 / max(abs(value.0 - 0.4), 1e-12)) }
    },
    Rare(name: "a slope beyond a threshold", rate: 1e-6) { check, value in
      try near(check, value.2 == 0 ? value.1 * 1.001 : value.1 / 2)
    },
    Rare(name: "claims in turn", rate: 1e-6) { check, value in
      try check.close(Double(value.2), 0, within: 2000, because: "any")
      if value.2 < 10 { try check.close(value.0, 0, within: 2, because: "any") }
      if value.2 < 10, value.0 < 0.01 { try check.that(value.3 > 9, "few") }
    },
    Rare(name: "nothing leads to it", rate: 1e-5) {
      try $0.that(!($1.2 == 77 && $1.3 > 500 && $1.3 < 511), "a needle")
    },
  ]

  /// The number of cases after which a hunt over all properties finds one fault.
  private func hunted(_ target: Int, seed: UInt64, limit: Int) -> Int {
    let properties = Self.rare.enumerated().map { number, rare in
      Property(id: "hunt \(rare.name)", generator: Self.generator, examples: [], regressions: [], coverage: []) {
        // The other faults are mended: a hunt does not end at them.
        if number == target { try rare.body($0, $1) } else { try? rare.body($0, $1) }
      }
    }
    var states = Self.rare.map { HuntState(property: $0.name) }
    var schedule = HuntSchedule(count: states.count, seed: seed)
    var cases = 0
    while cases < limit {
      let number = schedule.next()
      let step = 500
      let failures = Hunt(properties[number], seed: seed).step(&states[number], cases: step)
      cases += step
      if number == target, !failures.isEmpty { return cases }
      schedule.note(number, yield: states[number].yields.last ?? 0, cost: Double(step))
    }
    return limit
  }

  @Test(.enabled(if: isThorough)) func rareFaultsAreFoundWithFewCases() {
    var good = 0
    for (number, rare) in Self.rare.enumerated() {
      let cases = (1...20 as ClosedRange<UInt64>).map { hunted(number, seed: $0, limit: 4_000_000) }.sorted()
      // Of an even share a tenth goes to each property; the median of a geometric distribution is ln 2 over the rate.
      let even = log(2) / rare.rate * Double(Self.rare.count)
      let ratio = Double(cases[10]) / even
      print("\(rare.name): median \(cases[10]) cases, an even share \(Int(even)), ratio \(ratio)")
      if ratio <= 0.5 { good += 1 }
    }
    #expect(good >= 8)
  }

  @Test func aFaultWithASlopeIsFound() {
    #expect(hunted(0, seed: 1, limit: 400_000) < 400_000)
  }

  /// The rates that the comparison assumes, by drawing.
  @Test(.enabled(if: isThorough)) func ratesAreThose() throws {
    for rare in Self.rare {
      var (count, random) = (0, SplitMix64(state: 5))
      let cases = 4_000_000
      for _ in 0..<cases {
        var choices = Choices(seed: random.next())
        let value = try Self.generator.generate(&choices)
        do { try rare.body(Check(), value) } catch { count += 1 }
      }
      let expected = rare.rate * Double(cases)
      print(rare.name, Double(count) / Double(cases), rare.rate)
      // Five standard deviations of the count, and the rates are rounded: a ratio of 0.5 is judged, those found are below 0.1.
      #expect(abs(Double(count) - expected) <= 5 * expected.squareRoot() + 0.3 * expected, "\(rare.name): \(count)")
    }
  }

  @Test func propertiesThatYieldGetMore() {
    var schedule = HuntSchedule(count: 4, seed: 3)
    var spent = [0, 0, 0, 0]
    for _ in 0..<4000 {
      let number = schedule.next()
      spent[number] += 1
      schedule.note(number, yield: number == 2 ? 5 : 0.01, cost: 1)
    }
    #expect(spent[2] > 3000 && spent.min()! > 100, "\(spent)")
  }

  @Test func aHuntGoesOnWhereItStopped() throws {
    let folder = try TemporaryFolder()
    let property = Property(
      id: "goes on", generator: Generator<Double>.double(in: 0...1), examples: [], regressions: [], coverage: []
    ) { try $0.close($1, 0, within: 2, because: "half of it") }
    let run = PropertyRun(property, Settings(cases: 300), cost: .cheap)
    for total in [300, 600] {
      #expect(try run.hunt(in: folder.url).failures.isEmpty)
      let file = folder.url.appendingPathComponent(WorstCases.name(of: "goes on"))
      let state = try JSONDecoder().decode(HuntState.self, from: Data(contentsOf: file))
      #expect(state.cases == total && state.worst > 0.49 && state.featureCount > 3)
    }
  }
}
