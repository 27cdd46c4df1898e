import Foundation

/// What the unchanged run of each test took and reached.
struct Baseline: Codable, Sendable {
  struct Test: Codable, Sendable {
    var name: TestName
    /// The name that failures are reported by.
    var shown: String
    /// Seconds by the clock and of all processors, with the record.
    var wall: Double
    var processor: Double
    /// The units or, for a dear test, the bodies that the test reaches, as numbers of the package.
    var places: [Int]
    /// Whether only bodies were recorded: choices in all bodies at once make a run many times slower.
    var isCoarse: Bool
  }
  var tests: [Test] = []
  /// Tests that fail or take too long in the instrumented copy though nothing is changed, and why.
  var excluded: [String: String] = [:]
  /// The time of the test runner's file, by which a baseline of another build is told.
  var built: Double = 0
  /// Digests of the files that it was made of.
  var origin: Origin?

  /// What a baseline was made of: as long as the sources are the same, only tests of changed files are recorded anew.
  struct Origin: Codable, Sendable {
    var sources: UInt64
    var tests: [String: UInt64]

    init(_ package: InstrumentedPackage) {
      sources = package.files.reduce(0) { ($0 &* 31) ^ fingerprint($1.bytes) }
      let folder = package.copy.appendingPathComponent("Tests")
      let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
      tests = names.filter { $0.hasSuffix(".swift") }.reduce(into: [:]) { tests, name in
        tests[name] = (try? Data(contentsOf: folder.appendingPathComponent(name))).map { fingerprint($0) }
      }
    }

    /// The names of the test files, below `Tests`, that are new or have changed.
    func changed(since old: Origin) -> [String] { tests.filter { old.tests[$0.key] != $0.value }.map(\.key) }
  }

  /// The tests that reach a place, by the number of the place.
  func testsByPlace() -> [Int: [Int]] {
    var result: [Int: [Int]] = [:]
    for (index, test) in tests.enumerated() {
      for place in test.places { result[place, default: []].append(index) }
    }
    return result
  }

  /// Tests that take less, in seconds of all processors, have the units recorded that they reach.
  private static let fineLimit = 1.5

  /// The baseline of an earlier run, as far as it still holds, and new records for the rest.
  /// - Parameter bySuite: Whether suites are recorded, not tests.
  static func record(
    _ process: TestProcess, _ package: InstrumentedPackage, file: URL, bySuite: Bool, limit: Double,
    log: (String) -> Void
  ) throws -> Baseline {
    let built = try process.binary.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate!
      .timeIntervalSince1970
    let old = (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(Baseline.self, from: $0) }
    if let old, old.built == built { return old }
    let origin = Origin(package)
    var known = Baseline()
    if let old, let oldOrigin = old.origin, oldOrigin.sources == origin.sources {
      let folder = package.copy.appendingPathComponent("Tests")
      let declared = TestName.declared(in: origin.changed(since: oldOrigin).map { folder.appendingPathComponent($0) })
      known.tests = old.tests.filter { !$0.name.belongs(to: declared) }
    }
    var baseline = try record(
      process, package.configuration, known: known, bySuite: bySuite, limit: limit, log: log)
    (baseline.built, baseline.origin) = (built, origin)
    try JSONEncoder().encode(baseline).write(to: file)
    return baseline
  }

  /// Runs every test by itself of which nothing is known.
  /// - Parameters:
  ///   - bySuite: Whether suites are run instead, and the tests of those only that fail or take too long.
  ///   - limit: Seconds beyond which a test is left out.
  static func record(
    _ process: TestProcess, _ configuration: Configuration, known: Baseline, bySuite: Bool = false, limit: Double,
    log: (String) -> Void
  ) throws -> Baseline {
    let expressions = try configuration.excludedTests.map { try NSRegularExpression(pattern: $0) }
    func isLeftOut(_ test: TestName) -> Bool {
      let name = test.description
      return expressions.contains { $0.firstMatch(in: name, range: NSRange(name.startIndex..., in: name)) != nil }
    }
    let all = try TestName.all(process.names(), configuration, package: process.folder)
    let names = bySuite ? TestName.bySuite(all, but: isLeftOut) : all
    let recorded = Set(known.tests.map(\.name))
    let wanted = names.filter { !recorded.contains($0) && known.excluded[$0.description] == nil && !isLeftOut($0) }
    log("recording what each of \(wanted.count) \(bySuite ? "suites" : "tests") reaches")
    var baseline = known
    let present = Set(names)
    baseline.tests.removeAll { !present.contains($0.name) }
    func add(_ tests: [TestName]) throws {
      for (name, (test, reason)) in zip(tests, try parallel(tests) { try reach(of: $0, process, limit: limit) }) {
        if let test { baseline.tests.append(test) } else { baseline.excluded[name.description] = reason }
      }
    }
    try add(wanted)
    let failed = wanted.filter { $0.isSuite && baseline.excluded[$0.description] != nil }.map(\.name)
    try add(all.filter { test in failed.contains { test.name.hasPrefix($0) } })
    for name in all where isLeftOut(name) { baseline.excluded[name.description] = "excluded by mutate.json" }
    guard !baseline.tests.isEmpty else {
      throw Trouble("no test passes in the instrumented copy: \(baseline.excluded)")
    }
    return baseline
  }

  /// What a test reaches, or why it cannot be told.
  private static func reach(of name: TestName, _ process: TestProcess, limit: Double) throws -> (Test?, String) {
    func reached(_ kind: String, _ limit: Double) throws -> (TestRun, [Int]) {
      let record = FileManager.default.temporaryDirectory.appendingPathComponent("reached-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: record) }
      let run = try process.run([name], ["MUTATE_RECORD": record.path, "MUTATE_ACTIVE": kind], limit: limit)
      let bytes = (try? Data(contentsOf: record)) ?? Data()
      return (run, bytes.indices.filter { bytes[$0] != 0 })
    }
    let (run, bodies) = try reached("-2", limit)
    guard run.passed else {
      return (nil, run.timedOut ? "takes more than \(Int(limit)) s" : "fails: \(run.failures.joined(separator: ", "))")
    }
    var test = Test(
      name: name, shown: shownName(run.output) ?? name.function, wall: run.wall, processor: run.processor,
      places: bodies, isCoarse: true)
    if run.processor < fineLimit, !bodies.isEmpty {
      let (run, units) = try reached("-1", 10)
      if run.passed { (test.places, test.isCoarse) = (units, false) }
    }
    return (test, "")
  }

  private static func shownName(_ output: String) -> String? {
    for line in output.split(separator: "\n") where line.hasPrefix("◇ Test \"") {
      return String(line.dropFirst("◇ Test \"".count).prefix { $0 != "\"" })
    }
    return nil
  }
}

/// Maps a list on all cores, in order.
func parallel<Element: Sendable, Result: Sendable>(
  _ elements: [Element], workers: Int = ProcessInfo.processInfo.activeProcessorCount,
  _ transform: @escaping @Sendable (Element) throws -> Result
) throws -> [Result] {
  let queue = WorkQueue(elements.count)
  let box = ResultBox<Result>(elements.count)
  DispatchQueue.concurrentPerform(iterations: min(workers, max(elements.count, 1))) { _ in
    while let index = queue.next() {
      do { box.set(index, try transform(elements[index])) } catch { box.fail(error) }
    }
  }
  return try box.all()
}

private final class WorkQueue: @unchecked Sendable {
  private let lock = NSLock()
  private var position = 0
  private let count: Int
  init(_ count: Int) { self.count = count }
  func next() -> Int? {
    lock.withLock {
      guard position < count else { return nil }
      position += 1
      return position - 1
    }
  }
}

private final class ResultBox<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var values: [Value?]
  private var error: (any Error)?
  init(_ count: Int) { values = Array(repeating: nil, count: count) }
  func set(_ index: Int, _ value: Value) { lock.withLock { values[index] = value } }
  func fail(_ error: any Error) { lock.withLock { self.error = self.error ?? error } }
  func all() throws -> [Value] {
    if let error { throw error }
    return values.map { $0! }
  }
}
