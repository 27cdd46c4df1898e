import GoldenStore
import TraceIO
import TraceReports

/// Prints golden cases.
enum GoldenText {
  /// The verdict on a case and its counts of identical numbers, in one line.
  static func line(_ report: GoldenReport) -> String {
    let (same, count) = report.identicalNumbers
    let image =
      report.golden.image == nil
      ? "no image" : "\(report.image.identical) of \(report.image.pixels) pixels identical"
    let files = report.files.isEmpty ? "" : ", \(report.identicalFiles) of \(report.files.count) files"
    let lines = report.printed.map { ", \($0.identical) of \($0.count) printed lines" } ?? ""
    let verdict = report.problems.isEmpty ? "ok    " : "FAILED"
    return "\(verdict) \(report.golden.id): \(same) of \(count) numbers and \(image)\(files)\(lines)"
  }

  /// The message of an error, preceded by the name of the case.
  static func reason(_ error: any Error, of id: String) -> String {
    let text = "\(error)"
    return text.hasPrefix("\(id):") ? text : "\(id): \(text)"
  }

  /// Prints a case with the quantities of its traces and its problems.
  static func show(_ report: GoldenReport) {
    print("\(report.golden.id): \(report.golden.summary)")
    print("  arguments: \(report.golden.args.joined(separator: " "))")
    for trace in report.traces {
      print("  pixel slow \(trace.pixel.slow) fast \(trace.pixel.fast) (\(trace.pixel.file)):")
      print(TraceTable.text(trace.comparison))
      print("  first divergence: \(trace.comparison.firstDivergence.map { "\($0.place)" } ?? "none")")
    }
    print(line(report))
    for problem in report.problems { print("       \(problem)") }
  }

  /// Prints a pending case for a reviewer: the effect of accepting it, differing values of the old case, the new case
  /// and the simulator, and the diagnosis.
  static func show(_ review: GoldenReview) {
    let golden = review.report.golden
    print("\(golden.id): \(golden.summary)")
    print("  \(review.announcement)")
    print("  arguments: \(golden.args.joined(separator: " "))")
    let shown = review.rows.prefix(rowLimit)
    if shown.isEmpty {
      print("  all traced numbers are the same\(review.replaced == nil ? "" : ", old, new and ours")")
    } else {
      var table = TextTable("Log", "Quantity", "Old", "New", "Ours", "")
      for row in shown {
        table.add(
          row.log, row.quantity, row.old ?? "-", row.new ?? "-", row.ours ?? "-", row.agrees ? "" : "DIVERGES")
      }
      print(table.plain(), terminator: "")
      if review.rows.count > rowLimit { print("  and \(review.rows.count - rowLimit) more") }
    }
    for line in review.remarks + review.report.diagnosis { print("  \(line)") }
    print(line(review.report))
    for problem in review.objections { print("       \(problem)") }
  }

  private static let rowLimit = 24
}
