import Foundation
import PropertyTesting
import Provenance
import Subprocesses

/// Runs the properties of the test program again and again, and gives time to those that still show something new.
public struct PropertyHunt: Sendable {
  /// A test with properties, and what became of it.
  public struct Quarry: Sendable, Codable {
    /// The test: suite and function.
    public var test: String
    /// Seconds spent on the test.
    public var seconds = 0.0
    /// What the test printed when it failed; nil if it did not.
    public var failure: String?
    /// The number of cases of the next step.
    var step = PropertyHunt.firstStep
    /// Whether the test has properties.
    var hasProperties = true
  }

  /// The test program.
  let program: URL
  /// The folder of the package.
  let package: URL
  /// The folder of states, failures and the page.
  let folder: URL
  let seed: UInt64
  let jobs: Int
  private let log: @Sendable (String) -> Void

  static let firstStep = 100
  /// The time that a step should take, in seconds: long beside the start of a process.
  private static let stepSeconds = 3.0

  /// - Throws: `BundleError` if there is no test program.
  public init(
    program: String?, package: URL, folder: URL, seed: UInt64, jobs: Int, log: @escaping @Sendable (String) -> Void
  ) throws {
    let built = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    guard let found = program.map({ URL(fileURLWithPath: $0) }) ?? TestStage.program(in: built) else {
      throw BundleError("there is no test program beside this one; build it with: make build")
    }
    (self.program, self.package, self.folder, self.seed, self.jobs) = (found, package, folder, seed, jobs)
    self.log = log
  }

  /// The tests that a hunt can run, sorted: `Module.Suite/function`.
  /// - Throws: `BundleError` if the program lists no tests; `ProgramError` if it cannot be started.
  public func tests(_ filter: String) async throws -> [String] {
    let list = try await ProgramRun.run(
      program.path, ["--testing-library", "swift-testing", "--list-tests"], in: package.path, limit: 120)
    let names = String(decoding: list.output, as: UTF8.self).split(separator: "\n").map { line in
      // Without arguments: a test with several is one.
      String(line.prefix { $0 != "(" })
    }
    let chosen = Set(names).filter { $0.range(of: filter, options: .regularExpression) != nil }.sorted()
    guard list.isSuccess else {
      throw BundleError("\(program.path) lists no tests (\(list.ending)); build it with: make build")
    }
    return chosen
  }

  /// Hunts for some time; each test that failed is left alone from then on.
  public func run(_ names: [String], minutes: Double) async throws -> [Quarry] {
    let file = folder.appendingPathComponent("hunt.json")
    let known = (try? JSONDecoder().decode([Quarry].self, from: Data(contentsOf: file))) ?? []
    var quarries = names.map { name in known.first { $0.test == name && $0.failure == nil } ?? Quarry(test: name) }
    var schedule = HuntSchedule(count: quarries.count, seed: seed &+ UInt64(known.count))
    let end = ContinuousClock.now + .seconds(minutes * 60)
    var running: Set<Int> = []
    try await withThrowingTaskGroup(of: (Int, Quarry, Double).self) { group in
      func start() {
        for _ in 0..<100 where running.count < jobs && ContinuousClock.now < end {
          let number = schedule.next()
          guard !running.contains(number), quarries[number].failure == nil, quarries[number].hasProperties else {
            if quarries.indices.allSatisfy({
              running.contains($0) || quarries[$0].failure != nil || !quarries[$0].hasProperties
            }) {
              return
            }
            // One that is running is worth as much as before; the others have nothing to yield any more.
            if !running.contains(number) { schedule.note(number, yield: 0, cost: 1e-6) }
            continue
          }
          running.insert(number)
          let quarry = quarries[number]
          group.addTask { try await step(number, quarry) }
        }
      }
      start()
      while let (number, quarry, yield) = try await group.next() {
        running.remove(number)
        schedule.note(number, yield: yield, cost: max(quarry.seconds - quarries[number].seconds, 1e-3))
        if quarry.failure != nil { log("\(quarry.test) failed") }
        quarries[number] = quarry
        try JSONEncoder().encode(quarries).write(to: file, options: .atomic)
        start()
      }
    }
    // One that failed before its first case has left nothing.
    return quarries.filter { $0.hasProperties || $0.failure != nil }
  }

  /// The states of the properties of a test.
  public func states(_ test: String) -> [HuntState] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: states(of: test).path)) ?? []
    return names.sorted().compactMap { name in
      try? JSONDecoder().decode(HuntState.self, from: Data(contentsOf: states(of: test).appendingPathComponent(name)))
    }
  }

  private func states(of test: String) -> URL {
    folder.appendingPathComponent("states").appendingPathComponent(test.replacingOccurrences(of: "/", with: "."))
  }

  private func step(_ number: Int, _ start: Quarry) async throws -> (Int, Quarry, Double) {
    var quarry = start
    let clock = ContinuousClock.now
    let before = states(quarry.test).map(\.yields.count).reduce(0, +)
    let run = try await ProgramRun.run(
      program.path,
      [
        "--testing-library", "swift-testing", "--no-parallel", "--filter",
        "^\(NSRegularExpression.escapedPattern(for: quarry.test))\\(",
      ], in: package.path,
      environment: [
        "NB_HUNT": states(of: quarry.test).path, "NB_CASES": "\(quarry.step)", "NB_SEED": "\(seed)",
        "NB_WORST": folder.appendingPathComponent("worst").path, "NB_PROFILE": "nightly",
      ], limit: 1800)
    let seconds = (ContinuousClock.now - clock) / .seconds(1)
    quarry.seconds += seconds
    let states = states(quarry.test)
    quarry.hasProperties = !states.isEmpty
    if !run.isSuccess {
      quarry.failure = String(decoding: run.output + run.error, as: UTF8.self)
      try write(quarry)
    }
    // A test whose other parts take long is not run for single cases.
    let factor = min(8, Self.stepSeconds / max(seconds, 0.05))
    quarry.step = max(20, min(1_000_000, Int(Double(quarry.step) * factor)))
    let isNew = states.map(\.yields.count).reduce(0, +) > before
    return (number, quarry, isNew ? states.compactMap(\.yields.last).reduce(0, +) : 0)
  }

  private func write(_ quarry: Quarry) throws {
    let failures = folder.appendingPathComponent("failures")
    try FileManager.default.createDirectory(at: failures, withIntermediateDirectories: true)
    let name = quarry.test.replacingOccurrences(of: "/", with: ".") + ".txt"
    try Data((quarry.failure ?? "").utf8).write(to: failures.appendingPathComponent(name), options: .atomic)
  }
}
