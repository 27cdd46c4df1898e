import Foundation

/// Runs the tests that reach a mutant: those first that noticed others of the same place, then the cheapest.
final class Examiner: @unchecked Sendable {
  private let process: TestProcess
  private let baseline: Baseline
  private let testsByPlace: [Int: [Int]]
  private let spots: [Int: InstrumentedPackage.Spot]
  /// Seconds of all processors that the tests of one mutant may have taken unchanged.
  private let budget: Double
  private let lock = NSLock()
  private var kills: [String: [Int: Int]] = [:]
  private let testsByShown: [String: [Int]]
  /// Seconds that the start of a process takes, which the tests of a batch share.
  private let startup: Double
  /// Tests that are tried before other dear ones, by the place of their pattern in the settings.
  private let strong: [Int: Int]

  init(
    _ process: TestProcess, _ baseline: Baseline, spots: [Int: InstrumentedPackage.Spot], budget: Double,
    strong patterns: [String]
  ) {
    var strong: [Int: Int] = [:]
    for test in baseline.tests.indices {
      let name = baseline.tests[test].name.description
      strong[test] = patterns.firstIndex { name.range(of: $0, options: .regularExpression) != nil }
    }
    self.strong = strong
    self.process = process
    self.baseline = baseline
    self.spots = spots
    self.budget = budget
    testsByPlace = baseline.testsByPlace()
    testsByShown = Dictionary(grouping: baseline.tests.indices) { baseline.tests[$0].shown }
    startup = baseline.tests.map(\.processor).min() ?? 0
  }

  /// Takes over which tests noticed what in an earlier run.
  func learn(from verdicts: [Verdict]) {
    let tests = Dictionary(baseline.tests.indices.map { (baseline.tests[$0].name.description, $0) }) { first, _ in first
    }
    for verdict in verdicts where verdict.status == .killed {
      remember(verdict.by.first.flatMap { tests[$0] }, verdict.mutant)
    }
  }

  /// The tests that reach a mutant, by their numbers, the cheapest first.
  func tests(reaching mutant: Mutant) -> [Int] {
    guard let spot = spots[mutant.id] else { return [] }
    let (unit, body) = (spot.unit ?? spot.body, spot.body ?? spot.unit)
    // An early return is no unit: the body is reached where one of its units is, or where it is recorded itself.
    let fine = unit.flatMap { testsByPlace[$0] } ?? []
    let coarse = body.flatMap { testsByPlace[$0] } ?? []
    return (fine.filter { !baseline.tests[$0].isCoarse } + coarse.filter { baseline.tests[$0].isCoarse })
      .sorted { baseline.tests[$0].processor < baseline.tests[$1].processor }
  }

  /// Runs tests that reach a mutant until one fails.
  /// - Parameter other: The tests of a package that was built with the change; without it the change is chosen at run time.
  func examine(_ mutant: Mutant, built other: TestProcess? = nil) throws -> Verdict {
    var reaching = tests(reaching: mutant)
    if other != nil && spots[mutant.id] == nil {
      // Nobody knows which tests reach a place that takes no choice.
      reaching = baseline.tests.indices.sorted { baseline.tests[$0].processor < baseline.tests[$1].processor }
    }
    guard !reaching.isEmpty else { return Verdict(mutant: mutant, status: .noCoverage) }
    let note = FileManager.default.temporaryDirectory.appendingPathComponent("whole-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: note) }
    let (batches, left) = self.batches(reaching, for: mutant)
    var verdict = Verdict(mutant: mutant, status: .survived, testsLeft: left)
    for batch in batches {
      let run = try self.run(
        batch, other == nil ? ["MUTATE_ACTIVE": "\(mutant.id)", "MUTATE_WHOLE": note.path] : [:], by: other)
      guard !FileManager.default.fileExists(atPath: note.path) else {
        return Verdict(mutant: mutant, status: .notCompiling, by: ["a whole number, which is not rounded"])
      }
      verdict.wall += run.wall
      verdict.processor += run.processor
      verdict.testsRun += batch.count
      guard !run.passed else { continue }
      verdict.status = run.timedOut ? .timeout : .killed
      let test = run.timedOut && batch.count == 1 ? batch[0] : failed(run, of: batch)
      verdict.by = run.timedOut ? ["time limit"] : test.map { [baseline.tests[$0].name.description] } ?? run.failures
      remember(test, mutant)
      return verdict
    }
    return verdict
  }

  /// Whether tests notice a relative error at a place, nil if what is computed there is no real number, and the seconds
  /// that took.
  func notices(_ mutant: Mutant, error: Double, tests: [Int]) throws -> (Bool?, Double) {
    let note = FileManager.default.temporaryDirectory.appendingPathComponent("whole-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: note) }
    var processor = 0.0
    for batch in batches(tests, for: mutant).0 {
      let run = try self.run(
        batch, ["MUTATE_ACTIVE": "\(mutant.id)", "MUTATE_ERROR": "\(error)", "MUTATE_WHOLE": note.path])
      processor += run.processor
      guard !FileManager.default.fileExists(atPath: note.path) else { return (nil, processor) }
      guard !run.passed else { continue }
      remember(failed(run, of: batch), mutant)
      return (true, processor)
    }
    return (false, processor)
  }

  /// The test whose failure ended a run: of a split test the case that the line names.
  private func failed(_ run: TestRun, of batch: [Int]) -> Int? {
    guard let shown = run.failures.first, let tests = testsByShown[shown] else { return nil }
    let ran = tests.filter(batch.contains)
    return ran.first { test in baseline.tests[test].name.value.map { run.line.contains("\"\($0)\"") } ?? true }
      ?? ran.first
  }

  private func run(
    _ batch: [Int], _ variables: [String: String], by other: TestProcess? = nil
  ) throws -> TestRun {
    let unchanged = batch.map { baseline.tests[$0].wall }.reduce(0, +)
    return try (other ?? process).run(batch.map { baseline.tests[$0].name }, variables, limit: 5 + 4 * unchanged)
  }

  /// Tests in batches that grow, each a process: a mutant that a cheap test notices costs no dear one. Tests of XCTest and
  /// of Swift Testing have processes of their own.
  private func batches(_ reaching: [Int], for mutant: Mutant) -> ([[Int]], Int) {
    let killers = self.killers(of: mutant, among: reaching)
    let rest = reaching.filter { !killers.contains($0) }
    var spent = 0.0
    let cheap = rest.prefix { test in
      spent += price(test)
      return spent < 1
    }
    let later = rest.dropFirst(cheap.count)
    // Each list has the cheapest first.
    let dear = Dictionary(grouping: later) { strong[$0] ?? .max }.sorted { $0.key < $1.key }.flatMap(\.value)
    let order = killers + cheap + dear
    var (batches, total, limit): ([[Int]], Double, Double) = ([], 0, 0.2)
    var current: [Int] = []
    var cost = 0.0
    var left = 0
    for (position, test) in order.enumerated() {
      if total + price(test) > budget && position > 0 {
        left += 1
        continue
      }
      let changesLibrary = current.last.map { isXCTest($0) != isXCTest(test) } ?? false
      if changesLibrary || position == killers.count || (cost > 0 && cost + price(test) > limit) {
        if !current.isEmpty { batches.append(current) }
        (current, cost) = ([], 0)
        if position > killers.count { limit *= 4 }
      }
      current.append(test)
      cost += price(test)
      total += price(test)
    }
    if !current.isEmpty { batches.append(current) }
    return (batches, left)
  }

  /// Seconds that a test adds to its batch.
  private func price(_ test: Int) -> Double { max(baseline.tests[test].processor - startup, 0) + 0.002 }

  /// Tests that noticed other mutants, those of the same function and file before others, the cheapest first.
  private func killers(of mutant: Mutant, among reaching: [Int]) -> [Int] {
    let (own, file, all) = lock.withLock {
      (kills["\(mutant.file) \(mutant.scope)"] ?? [:], kills[mutant.file] ?? [:], kills[""] ?? [:])
    }
    func value(_ test: Int) -> Double {
      Double(100 * own[test, default: 0] + 10 * file[test, default: 0] + all[test, default: 0]) / (price(test) + 0.02)
    }
    var spent = 0.0
    let best = reaching.filter { all[$0] != nil }.map { ($0, value($0)) }.sorted { $0.1 > $1.1 }.prefix(12).map(\.0)
    return best.filter { test in
      guard spent == 0 || spent + price(test) < 0.5 else { return false }
      spent += price(test)
      return true
    }
  }

  private func isXCTest(_ test: Int) -> Bool { baseline.tests[test].name.isXCTest }

  private func remember(_ test: Int?, _ mutant: Mutant) {
    guard let test else { return }
    lock.withLock {
      kills["\(mutant.file) \(mutant.scope)", default: [:]][test, default: 0] += 1
      kills[mutant.file, default: [:]][test, default: 0] += 1
      kills["", default: [:]][test, default: 0] += 1
    }
  }
}
