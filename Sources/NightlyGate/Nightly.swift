import Benchmarks
import Digests
import Foundation
import GoldenStore
import Provenance

/// The nightly gate: everything that can be checked, in one bundle and one exit status.
public struct Nightly: Sendable {
  /// What is run.
  public enum Stage: String, Sendable, CaseIterable {
    /// The test suites.
    case tests
    /// The golden cases, in this process.
    case golden
    /// The images that the program writes for the golden cases.
    case images
    /// Another program that opens our images.
    case readers
    /// The timings.
    case benchmarks
  }

  /// The package.
  public var package: URL
  /// The golden cases.
  public var corpus: GoldenCorpus
  /// The simulator.
  public var program: String
  /// A reference program for the timings.
  public var reference: String?
  /// The part of the work.
  public var shard = Shard.whole
  /// What is run.
  public var stages: Set<Stage> = Set(Stage.allCases)
  /// Whether the package is built first.
  public var builds = true
  /// A regular expression for the suites to run; all if nil.
  public var suiteFilter: String?
  /// How often each workload is timed.
  public var repetitions = 3
  /// The seed of the properties.
  public var seed: Int
  /// Says what is being done.
  public var progress: @Sendable (String) -> Void = { _ in }

  /// A gate for a package.
  public init(package: URL, corpus: GoldenCorpus, program: String, seed: Int) {
    self.package = package
    self.corpus = corpus
    self.program = program
    self.seed = seed
  }

  /// What came of it: the record and the logs.
  public struct Result: Sendable {
    /// The record.
    public var record: NightRecord
    /// Logs of the test run, by name.
    public var logs: [(name: String, data: Data)]
  }

  /// Runs the stages, one after the other.
  public func run() async -> Result {
    let start = Date()
    var result = Result(
      record: NightRecord(
        shard: shard, started: TimeStamp.full(start), seconds: 0,
        revision: await Revision.current(in: package.path), surroundings: .current, plan: plan), logs: [])
    if stages.contains(.tests) { await runTests(&result) }
    if stages.contains(.golden) { runGolden(&result.record) }
    if stages.contains(.images) { await runImages(&result.record) }
    if stages.contains(.readers) { await runReaders(&result.record) }
    if stages.contains(.benchmarks) { await runBenchmarks(&result.record) }
    result.record.seconds = Date().timeIntervalSince(start)
    return result
  }

  private var plan: NightRecord.Plan {
    NightRecord.Plan(
      seed: seed, stages: stages.map(\.rawValue).sorted(), suites: suiteFilter,
      cases: Digest.sha256(Data(corpus.ids.joined(separator: "\n").utf8)), repetitions: repetitions,
      hasReference: reference != nil)
  }

  private func runTests(_ result: inout Result) async {
    progress("tests")
    let scratch: ScratchFolder
    do {
      scratch = try ScratchFolder()
    } catch {
      result.record.obstacles.append("no scratch folder: \(error)")
      return
    }
    defer { scratch.remove() }
    let stage = TestStage(
      package: package, shard: shard, seed: seed, builds: builds, filter: suiteFilter, scratch: scratch.url)
    let found = await stage.run()
    result.record.tests = found.tests
    result.record.properties = found.properties
    result.record.obstacles += found.obstacles
    result.logs += found.logs
  }

  private func runGolden(_ record: inout NightRecord) {
    let stage = GoldenStage(corpus: corpus)
    for id in shard.share(of: cases(&record)) {
      progress("golden \(id)")
      do {
        record.golden.append(try stage.run(id))
      } catch {
        record.obstacles.append("golden \(id): \(error)")
      }
    }
  }

  private func cases(_ record: inout NightRecord) -> [String] {
    let ids = corpus.ids
    let line = "there is no golden case in \(corpus.root.path)"
    if ids.isEmpty, !record.obstacles.contains(line) { record.obstacles.append(line) }
    return ids
  }

  private func runImages(_ record: inout NightRecord) async {
    guard isRunnable(program, &record) else { return }
    let stage = ImageStage(corpus: corpus, program: program)
    for id in shard.share(of: cases(&record)) {
      progress("image \(id)")
      do {
        if let image = try await stage.run(id) { record.images.append(image) }
      } catch {
        record.obstacles.append("image \(id): \(error)")
      }
    }
  }

  /// Not divided: the first part has it.
  private func runReaders(_ record: inout NightRecord) async {
    guard shard.index == 1, isRunnable(program, &record) else { return }
    progress("readers")
    do {
      record.tests += try await ReaderStage(package: package, program: program).run()
    } catch {
      record.obstacles.append("readers: \(error)")
    }
  }

  private func runBenchmarks(_ record: inout NightRecord) async {
    guard isRunnable(program, &record), reference.map({ isRunnable($0, &record) }) ?? true else { return }
    let stage = BenchmarkStage(program: program, reference: reference, repetitions: repetitions)
    for workload in shard.share(of: Workload.plain) {
      progress("benchmark \(workload.name)")
      do {
        record.benchmarks.append(try await stage.run(workload))
      } catch {
        record.obstacles.append("benchmark \(workload.name): \(error)")
      }
    }
  }

  private func isRunnable(_ program: String, _ record: inout NightRecord) -> Bool {
    if FileManager.default.isExecutableFile(atPath: program) { return true }
    let line = "\(program) cannot be run: build it with make nightly-build"
    if !record.obstacles.contains(line) { record.obstacles.append(line) }
    return false
  }
}

extension Nightly.Result {
  /// Puts the accepted ratios beside the timings, writes the bundle, and then adds the night to the history.
  /// - Parameters:
  ///   - target: Where the bundle goes.
  ///   - history: The history; nil leaves it alone, as a shard does.
  ///   - command: The command, word by word.
  ///   - tool: The tool and its version.
  /// - Returns: The folder of the bundle.
  /// - Throws: `BundleError` if something cannot be written.
  public mutating func finish(
    in target: BundleTarget, history: History?, command: [String], tool: String
  ) throws -> URL {
    var bundle: ProvenanceBundle?
    do {
      for index in history == nil ? 0..<0 : record.benchmarks.indices {
        let accepted = try history?.baselines(machine: record.benchmarks[index].machine) ?? [:]
        record.benchmarks[index].baseline = accepted[record.benchmarks[index].name]
      }
      bundle = try NightBundle.bundle(record, logs: logs, command: command, tool: tool, history: history)
    } catch {
      // The night ran: its bundle is written without the plots of earlier ones.
      record.obstacles.append("the history cannot be read: \(error)")
    }
    let whole = try bundle ?? NightBundle.bundle(record, logs: logs, command: command, tool: tool, history: nil)
    let folder = try target.write(whole)
    do {
      _ = try history?.add(record, bundle: folder.path)
    } catch {
      throw BundleError("the night is in \(folder.path), but could not be added to the history: \(error)")
    }
    return folder
  }

  /// The outcome and what it rests on, for a terminal.
  public var text: String { NightBundle.summary(record) }

  /// Joins the parts of a night.
  /// - Parameter folders: The bundles of all shards.
  /// - Throws: `BundleError` if a part is missing, damaged, given twice, or of another revision or division.
  public static func merging(_ folders: [URL]) throws -> Nightly.Result {
    var parts: [NightRecord] = []
    var logs: [(name: String, data: Data)] = []
    for folder in folders {
      let problems = ProvenanceBundle.problems(of: folder, required: ["night.json"])
      guard problems.isEmpty else {
        throw BundleError("\(folder.path): the part is not whole: \(problems.joined(separator: "; "))")
      }
      let data = try Data(contentsOf: folder.appendingPathComponent("night.json"))
      let part = try NightBundle.decoded(data)
      parts.append(part)
      let list = FileManager.default.subpaths(atPath: folder.appendingPathComponent("logs").path) ?? []
      for name in list.sorted() {
        guard let data = FileManager.default.contents(atPath: folder.appendingPathComponent("logs/\(name)").path) else {
          continue
        }
        logs.append(("shard-\(part.shard.index)-\(name)", data))
      }
    }
    return Nightly.Result(record: try NightRecord.merging(parts), logs: logs)
  }
}

extension NightRecord {
  /// Joins the parts of a night.
  /// - Throws: `BundleError` if they do not make up one night.
  package static func merging(_ parts: [NightRecord]) throws -> NightRecord {
    guard var whole = parts.first else { throw BundleError("there is no part to merge") }
    let numbers = parts.map(\.shard.index).sorted()
    guard parts.allSatisfy({ $0.shard.count == whole.shard.count }), numbers == Array(1...whole.shard.count) else {
      throw BundleError(
        "the parts are \(parts.map(\.shard.description).joined(separator: ", ")), but 1 to \(whole.shard.count) of "
          + "\(whole.shard.count) are needed, each once")
    }
    guard parts.allSatisfy({ $0.revision == whole.revision && $0.plan == whole.plan }) else {
      throw BundleError(
        "the parts are of different revisions, or were asked for different stages, suites, cases, repetitions or seeds; "
          + "run them from one tree with the same options, --seed among them")
    }
    for part in parts.dropFirst() {
      whole.tests += part.tests
      whole.properties += part.properties
      whole.golden += part.golden
      whole.images += part.images
      whole.benchmarks += part.benchmarks
      whole.obstacles += part.obstacles.map { "shard \(part.shard): \($0)" }
      whole.seconds = max(whole.seconds, part.seconds)
      whole.started = min(whole.started, part.started)
    }
    whole.shard = .whole
    whole.tests.sort { ($0.suite, $0.name) < ($1.suite, $1.name) }
    whole.properties.sort { $0.name < $1.name }
    whole.golden.sort { $0.id < $1.id }
    whole.images.sort { $0.id < $1.id }
    whole.benchmarks.sort { $0.name < $1.name }
    return whole
  }
}
