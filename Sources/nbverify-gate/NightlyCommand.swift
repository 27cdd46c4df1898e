import ArgumentParser
import CommandLineSupport
import Foundation
import GoldenStore
import NightlyGate
import Provenance
import ToolSupport

/// The nightly gate.
struct NightlyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nightly",
    abstract:
      "Run everything: tests at the nightly profile, golden cases, images, benchmarks; one bundle, one verdict.",
    discussion: """
      Exit status: 0 pass, 1 regression, 2 usage, 3 something could not be run.

      Examples:
        nbverify nightly
        nbverify nightly --stages golden,images --out reports/tonight
        nbverify nightly --shard 2/8 --skip-build --out parts/2    one part, as in a job array
        nbverify nightly merge parts/1 parts/2 …                   joins the parts
        nbverify nightly accept-baseline                           the last timings become the accepted ones
      """,
    subcommands: [NightlyRun.self, NightlyMerge.self, NightlyBaseline.self], defaultSubcommand: NightlyRun.self)
}

/// Where the history is.
struct HistoryOptions: ParsableArguments {
  @Option(help: "The history of the nights.") var history = "reports/history.sqlite"

  func open() throws -> History {
    do { return try History(path: history) } catch { throw Failure(3, "\(error)") }
  }
}

/// One night, or one part of it.
struct NightlyRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a night or a part of it.",
    discussion: """
      Exit status: 0 pass, 1 regression, 2 usage, 3 something could not be run.

      Example: nbverify nightly run --stages golden,images
      """)

  @OptionGroup var corpus: CorpusOptions
  @OptionGroup var history: HistoryOptions
  @Option(help: "The package whose tests are run (default: this one).") var package: String?
  @OptionGroup var bundleFolder: BundleFolder
  @Option(help: "Run part i of n only, written i/n; the parts are joined by nightly merge.") var shard = "1/1"
  @Option(help: "What to run: tests, golden, images, readers, benchmarks.") var stages =
    "tests,golden,images,readers,benchmarks"
  @Option(help: "Only suites that this regular expression matches.") var suites: String?
  @Option(help: "The seed of the properties (default: the date).") var seed: Int?
  @Option(help: "How often each workload is timed.") var repetitions = 3
  @Option(help: "The simulator (default: the nanobragg beside this tool).") var program: String?
  @ArgumentParser.Flag(help: "The package is built already: make nightly-build.") var skipBuild = false
  @ArgumentParser.Flag(help: "Say what is being done.") var verbose = false

  func validate() throws {
    guard Shard(text: shard) != nil else {
      throw ValidationError("--shard \(shard): give part and number of parts, as in 2/8")
    }
    for stage in stages.split(separator: ",") where Nightly.Stage(rawValue: String(stage)) == nil {
      let known = Nightly.Stage.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--stages \(stage): there is no such stage; there are \(known)")
    }
    guard !stages.split(separator: ",").isEmpty else { throw ValidationError("--stages: name at least one stage") }
    if let suites, (try? NSRegularExpression(pattern: suites)) == nil {
      throw ValidationError("--suites \(suites): this is no regular expression")
    }
    guard repetitions > 0 else { throw ValidationError("--repetitions: give at least 1") }
    guard seed ?? 0 >= 0 else { throw ValidationError("--seed: give a number of at least 0") }
  }

  func run() async throws {
    let date = Date()
    let shard = Shard(text: shard) ?? .whole
    let target = try bundleFolder.free(at: date)
    // A shard leaves the history alone: the merged night is added.
    let history = shard == .whole ? try history.open() : nil
    let root = package.map { URL(fileURLWithPath: $0) } ?? GoldenCorpus.packageFolder()
    var gate = Nightly(
      package: root, corpus: corpus.store, program: program ?? Tool.besideThis("nanobragg"),
      seed: seed ?? Self.dateNumber(date))
    gate.shard = shard
    gate.stages = Set(stages.split(separator: ",").compactMap { Nightly.Stage(rawValue: String($0)) })
    gate.builds = !skipBuild
    gate.suiteFilter = suites
    gate.repetitions = repetitions
    gate.reference = ReferenceProgram.named()
    if verbose { gate.progress = { Terminal.error("nbverify: \($0)\n") } }
    var result = await gate.run()
    try result.report(in: target, history: history)
  }

  /// The date as a number, `yyyymmdd`, in coordinated universal time.
  private static func dateNumber(_ date: Date) -> Int { Int(TimeStamp.compact(date).prefix(8)) ?? 1 }
}

extension Nightly.Result {
  /// Writes bundle and history, says what came out, and ends with the status for it.
  fileprivate mutating func report(in target: BundleTarget, history: History?) throws {
    do {
      let folder = try finish(
        in: target, history: history, command: CommandLine.arguments, tool: Tool.title)
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
      Exit status: 0 pass, 1 regression, 2 usage, 3 something could not be run or a part is missing or damaged.

      Example: nbverify nightly merge parts/1 parts/2 parts/3 --out reports/tonight
      """)

  @OptionGroup var history: HistoryOptions
  @OptionGroup var bundleFolder: BundleFolder
  @Argument(help: "The bundles of all parts.") var parts: [String]

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

/// Accepts timings.
struct NightlyBaseline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept-baseline", abstract: "Make the timings of a night the accepted ones of its kind of machine.",
    discussion: "Examples:\n  nbverify nightly accept-baseline\n  nbverify nightly accept-baseline --night 12")

  @OptionGroup var history: HistoryOptions
  @Option(help: "The number of the night (default: the last one).") var night: Int64?

  func run() throws {
    do {
      for (name, ratio) in try history.open().acceptBaseline(night: night) { print("\(name) \(ratio)") }
    } catch let error as BundleError {
      throw Failure(2, error.description)
    }
  }
}

/// Trends over the nights.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show the nights and their trends.",
    discussion: "Examples:\n  nbverify history\n  nbverify history --last 90 --html history.html")

  @OptionGroup var history: HistoryOptions
  @Option(help: "How many nights.") var last = 30
  @Option(help: "Write a page of HTML to this file.") var html: String?

  func validate() throws {
    guard last > 0 else { throw ValidationError("--last: give at least 1") }
  }

  func run() throws {
    guard FileManager.default.fileExists(atPath: history.history) else {
      throw Failure(2, "\(history.history): there is no history yet; nbverify nightly makes one")
    }
    let store = try history.open()
    guard let html else { return Terminal.show(try store.text(last: last)) }
    do {
      try Data(try store.page(last: last).utf8).write(to: URL(fileURLWithPath: html), options: .atomic)
    } catch {
      throw Failure(
        2, "--html \(html): the page cannot be written; check that the folder exists (\(error.localizedDescription))")
    }
  }
}
