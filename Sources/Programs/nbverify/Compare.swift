import ArgumentParser
import CommandLineSupport
import Foundation
import Provenance
import ToolSupport
import TraceIO
import TraceReports

/// Compares two logs and writes a provenance bundle.
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
  @ArgumentParser.Flag(help: "Print Markdown instead of plain text.") var emitMarkdown = false
  @Option(help: "A Markdown file that gets a dated section with the leads.") var hypotheses: String?
  @Option(help: "A file that gets one line per attempt.") var ledger: String?
  @Option(help: "A file that describes where the candidate ran: versions, hardware.") var candidateEnvironment: String?
  @Option(help: "A further file for the bundle; may be repeated.") var attach: [String] = []

  /// Further files of the bundle: the name in it, and the path.
  private var attachments: [(name: String, path: String)] {
    func entry(_ kind: String, _ path: String) -> (name: String, path: String) {
      ("\(kind)-\(URL(fileURLWithPath: path).lastPathComponent)", path)
    }
    return [candidateEnvironment].compactMap { $0 }.map { entry("candidate-environment", $0) }
      + [logs.dialect, logs.tolerances].compactMap { $0 }.map {
        entry($0 == logs.dialect ? "dialect" : "tolerances", $0)
      }
      + attach.map { entry("attached", $0) }
  }

  func validate() throws {
    let names = attachments.map(\.name)
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw ValidationError("two files would be \(twice) in the bundle; rename one")
    }
    for (_, path) in attachments where !FileManager.default.isReadableFile(atPath: path) {
      throw ValidationError("\(path): the file cannot be read; check the name and the permissions")
    }
    guard logs.reference != "-", logs.candidate != "-" else {
      throw ValidationError("a bundle names its inputs: give files, not standard input (diff takes -)")
    }
    for path in [logs.reference, logs.candidate] where !Self.canBeReadAgain(path) {
      throw ValidationError(
        "\(path): a bundle records the digest of its inputs: give a file, not a pipe (diff takes it)")
    }
    if let name = out.map({ URL(fileURLWithPath: $0) }), name.pathExtension == "md",
      !ComparisonBundle.isFree(summaryName: name.lastPathComponent)
    {
      throw ValidationError("--out \(name.lastPathComponent): a file of the bundle has this name; choose another")
    }
  }

  /// Whether a path is a file, a folder or missing, rather than a pipe or a device, which cannot be read twice.
  private static func canBeReadAgain(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return true }
    return [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  func run() async throws {
    try Tool.checkFiles(
      read: [(logs.reference, "--c"), (logs.candidate, "--py"), (logs.dialect, "--dialect")]
        + [(logs.tolerances, "--tolerances"), (candidateEnvironment, "--candidate-environment")]
        + attach.map { ($0, "--attach") },
      written: [(hypotheses, "--hypotheses"), (ledger, "--ledger")])
    let date = Date()
    let (target, summaryName) = target(date)
    try target.check()
    for path in [hypotheses, ledger].compactMap({ $0 }) { try Notebook.append("", to: path) }
    let attempt = await attempt(date)
    let report: TraceReport
    let bundle: ProvenanceBundle
    var output: String
    do {
      let tolerances = try logs.table()
      let rounding: RoundingTable?
      (report, rounding) = try logs.report(tolerances)
      let text = ComparisonText(report, tolerance: tolerances.standard.relative)
      let explained = rounding?.text(isMarkdown: emitMarkdown) ?? ""
      output = (emitMarkdown ? text.markdown : text.plain()) + explained
      bundle = try ComparisonBundle.bundle(
        report, tolerances: tolerances, attempt: attempt, output: output, summaryName: summaryName)
      if !emitMarkdown && Terminal.hasColour { output = text.plain(paint: Terminal.paint) + explained }
    } catch let error as TraceError {
      try fail(error, attempt, target)
      return
    }
    let folder = try target.write(bundle)
    Terminal.show(output + (emitMarkdown ? "" : "bundle: \(folder.path)\n"))
    if let hypotheses {
      let section = Notebook.hypothesis(report, tolerance: logs.relative, date: date, bundle: folder.path)
      note(section, in: hypotheses)
    }
    record(date, folder, Int32(report.outcome.rawValue), report, nil)
    if report.outcome != .parity { throw ExitCode(Int32(report.outcome.rawValue)) }
  }

  /// The folder of the bundle, and the name of a further copy of the summary; nil if `--out` names no .md file.
  private func target(_ date: Date) -> (BundleTarget, summary: String?) {
    guard let out else { return (.reports(at: date), nil) }
    let url = URL(fileURLWithPath: out)
    guard url.pathExtension == "md" else { return (.folder(url), nil) }
    return (.folder(url.deletingLastPathComponent()), url.lastPathComponent)
  }

  private func attempt(_ date: Date) async -> ComparisonBundle.Attempt {
    let inputs = [logs.reference, logs.candidate].map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    var attempt = ComparisonBundle.Attempt(
      command: CommandLine.arguments, inputs: inputs, date: date, toolVersion: Tool.version,
      folder: FileManager.default.currentDirectoryPath, revision: await Revision.current())
    attempt.attachments = attachments
    return attempt
  }

  /// Writes the bundle and the ledger entry of a comparison that failed.
  /// - Throws: `Failure` 3 in any case.
  private func fail(_ error: TraceError, _ attempt: ComparisonBundle.Attempt, _ target: BundleTarget) throws {
    let status: Int32 = 3
    let failure = ComparisonBundle.failure(attempt, status: status, problem: "\(error)")
    let folder = try target.write(failure, digests: false)
    record(attempt.date, folder, status, nil, "\(error)")
    throw Failure(status, "\(error)\n  the attempt is recorded in \(folder.path)")
  }

  private func record(_ date: Date, _ folder: URL, _ status: Int32, _ report: TraceReport?, _ problem: String?) {
    guard let ledger else { return }
    let entry = Notebook.LedgerEntry(
      date: date, bundle: folder.path, status: status, report: report, problem: problem)
    note(entry.line, in: ledger)
  }

  /// Appends to a notebook. A failure is printed only, because the comparison itself succeeded.
  private func note(_ text: String, in path: String) {
    do {
      try Notebook.append(text, to: path)
    } catch {
      Terminal.error("nbverify: error: \(error)\n")
    }
  }
}
