import Foundation
import Provenance

/// The files of a night.
public enum NightBundle {
  /// The files that the bundle has, beside logs and digests.
  public static let files = BundleKind.night.files

  /// The bundle of a whole night, or of a merged one.
  static func bundle(
    _ record: NightRecord, logs: [(name: String, data: Data)], command: [String], tool: String, history: History?
  ) throws -> ProvenanceBundle {
    var bundle = ProvenanceBundle()
    bundle.add("report.html", Data(entities(try Pages.night(record, history: history)).utf8))
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

  /// The whole record, to be read back.
  package static func encoded(_ record: NightRecord) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(record)
  }

  /// Reads a record.
  package static func decoded(_ data: Data) throws -> NightRecord {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(NightRecord.self, from: data)
  }

  /// Outcome first, as Markdown.
  static func summary(_ record: NightRecord) -> String {
    var lines = [
      "# Nightly gate: \(record.outcome.rawValue)", "", "first_divergence: \(record.firstDivergentFactor ?? "none")",
      "",
    ]
    if let quantity = record.firstDivergentQuantity {
      lines += ["First divergent quantity: \(quantity)", ""]
      lines += (record.firstDivergentCase?.diagnosis ?? []).map { "- \($0)" } + [""]
    }
    if !record.regressions.isEmpty {
      lines += ["## What does not agree", ""] + record.regressions.map { "- \($0)" } + [""]
    }
    if !record.obstacles.isEmpty {
      lines += ["## What could not be run", ""] + record.obstacles.map { "- \($0)" } + [""]
    }
    lines += [
      "\(record.tests.count) tests, \(record.golden.count) golden cases, \(record.images.count) images, "
        + "\(record.benchmarks.count) benchmarks in \(Int(record.seconds)) s"
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// JUnit XML.
  package static func junit(_ record: NightRecord) -> String {
    typealias Entry = (name: String, group: String, seconds: Double, failure: String?)
    var suites: [(String, [Entry])] = [
      ("tests", record.tests.map { ($0.name, $0.suite, $0.seconds, $0.failure) }),
      (
        "golden",
        record.golden.map {
          ($0.id, "golden", $0.seconds, $0.problems.isEmpty ? nil : $0.problems.joined(separator: "\n"))
        }
      ), ("images", record.images.map { ($0.id, "images", $0.seconds, $0.problem) }),
    ]
    let slow = Set(record.slow.map(\.name))
    suites.append(
      (
        "benchmarks",
        record.benchmarks.map { benchmark in
          let text =
            slow.contains(benchmark.name) ? "\(NightRecord.percent(benchmark.change ?? 1)) of the accepted time" : nil
          return (benchmark.name, "benchmarks", benchmark.medianSeconds, text)
        }
      ))
    let bodies = suites.map { name, entries in
      let failures = entries.count { $0.failure != nil }
      let cases = entries.map { entry in
        let head = "<testcase classname=\"\(xml(entry.group))\" name=\"\(xml(entry.name))\" time=\"\(entry.seconds)\""
        return entry.failure.map { "    \(head)><failure message=\"\(xml($0))\"/></testcase>\n" } ?? "    \(head)/>\n"
      }
      return "  <testsuite name=\"\(name)\" tests=\"\(entries.count)\" failures=\"\(failures)\" errors=\"0\">\n"
        + cases.joined() + "  </testsuite>\n"
    }
    let errors = record.obstacles.map { obstacle in
      "    <testcase classname=\"gate\" name=\"could not run\"><error message=\"\(xml(obstacle))\"/></testcase>\n"
    }
    let gate =
      "  <testsuite name=\"gate\" tests=\"\(errors.count)\" failures=\"0\" errors=\"\(errors.count)\">\n"
      + errors.joined() + "  </testsuite>\n"
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n\(bodies.joined())\(gate)</testsuites>\n"
  }

  static func xml(_ text: String) -> String {
    let kept = text.unicodeScalars.filter { $0.value >= 32 || $0 == "\n" || $0 == "\t" }
    var result = ""
    result.unicodeScalars.append(contentsOf: kept)
    return result.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("\n", with: "&#10;")
  }

  /// HTML with characters outside ASCII as entities.
  private static func entities(_ html: String) -> String {
    html.unicodeScalars.map { $0.isASCII ? String($0) : "&#\($0.value);" }.joined()
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

    init(_ record: NightRecord) {
      outcome = record.outcome.rawValue
      exitStatus = record.outcome.status
      firstDivergence = record.firstDivergentFactor
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
    let bundle = BundleKind.night

    init(_ record: NightRecord, command: [String], tool: String) {
      timestamp = record.started
      git = record.revision
      self.tool = tool
      self.command = command
      shard = record.shard.description
      seed = record.plan.seed
    }
  }
}
