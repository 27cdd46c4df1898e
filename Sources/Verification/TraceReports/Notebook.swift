import Foundation
import Physics
import Provenance
import TraceIO
import VisibleText

import Glibc

/// Files that grow by one entry per attempt; earlier entries are never rewritten.
public enum Notebook {
  /// Appends to a file with one system call, creating it if it does not exist.
  /// - Throws: `BundleError` if the file cannot be opened or written.
  public static func append(_ text: String, to path: String) throws(BundleError) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw BundleError(
        "\(path): it cannot be opened: \(String(cString: strerror(errno))); check the name and the permissions")
    }
    defer { close(descriptor) }
    let bytes = Array(PlainText.ascii(text).utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count else {
      throw BundleError(
        "\(path): it cannot be written: \(String(cString: strerror(errno))); make room on the disk and append it again")
    }
  }

  /// A dated Markdown section for a file of hypotheses: first divergence, deltas of the lattice factor, leads.
  public static func hypothesis(_ report: TraceReport, tolerance: Double, date: Date, bundle: String) -> String {
    let mark = VisibleText.markdown
    let text = ComparisonText(report, tolerance: tolerance)
    var lines = [
      "", "## \(TimeStamp.full(date))", "", "- Bundle: \(mark(bundle))",
      "- First divergent factor: \(mark(text.firstFactorLine))",
      "- First divergent quantity: \(mark(text.firstQuantityLine))",
    ]
    if let pixelLine = text.pixelLine { lines.append("- Pixel: \(mark(pixelLine))") }
    let names = Set(TraceName.latticeFactorAxes + [.latticeFactor])
    let lattice = report.items.filter { $0.place.isOne(of: names) && $0.place.section != .step }
    let deltas = lattice.filter { $0.relativeDeviation ?? 0 != 0 }
    lines += ["", "F_latt deltas (candidate minus reference):", ""]
    lines +=
      deltas.isEmpty
      ? ["- none"]
      : deltas.prefix(40).map { item in
        "- \(mark("\(item.place)")): \(item.deltas.map { TraceReport.text($0) }.joined(separator: " "))"
          + " (relative \(TraceReport.text(item.relativeDeviation)))"
      }
    if deltas.count > 40 { lines.append("- and \(deltas.count - 40) more, see trace_diff.md") }
    lines += ["", "Leads:", ""]
    lines += text.diagnosisLines.isEmpty ? ["- none: the traces agree"] : text.diagnosisLines.map { "- \(mark($0))" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One line of a ledger of attempts.
  public struct LedgerEntry: Encodable, Sendable {
    /// The time, with zone.
    public let timestamp: String
    /// The path of the bundle.
    public let bundle: String
    /// The exit status of the command.
    public let exitStatus: Int32
    /// The first divergence; nil if the traces agree or were not compared.
    public let firstDivergence: String?
    /// The first quantity that diverges; nil if none diverges.
    public let firstDivergentQuantity: String?
    /// The kind of the first, most confident finding.
    public let finding: String?
    /// The problem that prevented the comparison; nil if the traces were compared.
    public let problem: String?

    /// An entry about a comparison, or about its failure.
    public init(date: Date, bundle: String, status: Int32, report: TraceReport?, problem: String? = nil) {
      timestamp = TimeStamp.full(date)
      self.bundle = bundle
      exitStatus = status
      firstDivergence = report.flatMap { ComparisonText($0, tolerance: 0).firstLine }.flatMap {
        $0 == "none" ? nil : $0
      }
      firstDivergentQuantity = report?.firstDivergence?.place.description
      finding = report?.findings.first?.kind.rawValue
      self.problem = problem
    }

    /// The entry as one line of JSON.
    public var line: String {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: (try? encoder.encode(self)) ?? Data("{}".utf8), as: UTF8.self) + "\n"
    }
  }
}
