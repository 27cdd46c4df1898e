import Foundation

/// A change whose mutants are tried.
struct Change {
  /// Numbers of its mutants.
  var mutants: Set<Int>
  /// The file with what tests reached in the last whole copy.
  var records: URL
}

/// A run over mutants: what is built, recorded, tried and kept.
struct Campaign {
  let root: URL
  let work: URL
  let configuration: Configuration
  let instrumented: InstrumentedPackage
  let baseline: Baseline
  let journal: Journal<Verdict>
  let equivalents: Equivalents
  let process: TestProcess
  let budget: Double

  /// Builds the instrumented copy and records what its tests reach.
  /// - Parameters:
  ///   - only: The files that are instrumented.
  ///   - change: The mutants of a change, the only ones to be built, and the records that tell which tests reach them.
  init(
    root: URL, work: URL, only: Set<String>, change: Change?, budget: Double, testLimit: Double,
    log: @escaping (String) -> Void
  ) throws {
    configuration = try Configuration.read(root)
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    try Self.claim(work)
    let files = try InstrumentedPackage.files(root, configuration).filter { only.contains($0.path) }
    var package = InstrumentedPackage(
      package: root, copy: work.appendingPathComponent("package"), configuration: configuration, files: files)
    package.chosen = change?.mutants
    log("building a copy with \(change?.mutants.count ?? files.map(\.mutants.count).reduce(0, +)) mutants")
    try package.build(log: log)
    instrumented = package
    process = try TestProcess(package: package.copy, environment: configuration.environment)
    if let change, let records = Records.read(change.records) {
      baseline = try Baseline.record(
        process, configuration, known: records.baseline(for: package), limit: testLimit, log: log)
    } else {
      baseline = try Baseline.record(
        process, package, file: work.appendingPathComponent("baseline.json"), bySuite: change != nil, limit: testLimit,
        log: log)
      let records = work.appendingPathComponent(Records.name)
      if change == nil { try JSONEncoder().encode(Records(baseline, package)).write(to: records, options: .atomic) }
    }
    journal = Journal(work.appendingPathComponent("results.jsonl"))
    equivalents = try Equivalents(root.appendingPathComponent(configuration.equivalents))
    (self.root, self.work, self.budget) = (root, work, budget)
  }

  /// One campaign at a time works in a folder.
  private static func claim(_ work: URL) throws {
    let file = open(work.appendingPathComponent("lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard file >= 0, flock(file, LOCK_EX | LOCK_NB) == 0 else {
      throw Trouble("another run works in \(work.path). Wait for it, or give another folder with --work.")
    }
  }

  /// Tries mutants that have no result yet.
  /// - Returns: The results of all of them, in order.
  func run(_ mutants: [Mutant], workers: Int, log: @escaping @Sendable (String) -> Void) throws -> [Verdict] {
    let spots = instrumented.spots
    let examiner = Examiner(process, baseline, spots: spots, budget: budget, strong: configuration.strongTests)
    examiner.learn(from: journal.results)
    let progress = Progress(mutants.count, log: log)
    let (journal, equivalents, rejected) = (journal, equivalents, instrumented.rejected)
    return try parallel(mutants, workers: workers) { mutant in
      if let reason = equivalents.reason(mutant) {
        progress.passed(nil)
        return Verdict(mutant: mutant, status: .equivalent, by: [reason])
      }
      if let message = rejected.mutants[mutant.id] {
        progress.passed(nil)
        return Verdict(mutant: mutant, status: .notCompiling, by: [message])
      }
      if let known = journal.result(of: mutant) {
        progress.passed(nil)
        return known
      }
      guard spots[mutant.id] != nil else {
        progress.passed(nil)
        return Verdict(mutant: mutant, status: .noSchema)
      }
      let verdict = try examiner.examine(mutant)
      try journal.add(verdict)
      progress.passed(verdict)
      return verdict
    }
  }
}

extension Campaign {
  /// Builds mutants one by one, without choices, and tries them. Changes that call the run-time support are left out: a
  /// build without choices has no such calls.
  func runApart(_ mutants: [Mutant], log: (String) -> Void) throws -> [Verdict] {
    let examiner = Examiner(
      process, baseline, spots: instrumented.spots, budget: budget, strong: configuration.strongTests)
    let plain = try PlainBuild(self, examiner)
    defer { try? plain.restore() }
    return try mutants.map { mutant in
      if let reason = equivalents.reason(mutant) { return Verdict(mutant: mutant, status: .equivalent, by: [reason]) }
      guard PlainBuild.canMake(mutant) else { return Verdict(mutant: mutant, status: .noSchema) }
      if instrumented.spots[mutant.id] == nil, let known = journal.result(of: mutant) { return known }
      let file = instrumented.files.first { $0.path == mutant.file }!
      let verdict = try plain.examine(mutant, in: file)
      if instrumented.spots[mutant.id] == nil { try journal.add(verdict) }
      log("#\(mutant.id) \(verdict.status.rawValue) \(verdict.by.joined(separator: ", "))")
      return verdict
    }
  }
}
