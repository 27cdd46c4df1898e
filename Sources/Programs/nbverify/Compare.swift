import ArgumentParser
import Arithmetics
import CommandLineSupport
import Foundation
import FrameIO
import Physics
import Provenance
import ToolSupport
import TraceIO
import TraceReports

/// The two logs and the tolerances of a comparison.
struct LogOptions: ParsableArguments {
  @Option(
    name: [.customLong("c"), .customLong("reference")], help: "The reference log, as of the C program.")
  var reference: String
  @Option(name: [.customLong("py"), .customLong("candidate")], help: "The candidate log.")
  var candidate: String
  @Option(
    help: """
      The relative deviation that passes, or proven: what rounding explains for the arguments after -- (default: proven if \
      there are arguments, else 1e-06).
      """)
  var tolerance: String?
  @Option(help: "A JSON file with tolerances of single quantities, each with its reason.") var tolerances: String?
  @Option(
    help: "The kinds of rounding that proven accepts: double, single, printed (default: by the candidate's digits).")
  var rounding: [String] = []
  @Option(parsing: .upToNextOption, help: "The traced pixel for proven: slow, then fast (default: as the logs tell).")
  var pixel: [Int] = []
  @Argument(parsing: .postTerminator, help: "The arguments of both programs, for --tolerance proven.")
  var arguments: [String] = []
  @Option(help: "A JSON file with the candidate's dialect: names, units, order, what is left out, known differences.")
  var dialect: String?

  /// Whether the tolerances are computed: on request, or because the arguments are known.
  var isProven: Bool { tolerance == "proven" || (tolerance == nil && !arguments.isEmpty) }
  /// The relative deviation that passes; of computed tolerances, that of numbers without a bound.
  var relative: Double { tolerance.flatMap(Double.init) ?? ToleranceTable.usual }

  func validate() throws {
    if let tolerance, tolerance != "proven" {
      guard let number = Double(tolerance), number >= 0, number.isFinite else {
        throw ValidationError("--tolerance \(tolerance): give a finite number of at least 0, or proven")
      }
    } else if isProven, arguments.isEmpty {
      throw ValidationError("--tolerance proven: give the arguments of the programs after --")
    }
    guard pixel.isEmpty || pixel.count == 2 else { throw ValidationError("--pixel takes two indices: slow, then fast") }
    guard isProven || (pixel.isEmpty && rounding.isEmpty) else {
      throw ValidationError("--pixel and --rounding are for --tolerance proven; give it, or leave them out")
    }
    if let stranger = rounding.first(where: { !["double", "single", "printed"].contains($0) }) {
      throw ValidationError("--rounding \(stranger): the kinds are double, single and printed")
    }
  }

  /// The computed tolerances; nil unless they are asked for.
  private func proven(_ reference: Trace, _ candidate: Trace) throws -> ProvenTolerance? {
    guard isProven else { return nil }
    var place = pixel
    if place.isEmpty {
      guard let location = PixelLocation(reference) ?? PixelLocation(candidate) else {
        throw TraceError(file: self.reference, line: 0, "the log does not tell its pixel; give --pixel slow fast")
      }
      place = [location.slow, location.fast]
    }
    var kinds: [RoundingKind] = [.double]
    if rounding.contains("single") || (rounding.isEmpty && candidate.isSinglePrecision) { kinds.append(.single) }
    if rounding.contains("printed") { kinds.append(.printed) }
    let evaluation = try PixelEvaluation(arguments, pixel: PixelIndex(slow: place[0], fast: place[1]))
    if kinds.contains(.printed), evaluation.request.matrix == nil {
      throw RequestError(
        "--rounding printed", "the arguments name no matrix file, whose digits could be few",
        remedy: "leave printed out, or give -mat")
    }
    return try ProvenTolerance(evaluation, accepting: kinds, logs: [reference, candidate])
  }

  /// The tolerances of `--tolerance` and `--tolerances`.
  /// - Throws: `TraceError` if the file cannot be read or is no table of tolerances.
  func table() throws -> ToleranceTable {
    guard let tolerances else {
      return ToleranceTable(
        standard: Tolerance(
          relative: relative,
          because: isProven
            ? "of numbers without a bound; all others: what rounding explains" : "the given relative tolerance"))
    }
    guard let data = FileManager.default.contents(atPath: tolerances) else {
      throw TraceError(file: tolerances, line: 0, "the file cannot be read; check the name and the permissions")
    }
    return try ToleranceTable(json: data, file: tolerances, relative: relative)
  }

  private func candidateDialect() throws -> TraceDialect {
    guard let dialect else { return TraceDialect() }
    guard let data = FileManager.default.contents(atPath: dialect) else {
      throw TraceError(file: dialect, line: 0, "the file cannot be read; check the name and the permissions")
    }
    return try TraceDialect(json: data, file: dialect)
  }

  /// Reads both logs and compares them.
  /// - Throws: `TraceError` if a log or the dialect cannot be read, or a tolerance is for a quantity that no trace has.
  func report(_ table: ToleranceTable) throws -> (TraceReport, RoundingTable?) {
    let dialect = try candidateDialect()
    let today = String(TimeStamp.full(Date()).prefix(10))
    var trace = try TraceFile.read(candidate, dialect: dialect)
    for ended in dialect.known.values.filter({ $0.until < today }).sorted(by: { $0.name < $1.name }) {
      trace.warnings.append("the known difference of \(ended.name) ended on \(ended.until): \(ended.because)")
    }
    let recorded = try TraceFile.read(reference)
    let proven = try proven(recorded, trace)
    let report = TraceReport(
      reference: recorded, candidate: trace, tolerances: proven.map { table.using($0) } ?? table,
      known: dialect.known.filter { $0.value.until >= today })
    let known = Set(report.items.map(\.place.name) + ScalingFactor.all.map(\.name))
    if let stranger = table.names.first(where: { !known.contains($0) }) {
      throw TraceError(
        file: tolerances ?? "", line: 0, "neither trace has a quantity \(stranger); correct its name, or remove it")
    }
    return (report, proven.map { RoundingTable(report, $0) })
  }
}

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

/// Shows the differing quantities of two logs as a table.
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
  @ArgumentParser.Flag(help: "Show the quantities that are the same, too.") var all = false
  @ArgumentParser.Flag(help: "Print a Markdown table.") var markdown = false

  func run() throws {
    let tolerances = try logs.table()
    let (report, rounding) = try logs.report(tolerances)
    let table = report.differenceTable(all: all)
    let paint = Terminal.hasColour ? Terminal.paint : { padded, _ in padded }
    if table.isEmpty {
      Terminal.show("no quantity differs\n")
    } else {
      Terminal.show(markdown ? table.markdown : table.plain(paint: paint))
    }
    if let rounding { Terminal.show(rounding.text(isMarkdown: markdown)) }
    let text = ComparisonText(report, tolerance: tolerances.standard.relative)
    var notes = text.notes + [text.verdict]
    if let line = text.pixelLine, report.pixels.areDifferent { notes.insert(line, at: 0) }
    for note in notes { Terminal.error("nbverify: note: \(note)\n") }
    if report.outcome != .parity { throw ExitCode(Int32(report.outcome.rawValue)) }
  }
}

/// The commands on provenance bundles.
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
      let files = Self.files(of: url)
      var problems = ProvenanceBundle.problems(of: url, required: files ?? [])
      if files == nil { problems.append("run_metadata.json does not tell a kind of bundle that is known") }
      guard problems.isEmpty else {
        throw Failure(1, "\(folder): the bundle is not whole\n" + problems.map { "  \($0)" }.joined(separator: "\n"))
      }
      Terminal.show("\(folder): the bundle is whole\n")
    }

    private struct Metadata: Decodable {
      let bundle: BundleKind
    }

    /// The required files of the bundle's kind; nil if `run_metadata.json` names no known kind.
    private static func files(of folder: URL) -> [String]? {
      let data = FileManager.default.contents(atPath: folder.appendingPathComponent("run_metadata.json").path)
      return data.flatMap { try? JSONDecoder().decode(Metadata.self, from: $0) }?.bundle.files
    }
  }
}
