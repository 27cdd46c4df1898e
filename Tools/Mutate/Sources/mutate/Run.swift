import ArgumentParser
import Foundation

/// Tries mutants.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Tries mutants (the default).")

  @OptionGroup var common: Common
  @Option(help: "Mutants of lines that differ from this commit only.") var inDiff: String?
  @Option(help: "How many mutants, chosen at random.") var sample: Int?
  @Option(help: "The seed of the random choice.") var seed: UInt64 = 1
  @Option(help: "The k-th of n parts, as k/n.") var shard: String?
  @Option(help: "Write the results, in the mutation-testing report schema, to this file too.") var json: String?
  @Option(help: "Try mutants of this operation only; may be repeated.") var operation: [Mutant.Operation] = []
  @Option(help: "Try mutants with this number only; may be repeated.") var id: [Int] = []
  @Flag(help: "Try again what was not noticed.") var again = false
  @Flag(help: "Build each mutant by itself, as an editor would make it: those that take no choice, or those of --id.")
  var apart = false
  @Flag(help: "List the mutants, try none.") var list = false
  @Flag(help: "Print a line `ok` or `FAILED` for each part instead of the tables, for a nightly gate.") var checks =
    false

  func run() throws {
    let started = Date()
    let lines = try inDiff.map { try Diff.lines(of: common.root, against: $0) }
    let configuration = try Configuration.read(common.root)
    let files = try InstrumentedPackage.files(common.root, configuration)
    let mutants = try selected(files, configuration, lines)
    if list { return printList(mutants) }
    guard !mutants.isEmpty else { return print("no mutant there") }
    var verdicts: [Verdict] = []
    try common.forEachCampaign(mutants, changed: lines.map { Set($0.keys) }) {
      if again { $0.journal.forget { [.survived, .noCoverage].contains($0.status) } }
      guard apart else {
        verdicts += try $0.run($1, workers: common.cores, log: note)
        return
      }
      let (spots, rejected) = ($0.instrumented.spots, $0.instrumented.rejected.mutants)
      let plain = id.isEmpty ? $1.filter { spots[$0.id] == nil && rejected[$0.id] == nil } : $1
      verdicts += try $0.runApart(plain, log: note)
    }
    let summary = Summary(verdicts, configuration)
    try write(verdicts, summary, files)
    if checks { return try printChecks(summary, configuration) }
    print(summary.markdown)
    for verdict in verdicts where verdict.status == .survived || verdict.status == .noCoverage {
      let reached = verdict.status == .survived ? "\(verdict.testsRun) tests" : "no test"
      print(
        "\(verdict.mutant.file):\(verdict.mutant.line) #\(verdict.mutant.id) \(verdict.mutant.operation.rawValue): "
          + "\(verdict.mutant.summary) (\(reached))")
    }
    let equivalents = try Equivalents(common.root.appendingPathComponent(configuration.equivalents))
    for entry in equivalents.stale(among: files.flatMap(\.mutants)) {
      print("no longer there: \(entry.file) `\(entry.line)` \(entry.change)")
    }
    print("\(Int(Date().timeIntervalSince(started))) s; results in \(common.folder.path)")
    let low = summary.parts.filter { $0.score < configuration.floors[$0.name] ?? 0 }
    guard low.isEmpty || sample != nil || shard != nil || inDiff != nil else {
      throw Trouble("below the floor: \(low.map { "\($0.name) \($0.score) %" }.joined(separator: ", "))")
    }
  }

  /// The share that is not noticed, over the share that may be, is the third word: what a history draws.
  private func printChecks(_ summary: Summary, _ configuration: Configuration) throws {
    var failed = false
    for row in summary.parts where row.tried > row.equivalent {
      let floor = configuration.floors[row.name] ?? 0
      let share = (100 - row.score) / max(100 - floor, 0.1)
      print("share \(row.name) \(share)")
      if row.score >= floor {
        print("ok     mutants of \(row.name)")
      } else {
        failed = true
        let noticed = "\(row.killed + row.timeouts) of \(row.tried - row.equivalent)"
        print("FAILED mutants of \(row.name): \(noticed) are noticed, the floor is \(floor) %")
      }
    }
    if failed { throw ExitCode.failure }
  }

  private func selected(
    _ files: [SourceFile], _ configuration: Configuration, _ lines: [String: [ClosedRange<Int>]]?
  ) throws -> [Mutant] {
    var mutants = files.flatMap(\.mutants).filter {
      $0.operation != .scaled && common.isChosen($0, configuration)
    }
    if let lines {
      mutants = mutants.filter { mutant in lines[mutant.file]?.contains { $0.contains(mutant.line) } ?? false }
    }
    if !operation.isEmpty { mutants = mutants.filter { operation.contains($0.operation) } }
    if !id.isEmpty { mutants = mutants.filter { id.contains($0.id) } }
    if let shard {
      let numbers = shard.split(separator: "/").compactMap { Int($0) }
      guard numbers.count == 2, numbers[0] >= 1, numbers[0] <= numbers[1] else {
        throw ValidationError("--shard takes k/n with 1 ≤ k ≤ n, as 1/4; this is \(shard)")
      }
      mutants = mutants.enumerated().filter { $0.offset % numbers[1] == numbers[0] - 1 }.map(\.element)
    }
    if let sample { mutants = mutate.sample(mutants, count: sample, seed: seed) }
    return mutants
  }

  private func printList(_ mutants: [Mutant]) {
    for mutant in mutants {
      print(
        "\(mutant.file):\(mutant.line):\(mutant.column) #\(mutant.id) \(mutant.operation.rawValue): \(mutant.summary)")
    }
  }

  private func write(_ verdicts: [Verdict], _ summary: Summary, _ files: [SourceFile]) throws {
    let data = try ReportSchema(verdicts, files).data()
    try data.write(to: common.folder.appendingPathComponent("mutation-report.json"), options: .atomic)
    if let json { try data.write(to: URL(fileURLWithPath: json), options: .atomic) }
    try JSONEncoder().encode(summary).write(to: common.folder.appendingPathComponent("summary.json"), options: .atomic)
    try summary.markdown.write(
      to: common.folder.appendingPathComponent("summary.md"), atomically: true, encoding: .utf8)
    try Page(verdicts, files, summary).html.write(
      to: common.folder.appendingPathComponent("index.html"), atomically: true, encoding: .utf8)
  }
}

extension Mutant.Operation: ExpressibleByArgument {}
