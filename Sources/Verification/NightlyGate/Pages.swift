import Foundation
import Mustache
import Provenance

/// HTML pages that contain their styles and scripts.
enum Pages {
  /// The number of nights in the charts.
  private static let span = 60

  /// The report of a night.
  /// - Parameters:
  ///   - record: The night.
  ///   - history: The earlier nights; nil without a history.
  ///   - folder: The folder that the page will be in, for links to other nights.
  /// - Throws: An error of the database if the history cannot be read.
  static func night(_ record: NightRecord, history: History?, in folder: URL) throws -> String {
    let nights = try (history?.nights(last: span) ?? []).filter { night in
      record.identities.isDisjoint(with: night.identities)
    }
    let courses = try NightCourses(record, history, nights)
    var context = head(record, nights, history, folder)
    context.merge(findings(record)) { $1 }
    context.merge(stages(record, nights, try history?.counts(nights.last { $0.outcome == "pass" }?.id) ?? [:])) { $1 }
    context.merge(speed(record, courses)) { $1 }
    context.merge(properties(record, courses)) { $1 }
    context.merge(PageLists.context(record)) { $1 }
    return try render(PageTemplates.night, context)
  }

  static func render(_ template: String, _ context: [String: Any]) throws -> String {
    var whole = context
    whole["style"] = PageTemplates.style
    whole["script"] = PageTemplates.script
    let html = try MustacheTemplate(string: template).render(whole)
    // ASCII is read alike in every encoding that a server may claim. Style and script have to be ASCII already, because
    // entities are not decoded in them.
    return html.unicodeScalars.map { $0.isASCII ? String($0) : "&#\($0.value);" }.joined()
  }

  private static func head(
    _ record: NightRecord, _ nights: [History.Night], _ history: History?, _ folder: URL
  ) -> [String: Any] {
    let previous = nights.last
    let remark = record.revision.problem ?? (record.revision.isDirty == true ? "with changes" : "")
    return [
      "title": "Nightly gate", "tabTitle": "Nightly gate: \(record.outcome.rawValue)",
      "outcome": record.outcome.rawValue, "headline": headline(record), "started": record.started,
      "duration": duration(record.seconds), "machine": record.surroundings.machineKind, "seed": "\(record.plan.seed)",
      "revision": record.revision.commit.map { String($0.prefix(16)) } ?? "unknown",
      "hasRevisionRemark": !remark.isEmpty, "revisionRemark": remark, "hasProgram": record.program != nil,
      "programPath": record.program?.path ?? "", "programVersion": record.program?.version ?? "no version",
      "programDigest": String((record.program?.digest ?? "").prefix(12)),
      "programDigestWhole": record.program?.digest ?? "", "hasPrevious": previous != nil,
      "previousLink": previous.map { link(from: folder, to: URL(fileURLWithPath: $0.bundle), "report.html") } ?? "",
      "previousName": previous.map { "night \($0.id), \($0.started.prefix(10)), \($0.outcome)" } ?? "",
      "hasHistory": history != nil, "historyLink": history.map { link(from: folder, to: $0.page, nil) } ?? "",
    ]
  }

  /// The result of the night in a sentence.
  private static func headline(_ record: NightRecord) -> String {
    let findings = record.findings.count
    let parts = [
      findings == 0 ? nil : findings == 1 ? "One finding does not agree." : "\(findings) findings do not agree.",
      record.obstacles.isEmpty ? nil : "\(record.obstacles.count) things could not be run.",
      record.parts.allSatisfy { $0.state == .finished }
        ? nil : "\(record.parts.count { $0.state != .finished }) of \(record.parts.count) parts are missing.",
    ].compactMap { $0 }
    return parts.isEmpty ? "Everything ran and agrees." : parts.joined(separator: " ")
  }

  /// The relative path from a folder to a file in another folder, percent-encoded for a link.
  static func link(from folder: URL, to target: URL, _ file: String?) -> String {
    let (here, there) = (folder.standardizedFileURL.pathComponents, target.standardizedFileURL.pathComponents)
    let shared = zip(here, there).prefix { $0 == $1 }.count
    let words = Array(repeating: "..", count: here.count - shared) + there[shared...] + (file.map { [$0] } ?? [])
    return words.map { $0.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? $0 }.joined(separator: "/")
  }

  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "unknown" }
    let whole = Int(seconds.rounded())
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    return (hours > 0 ? "\(hours) h " : "") + (whole >= 60 ? "\(minutes) min " : "") + "\(whole % 60) s"
  }

  // MARK: What is wrong

  private static func findings(_ record: NightRecord) -> [String: Any] {
    let quantity = record.firstDivergentQuantity.map(divergence) ?? ("", "", "")
    let diagnosis = record.firstDivergentCase?.diagnosis ?? []
    let findings = record.findings
    let warnings = record.remarks.map { remark -> [String: Any] in
      let kind = remark.hasPrefix("drift: ") ? "drift" : "remark"
      return ["kind": kind, "warning": remark.replacing("drift: ", with: "", maxReplacements: kind == "drift" ? 1 : 0)]
    }
    return [
      "hasDivergence": record.firstDivergentQuantity != nil, "divergenceFactor": record.firstDivergentFactor ?? "none",
      "divergenceQuantity": quantity.0, "divergenceReference": quantity.1, "divergenceCandidate": quantity.2,
      "divergenceCase": record.firstDivergentCase?.id ?? "", "hasDiagnosis": !diagnosis.isEmpty, "diagnosis": diagnosis,
      "hasRegressions": !findings.isEmpty, "regressionCount": "\(findings.count)",
      "regressions": findings.enumerated().map { number, finding -> [String: Any] in
        let kind = String(finding.place.prefix { $0 != " " })
        let place = finding.place.dropFirst(kind.count + 1)
        let isLoss = finding.place == NightRecord.lossPlace
        let hasBody = finding.text.contains("\n")
        return [
          "kind": isLoss ? "work" : kind, "hasBody": hasBody, "body": finding.text,
          "isOpen": number == 0 && hasBody && finding.text.count { $0 == "\n" } < 12,
          "regressionHeadline": (isLoss ? "" : "\(place): ") + PageLists.headline(finding.text),
        ]
      }, "hasObstacles": !record.obstacles.isEmpty, "obstacles": record.obstacles, "hasWarnings": !warnings.isEmpty,
      "warnings": warnings,
    ]
  }

  /// Place, reference and candidate of `hkl_frac: reference 1 2 3, candidate 1 2 4`.
  private static func divergence(_ text: String) -> (String, String, String) {
    let parts = text.components(separatedBy: ": reference ")
    let values = parts.dropFirst().joined(separator: ": reference ").components(separatedBy: ", candidate ")
    return (parts[0], values.first ?? "", values.count > 1 ? values[1] : "")
  }

  // MARK: Stages and parts

  private static func stages(
    _ record: NightRecord, _ nights: [History.Night], _ expected: [String: Int]
  ) -> [String: Any] {
    let planned = Set(record.plan.stages)
    let isWhole = record.parts.allSatisfy { $0.state == .finished }
    func tests(_ stage: String) -> [NightRecord.TestRecord] {
      record.tests.filter { (Nightly.Stage.bySuite[$0.suite] ?? .tests).rawValue == stage }
    }
    func row(_ stage: String, _ run: Int, _ failed: Int, _ seconds: Double, _ remark: String) -> [String: Any] {
      let ran = planned.contains(stage) && run > 0
      let state = !ran ? "NOT RUN" : failed > 0 ? "failed" : isWhole ? "passed" : "incomplete"
      let why = planned.contains(stage) ? record.remarks.first { $0.hasPrefix("\(stage): not run") } : "not asked for"
      let before = expected[stage]
      return [
        "stage": stage, "stageState": state, "stageClass": state == "NOT RUN" ? "not-run" : state,
        "stageRun": "\(run)", "stageFailed": "\(failed)", "stageExpected": before.map { "\($0)" } ?? "-",
        "stageDeviates": ran && before.map { $0 != run } ?? false, "stageSeconds": PageLists.seconds(seconds),
        "stageRemark": ran ? remark : why ?? "nothing was run",
      ]
    }
    let cases = record.properties.reduce(0) { $0 + $1.cases }
    let numbers = record.golden.reduce((0, 0)) { ($0.0 + $1.identicalNumbers, $0.1 + $1.numbers) }
    let rows = ["tests", "readers", "python", "cluster", "mutants"].map { stage in
      row(
        stage, tests(stage).count, tests(stage).count { $0.failure != nil }, tests(stage).reduce(0) { $0 + $1.seconds },
        stage == "tests" ? "\(cases) cases of \(record.properties.count) properties" : "")
    }
    let all =
      [
        rows[0],
        row(
          "golden", record.golden.count, record.golden.count { !$0.problems.isEmpty },
          record.golden.reduce(0) { $0 + $1.seconds }, "\(numbers.0) of \(numbers.1) numbers identical"),
        row(
          "images", record.images.count, record.images.count { $0.problem != nil },
          record.images.reduce(0) { $0 + $1.seconds }, "written by the program"),
        row(
          "benchmarks", record.benchmarks.count, record.benchmarks.count { $0.failure != nil } + record.slow.count,
          record.benchmarks.reduce(0) { $0 + $1.seconds.reduce(0, +) }, ""),
      ] + rows[1...]
    return [
      "stages": all, "hasParts": !record.parts.isEmpty,
      "partsHeadline": "\(record.parts.count { $0.state == .finished }) of \(record.parts.count) finished",
      "parts": record.parts.map { part -> [String: Any] in
        [
          "part": "\(part.index)/\(record.parts.count)",
          "partState": part.state == .unfinished
            ? "unfinished, \(part.done) of \(part.count) items" : part.state.rawValue,
          "partClass": part.state == .unfinished ? "killed" : part.state.rawValue, "partHost": part.host ?? "-",
          "partSeconds": PageLists.seconds(part.seconds),
        ]
      },
    ]
  }

  // MARK: Figures

  private static func speed(_ record: NightRecord, _ courses: NightCourses) -> [String: Any] {
    let charts: [(String, [Course], String)] = [
      ("Instructions, relative to the first night shown", courses.instructions, "relative"),
      ("Time over that of the calibration, relative to the first night shown", courses.times, "relative"),
    ]
    return [
      "hasSpeed": !record.benchmarks.isEmpty,
      "speedNote": "A lasting step of the instructions is a regression; where they cannot be counted, one of the time "
        + "ratio is. Time is processor time over that of a calibration in the same run.",
      "workloads": record.benchmarks.map(workload), "hasSpeedCharts": charts.contains { !$0.1.isEmpty },
      "speedCharts": charts.filter { !$0.1.isEmpty }.map { title, lines, axis in
        ["chartTitle": title, "chart": Chart.lines(Chart.relative(lines), nights: courses.nights, axis: axis)]
      },
    ]
  }

  private static func workload(_ record: NightRecord.BenchmarkRecord) -> [String: Any] {
    func change(_ kind: String) -> String {
      guard let item = record.judgements.first(where: { $0.kind == kind }), let accepted = item.accepted else {
        return "nothing accepted"
      }
      return String(format: "%.2f %%", 100 * item.tonight / accepted)
    }
    let step = record.judgements.first { $0.step != nil || $0.remark != nil }
    let isBad = record.failure != nil || record.judgements.contains(where: \.isRegression)
    let verdict = record.failure ?? step?.text ?? "no step"
    return [
      "workload": record.name, "workloadNote": record.counter ?? "", "hasInstructions": record.instructions != nil,
      "instructions": record.instructions.map(PageLists.grouped) ?? "none: \(record.uncounted ?? "not counted")",
      "instructionsChange": record.instructions == nil ? "-" : change("instructions"),
      "timeRatio": Chart.short(record.ratio), "spread": NightRecord.percent(record.spread),
      "timeChange": change("time"),
      "verdict": verdict, "verdictClass": isBad ? "failed" : step == nil ? "passed" : "warning", "isBad": isBad,
      "reference": record.referenceRatios.isEmpty
        ? "-" : Chart.short(NightRecord.BenchmarkRecord.median(record.referenceRatios)) + "x",
    ]
  }

  private static func properties(_ record: NightRecord, _ courses: NightCourses) -> [String: Any] {
    let sorted = record.properties.sorted { ($0.worst ?? -1) > ($1.worst ?? -1) }
    func row(_ property: NightRecord.PropertyRecord) -> [String: Any] {
      let worst = property.worst ?? 0
      return [
        "property": property.name, "cases": PageLists.grouped(Double(property.cases)),
        "worst": property.worst.map(Chart.short) ?? "-", "hasBar": property.worst != nil,
        "bar": "\(Int((100 * min(max(worst.isFinite ? worst : 1, 0), 1)).rounded()))",
        "barClass": worst > 1 ? "over" : worst > 0.8 ? "near" : "ok", "isBad": worst > 1,
      ]
    }
    let (nearest, others) = (sorted.prefix(15), sorted.dropFirst(15))
    let chart = Chart.lines(
      courses.drift, nights: courses.nights, axis: "deviation / tolerance", limit: (1, "tolerance"))
    return [
      "hasProperties": !sorted.isEmpty,
      "driftNote": "The largest deviation of each property in units of its tolerance; above 1 it fails.",
      "properties": nearest.map(row), "hasOtherProperties": !others.isEmpty, "otherPropertyCount": "\(others.count)",
      "otherProperties": others.map(row), "hasDriftChart": !chart.isEmpty, "driftChart": chart,
    ]
  }
}
