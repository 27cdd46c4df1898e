import Foundation
import Provenance

/// The files of a night.
public enum NightBundle {
  /// The files that the bundle has, besides logs and digests.
  public static let files = BundleKind.night.files

  /// The bundle of a whole night, or of a merged one.
  static func bundle(
    _ record: NightRecord, logs: [(name: String, data: Data)], command: [String], tool: String, history: History?,
    in folder: URL
  ) throws -> ProvenanceBundle {
    var bundle = ProvenanceBundle()
    bundle.add("report.html", Data(try Pages.night(record, history: history, in: folder).utf8))
    bundle.add("junit.xml", junit(record))
    bundle.add("metrics.json", try JSONText.data(Metrics(record)))
    bundle.add("summary.md", summary(record))
    bundle.add("night.json", try encoded(record))
    bundle.add("commands.txt", PlainText.script(command))
    bundle.add("run_metadata.json", try JSONText.data(Metadata(record, command: command, tool: tool)))
    bundle.add("env.json", try JSONText.data(record.surroundings))
    bundle.add("cpu_info.txt", Surroundings.processorText)
    bundle.add("README.md", readMe)
    for log in logs { bundle.add("logs/\(log.name)", log.data) }
    return bundle
  }

  private static let readMe = """
    # A night

    | file | what it holds |
    | --- | --- |
    | report.html | everything, with plots; needs nothing beside it |
    | summary.md | outcome, first divergence, what does not agree |
    | junit.xml | tests, golden cases, images and benchmarks as test cases, for continuous integration |
    | metrics.json | the figures for programs |
    | night.json | the whole record; `nbverify nightly merge` reads it |
    | logs/ | what the test run printed and reported |
    | run_metadata.json, commands.txt, env.json, cpu_info.txt | when, from which revision, by which command, on which machine |
    | sha256.txt | digests of all files: `sha256sum -c sha256.txt` |

    """

  /// The complete record as JSON, which `decoded` reads.
  package static func encoded(_ record: NightRecord) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(record)
  }

  /// Reads a record from JSON.
  /// - Throws: An error of decoding, or `BundleError` if the record has impossible numbers.
  package static func decoded(_ data: Data) throws -> NightRecord {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let record = try decoder.decode(NightRecord.self, from: data)
    try record.checkSoundness()
    return record
  }

  /// A text escaped for attributes and text of XML and HTML, without control characters except newline and tab.
  static func xml(_ text: String) -> String {
    let kept = text.unicodeScalars.filter { $0.value >= 32 || $0 == "\n" || $0 == "\t" }
    var result = ""
    result.unicodeScalars.append(contentsOf: kept)
    return result.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("\n", with: "&#10;")
  }

  /// `metrics.json`.
  private struct Metrics: Encodable {
    let outcome: String
    let exitStatus: Int32
    @Nullable var firstDivergence: String?
    @Nullable var firstDivergentQuantity: String?
    let tests: Int
    let failedTests: Int
    let goldenCases: Int
    let failedGoldenCases: Int
    let identicalNumbers: Int
    let numbers: Int
    let images: Int
    let failedImages: Int
    let propertyCases: Int
    let benchmarks: [String: Double]
    let benchmarkChanges: [String: Double]
    let regressions: [String]
    let obstacles: [String]
    let losses: [String]
    let remarks: [String]
    let instructions: [String: Double]
    let properties: Int
    let seconds: Double

    init(_ record: NightRecord) {
      outcome = record.outcome.rawValue
      exitStatus = record.outcome.status
      firstDivergence = record.firstDivergence
      firstDivergentQuantity = record.firstDivergentQuantity
      tests = record.tests.count
      failedTests = record.tests.count { $0.failure != nil }
      goldenCases = record.golden.count
      failedGoldenCases = record.golden.count { !$0.problems.isEmpty }
      identicalNumbers = record.golden.reduce(0) { $0 + $1.identicalNumbers }
      numbers = record.golden.reduce(0) { $0 + $1.numbers }
      images = record.images.count
      failedImages = record.images.count { $0.problem != nil }
      propertyCases = record.properties.reduce(0) { $0 + $1.cases }
      benchmarks = Dictionary(record.benchmarks.map { ($0.name, $0.ratio) }, uniquingKeysWith: { first, _ in first })
      benchmarkChanges = Dictionary(
        record.benchmarks.compactMap { benchmark in benchmark.change.map { (benchmark.name, $0) } },
        uniquingKeysWith: { first, _ in first })
      regressions = record.regressions
      obstacles = record.obstacles
      losses = record.losses
      remarks = record.remarks
      instructions = Dictionary(
        record.benchmarks.compactMap { benchmark in benchmark.instructions.map { (benchmark.name, $0) } },
        uniquingKeysWith: { first, _ in first })
      properties = record.properties.count
      seconds = record.seconds
    }
  }

  /// `run_metadata.json`.
  private struct Metadata: Encodable {
    let timestamp: String
    let git: Revision
    let tool: String
    let command: [String]
    let shard: String
    let seed: Int
    let program: NightRecord.ProgramRecord?
    let parts: [NightRecord.PartRecord]
    let bundle = BundleKind.night

    init(_ record: NightRecord, command: [String], tool: String) {
      timestamp = record.started
      git = record.revision
      self.tool = tool
      self.command = command
      shard = record.shard.description
      seed = record.plan.seed
      program = record.program
      parts = record.parts
    }
  }
}
