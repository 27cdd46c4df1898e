import ArgumentParser
import CommandLineSupport
import Foundation
import GoldenStore
import NightlyGate
import Provenance
import ToolSupport

/// The commands of the nightly gate.
struct NightlyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nightly",
    abstract:
      "Run everything: tests at the nightly profile, golden cases, images, benchmarks; one bundle, one verdict.",
    discussion: """
      Exit status: 0 pass, 1 regression, 2 usage, 3 something could not be run or a part is missing.

      Examples:
        nbverify nightly
        nbverify nightly --stages golden,images --out reports/tonight
        nbverify nightly --shard 2/8 --skip-build --out parts/2    one part, as in a job array
        nbverify nightly merge parts                               joins the parts
        nbverify nightly accept --reason "first night"             the last night becomes the measure of the next ones
        nbverify nightly accept-baseline W3 --reason "rewritten"   its figures do
      """,
    subcommands: [
      NightlyRun.self, NightlyMerge.self, NightlyCompare.self, NightlyAccept.self, NightlyBaseline.self,
    ], defaultSubcommand: NightlyRun.self)
}

/// The option that names the file of the history.
struct HistoryOptions: ParsableArguments {
  @Option(help: "The history of the nights.") var history = "reports/history.sqlite"

  func open() throws -> History {
    do { return try History(path: history) } catch { throw Failure(3, "\(error)") }
  }
}

/// Runs a night, or a part of it.
struct NightlyRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a night or a part of it.",
    discussion: """
      Finished items are kept in <out>.unfinished until the bundle stands. A night that was killed is in the history as
      killed; the same command (with the same --out, if one was given) goes on behind what it finished, and takes its
      place. A part that is finished is left as it is unless --redo is given.

      Exit status: 0 pass, 1 regression, 2 usage, 3 something could not be run.

      Example: nbverify nightly run --stages golden,images
      """)

  @OptionGroup var corpus: CorpusOptions
  @OptionGroup var history: HistoryOptions
  @Option(help: "The package whose tests are run (default: this one).") var package: String?
  @OptionGroup var bundleFolder: BundleFolder
  @Option(help: "Run part i of n only, written i/n; the parts are joined by nightly merge.") var shard = "1/1"
  @Option(
    help:
      "What to run: tests, golden, images, readers, python, benchmarks, cluster, mutants (default: all but mutants; with --program those that run it)."
  )
  var stages: String?
  @Option(help: "Only suites that this regular expression matches.") var suites: String?
  @Option(help: "The seed of the properties (default: the date).") var seed: Int?
  @Option(help: "How many cases every property gets (default: those of the nightly profile).") var cases: Int?
  @Option(help: "How often each workload is timed.") var repetitions = 3
  @Option(help: "How many suites run at the same time (default: one per processor).") var jobs: Int?
  @Option(help: "How long a suite may take, in seconds.") var suiteLimit = 3600.0
  @Option(help: "Another simulator for the stages that run one (default: the nanobragg beside this tool).")
  var program: String?
  @ArgumentParser.Flag(help: "The package is built already: make build.") var skipBuild = false
  @ArgumentParser.Flag(help: "Run a finished part again, and replace it.") var redo = false
  @ArgumentParser.Flag(help: "Begin anew, whatever a night that was killed left.") var fresh = false
  @ArgumentParser.Flag(help: "Say nothing while running.") var quiet = false

  func validate() throws {
    guard Shard(text: shard) != nil else {
      throw ValidationError("--shard \(shard): give part and number of parts, as in 2/8")
    }
    let names = (stages ?? "tests").split(separator: ",").map(String.init)
    for name in names {
      guard let stage = Nightly.Stage(rawValue: name) else {
        let known = Nightly.Stage.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--stages \(name): there is no such stage; there are \(known)")
      }
      guard program == nil || stages == nil || !stage.isInProcess else {
        throw ValidationError(
          "--stages \(name) judges this package and would not run --program \(program ?? ""); leave one of them out")
      }
    }
    guard !names.isEmpty else { throw ValidationError("--stages: name at least one stage") }
    if let suites, (try? NSRegularExpression(pattern: suites)) == nil {
      throw ValidationError("--suites \(suites): this is no regular expression")
    }
    guard repetitions > 0 else { throw ValidationError("--repetitions: give at least 1") }
    guard jobs ?? 1 > 0 else { throw ValidationError("--jobs: give at least 1") }
    guard suiteLimit > 0 else { throw ValidationError("--suite-limit: give a time above 0") }
    guard cases ?? 1 > 0 else { throw ValidationError("--cases: give at least 1") }
    guard seed ?? 0 >= 0 else { throw ValidationError("--seed: give a number of at least 0") }
  }

  func run() async throws {
    let date = Date()
    let shard = Shard(text: shard) ?? .whole
    var target = try freeTarget(shard, date)
    // A part neither reads nor changes the history: the merged night is added to it.
    let history = shard == .whole ? try history.open() : nil
    var gate = gate(shard, date)
    if let history {
      for line in history.noteKilled(in: target.folder.deletingLastPathComponent()) { gate.progress(line) }
      gate.whenStopped = { left in _ = history.noteKilled(left) }
      if bundleFolder.out == nil, !fresh,
        let earlier = await gate.unfinished(in: target.folder.deletingLastPathComponent())
      {
        gate.progress("goes on with \(earlier.path), which was killed; --fresh begins anew")
        target = .folder(earlier)
      }
    }
    var result: Nightly.Result
    do { result = try await gate.run(for: target.folder) } catch { throw Failure(3, "\(error)") }
    try result.report(in: .folder(target.folder), history: history, replaces: redo)
  }

  /// The destination of the bundle.
  /// - Throws: `ExitCode` with the outcome of a part that is finished already, or an error if the folder is not free.
  private func freeTarget(_ shard: Shard, _ date: Date) throws -> BundleTarget {
    guard let out = bundleFolder.out, shard != .whole || redo else { return try bundleFolder.free(at: date) }
    let folder = URL(fileURLWithPath: out)
    if !redo, let outcome = Nightly.Result.outcome(ofPart: folder) {
      Terminal.show("part \(shard) is finished already, \(outcome.rawValue): \(out); --redo runs it again\n")
      throw ExitCode(outcome.status)
    }
    guard redo else { return try bundleFolder.free(at: date) }
    let target = BundleTarget.folder(folder)
    // With --redo, only a folder that holds the bundle of a night is replaced.
    if Nightly.Result.outcome(ofPart: folder) == nil { try target.check() }
    return target
  }

  private func gate(_ shard: Shard, _ date: Date) -> Nightly {
    let root = package.map { URL(fileURLWithPath: $0) } ?? GoldenCorpus.packageFolder()
    var gate = Nightly(
      package: root, corpus: corpus.store,
      program: program.map { URL(fileURLWithPath: $0).path } ?? Tool.besideThis("nanobragg"),
      seed: seed ?? Self.dateNumber(date))
    gate.programIsForeign = program != nil
    gate.shard = shard
    gate.stages = Set((stages ?? "").split(separator: ",").compactMap { Nightly.Stage(rawValue: String($0)) })
    if stages == nil { gate.stages = Set(Nightly.Stage.usual.filter { program == nil || !$0.isInProcess }) }
    gate.builds = !skipBuild
    gate.suiteFilter = suites
    gate.repetitions = repetitions
    gate.propertyCases = cases
    gate.suiteLimit = suiteLimit
    if let jobs { gate.jobs = jobs }
    gate.reference = ReferenceProgram.named()
    if !quiet { gate.progress = { Terminal.error("nbverify: \(TimeStamp.clock(Date())) \($0)\n") } }
    return gate
  }

  /// The date as a number, `yyyymmdd`, in coordinated universal time.
  private static func dateNumber(_ date: Date) -> Int { Int(TimeStamp.compact(date).prefix(8)) ?? 1 }
}

extension Nightly.Result {
  /// Writes the bundle and the history, and prints the result.
  /// - Throws: `ExitCode` with the status of a night that did not pass, `Failure` if the bundle or history cannot be
  ///   written.
  fileprivate mutating func report(in target: BundleTarget, history: History?, replaces: Bool = false) throws {
    do {
      let folder = try finish(
        in: target, history: history, replaces: replaces, command: CommandLine.arguments, tool: Tool.title)
      Terminal.show(text + "bundle: \(folder.path)\n")
    } catch {
      Terminal.show(text)
      throw Failure(record.outcome == .regression ? record.outcome.status : 3, "\(error)")
    }
    if record.outcome != .pass { throw ExitCode(record.outcome.status) }
  }
}

/// Joins the parts of a night.
struct NightlyMerge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Join the parts of a night and add it to the history.",
    discussion: """
      Parts that are missing or were killed are named, with what is known of them, and the night is recorded as
      incomplete. Merging again, with them redone, takes its place in the history.

      Exit status: 0 pass, 1 regression, 2 usage, 3 something could not be run or a part is missing or damaged.

      Example: nbverify nightly merge parts --out reports/tonight
      """)

  @OptionGroup var history: HistoryOptions
  @OptionGroup var bundleFolder: BundleFolder
  @Argument(help: "The bundles of the parts, or a folder of them.") var parts: [String]

  func run() throws {
    let target = try bundleFolder.free(at: Date())
    let history = try history.open()
    var result: Nightly.Result
    do {
      result = try Nightly.Result.merging(parts.map { URL(fileURLWithPath: $0) })
    } catch {
      throw Failure(3, "\(error)")
    }
    try result.report(in: target, history: history)
  }
}

/// Compares the results of two nights.
struct NightlyCompare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Say whether two nights found the same, times, hosts, paths and timing ratios apart.",
    discussion: """
      Exit status: 0 the same, 1 different, 2 usage, 3 a bundle cannot be read.

      Example: nbverify nightly compare reports/merged reports/undivided
      """)

  @Argument(help: "The bundle of a night.") var first: String
  @Argument(help: "The bundle of another.") var second: String

  func run() throws {
    let records: [NightRecord]
    do {
      records = try [first, second].map { try NightRecord.read(URL(fileURLWithPath: $0)) }
    } catch {
      throw Failure(3, "\(error)")
    }
    let differences = try records[0].differences(from: records[1])
    guard differences.isEmpty else {
      Terminal.show("the nights differ; the first lines of night.json:\n" + differences.map { "  \($0)\n" }.joined())
      throw ExitCode(1)
    }
    Terminal.show("the nights found the same\n")
  }
}
