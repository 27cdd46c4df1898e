import Foundation
import Mustache
import Provenance

/// Pages that need nothing beside them.
enum Pages {
  private static let style = """
    body { font: 14px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
    table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
    th, td { text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid #ddd; vertical-align: top }
    code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere }
    svg { width: 100%; height: auto; background: #fafafa }
    .pass { color: #1a7f37 } .regression, .could-not-run { color: #b42318 } .legend { font-size: 12px }
    """

  private static let nightTemplate = """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><title>Nightly gate: {{outcome}}</title><style>{{{style}}}</style></head>
    <body>
    <h1>Nightly gate: <span class="{{outcome}}">{{outcome}}</span></h1>
    <p>{{started}}, {{seconds}} s, revision <code>{{revision}}</code>{{#dirty}} with changes{{/dirty}}, {{machine}}</p>
    {{#firstQuantity}}<h2>First divergence</h2>
    <p>Factor: <code>{{firstFactor}}</code><br>Quantity: <code>{{firstQuantity}}</code><br>in golden case {{firstCase}}</p>
    <ul>{{#diagnosis}}<li>{{.}}</li>{{/diagnosis}}</ul>{{/firstQuantity}}
    {{#hasRegressions}}<h2>What does not agree</h2><ul>{{#regressions}}<li>{{.}}</li>{{/regressions}}</ul>{{/hasRegressions}}
    {{#hasObstacles}}<h2>What could not be run</h2><ul>{{#obstacles}}<li>{{.}}</li>{{/obstacles}}</ul>{{/hasObstacles}}
    <h2>Summary</h2>
    <table><tr><th>Stage</th><th>Run</th><th>Failed</th><th>Remark</th></tr>
    {{#stages}}<tr><td>{{name}}</td><td>{{run}}</td><td>{{failed}}</td><td>{{remark}}</td></tr>{{/stages}}</table>
    <h2>Speed</h2>
    <p>Processor time over that of a calibration in the same run; the limit is {{limit}} of the accepted ratio and the spread.</p>
    <table><tr><th>Workload</th><th>Seconds</th><th>Ratio</th><th>Spread</th><th>Of the accepted</th><th>Reference over ours</th></tr>
    {{#benchmarks}}<tr><td>{{name}}</td><td>{{seconds}}</td><td>{{ratio}}</td><td>{{spread}}</td><td>{{change}}</td><td>{{reference}}</td></tr>{{/benchmarks}}</table>
    {{{speedChart}}}
    <h2>Drift</h2>
    <p>The largest deviation of each property, in units of its tolerance; the nearest to it first.</p>
    <table><tr><th>Property</th><th>Cases</th><th>Deviation</th></tr>
    {{#properties}}<tr><td>{{name}}</td><td>{{cases}}</td><td>{{worst}}</td></tr>{{/properties}}</table>
    {{{driftChart}}}
    <h2>Golden cases</h2>
    <table><tr><th>Case</th><th>Numbers identical</th><th>Pixels identical</th><th>Program's image</th><th>Seconds</th></tr>
    {{#golden}}<tr><td>{{id}}</td><td>{{numbers}}</td><td>{{pixels}}</td><td>{{image}}</td><td>{{seconds}}</td></tr>{{/golden}}</table>
    </body></html>

    """

  private static let historyTemplate = """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><title>Nights</title><style>{{{style}}}</style></head><body>
    <h1>Nights</h1>
    <table><tr><th>Night</th><th>Started</th><th>Outcome</th><th>First divergence</th><th>Revision</th><th>Machine</th><th>Seconds</th></tr>
    {{#nights}}<tr><td>{{id}}</td><td>{{started}}</td><td class="{{outcome}}">{{outcome}}</td><td><code>{{first}}</code></td><td><code>{{revision}}</code></td><td>{{machine}}</td><td>{{seconds}}</td></tr>{{/nights}}</table>
    {{#charts}}<h2>{{title}}</h2>{{{chart}}}{{/charts}}
    </body></html>

    """

  /// The report of a night.
  static func night(_ record: NightRecord, history: History?) throws -> String {
    let failing = record.firstDivergentCase
    let nights = try history?.nights(last: 60) ?? []
    let images = Dictionary(record.images.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let context: [String: Any] = [
      "style": style, "outcome": record.outcome.rawValue, "started": record.started, "seconds": Int(record.seconds),
      "revision": record.revision.commit ?? "unknown", "dirty": record.revision.isDirty ?? false,
      "machine": record.surroundings.machineKind, "firstFactor": record.firstDivergentFactor ?? "none",
      "firstQuantity": record.firstDivergentQuantity ?? "", "firstCase": failing?.id ?? "",
      "diagnosis": failing?.diagnosis ?? [], "regressions": record.regressions, "obstacles": record.obstacles,
      "hasRegressions": !record.regressions.isEmpty, "hasObstacles": !record.obstacles.isEmpty,
      "stages": stages(record),
      "benchmarks": record.benchmarks.map(benchmark),
      "speedChart": Chart.relativeLines(try history?.courses(kind: "benchmark", over: nights) ?? []),
      "properties": record.properties.sorted { $0.worst ?? 0 > $1.worst ?? 0 }.prefix(40).map { property in
        ["name": property.name, "cases": "\(property.cases)", "worst": property.worst.map(Chart.short) ?? "-"]
      },
      "driftChart": Chart.lines(drift(try history?.courses(kind: "property", over: nights) ?? [])),
      "golden": record.golden.map { golden in
        [
          "id": golden.id, "numbers": "\(golden.identicalNumbers) of \(golden.numbers)",
          "pixels": "\(golden.identicalPixels) of \(golden.pixels)",
          "image": images[golden.id].map { $0.problem ?? "agrees" } ?? "-", "seconds": Chart.short(golden.seconds),
        ]
      },
    ]
    return try render(nightTemplate, context)
  }

  private static func render(_ template: String, _ context: [String: Any]) throws -> String {
    // An empty text counts as absent in a section.
    let present = context.filter { ($0.value as? String) != "" }
    return PlainText.ascii(try MustacheTemplate(string: template).render(present))
  }

  /// The properties that come nearest to their tolerance.
  private static func drift(_ courses: [(name: String, values: [Double?])]) -> [(name: String, values: [Double?])] {
    func last(_ course: (name: String, values: [Double?])) -> Double { course.values.last.flatMap { $0 } ?? 0 }
    return Array(courses.sorted { last($0) > last($1) }.prefix(10))
  }

  private static func benchmark(_ record: NightRecord.BenchmarkRecord) -> [String: Any] {
    [
      "name": record.name, "seconds": Chart.short(record.medianSeconds), "ratio": Chart.short(record.ratio),
      "spread": NightRecord.percent(record.spread), "change": record.change.map(NightRecord.percent) ?? "no baseline",
      "reference": record.referenceRatios.isEmpty
        ? "-" : Chart.short(NightRecord.BenchmarkRecord.median(record.referenceRatios)) + "x",
    ]
  }

  private static func stages(_ record: NightRecord) -> [[String: Any]] {
    let numbers = record.golden.reduce((0, 0)) { ($0.0 + $1.identicalNumbers, $0.1 + $1.numbers) }
    let cases = record.properties.reduce(0) { $0 + $1.cases }
    func row(_ name: String, _ run: Int, _ failed: Int, _ remark: String) -> [String: Any] {
      ["name": name, "run": run, "failed": failed, "remark": remark]
    }
    return [
      row(
        "tests", record.tests.count, record.tests.count { $0.failure != nil },
        "\(cases) cases of \(record.properties.count) properties, seed \(record.plan.seed)"),
      row(
        "golden cases", record.golden.count, record.golden.count { !$0.problems.isEmpty },
        "\(numbers.0) of \(numbers.1) numbers identical"),
      row("images of the program", record.images.count, record.images.count { $0.problem != nil }, ""),
      row("benchmarks", record.benchmarks.count, record.slow.count, ""),
    ]
  }

  /// The course of the nights.
  static func history(_ history: History, last count: Int) throws -> String {
    let nights = try history.nights(last: count)
    let speed = try history.courses(kind: "benchmark", over: nights)
    let reference = try history.courses(kind: "reference", over: nights)
    let properties = try history.courses(kind: "property", over: nights)
    let charts = [
      ("Speed, relative to the first night", Chart.relativeLines(speed)),
      ("The reference's time over ours", Chart.lines(reference)),
      ("Drift: deviations in units of their tolerance", Chart.lines(drift(properties))),
    ]
    let context: [String: Any] = [
      "style": style,
      "nights": nights.reversed().map { night -> [String: Any] in
        [
          "id": night.id ?? 0, "started": night.started, "outcome": night.outcome, "first": night.firstQuantity ?? "",
          "revision": String((night.revision ?? "unknown").prefix(10)), "machine": night.machine,
          "seconds": Int(night.seconds),
        ]
      },
      "charts": charts.filter { !$0.1.isEmpty }.map { ["title": $0.0, "chart": $0.1] },
    ]
    return try render(historyTemplate, context)
  }
}

extension History {
  /// The nights and their trends as one page of HTML.
  public func page(last count: Int, at file: URL) throws -> String { try Pages.history(self, last: count) }

  /// The nights and their trends for a terminal.
  public func text(last count: Int) throws -> String {
    let nights = try nights(last: count)
    guard !nights.isEmpty else { return "no night yet\n" }
    var lines = nights.map { night in
      "\(night.id ?? 0)  \(night.started)  \(night.outcome)  \((night.revision ?? "unknown").prefix(10))  "
        + "\(Int(night.seconds)) s  \(night.firstQuantity.map { "first divergence \($0)" } ?? "")"
    }
    for (kind, title) in [("benchmark", "ratio to the calibration"), ("property", "deviation over tolerance")] {
      let courses = try courses(kind: kind, over: nights)
      guard !courses.isEmpty else { continue }
      lines.append("\(title):")
      lines += courses.map { course in
        let last = course.values.last.flatMap { $0 }.map(Chart.short) ?? "-"
        return "  \(Chart.sparkline(course.values))  \(last)  \(course.name)"
      }
    }
    return lines.map { "\($0)\n" }.joined()
  }
}
