import Foundation

extension Pages {
  /// The HTML page of the last nights and their trends.
  /// - Parameter file: The path that the page will have, for links to the bundles.
  static func history(_ history: History, last count: Int, at file: URL) throws -> String {
    let nights = try history.nights(last: count)
    let accepted = try history.acceptedNight()
    let passed = nights.count { $0.outcome == "pass" }
    let context: [String: Any] = [
      "title": "Nights", "tabTitle": "Nights of the gate",
      "headline": "\(nights.count) nights, \(passed) passed; "
        + (accepted.map { "night \($0) is accepted as the measure." } ?? "no night is accepted as the measure yet."),
      "hasNights": !nights.isEmpty,
      "nights": nights.reversed().map { row($0, accepted, file.deletingLastPathComponent()) },
    ]
    let charts = try charts(history, nights)
    return try render(
      PageTemplates.history, context.merging(["hasCharts": !charts.isEmpty, "charts": charts]) { $1 })
  }

  private static func row(_ night: History.Night, _ accepted: Int64?, _ folder: URL) -> [String: Any] {
    let bundle = URL(fileURLWithPath: night.bundle)
    let exists = FileManager.default.fileExists(atPath: bundle.appendingPathComponent("report.html").path)
    var why = (night.reasons ?? "").split(separator: "\n").map(String.init)
    if let quantity = night.firstQuantity { why.append("first divergence: \(quantity)") }
    let headline = why.first.map { PageLists.headline($0) + (why.count > 1 ? ", and \(why.count - 1) more" : "") } ?? ""
    return [
      "number": "\(night.id)", "hasLink": exists, "link": link(from: folder, to: bundle, "report.html"),
      "started": String(night.started.prefix(16)).replacing("T", with: " "), "outcome": night.outcome,
      "isBad": night.outcome != "pass", "whyHeadline": headline, "hasWhy": why.count > 1, "why": why,
      "revision": String((night.revision ?? "unknown").prefix(10)), "hasRevisionRemark": night.dirty == true,
      "revisionRemark": "with changes", "machine": night.machine, "seconds": PageLists.seconds(night.seconds),
      "isAccepted": night.id == accepted,
    ]
  }

  private static func charts(_ history: History, _ nights: [History.Night]) throws -> [[String: Any]] {
    let labels = nights.map(ChartNight.init)
    func courses(_ kind: String) throws -> [Course] {
      try history.courses(kind: kind, over: nights).map { Course(name: $0.name, values: $0.values) }
    }
    func last(_ course: Course) -> Double { course.values.last.flatMap { $0 } ?? 0 }
    let instructions = Chart.relative(try courses("instructions")).map { NightCourses.marked($0, .instructions) }
    let times = Chart.relative(try courses("benchmark")).map { NightCourses.marked($0, .times) }
    let drift = Array(try courses("property").sorted { last($0) > last($1) }.prefix(8))
    let work = try history.workCourses(over: nights)
    let all: [(String, String, String)] = [
      (
        "Instructions", "Relative to the first night shown; they hardly vary.",
        Chart.lines(instructions, nights: labels, axis: "relative")
      ),
      (
        "Time ratios", "Processor time over that of a calibration, relative to the first night shown.",
        Chart.lines(times, nights: labels, axis: "relative")
      ),
      (
        "The reference's time over ours", "Processor time, one thread each.",
        Chart.lines(try courses("reference"), nights: labels, axis: "ratio")
      ),
      (
        "Drift", "The largest deviations of the properties that come nearest to their tolerance.",
        Chart.lines(drift, nights: labels, axis: "deviation / tolerance", limit: (1, "tolerance"))
      ),
      (
        "Work", "How much was run.",
        Chart.lines(work, nights: labels, axis: "count", logarithmic: true)
      ),
    ]
    return all.filter { !$0.2.isEmpty }.map { ["chartTitle": $0.0, "chartNote": $0.1, "chart": $0.2] }
  }
}

extension History {
  /// The nights and their trends as one page of HTML.
  /// - Parameter file: The path that the page will have, for links to the bundles.
  /// - Throws: An error of the database.
  public func page(last count: Int, at file: URL) throws -> String { try Pages.history(self, last: count, at: file) }

  /// The nights and their trends for a terminal.
  public func text(last count: Int) throws -> String {
    let nights = try nights(last: count)
    guard !nights.isEmpty else { return "no night yet\n" }
    var lines = nights.map { night in
      let why =
        night.firstQuantity.map { "first divergence \($0)" } ?? night.reasons?.split(separator: "\n").first
        .map(String.init) ?? ""
      return "\(night.id)  \(night.started)  \(night.outcome)  \((night.revision ?? "unknown").prefix(10))  "
        + "\(Int(min(max(night.seconds, 0), 1e9))) s  \(why)"
    }
    let kinds = [
      ("instructions", "instructions"), ("benchmark", "ratio to the calibration"),
      ("property", "deviation over tolerance"),
    ]
    for (kind, title) in kinds {
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
