import Benchmarks
import Digests
import Foundation
import GoldenStore
import Provenance
import Subprocesses

/// The nightly gate: all checks of the package, with one bundle and one exit status.
public struct Nightly: Sendable {
  /// A kind of check.
  public enum Stage: String, Sendable, Codable, CaseIterable {
    /// The test suites, each in a process of its own.
    case tests
    /// The golden cases, simulated in this process.
    case golden
    /// The images that the program writes for the golden cases.
    case images
    /// Images of the program, opened by another program.
    case readers
    /// The C interface and the Python package, beside other programs.
    case python
    /// The timings of workloads.
    case benchmarks
    /// A night in parts on a throw-away Slurm node, if Slurm is installed.
    case cluster
    /// Small changes of the sources, which the tests have to notice.
    case mutants

    /// The stages of a night that names none. Mutants take longer than all others together.
    public static let usual = allCases.filter { $0 != .mutants }

    /// The stages whose checks are recorded as tests, by the name of their suite.
    static let bySuite: [String: Stage] = [
      "fabio": .readers, "python": .python, "cluster": .cluster, "mutate": .mutants,
    ]

    /// Whether the stage judges this package rather than the program that `--program` names.
    public var isInProcess: Bool { [.tests, .golden, .python, .cluster, .mutants].contains(self) }
    /// Whether items of the stage run in parallel.
    var isShared: Bool { self == .tests || self == .images }
  }

  /// The folder of the package.
  public var package: URL
  /// The golden cases.
  public var corpus: GoldenCorpus
  /// The path of the simulator.
  public var program: String
  /// Whether the simulator is not the one that was built beside the tool.
  public var programIsForeign = false
  /// The path of a reference program for the timings; nil for none.
  public var reference: String?
  /// The part of the work that is run.
  public var shard = Shard.whole
  /// The stages that are run.
  public var stages: Set<Stage> = Set(Stage.usual)
  /// Whether the package is built first.
  public var builds = true
  /// A regular expression for the suites to run; nil for all.
  public var suiteFilter: String?
  /// The number of timed runs of each workload.
  public var repetitions = 3
  /// The seed of the properties.
  public var seed: Int
  /// The number of cases of every property; nil for that of the nightly profile.
  public var propertyCases: Int?
  /// The number of items that run in parallel.
  public var jobs = ProcessInfo.processInfo.activeProcessorCount
  /// The longest time of a suite, in seconds.
  public var suiteLimit = 3600.0
  /// Takes messages on the progress, from any thread.
  public var progress: @Sendable (String) -> Void = { _ in }

  /// Takes the folder of the journal when a signal ends the run.
  public var whenStopped: (@Sendable (URL) -> Void)?

  /// A gate for a package, with all stages and default settings.
  public init(package: URL, corpus: GoldenCorpus, program: String, seed: Int) {
    self.package = package
    self.corpus = corpus
    self.program = program
    self.seed = seed
  }

  /// The result of a run: the record and the logs.
  public struct Result: Sendable {
    /// The record.
    public var record: NightRecord
    /// Logs of the test run, by name.
    public var logs: [(name: String, data: Data)]
    /// The folder of the unfinished run, which is removed once the bundle is written; nil for a merged night.
    var unfinished: URL?
  }

  /// Runs all items of the part; items that an interrupted run of the same bundle finished are not run again.
  /// - Parameter bundle: The path that the bundle will have; the journal is kept beside it.
  /// - Throws: `BundleError` if the journal cannot be written, or an interrupted run had another plan or revision.
  public func run(for bundle: URL) async throws(BundleError) -> Result {
    let journal = try Journal(for: bundle)
    let interruption = Interruption(journal) { [whenStopped] in whenStopped?(journal.folder) }
    defer { interruption.end() }
    var obstacles: [String] = []
    if builds, stages.contains(.tests), let problem = await build(journal.folder) { obstacles.append(problem) }
    let items = obstacles.isEmpty ? await items(&obstacles) : []
    let header = Journal.Header(
      identity: UUID().uuidString, shard: shard, plan: await plan(), revision: await Revision.current(in: package.path),
      surroundings: .current, program: await programRecord(), host: ProcessInfo.processInfo.hostName,
      started: TimeStamp.full(Date()), items: items)
    let earlier = Journal.read(journal.folder)
    if let earlier { try check(earlier, header, journal.folder) }
    journal.write(earlier?.header ?? header)
    let done = earlier?.results ?? [:]
    if !done.isEmpty { progress("goes on behind \(done.count) of \(items.count) items of an interrupted run") }
    await run(items.filter { done[$0] == nil }, of: items, journal)
    guard let contents = Journal.read(journal.folder) else {
      throw BundleError("\(journal.folder.path): the journal cannot be read back; the disk may be full")
    }
    var record = NightRecord(contents)
    // Items whose results the journal could not store, as on a full disk, count as not run.
    let lost = contents.header.items.filter { contents.results[$0] == nil }
    if let first = lost.first {
      obstacles.append("\(lost.count) items left no result in the journal, the first \(first); the disk may be full")
    }
    record.obstacles = obstacles + record.obstacles
    return Result(record: record, logs: Self.logs(journal.folder), unfinished: journal.folder)
  }

  private func check(
    _ earlier: Journal.Contents, _ header: Journal.Header, _ folder: URL
  ) throws(BundleError) {
    let same =
      earlier.header.plan == header.plan && earlier.header.revision == header.revision
      && earlier.header.shard == header.shard && earlier.header.items == header.items
    guard same else {
      throw BundleError(
        "\(folder.path): an interrupted run of another revision or with other options is there; remove it to start anew"
      )
    }
  }

  /// What the test programs left in a folder: events, output, and, in `worst`, the worst cases of the properties.
  static func logs(_ folder: URL) -> [(name: String, data: Data)] {
    let names = FileManager.default.subpaths(atPath: folder.path) ?? []
    return names.sorted().filter { $0 != Journal.fileName }.compactMap { name in
      FileManager.default.contents(atPath: folder.appendingPathComponent(name).path).map { (name, $0) }
    }
  }

  private func build(_ folder: URL) async -> String? {
    progress("build")
    do {
      let run = try await ProgramRun.run(
        "make", ["-C", package.path, "build"], in: package.path, limit: 3600)
      guard !run.isSuccess else { return nil }
      try? (run.output + run.error).write(to: folder.appendingPathComponent("build.log"))
      let lines = String(decoding: run.output + run.error, as: UTF8.self).split(separator: "\n")
      let first = lines.first { $0.contains("error:") }.map(String.init) ?? "see logs/build.log"
      return "the package does not build (\(run.ending)): \(first)"
    } catch {
      return "make cannot be run: \(error)"
    }
  }

  func plan() async -> NightRecord.Plan {
    NightRecord.Plan(
      seed: seed, stages: stages.map(\.rawValue).sorted(), suites: suiteFilter,
      cases: Digest.sha256(Data(corpus.ids.joined(separator: "\n").utf8)), repetitions: repetitions,
      propertyCases: propertyCases, program: try? Digest.sha256(ofFile: program).digest,
      hasReference: reference != nil)
  }

  private func programRecord() async -> NightRecord.ProgramRecord? {
    guard let digest = try? Digest.sha256(ofFile: program).digest else { return nil }
    let run = try? await ProgramRun.run(program, ["--version"], limit: 10)
    let line = run.flatMap { $0.isSuccess ? String(decoding: $0.output.prefix(200), as: UTF8.self) : nil }?
      .split(separator: "\n").first.map(String.init)
    return NightRecord.ProgramRecord(
      path: program, digest: digest, version: line.map(PlainText.ascii), isForeign: programIsForeign)
  }

  // MARK: Items

  /// The items of this part. Suites, golden cases, images and workloads are distributed singly; the stages that are not
  /// divided belong to the first part.
  private func items(_ obstacles: inout [String]) async -> [WorkItem] {
    var items: [WorkItem] = []
    func add(_ stage: Stage, _ names: [String]) {
      if stages.contains(stage) { items += shard.share(of: names).map { WorkItem(stage: stage, name: $0) } }
    }
    if stages.contains(.tests) {
      do {
        add(.tests, try await suites())
      } catch {
        obstacles.append("\(error)")
      }
    }
    let ids = corpus.ids
    if ids.isEmpty, stages.contains(.golden) || stages.contains(.images) {
      obstacles.append("there is no golden case in \(corpus.root.path)")
    }
    add(.golden, Set(ids + corpus.pending.ids).sorted())
    add(.images, ids)
    if shard.index == 1 {
      for stage in [Stage.readers, .python, .cluster, .mutants] where stages.contains(stage) {
        items.append(WorkItem(stage: stage, name: stage.rawValue))
      }
    }
    add(.benchmarks, Workload.plain.map(\.name))
    return items
  }

  /// The folder of this program and those built with it.
  private static var buildFolder: URL {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  }

  private var testStage: TestStage? {
    TestStage.program(in: Self.buildFolder)
      .map { TestStage(program: $0, package: package, seed: seed, cases: propertyCases, limit: suiteLimit) }
  }

  private func suites() async throws -> [String] {
    guard let testStage else {
      throw BundleError("there is no test program beside this one; build it with: make build")
    }
    let chosen = try await testStage.suites().filter { name in
      suiteFilter.map { name.range(of: $0, options: .regularExpression) != nil } ?? true
    }
    guard !chosen.isEmpty else { throw BundleError("no suite matches \(suiteFilter ?? "")") }
    return chosen
  }

  // MARK: Running

  private func run(_ rest: [WorkItem], of all: [WorkItem], _ journal: Journal) async {
    let counter = Counter(done: all.count - rest.count)
    @Sendable func work(_ item: WorkItem) async {
      journal.begin(item)
      let start = ContinuousClock.now
      var result = await perform(item, in: journal.folder)
      result.seconds = (ContinuousClock.now - start) / .seconds(1)
      journal.end(result)
      let number = counter.next()
      progress(
        "[\(number)/\(all.count)] \(item): \(String(format: "%.1f", result.seconds)) s \(result.summary)")
    }
    // Suites and images run in parallel; afterwards each other item runs alone on the machine.
    let (shared, alone) = (rest.filter { $0.stage.isShared }, rest.filter { !$0.stage.isShared })
    await withTaskGroup(of: Void.self) { group in
      var waiting = shared[...]
      for _ in 0..<max(1, jobs) {
        if let item = waiting.popFirst() { group.addTask { await work(item) } }
      }
      while await group.next() != nil {
        if let item = waiting.popFirst() { group.addTask { await work(item) } }
      }
    }
    for item in alone { await work(item) }
  }

  private func perform(_ item: WorkItem, in folder: URL) async -> WorkResult {
    var result = WorkResult(item)
    func catching(_ work: () async throws -> Void) async {
      do { try await work() } catch { result.obstacles.append("\(item): \(error)") }
    }
    switch item.stage {
    case .tests:
      if let testStage { return await testStage.run(item, in: folder, progress: progress) }
      result.obstacles.append("\(item): the test program is gone; build it with: make build")
    case .golden: result.golden = GoldenStage(corpus: corpus).run(item.name)
    case .images:
      await catching {
        try checkRunnable(program)
        result.image = await ImageStage(corpus: corpus, program: program).run(item.name)
      }
    case .readers:
      await catching {
        try checkRunnable(program)
        result.tests = try await ReaderStage(package: package, program: program).run()
      }
    case .python:
      await catching { result.tests = try await PythonStage(package: package, build: Self.buildFolder).run() }
    case .cluster:
      await catching { try await ClusterStage(package: package).run(&result) }
    case .mutants:
      await catching { try await MutantStage(package: package, seed: seed).run(&result) }
    case .benchmarks:
      await catching {
        try checkRunnable(program)
        if let reference { try checkRunnable(reference) }
        guard let workload = Workload.plain.first(where: { $0.name == item.name }) else { return }
        result.benchmark = try await BenchmarkStage(
          program: program, reference: reference, repetitions: repetitions
        ).run(workload)
      }
    }
    return result
  }

  private func checkRunnable(_ program: String) throws {
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw BundleError("\(program) cannot be run: build it with make build, or name another with --program")
    }
  }
}

/// Counts finished items.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var done: Int
  init(done: Int) { self.done = done }
  func next() -> Int {
    lock.withLock {
      done += 1
      return done
    }
  }
}
