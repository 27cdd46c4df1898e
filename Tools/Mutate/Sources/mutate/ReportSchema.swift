import Foundation

/// Results in the mutation-testing report schema (version 2), which mutation-testing-elements shows.
struct ReportSchema: Encodable {
  struct Position: Encodable {
    var line: Int
    var column: Int
  }
  struct Location: Encodable {
    var start: Position
    var end: Position
  }
  struct MutantResult: Encodable {
    var id: String
    var mutatorName: String
    var replacement: String
    var location: Location
    var status: String
    var statusReason: String?
    var testsCompleted: Int
  }
  struct FileResult: Encodable {
    var language = "swift"
    var source: String
    var mutants: [MutantResult]
  }
  struct Thresholds: Encodable {
    var high = 97
    var low = 93
  }
  var schemaVersion = "2"
  var thresholds = Thresholds()
  var files: [String: FileResult] = [:]

  init(_ verdicts: [Verdict], _ files: [SourceFile]) {
    let byFile = Dictionary(grouping: verdicts) { $0.mutant.file }
    for file in files {
      guard let verdicts = byFile[file.path] else { continue }
      let source = file.text(0..<file.bytes.count)
      let lines = LineTable(source)
      self.files[file.path] = FileResult(source: source, mutants: verdicts.map { Self.result($0, lines) })
    }
  }

  private static func result(_ verdict: Verdict, _ lines: LineTable) -> MutantResult {
    let mutant = verdict.mutant
    // Columns of the schema count characters, those of the tool bytes.
    func position(_ offset: Int) -> Position {
      let (line, column) = lines.position(offset)
      return Position(line: line, column: lines.text(offset - column + 1..<offset).count + 1)
    }
    let status =
      switch verdict.status {
      case .killed: "Killed"
      case .timeout: "Timeout"
      case .survived: "Survived"
      case .noCoverage: "NoCoverage"
      case .notCompiling: "CompileError"
      case .noSchema: "Pending"
      case .equivalent: "Ignored"
      }
    return MutantResult(
      id: "\(mutant.id)", mutatorName: mutant.operation.rawValue, replacement: mutant.replacement,
      location: Location(start: position(mutant.range.lowerBound), end: position(mutant.range.upperBound)),
      status: status, statusReason: verdict.by.isEmpty ? nil : verdict.by.joined(separator: ", "),
      testsCompleted: verdict.testsRun)
  }

  func data() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }
}
