import Foundation
import NightlyGate
import Provenance
import TestSupport
import Testing

/// What the history of the nights demands of the next one.
@Suite(.tags(.gate), .generousTime) struct HistoryTests {
  private let folder: TemporaryFolder
  private let history: History
  /// A night of three golden cases, to be changed.
  private let night: NightRecord

  init() throws {
    folder = try TemporaryFolder()
    night = try NightTests.recorded(in: folder, stages: "golden")
    history = try History(path: folder.url.appendingPathComponent("history.sqlite").path)
  }

  private func benchmark(
    _ name: String = "W3", ratio: Double = 2, instructions: Double? = nil
  ) throws -> NightRecord.BenchmarkRecord {
    let text =
      "{\"name\":\"\(name)\",\"seconds\":[1],\"ratios\":[\(ratio)],\"referenceRatios\":[],\"machine\":\"M\",\"judgements\":[]}"
    var record = try JSONDecoder().decode(NightRecord.BenchmarkRecord.self, from: Data(text.utf8))
    if let instructions { (record.instructions, record.counter) = (instructions, "callgrind, v3") }
    return record
  }

  /// Another run of the night, judged and added.
  @discardableResult
  private func add(_ change: (inout NightRecord) throws -> Void) throws -> (record: NightRecord, number: Int64) {
    var record = night
    record.identity = UUID().uuidString
    try change(&record)
    try history.judge(&record)
    return (record, try history.add(record, bundle: "out"))
  }

  @Test func aNightWithLessWorkIsARegression() throws {
    try add { _ in }
    let fewer = try add { $0.golden.removeFirst() }.record
    #expect(fewer.outcome == .regression && fewer.losses.count == 1)
    #expect(fewer.losses[0].hasPrefix("1 of 3 golden cases of night 1 are gone: beamsize-clip"), "\(fewer.losses)")
    let shallower = try add { $0.golden[1].numbers -= 1 }.record
    #expect(shallower.losses.count == 1 && shallower.losses[0].contains("cell-cubic"), "\(shallower.losses)")
    #expect(try add { $0.golden.append($0.golden[0]) }.record.outcome == .pass, "more is no loss")
  }

  @Test func whatWasNotAskedForIsNoLoss() throws {
    try add { record in
      record.properties = [.init(name: "A.swift holds", cases: 100, worst: nil)]
      record.tests = [.init(suite: "M.S", name: "a()", seconds: 0, failure: nil)]
    }
    // The plan of this night has golden cases alone.
    #expect(try add { _ in }.record.outcome == .pass)
    // Another program has images and timings alone, and no losses of ours.
    let foreign = try add { record in
      record.golden = []
      record.benchmarks = [try benchmark()]
      record.program?.isForeign = true
    }
    #expect(foreign.record.losses.isEmpty)
  }

  /// A night of one stage, of some suites or of another program between two whole nights lowers no measure.
  @Test func aPartialNightIsNoMeasure() throws {
    let whole = try add { $0.images = [.init(id: "a", rootMeanSquare: 0, largest: 0, seconds: 0)] }
    try add { _ in }
    let foreign = try add { record in
      record.golden = []
      record.program?.isForeign = true
    }
    #expect(whole.record.outcome == .pass && foreign.record.losses.isEmpty)
    let later = try add { record in
      record.plan.stages = ["golden", "images"]
      record.golden.removeFirst()
    }
    let losses = later.record.losses
    #expect(losses.count == 2 && losses.contains { $0.contains("1 of 3 golden cases of night 2") }, "\(losses)")
    #expect(losses.contains { $0.contains("1 of 1 images of night 1 are gone") }, "the last night that had images")
    #expect(throws: BundleError.self) {
      try history.accept(.night, night: foreign.number, reason: "x", anyway: true)
    }
  }

  /// An obstacle is the reason for what it kept from running, and for nothing else.
  @Test func anObstacleIsNoLossAndHidesNone() throws {
    try add { _ in }
    let hindered = try add { record in
      record.golden = []
      record.obstacles = ["no scratch folder"]
    }
    #expect(hindered.record.outcome == .couldNotRun && hindered.record.losses.isEmpty)
    let both = try add { record in
      record.golden.removeFirst()
      record.obstacles = ["readers: no network"]
    }
    #expect(both.record.outcome == .regression && both.record.losses.count == 1)
  }

  @Test func aWholeNightCanBeAccepted() throws {
    try add { _ in }
    let fewer = try add { $0.golden.removeFirst() }
    #expect(throws: BundleError.self, "it failed because of what would be accepted") {
      try history.accept(.night, night: fewer.number, reason: "a case was withdrawn", anyway: false)
    }
    _ = try history.accept(.night, night: fewer.number, reason: "a case was withdrawn", anyway: true)
    #expect(try add { $0.golden.removeFirst() }.record.outcome == .pass)
    #expect(try history.acceptances().map(\.reason) == ["a case was withdrawn"])
  }

  @Test func aStepOfInstructionsIsARegressionUntilItIsAccepted() throws {
    for _ in 0..<4 { try add { $0.benchmarks = [try benchmark(instructions: 1e8)] } }
    let slower = try add { $0.benchmarks = [try benchmark(instructions: 1.02e8)] }
    #expect(slower.record.outcome == .regression)
    #expect(slower.record.regressions[0].contains("2.00 % more since tonight"), "\(slower.record.regressions)")
    let later = try add { $0.benchmarks = [try benchmark(instructions: 1.02e8)] }
    #expect(later.record.regressions.first?.contains("since night 5") == true, "it stays until somebody decides")
    #expect(throws: BundleError.self) {
      try history.accept(.workloads(["W3"]), night: later.number, reason: "x", anyway: false)
    }
    let accepted = try history.accept(.workloads(["W3"]), night: later.number, reason: "checked", anyway: true)
    #expect(accepted.map(\.kind).sorted() == ["benchmark", "instructions"])
    let again = try add { $0.benchmarks = [try benchmark(instructions: 1.02e8)] }
    #expect(again.record.outcome == .pass)
    #expect(again.record.benchmarks[0].judgements.first { $0.kind == "instructions" }?.accepted == 1.02e8)
    #expect(
      try add { $0.benchmarks = [try benchmark(instructions: 0.9e8)] }.record.outcome == .pass, "faster is no fault")
  }

  @Test func timesJudgeOnlyWhereNothingIsCounted() throws {
    for _ in 0..<8 { try add { $0.benchmarks = [try benchmark(instructions: 1e8), try benchmark("W7")] } }
    var last: NightRecord?
    for _ in 0..<4 {
      last = try add {
        $0.benchmarks = [try benchmark(ratio: 4, instructions: 1e8), try benchmark("W7", ratio: 4)]
      }.record
    }
    let judged = try #require(last)
    #expect(judged.slow.map(\.name) == ["W7"])
    let informed = judged.benchmarks[0].judgements.first { $0.kind == "time" }
    #expect(informed?.step == nil && (informed?.remark ?? 0) > 1.9, "said, and not judged")
  }

  @Test func machinesAndCountersAreNotMixed() throws {
    for _ in 0..<4 { try add { $0.benchmarks = [try benchmark(instructions: 1e8)] } }
    let other = try add {
      $0.benchmarks = [try benchmark(instructions: 2e8)]
      $0.benchmarks[0].counter = "perf, v3"
    }
    #expect(other.record.outcome == .pass)
  }

  @Test func acceptingNeedsAReasonAndShowsOldAndNew() throws {
    for count in [1e8, 1.01e8] { try add { $0.benchmarks = [try benchmark(instructions: count)] } }
    func accept(_ more: String...) throws -> BuiltProgram.Outcome {
      try ToolTests.tool.run(["nightly", "accept-baseline", "--history", "history.sqlite"] + more, in: folder)
    }
    #expect(try accept("--list").output == "nothing is accepted yet\n")
    let silent = try accept()
    #expect(silent.status == 2 && silent.errors.contains("--reason is missing"))
    let unknown = try accept("W9", "--reason", "x")
    #expect(unknown.status == 2 && unknown.errors.contains("no workload W9; it has W3"), "\(unknown)")
    #expect(try accept("W3", "--night", "1", "--reason", "first").output.contains("was not accepted"))
    let refused = try accept("--reason", "x")
    #expect(refused.status == 2 && refused.errors.contains("failed because of what would be accepted"), "\(refused)")
    let second = try accept("--reason", "two", "--anyway")
    #expect(second.output.contains("1.01e+08 instructions  was 1e+08, +1.00 %"), "\(second)")
    let list = try accept("--list")
    #expect(list.output.contains("night 2") && list.output.contains("two"))
  }

  @Test func figuresThatAreNoNumbersAreLeftOut() throws {
    try add { record in
      record.benchmarks = [try benchmark(ratio: 0, instructions: 1e8)]
      record.golden[0].worstPixel = .infinity
      record.properties = [.init(name: "A.swift holds", cases: 1, worst: .nan)]
    }
    try add { _ in }
    let text = try history.text(last: 9)
    #expect(text.contains("pass"), "\(text)")
    #expect(try history.page(last: 9, at: folder.url.appendingPathComponent("h.html")).contains("<svg"))
  }

  @Test func aPropertyThatDriftsTowardsItsToleranceIsNamedBeforeItCrosses() throws {
    #expect(
      DriftWarning([0.5, 0.48, 0.55, 0.51, 0.47, 0.53, 0.5, 0.52]) == nil, "the scatter of the worst of many cases")
    #expect(DriftWarning([0.93, 0.95, 0.91, 0.94, 0.92]) == nil, "near its tolerance, and where it always was")
    let step = try #require(DriftWarning([0.2, 0.22, 0.19, 0.21, 0.2, 0.22, 0.85, 0.9, 0.87]))
    #expect(step.text.contains("rose by a factor"))
    let slope = try #require(DriftWarning((0..<20).map { 0.55 + 0.02 * Double($0) }))
    #expect(slope.text.contains("rises by 0.02 a night"), "\(slope.text)")
    #expect(DriftWarning([0.01, 0.01, 0.01, 0.03, 0.03, 0.03]) == nil, "there is time")
    #expect(DriftWarning([.nan, .infinity]) == nil && DriftWarning([]) == nil)
  }

  /// In five hundred quiet histories of sixty nights there is hardly a warning: the worst of 20,000 cases scatters.
  @Test func quietPropertiesRaiseHardlyAnyWarning() {
    var generator = SystemNoise(state: 7)
    let warnings = (0..<500).count { _ in
      var values: [Double] = []
      return (0..<60).contains { _ in
        // The largest of many: no more than the tolerance, scattered by a fifth.
        values.append(0.7 + 0.06 * generator.deviate())
        return DriftWarning(values) != nil
      }
    }
    #expect(warnings <= 5, "\(warnings) of 500 histories with a warning")
  }
}

/// Deviates of about unit variance with a fixed seed: the sum of twelve uniform ones less six.
private struct SystemNoise {
  var state: UInt64

  mutating func deviate() -> Double {
    (0..<12).reduce(-6) { sum, _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return sum + Double(state >> 11) * 0x1p-53
    }
  }
}
