import Physics
import VisibleText

/// The result of a comparison as text.
public struct ComparisonText: Sendable {
  private let report: TraceReport
  private let tolerance: Double

  /// The texts of a report.
  /// - Parameters:
  ///   - report: The comparison.
  ///   - tolerance: The relative tolerance that was requested.
  public init(_ report: TraceReport, tolerance: Double) {
    self.report = report
    self.tolerance = tolerance
  }

  /// The pixels of the two traces in one line; nil if they are unknown.
  public var pixelLine: String? {
    guard let expected = report.pixels.reference, let found = report.pixels.candidate else {
      return report.pixels.areDifferent ? "the traces are of different pixels" : nil
    }
    guard report.pixels.areDifferent else { return "both traces are of pixel \(expected) (slow,fast)" }
    return "reference traces pixel \(expected), candidate \(found) (slow,fast)"
  }

  /// The first divergence, or `none`. For traces of different pixels or without common quantities, that difference.
  public var firstLine: String {
    if report.outcome == .differentSubjects { return report.pixels.areDifferent ? "the pixel" : "nothing in common" }
    return report.first ?? "none"
  }

  /// The first factor that does not pass, or `none`.
  public var firstFactorLine: String {
    guard let factor = report.firstDivergentFactor else { return "none" }
    let relative = factor.relative.map { ", relative \(NumberText.text("%+.6e", $0))" } ?? ""
    return "\(factor.factor.name) (\(factor.status.rawValue)\(relative))"
  }

  /// The first quantity that diverges with both values, or `none`.
  public var firstQuantityLine: String {
    guard let first = report.firstDivergence else { return report.first == nil ? "none" : "none that both traces have" }
    return "\(first.place): reference \(first.reference.map(TraceReport.text) ?? "missing"), candidate "
      + "\(first.candidate.map(TraceReport.text) ?? "missing"), allowed \(first.tolerance)"
  }

  /// The diagnosis, one line per finding.
  public var diagnosisLines: [String] {
    guard report.firstDivergence != nil || report.pixels.areDifferent else { return [] }
    var lines = report.findings.map { "\($0.confidence.name): \($0.kind.rawValue): \($0.text)" }
    lines += report.furtherFindings.map { "later: \($0.kind.rawValue): \($0.text)" }
    if report.findings.isEmpty { lines.append("no known mistake fits the first divergence") }
    let behind = Self.names(report.divergences).dropFirst()
    if !behind.isEmpty, !report.pixels.areDifferent {
      lines.append("behind it diverge: \(behind.joined(separator: ", "))")
    }
    if let implication = report.implication, !report.pixels.areDifferent {
      lines.append("where to look: \(implication)")
    }
    let before = report.agreeingBefore
    if !before.isEmpty, !report.pixels.areDifferent {
      lines.append("still agreeing before it: \(before.joined(separator: ", "))")
    }
    return lines
  }

  /// Remarks besides the result: warnings of the logs, missing factors, quantities that could not be compared.
  public var notes: [String] {
    var lines = report.reference.warnings + report.candidate.warnings
    let missing = report.factors.filter { $0.status == .missing }.map(\.factor.name)
    if !missing.isEmpty { lines.append("missing factors: \(missing.joined(separator: ", "))") }
    if !report.knownDivergences.isEmpty {
      lines.append("known differences: \(Self.names(report.knownDivergences).joined(separator: ", "))")
    }
    guard !report.unshared.isEmpty else { return lines }
    lines.append(
      "\(report.items.count - report.unshared.count) of \(report.items.count) quantities stand in both traces")
    for (side, items) in [
      ("reference", report.unshared.filter { $0.candidate == nil }),
      ("candidate", report.unshared.filter { $0.reference == nil }),
    ] where !items.isEmpty {
      lines.append("only in the \(side): \(Self.names(items).joined(separator: ", "))")
    }
    return lines
  }

  /// The result in one line.
  public var verdict: String {
    switch report.outcome {
    case .parity: "parity: every quantity that both traces have agrees"
    case .divergence: "divergence: \(report.divergences.count) of \(report.items.count) quantities diverge"
    case .differentSubjects:
      report.pixels.areDifferent
        ? "the traces are not of the same pixel" : "the traces have no quantity in common"
    }
  }

  /// The report for a terminal.
  /// - Parameter paint: Adds colour to a padded cell of the table.
  public func plain(paint: (_ padded: String, _ cell: String) -> String = { padded, _ in padded }) -> String {
    var lines = [report.factorTable.plain(paint: paint)]
    if let pixelLine { lines.append("pixel: \(pixelLine)\n") }
    lines.append("first divergence:         \(firstLine)\n")
    lines.append("first divergent factor:   \(firstFactorLine)\n")
    lines.append("first divergent quantity: \(firstQuantityLine)\n")
    lines += diagnosisLines.map { "  \($0)\n" }
    lines += notes.map { "note: \($0)\n" }
    lines.append("\(verdict)\n")
    return lines.joined()
  }

  /// The report as Markdown, which starts with the first divergence and the residuals.
  public var markdown: String {
    let mark = VisibleText.markdown
    var lines = [
      "# Trace comparison", "", "first_divergence: \(mark(firstLine))", "",
      "residuals: " + residuals, "", "- First divergent factor: \(mark(firstFactorLine))",
      "- First divergent quantity: \(mark(firstQuantityLine))",
      "- Tolerance: "
        + (report.hasComputedTolerances
          ? "what rounding explains, computed for the arguments" : "\(tolerance) relative"),
      "- Verdict: \(mark(verdict))",
    ]
    if let pixelLine { lines.append("- Pixel: \(mark(pixelLine))") }
    lines += ["", "## Scaling factors", "", report.factorTable.markdown]
    if !diagnosisLines.isEmpty { lines += ["## Diagnosis", ""] + diagnosisLines.map { "- \(mark($0))" } + [""] }
    if !notes.isEmpty { lines += ["## Notes", ""] + notes.map { "- \(mark($0))" } + [""] }
    return lines.joined(separator: "\n")
  }

  private var residuals: String {
    let failing = report.factors.filter(\.status.isFailing)
    guard !failing.isEmpty else { return "none above the tolerance" }
    return failing.map { factor in
      "\(factor.factor.name) \(factor.relative.map { NumberText.text("%+.3e", $0) } ?? factor.status.rawValue)"
    }.joined(separator: ", ")
  }

  /// A Markdown page with the table of the differing quantities.
  public var differencePage: String {
    let table = report.differenceTable(all: false)
    let note = notes.isEmpty ? "" : "\n" + notes.map { "- \(VisibleText.markdown($0))\n" }.joined()
    return "# Differing quantities, in the order of computation\n\n"
      + (table.isEmpty ? "None: all common quantities are the same numbers.\n" : table.markdown) + note
  }

  private static func names(_ items: [TraceComparison.Item]) -> [String] {
    items.map(\.place.name).unique
  }
}
