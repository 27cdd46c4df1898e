import Foundation
import Provenance

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Runs the test suites with `swift test` and reads what they report.
struct TestStage {
  let package: URL
  let shard: Shard
  let seed: Int
  let builds: Bool
  let filter: String?
  /// Where logs are collected.
  let scratch: URL

  /// What came of it.
  struct Result {
    var tests: [NightRecord.TestRecord] = []
    var properties: [NightRecord.PropertyRecord] = []
    var obstacles: [String] = []
    var logs: [(name: String, data: Data)] = []
  }

  func run() async -> Result {
    var result = Result()
    do {
      if builds {
        let build = try await swift(["build", "-c", "release", "--build-tests"], limit: 3600)
        guard build.isSuccess else {
          result.logs.append(("build.log", build.output + build.error))
          result.obstacles.append("the package does not build (\(build.ending)): \(Self.firstError(build))")
          return result
        }
      }
      let suites = shard.share(of: try await suites())
      guard !suites.isEmpty else { return result }
      try await run(suites, &result)
    } catch {
      result.obstacles.append("swift test cannot be run: \(error)")
    }
    return result
  }

  private func swift(
    _ arguments: [String], _ environment: [String: String] = [:], limit: Double
  ) async throws -> ProgramRun {
    try await ProgramRun.run("swift", arguments, in: package.path, environment: environment, limit: limit)
  }

  private static func firstError(_ run: ProgramRun) -> String {
    let lines = String(decoding: run.output + run.error, as: UTF8.self).split(separator: "\n")
    return lines.first { $0.contains("error:") }.map(String.init) ?? "see build.log"
  }

  /// All suites, sorted.
  private func suites() async throws -> [String] {
    let list = try await swift(["test", "list", "-c", "release", "--skip-build", "--ignore-lock"], limit: 600)
    let names = String(decoding: list.output, as: UTF8.self).split(separator: "\n").compactMap { line in
      line.split(separator: "/").first.map(String.init)
    }
    guard list.isSuccess, !names.isEmpty else {
      throw BundleError("the tests cannot be listed (\(list.ending)); build them with: make nightly-build")
    }
    let chosen = Set(names).sorted().filter { name in
      filter.map { name.range(of: $0, options: .regularExpression) != nil } ?? true
    }
    guard !chosen.isEmpty else { throw BundleError("no suite matches \(filter ?? "")") }
    return chosen
  }

  private func run(_ suites: [String], _ result: inout Result) async throws {
    let report = scratch.appendingPathComponent("xunit.xml")
    let ledger = scratch.appendingPathComponent("properties.jsonl")
    let pattern = "^(" + suites.map { NSRegularExpression.escapedPattern(for: $0) }.joined(separator: "|") + ")(/|$)"
    let run = try await swift(
      ["test", "-c", "release", "--skip-build", "--ignore-lock", "--filter", pattern, "--xunit-output", report.path],
      ["NB_PROFILE": "nightly", "NB_SEED": "\(seed)", "NB_REPORT": ledger.path], limit: 4 * 3600)
    result.logs.append(("tests.log", run.output + run.error))
    let xml = scratch.appendingPathComponent("xunit-swift-testing.xml")
    if let data = try? Data(contentsOf: xml) {
      result.logs.append(("tests.xml", data))
      result.tests = TestResultReader.read(data)
    }
    if let data = try? Data(contentsOf: ledger) {
      result.logs.append(("properties.jsonl", data))
      result.properties = PropertyLedger.read(data)
    }
    // A run that ends without a report, or with a failure that no test stands for, has crashed.
    if !run.isSuccess, !result.tests.contains(where: { $0.failure != nil }) {
      result.tests.append(
        NightRecord.TestRecord(
          suite: "swift test", name: "run", seconds: run.seconds,
          failure: "the test run ended with \(run.ending) and no failed test; see tests.log"))
    }
    if run.isSuccess, result.tests.isEmpty {
      result.obstacles.append("no test of \(suites.joined(separator: ", ")) was run")
    }
  }
}

/// Reads the xUnit report of `swift test`.
package final class TestResultReader: NSObject, XMLParserDelegate {
  private var tests: [NightRecord.TestRecord] = []
  private var isWhole = false

  /// The tests of a report; one more that failed if the report is cut off.
  package static func read(_ data: Data) -> [NightRecord.TestRecord] {
    let reader = TestResultReader()
    let parser = XMLParser(data: data)
    parser.delegate = reader
    guard parser.parse(), reader.isWhole else {
      let cut = NightRecord.TestRecord(
        suite: "swift test", name: "report", seconds: 0,
        failure: "the report is cut off: the run did not come to its end")
      return reader.tests + [cut]
    }
    return reader.tests
  }

  package func parser(
    _ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?
  ) {
    if element == "testsuites" { isWhole = true }
  }

  package func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    if element == "testcase" {
      tests.append(
        NightRecord.TestRecord(
          suite: attributes["classname"] ?? "", name: attributes["name"] ?? "",
          seconds: attributes["time"].flatMap(Double.init) ?? 0, failure: nil))
    } else if element == "failure" || element == "error", !tests.isEmpty {
      let message = attributes["message"] ?? "failed"
      let last = tests.count - 1
      tests[last].failure = tests[last].failure.map { "\($0)\n\(message)" } ?? message
    }
  }
}

/// Reads the reports of the properties: one line of JSON per thousand cases.
package enum PropertyLedger {
  private struct Line: Decodable {
    struct Statistics: Decodable {
      struct Worst: Decodable {
        let allowed: Double
        let difference: Double
      }
      let cases: Int
      let worst: Worst?
    }
    let property: String
    let statistics: Statistics
  }

  /// The properties of a report, sorted by name.
  package static func read(_ data: Data) -> [NightRecord.PropertyRecord] {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var found: [String: NightRecord.PropertyRecord] = [:]
    for text in data.split(separator: 10) {
      guard let line = try? decoder.decode(Line.self, from: Data(text)) else { continue }
      var record = found[line.property] ?? NightRecord.PropertyRecord(name: line.property, cases: 0, worst: nil)
      record.cases += line.statistics.cases
      if let worst = line.statistics.worst, worst.allowed > 0, worst.difference.isFinite {
        record.worst = max(record.worst ?? 0, worst.difference / worst.allowed)
      }
      found[line.property] = record
    }
    return found.values.sorted { $0.name < $1.name }
  }
}
