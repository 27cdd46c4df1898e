import Foundation
import Provenance
import VisibleText

extension NightBundle {
  /// The summary of a night as Markdown, which starts with the outcome.
  static func summary(_ record: NightRecord) -> String {
    let mark = VisibleText.markdown
    var lines = [
      "# Nightly gate: \(record.outcome.rawValue)", "", "first_divergence: \(mark(record.firstDivergence ?? "none"))",
      "",
    ]
    if let quantity = record.firstDivergentQuantity {
      lines += ["First divergent quantity: \(mark(quantity))", ""]
      lines += (record.firstDivergentCase?.diagnosis ?? []).map { "- \(mark($0))" } + [""]
    }
    func section(_ title: String, _ items: [String]) {
      if !items.isEmpty { lines += ["## \(title)", ""] + items.map { "- \(mark($0))" } + [""] }
    }
    section("What does not agree", record.regressions)
    section("What could not be run", record.obstacles)
    section("Remarks", record.remarks + record.benchmarks.flatMap(remarks))
    if !record.parts.isEmpty {
      section(
        "Parts",
        record.parts.map { part in
          "\(part.index): \(part.state.rawValue)\(part.host.map { " on \($0)" } ?? ""), \(part.done) of \(part.count), "
            + "\(Int(part.seconds)) s"
        })
    }
    let cases = record.properties.reduce(0) { $0 + $1.cases }
    lines += [
      "\(record.tests.count) tests, \(cases) cases of \(record.properties.count) properties, "
        + "\(record.golden.count) golden cases, \(record.images.count) images, \(record.benchmarks.count) benchmarks "
        + "in \(Int(record.seconds)) s, seed \(record.plan.seed)"
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// Steps of a workload that are no regressions, and the reason for a missing instruction count, one line each.
  private static func remarks(_ benchmark: NightRecord.BenchmarkRecord) -> [String] {
    let seen = benchmark.judgements.filter { !$0.isRegression && ($0.step != nil || $0.remark != nil) }
    return seen.map { "\(benchmark.name): \($0.text)" }
      + (benchmark.uncounted.map { ["\(benchmark.name): no instruction count: \($0)"] } ?? [])
  }

  /// The night as JUnit XML: a suite per stage with its time, and obstacles as errors.
  package static func junit(_ record: NightRecord) -> String {
    typealias Entry = (name: String, group: String, seconds: Double, failure: String?)
    func failure(_ texts: [String]) -> String? { texts.isEmpty ? nil : texts.joined(separator: "\n") }
    let suites: [(String, [Entry])] = [
      ("tests", record.tests.map { ($0.name, $0.suite, $0.seconds, $0.failure) }),
      ("golden", record.golden.map { ($0.id, "golden", $0.seconds, failure($0.problems)) }),
      ("images", record.images.map { ($0.id, "images", $0.seconds, $0.problem) }),
      (
        "benchmarks",
        record.benchmarks.map { benchmark in
          let texts = [benchmark.failure].compactMap { $0 } + benchmark.judgements.filter(\.isRegression).map(\.text)
          return (benchmark.name, "benchmarks", benchmark.seconds.reduce(0, +), failure(texts))
        }
      ), ("work", record.losses.enumerated().map { ("loss \($0.offset + 1)", "work", 0, $0.element) }),
    ]
    let bodies = suites.map { name, entries in
      let failures = entries.count { $0.failure != nil }
      let seconds = entries.reduce(0) { $0 + $1.seconds }
      let cases = entries.map { entry in
        let head = "<testcase classname=\"\(xml(entry.group))\" name=\"\(xml(entry.name))\" time=\"\(entry.seconds)\""
        return entry.failure.map { text in
          "    \(head)><failure message=\"\(xml(String(text.prefix { $0 != "\n" })))\">\(xml(text))</failure></testcase>\n"
        } ?? "    \(head)/>\n"
      }
      return "  <testsuite name=\"\(name)\" tests=\"\(entries.count)\" failures=\"\(failures)\" errors=\"0\" "
        + "time=\"\(seconds)\">\n\(cases.joined())  </testsuite>\n"
    }
    let errors = record.obstacles.map { obstacle in
      "    <testcase classname=\"gate\" name=\"could not run\"><error message=\"\(xml(obstacle))\"/></testcase>\n"
    }
    let gate =
      "  <testsuite name=\"gate\" tests=\"\(errors.count)\" failures=\"0\" errors=\"\(errors.count)\">\n"
      + errors.joined() + "  </testsuite>\n"
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n\(bodies.joined())\(gate)</testsuites>\n"
  }
}
