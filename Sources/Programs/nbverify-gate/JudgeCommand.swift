import ArgumentParser
import CommandLineSupport
import Digests
import Foundation
import GoldenStore
import Judging
import NightlyGate
import Provenance
import ToolSupport

/// Judges a simulator.
struct JudgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge",
    abstract: "Point the suite at a simulator and get a verdict: what diverges, since which quantity, and why.",
    discussion: """
      The simulator is a program that takes the C program's options (--program), or is described by a JSON file
      (--candidate; docs/judge.md). It is held against golden cases, random command lines, relations between its own
      images, and the register of quirks. What differs is shrunk to the shortest command line that shows it.

      Exit status: 0 agrees, 1 findings, 2 usage, 3 could not be run.

      Examples:
        nbverify judge --program ./nanoBragg --dry-run
        nbverify judge --program "python3 -m port" --budget 10m --out reports/port
        nbverify judge --candidate port.json --budget 100000-cases --shard 2/8 --out reports/part-2
        nbverify judge --candidate port.json --against reports/port/verdict.json
      """)

  @Option(help: "A JSON file that describes the simulator (docs/judge.md).") var candidate: String?
  @Option(help: "A command that takes the C program's options: words, split without a shell.") var program: String?
  @Option(help: "A program that takes the C program's options, as the reference (default: ours, in this process).")
  var reference: String?
  @Option(help: "When to stop: a time (60s, 10m, 2h) or a number of random lines (100000-cases).") var budget = "120s"
  @Option(help: "The seed of the random lines.") var seed: UInt64 = 1
  @Option(help: "Judge this part of the work only, as 2/8.") var shard: String?
  @ArgumentParser.Flag(help: "Go on with the judgement in --out that was cut off.") var resume = false
  @ArgumentParser.Flag(help: "Only show what works and what does not.") var dryRun = false
  @Option(help: "An earlier verdict.json of the candidate: tell what is fixed, new and unchanged.") var against: String?
  @Option(help: "The folder of the verdict, new or empty unless --resume (default: reports/<time>).") var out: String?
  @ArgumentParser.Flag(help: "Print the verdict as JSON.") var json = false
  @Option(help: "How many runs at a time (default: the number of processors).")
  var jobs = ProcessInfo.processInfo.activeProcessorCount
  @OptionGroup var corpus: CorpusOptions
  @ArgumentParser.Flag(help: "Leave the golden cases out.") var noCorpus = false

  func validate() throws {
    guard (candidate == nil) != (program == nil) else {
      throw ValidationError("give --candidate with a file, or --program with a command")
    }
    guard JudgeSettings.Budget(text: budget) != nil else {
      throw ValidationError("--budget \(budget): give a time such as 60s, 10m or 2h, or a number such as 100000-cases")
    }
    guard shard.map({ Shard(text: $0) != nil }) ?? true else {
      throw ValidationError("--shard \(shard ?? ""): give a part such as 2/8")
    }
    guard !resume || out != nil else { throw ValidationError("--resume goes on in the folder of --out: give it") }
    guard jobs >= 1 else { throw ValidationError("--jobs is at least 1") }
  }

  func run() async throws {
    let date = Date()
    var description = try describe()
    if program != nil { description = try await DryRun.discovered(description) }
    var candidate = try make(description)
    let old = try usage { try against.map { try Verdict(file: $0) } }
    let referenceProgram = try await referenceCandidate(description)
    let target = out.map { BundleTarget.folder(URL(fileURLWithPath: $0)) } ?? .reports(at: date)
    if !dryRun, !resume { try target.check() }
    let (probes, seconds) = await DryRun.probes(candidate)
    if dryRun || !json { show(probes) }
    guard probes.prefix(2).allSatisfy(\.works) else {
      throw Failure(3, "\(description.name) could not be run: \(probes.first { !$0.works }?.text ?? "")")
    }
    if dryRun { return }
    let folder = try folder(target)
    var settings = JudgeSettings()
    settings.budget = JudgeSettings.Budget(text: budget) ?? settings.budget
    (settings.seed, settings.jobs, settings.folder, settings.resumes) = (seed, jobs, folder, resume)
    if let part = shard.flatMap({ Shard(text: $0) }) { settings.shard = (part.index, part.count) }
    settings.corpus = noCorpus ? nil : corpus.store.root
    if !json { settings.progress = { Terminal.error("judge: \($0)\n") } }
    // A run of a random line takes some tens of plain ones; what takes much longer hangs.
    let usual = description.worker == true ? CandidateDescription.usualLimit : max(2, 50 * seconds)
    var limit = description.seconds ?? min(CandidateDescription.usualLimit, usual)
    if case .seconds(let time) = settings.budget { limit = min(limit, max(time / 6, 0.5)) }
    description.seconds = limit
    candidate = try make(description)
    settings.runLimit = limit
    settings.identity =
      "\(seed) \(shard ?? "1/1") \(PlainText.shellLine(description.command)) \(candidate.features.lacks.sorted())"
    let judge = Judge(
      candidate, reference: referenceProgram, party: party(description, candidate.features), settings)
    var (verdict, results): (Verdict, [Investigation.Result])
    do { (verdict, results) = try await judge.judge() } catch let error as CandidateError {
      throw Failure(2, error.description)
    }
    verdict.started = TimeStamp.full(date)
    verdict.dryRun = probes
    verdict.revision = (await Revision.current()).commit ?? "unknown"
    try write(verdict, results, description, old, folder)
    if !verdict.agrees { throw ExitCode(1) }
    guard verdict.lines.judged + verdict.corpus.agree > 0 else {
      throw Failure(
        3, "nothing could be judged: the candidate lacks what every line has; see \(folder.path)/verdict.html")
    }
  }

  /// The program of `--reference`, which has to run; it is compared in what is compared of the candidate.
  private func referenceCandidate(_ candidate: CandidateDescription) async throws -> ProgramCandidate? {
    guard let reference else { return nil }
    let program = try usage {
      var words = CandidateDescription(program: try ImageSource.split(reference))
      guard !reference.isEmpty else { throw CandidateError("--reference is empty; give a command") }
      (words.files, words.prints) = (candidate.files, candidate.prints)
      return try ProgramCandidate(words)
    }
    let (probes, _) = await DryRun.probes(program)
    guard probes.prefix(2).allSatisfy(\.works) else {
      throw Failure(3, "the reference could not be run: \(probes.first { !$0.works }?.text ?? "")")
    }
    return program
  }

  /// Runs work whose `CandidateError` is wrong usage.
  private func usage<Value>(_ work: () throws -> Value) throws -> Value {
    do { return try work() } catch let error as CandidateError {
      throw Failure(2, error.description)
    } catch let error as Failure {
      // A command with an open quotation mark.
      throw Failure(2, error.message)
    }
  }

  private func describe() throws -> CandidateDescription {
    try usage {
      if let candidate { return try CandidateDescription(file: candidate) }
      let words = try ImageSource.split(program ?? "")
      guard !words.isEmpty else { throw CandidateError("--program is empty; give a command") }
      return CandidateDescription(program: words)
    }
  }

  private func make(_ description: CandidateDescription) throws -> any Candidate {
    try usage {
      if description.worker == true { return try WorkerCandidate(description) }
      return try ProgramCandidate(description)
    }
  }

  private func party(_ description: CandidateDescription, _ features: CandidateFeatures) -> Verdict.Party {
    let data = FileManager.default.contents(atPath: description.command[0])
    return Verdict.Party(
      name: description.name, command: description.command,
      digest: data.map { data in data.withUnsafeBytes { Digest.sha256($0) } }, lacks: features.lacks.sorted())
  }

  private func show(_ probes: [Verdict.Probe]) {
    for probe in probes { Terminal.show("\(probe.works ? "ok  " : "FAIL") \(probe.name): \(probe.text)\n") }
  }

  private func folder(_ target: BundleTarget) throws -> URL {
    if let out {
      let url = URL(fileURLWithPath: out)
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      return url
    }
    return try target.write(ProvenanceBundle(), digests: false)
  }

  private func write(
    _ verdict: Verdict, _ results: [Investigation.Result], _ description: CandidateDescription, _ old: Verdict?,
    _ folder: URL
  ) throws {
    let text = VerdictText(verdict)
    let change = old.map { VerdictChange(verdict, against: $0) }
    let folders = FindingFolders(folder, description, tool: Tool.title)
    // Those of a judgement that was cut off while it wrote them.
    for name in ["findings", "golden"] { try? FileManager.default.removeItem(at: folder.appendingPathComponent(name)) }
    for (finding, result) in zip(verdict.findings, results) { try folders.write(finding, result) }
    for (name, data) in [
      ("verdict.json", try text.json()),
      ("verdict.md", Data((text.markdown + (change.map { "\n## Since the verdict before\n\n\($0.text)" } ?? "")).utf8)),
      ("verdict.xml", Data(text.junit.utf8)),
      ("verdict.html", Data(VerdictPage(verdict, change, in: folder).html().utf8)),
    ] { try data.write(to: folder.appendingPathComponent(name), options: .atomic) }
    if json {
      Terminal.show(String(decoding: try text.json(), as: UTF8.self))
    } else {
      Terminal.show(text.plain + (change?.text ?? "") + "verdict: \(folder.path)/verdict.html\n")
    }
  }
}
