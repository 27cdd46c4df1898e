import CommandLineSupport
import Foundation
import Physics
import Provenance
import TraceIO
import TraceReports

/// A candidate that cannot be used as it is described.
package struct CandidateError: Error, Sendable, Hashable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// The description of a candidate, as a JSON file (docs/judge.md, "The candidate").
package struct CandidateDescription: Sendable, Hashable, Codable {
  /// How the candidate traces a pixel.
  package struct Tracing: Sendable, Hashable, Codable {
    /// The words that make the candidate trace, with `{slow}` and `{fast}`. The trace goes to standard output.
    package var words: [String]
    /// The part of the marker after `TRACE_`; nil for the author with most lines.
    package var author: String?
    /// A file with the names and units of the candidate's quantities (docs/comparing.md); nil for the usual ones.
    package var dialect: String?
    /// Whether every run is traced and every traced number compared.
    package var always: Bool?

    package init(words: [String], author: String?, dialect: String?, always: Bool?) {
      (self.words, self.author, self.dialect, self.always) = (words, author, dialect, always)
    }
  }

  /// The name shown in reports.
  package var name: String
  /// The program and its words: `{arguments}` stands for all arguments, `{image}` for the name of the float image.
  package var command: [String]
  /// The options that the candidate lacks, in any documented spelling.
  package var lacks: [String]?
  /// The options that the candidate has; all others are lacking.
  package var has: [String]?
  /// The candidate's own spellings, by the documented ones.
  package var spelled: [String: String]?
  /// `identical`, `double` (the default) or `single`.
  package var precision: Precision?
  /// `c-parity` (the default) or `spec`.
  package var compatibility: String?
  /// The files that are compared beside the float image: `intimage.img`, `noiseimage.img`, `image.pgm`, `Fdump.bin`.
  package var files: [String]?
  /// Whether the lines on standard output are compared with those of the C program.
  package var prints: Bool?
  package var trace: Tracing?
  /// Variables of the environment to set; `{folder}` stands for the folder of the run.
  package var environment: [String: String]?
  /// The folder in which the candidate runs; nil for an empty folder of each run. The image is then given by its path.
  package var folder: String?
  /// The longest time of a run in seconds; nil for 50 times that of the plain scene, from 2 to 10 s.
  package var seconds: Double?
  /// The number of threads that the candidate is told by `OMP_NUM_THREADS` (default 1).
  package var threads: Int?
  /// Whether one process answers many requests (docs/worker.md).
  package var worker: Bool?

  /// The longest time of a run without `seconds`.
  package static let usualLimit = 10.0

  package var timeLimit: Double { seconds ?? Self.usualLimit }

  /// A program that takes the C program's options.
  package init(program words: [String]) {
    name = words.first.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "program"
    command = words + ["-floatfile", "{image}", "{arguments}"]
  }

  /// Reads and checks a description. Relative paths in it are relative to its folder.
  /// - Throws: `CandidateError` with the place and the remedy.
  package init(file: String) throws(CandidateError) {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw CandidateError("\(file): the file cannot be read; check the name and the permissions")
    }
    let keys = (try? JSONSerialization.jsonObject(with: data) as? [String: Any]).map { Set($0.keys) } ?? []
    if let stranger = keys.subtracting(Self.keys).min() {
      throw CandidateError(
        "\(file): there is no entry \"\(stranger)\"; the entries are \(Self.keys.sorted().joined(separator: ", "))")
    }
    do {
      self = try JSONDecoder().decode(Self.self, from: data)
    } catch {
      throw CandidateError("\(file): \(JSONText.reason(error)); see docs/judge.md")
    }
    try check(file)
    let base = URL(fileURLWithPath: file).deletingLastPathComponent()
    func absolute(_ path: String) -> String { URL(fileURLWithPath: path, relativeTo: base).path }
    command = command.map { word in
      word.hasPrefix("./") || word.hasPrefix("../") ? absolute(word) : word
    }
    folder = folder.map(absolute)
    let dialect = trace?.dialect.map(absolute)
    trace?.dialect = dialect
  }

  private static let keys: Set<String> = [
    "name", "command", "lacks", "has", "spelled", "precision", "compatibility", "files", "prints", "trace",
    "environment", "folder", "seconds", "threads", "worker",
  ]

  private func check(_ file: String) throws(CandidateError) {
    func complain(_ text: String) -> CandidateError { CandidateError("\(file): \(text)") }
    guard !command.isEmpty, !command[0].isEmpty else { throw complain("the command is empty; give program and words") }
    if worker != true {
      guard command.contains("{arguments}") else {
        throw complain("the command has no word {arguments}, which stands for the options of a line")
      }
    }
    for name in (lacks ?? []) + (has ?? []) + (spelled ?? [:]).keys.sorted()
    where FlagTable.role(of: name) == nil && !FlagTable.flags.contains(where: { $0.names.contains(name) }) {
      throw complain("\(name) is no option of the C program; docs/options.md lists them")
    }
    for name in files ?? [] where !OutputName.others.contains(name) {
      throw complain("\(name) is no file of the C program; give \(OutputName.others.sorted().joined(separator: ", "))")
    }
    guard ["c-parity", "spec", nil].contains(compatibility) else {
      throw complain("compatibility \(compatibility ?? ""): give c-parity or spec")
    }
    guard timeLimit > 0, timeLimit <= 1e6 else { throw complain("seconds: give a number above 0") }
    guard has?.isEmpty != true else { throw complain("has is empty; name the options, or leave the entry out") }
    guard threads ?? 1 > 0 else { throw complain("threads: give a number above 0") }
    if let trace,
      !trace.words.contains(where: { $0.contains("{slow}") }) || !trace.words.contains(where: { $0.contains("{fast}") })
    {
      throw complain("trace: the words need {slow} and {fast}, the indices of the pixel")
    }
  }

  /// The features that the description states.
  package func features() throws(CandidateError) -> CandidateFeatures {
    var features = CandidateFeatures(name: name)
    var lacking = Set((lacks ?? []).map(JudgedLine.canonical))
    if let has {
      let having = Set(has.map(JudgedLine.canonical))
      lacking.formUnion(DrawnOptions.all.items.map(\.name).filter { !having.contains($0) })
    }
    features.lacks = lacking
    features.precision = precision ?? .double
    features.compatibility = compatibility == "spec" ? .spec : .cParity
    features.files = Set(files ?? [])
    features.prints = prints ?? false
    features.traces = trace != nil
    features.tracesAlways = trace?.always ?? false
    _ = try dialect()
    return features
  }

  func dialect() throws(CandidateError) -> TraceDialect {
    guard let file = trace?.dialect else { return TraceDialect() }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw CandidateError("\(file): the dialect cannot be read; check the name and the permissions")
    }
    do { return try TraceDialect(json: data, file: file) } catch { throw CandidateError("\(error)") }
  }

  /// The words of a run whose files lie in a folder. If the candidate runs elsewhere, files are given by their paths.
  package func words(_ line: JudgedLine, in scratch: URL, tracing pixel: PixelIndex?) -> [String] {
    func path(_ name: String) -> String { folder == nil ? name : scratch.appendingPathComponent(name).path }
    let arguments = tracingWords(pixel) + arguments(line).map { line.files[$0] == nil ? $0 : path($0) }
    let image = path(OutputName.float)
    return command.flatMap { word in
      word == "{arguments}" ? arguments : [word.replacingOccurrences(of: "{image}", with: image)]
    }
  }

  /// The words of a line in the spelling of the candidate.
  func arguments(_ line: JudgedLine) -> [String] {
    guard let spelled, !spelled.isEmpty else { return line.words }
    let own = Dictionary(spelled.map { (JudgedLine.canonical($0.key), $0.value) }) { first, _ in first }
    return line.uses.flatMap { use in [own[JudgedLine.canonical(use.name)] ?? use.name] + use.values }
  }

  private func tracingWords(_ pixel: PixelIndex?) -> [String] {
    guard let pixel, let trace else { return [] }
    return trace.words.map {
      $0.replacingOccurrences(of: "{slow}", with: "\(pixel.slow)").replacingOccurrences(
        of: "{fast}", with: "\(pixel.fast)")
    }
  }

  func variables(_ folder: URL) -> [String: String] {
    var variables = ["OMP_NUM_THREADS": "\(threads ?? 1)"]
    for (name, value) in environment ?? [:] {
      variables[name] = value.replacingOccurrences(of: "{folder}", with: folder.path)
    }
    return variables
  }
}
