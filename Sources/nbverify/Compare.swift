import ArgumentParser
import Foundation
import Provenance
import TraceIO
import TraceReports

/// The two logs and the tolerances of a comparison.
struct LogOptions: ParsableArguments {
  @Option(
    name: [.customLong("c"), .customLong("reference")], help: "The reference log, as of the C program.")
  var reference: String
  @Option(name: [.customLong("py"), .customLong("candidate")], help: "The candidate log.")
  var candidate: String
  @Option(help: "The relative deviation that passes.") var tolerance = ToleranceTable.usual
  @Option(help: "A JSON file with tolerances of single quantities, each with its reason.") var tolerances: String?

  func validate() throws {
    guard tolerance >= 0, tolerance.isFinite else {
      throw ValidationError("--tolerance \(tolerance): give a finite number of at least 0")
    }
  }

  /// The tolerances.
  func table() throws -> ToleranceTable {
    guard let tolerances else { return ToleranceTable(relative: tolerance) }
    guard let data = FileManager.default.contents(atPath: tolerances) else {
      throw TraceError(file: tolerances, line: 0, "the file cannot be read; check the name and the permissions")
    }
    return try ToleranceTable(json: data, file: tolerances, relative: tolerance)
  }

  /// Reads both logs and compares them.
  func report() throws -> TraceReport {
    TraceReport(
      reference: try TraceFile.read(reference), candidate: try TraceFile.read(candidate), tolerances: try table())
  }
}

/// Two logs held against each other, with a provenance bundle.
struct Compare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Hold a candidate's log against a reference log: scaling factors, all quantities, diagnosis, bundle.",
    discussion: """
      Exit status: 0 parity, 1 divergence, 2 usage, 3 unreadable or malformed input, 4 the traces are not of the same
      pixel.

      Examples:
        nbverify compare --c c_trace.log --py candidate.log
        nbverify compare --c c_trace.log --py candidate.log --out reports/attempt-7/summary.md --tolerance 1e-9
        nbverify compare --reference a.log --candidate b.log --hypotheses leads.md --ledger attempts.jsonl
      """)

  @OptionGroup var logs: LogOptions
  @Option(help: "The folder of the bundle, new or empty, or a .md file in it (default: reports/<time>).")
  var out: String?
  @Flag(help: "Print Markdown instead of plain text.") var emitMarkdown = false
  @Option(help: "A Markdown file that gets a dated section with the leads.") var hypotheses: String?
  @Option(help: "A file that gets one line per attempt.") var ledger: String?

  func validate() throws {
    guard logs.reference != "-", logs.candidate != "-" else {
      throw ValidationError("a bundle names its inputs: give files, not standard input (diff takes -)")
    }
  }

  func run() async throws {
    let date = Date()
    let folder = target(date)
    try ProvenanceBundle.check(isFree: folder.url)
    let attempt = await attempt(date)
    let report: TraceReport
    let bundle: ProvenanceBundle
    var output: String
    do {
      report = try logs.report()
      let text = ComparisonText(report, tolerance: logs.tolerance)
      output = emitMarkdown ? text.markdown : text.plain()
      bundle = try ComparisonBundle.bundle(
        report, tolerance: logs.tolerance, attempt: attempt, output: output, summaryName: folder.summary)
      if !emitMarkdown && Terminal.hasColour { output = text.plain(paint: Terminal.paint) }
    } catch let error as TraceError {
      try fail(error, attempt, folder.url)
      return
    }
    try bundle.write(to: folder.url)
    if let hypotheses {
      let section = Notebook.hypothesis(report, tolerance: logs.tolerance, date: date, bundle: folder.url.path)
      try Notebook.append(section, to: hypotheses)
    }
    try record(date, folder.url, Int32(report.outcome.rawValue), report, nil)
    Terminal.output(output + (emitMarkdown ? "" : "bundle: \(folder.url.path)\n"))
    if report.outcome != .parity { throw ExitCode(Int32(report.outcome.rawValue)) }
  }

  /// The folder of the bundle, and the name of the summary if one was asked for.
  private func target(_ date: Date) -> (url: URL, summary: String?) {
    guard let out else { return (ProvenanceBundle.freshFolder(in: URL(fileURLWithPath: "reports"), at: date), nil) }
    let url = URL(fileURLWithPath: out)
    guard url.pathExtension == "md" else { return (url, nil) }
    return (url.deletingLastPathComponent(), url.lastPathComponent)
  }

  private func attempt(_ date: Date) async -> ComparisonBundle.Attempt {
    let inputs = [logs.reference, logs.candidate].map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    return ComparisonBundle.Attempt(
      command: CommandLine.arguments, inputs: inputs, date: date, toolVersion: NBVerify.toolVersion,
      folder: FileManager.default.currentDirectoryPath, revision: await Revision.current())
  }

  /// Leaves what shows that the comparison failed.
  private func fail(_ error: TraceError, _ attempt: ComparisonBundle.Attempt, _ folder: URL) throws {
    let status: Int32 = 3
    try ComparisonBundle.failure(attempt, status: status, problem: "\(error)").write(to: folder, digests: false)
    try record(attempt.date, folder, status, nil, "\(error)")
    throw Failure(status, "\(error)\n  the attempt is recorded in \(folder.path)")
  }

  private func record(
    _ date: Date, _ folder: URL, _ status: Int32, _ report: TraceReport?, _ problem: String?
  ) throws {
    guard let ledger else { return }
    let entry = Notebook.LedgerEntry(
      date: date, bundle: folder.path, status: status, report: report, problem: problem)
    try Notebook.append(entry.line, to: ledger)
  }
}

/// The differing quantities as a table.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show the quantities in which two logs differ, in the order of computation.",
    discussion: """
      Exit status: 0 nothing diverges, 1 something does, 2 usage, 3 unreadable or malformed input, 4 the traces are not of
      the same pixel.

      Examples:
        nbverify diff --c c_trace.log --py candidate.log
        nbverify diff --c c_trace.log --py candidate.log --all --markdown > diff.md
        nanobragg -trace_pixel 10 12 … | nbverify diff --c c_trace.log --py -
      """)

  @OptionGroup var logs: LogOptions
  @Flag(help: "Show the quantities that are the same, too.") var all = false
  @Flag(help: "Print a Markdown table.") var markdown = false

  func run() throws {
    let report = try logs.report()
    let table = report.differenceTable(all: all)
    let paint = Terminal.hasColour ? Terminal.paint : { padded, _ in padded }
    if table.isEmpty {
      Terminal.output("no quantity differs\n")
    } else {
      Terminal.output(markdown ? table.markdown : table.plain(paint: paint))
    }
    if let line = ComparisonText(report, tolerance: logs.tolerance).pixelLine, report.pixels.areDifferent {
      Terminal.error("nbverify: note: \(line)\n")
    }
    switch report.outcome {
    case .differentSubjects: throw ExitCode(4)
    case .divergence where report.firstDivergence != nil: throw ExitCode(1)
    default: break
    }
  }
}

/// Provenance bundles.
struct BundleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle", abstract: "Verify provenance bundles.", subcommands: [Check.self])

  /// Verifies one bundle.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Verify that a bundle is whole and unchanged.",
      discussion: """
        Exit status: 0 whole, 1 not, 2 usage.

        Example: nbverify bundle check reports/20260301T120000Z
        """)

    @Argument(help: "The folder.") var folder: String

    func run() throws {
      let url = URL(fileURLWithPath: folder)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
        throw Failure(2, "\(folder): there is no such folder")
      }
      let isComparison = FileManager.default.fileExists(atPath: url.appendingPathComponent("trace_diff.md").path)
      let problems = ProvenanceBundle.problems(
        of: url, required: isComparison ? ComparisonBundle.files : ["README.md", "run_metadata.json"])
      guard problems.isEmpty else {
        throw Failure(1, "\(folder): the bundle is not whole\n" + problems.map { "  \($0)" }.joined(separator: "\n"))
      }
      Terminal.output("\(folder): the bundle is whole\n")
    }
  }
}
