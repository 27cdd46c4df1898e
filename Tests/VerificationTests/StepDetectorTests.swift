import NightlyGate
import PropertyTesting
import TestSupport
import Testing

/// The detector of steps on nights that are made from recorded noise: how often it is wrong, and how soon it is right.
@Suite(.tags(.gate, .statistics), .generousTime) struct StepDetectorTests {
  /// Nights whose noise is drawn from a record in blocks of ten, so that slow changes of the machine stay in it.
  private struct Nights {
    var generator: SplitMix64
    let noise: [Double]

    init(_ noise: [Double], seed: UInt64) {
      self.noise = noise
      generator = SplitMix64(state: seed)
    }

    mutating func next(_ count: Int) -> [Double] {
      var figures: [Double] = []
      while figures.count < count {
        let start = Int(generator.next(upperBound: UInt64(noise.count - 10)))
        figures += noise[start..<start + 10]
      }
      return Array(figures.prefix(count))
    }
  }

  /// How many nights of a series are called steps, each looked at with those before it.
  private func alarms(_ detector: StepDetector, _ noise: [Double], nights: Int, seed: UInt64) -> Int {
    var source = Nights(noise, seed: seed)
    let figures = source.next(nights)
    // As in the gate, at most the last four hundred nights are looked at.
    return (2...nights).count { detector.step(in: Array(figures[max(0, $0 - 400)..<$0])) != nil }
  }

  /// In how many of 500 histories a step is found within some nights.
  private func found(
    _ detector: StepDetector, _ noise: [Double], step: Double, within nights: Int, before: Int = 20
  ) -> Double {
    let trials = 500
    let hits = (0..<trials).count { trial in
      var source = Nights(noise, seed: UInt64(1000 + trial))
      let figures = source.next(before) + source.next(nights).map { $0 * step }
      return (1...nights).contains { count in
        detector.step(in: Array(figures.prefix(before + count))).map { ($0.ratio > 1) == (step > 1) } ?? false
      }
    }
    return Double(hits) / Double(trials)
  }

  @Test func instructionsRaiseNoFalseAlarmInAThousandNights() {
    let count = (0..<9).reduce(0) {
      $0 + alarms(.instructions, RecordedNoise.instructions, nights: 1000, seed: UInt64($1))
    }
    #expect(count == 0, "over nine series")
  }

  @Test func twoPercentMoreInstructionsAreFoundWithinFiveNights() {
    for step in [1.02, 0.98] {
      #expect(found(.instructions, RecordedNoise.instructions, step: step, within: 5) >= 0.95)
      // Also where only one night was accepted before.
      #expect(found(.instructions, RecordedNoise.instructions, step: step, within: 5, before: 1) >= 0.95)
    }
  }

  @Test(arguments: [("W5", RecordedNoise.sources), ("W6round", RecordedNoise.round)])
  func timesRaiseFewFalseAlarmsAndShowWhatTheirNoiseAllows(name: String, noise: [Double]) {
    let count = (0..<9).reduce(0) { $0 + alarms(.times, noise, nights: 1000, seed: UInt64($1)) }
    let power = [1.1, 1.2, 1.3, 1.5].flatMap { step in
      [3, 5, 10, 20].map { "\(step) in \($0): \(found(.times, noise, step: step, within: $0))" }
    }
    print(
      "steps of times, \(name): \(count) alarms in nine series of 1000 nights; found \(power.joined(separator: ", "))")
    #expect(count == 0)
    #expect(found(.times, noise, step: 1.2, within: 10) >= 0.95)
    #expect(found(.times, noise, step: 1.5, within: 5) >= 0.95)
  }

  @Test func theStepIsPlacedAndMeasured() throws {
    var source = Nights(RecordedNoise.instructions, seed: 1)
    let figures = source.next(12) + source.next(8).map { $0 * 1.03 }
    let step = try #require(StepDetector.instructions.step(in: figures))
    #expect(step.index == 12)
    expectClose(
      step.ratio, 1.03, within: 0.001,
      because: "a step of 3 %, noise of 0.02 % on the mean of eight nights, with some to spare")
  }

  @Test func whatIsNoFigureIsPassedOver() {
    for figures in [[], [1], [.nan, .infinity, 0, -1], [1, .nan, 1, .infinity, 1, 0]] as [[Double]] {
      #expect(StepDetector.instructions.step(in: figures) == nil, "\(figures)")
    }
    let step = StepDetector.instructions.step(in: [1, .nan, 1, 1, .infinity, 1.1, 1.1, 0, 1.1])
    #expect(step?.index == 5, "the index counts what was passed over")
  }
}
