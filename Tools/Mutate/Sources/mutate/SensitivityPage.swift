import Foundation

/// The sensitivity as a table and a picture per file, the blind spots first.
struct SensitivityPage {
  private let results: [Sensitivity]
  private let groups: [String]

  init(_ results: [Sensitivity], groups: [String]) { (self.results, self.groups) = (results, groups) }

  /// An error as text. Nothing was noticed up to a tenth where there is none.
  private static func text(_ error: Double?) -> String {
    guard let error else { return "none" }
    return error == 0 ? "1 ulp" : String(format: "%.0e", error)
  }

  private static func rank(_ error: Double?) -> Double { error.map { $0 == 0 ? -16 : log10($0) } ?? 1 }

  private func median(_ results: [Sensitivity], _ value: (Sensitivity) -> Double?) -> String {
    let sorted = results.map(value).sorted { Self.rank($0) < Self.rank($1) }
    return sorted.isEmpty ? "" : Self.text(sorted[sorted.count / 2])
  }

  private func best(_ result: Sensitivity) -> Double? { result.smallest.values.min() }

  /// Medians by file and the ten operations whose errors are noticed least.
  var markdown: String {
    var lines = ["| file | operations | all tests | \(groups.joined(separator: " | ")) |"]
    lines.append("|" + String(repeating: " --- |", count: 3 + groups.count))
    func row(_ name: String, _ results: [Sensitivity]) -> String {
      let medians = groups.map { group in median(results) { $0.smallest[group] } }
      return "| \(name) | \(results.count) | \(median(results, best)) | \(medians.joined(separator: " | ")) |"
    }
    lines.append(row("all", results))
    for (file, results) in byFile { lines.append(row(file, results)) }
    lines += ["", "| least noticed | all tests | \(groups.joined(separator: " | ")) |"]
    lines.append("|" + String(repeating: " --- |", count: 2 + groups.count))
    for result in worst.prefix(10) {
      let values = groups.map { Self.text(result.smallest[$0]) }.joined(separator: " | ")
      let text = result.mutant.original.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      lines.append(
        "| \(result.mutant.file):\(result.mutant.line) `\(text.replacing("|", with: "\\|"))` | \(Self.text(best(result))) | "
          + "\(values) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var worst: [Sensitivity] { results.sorted { Self.rank(best($0)) > Self.rank(best($1)) } }

  private var byFile: [(String, [Sensitivity])] {
    Dictionary(grouping: results, by: \.mutant.file).sorted {
      Self.rank($0.value.map(best).max { Self.rank($0) < Self.rank($1) } ?? nil)
        > Self.rank($1.value.map(best).max { Self.rank($0) < Self.rank($1) } ?? nil)
    }.map { ($0.key, $0.value) }
  }

  var html: String {
    let sections = byFile.map { file, results in
      "<section><h2>\(Page.escaped(file))</h2>\(picture(results))</section>"
    }
    return Page.document(
      title: "Smallest errors that tests notice",
      body:
        "<p>One row for each operation, in the order of the source; the longer the bar, the larger the error that goes "
        + "unnoticed. A bar over the whole width: an error of a tenth is not noticed.</p>" + sections.joined())
  }

  private func picture(_ results: [Sensitivity]) -> String {
    let height = 14
    let rows = results.sorted { $0.mutant.id < $1.mutant.id }.enumerated().map { index, result in
      let rank = Self.rank(best(result))
      let width = max(3, (rank + 16) / 17 * 240)
      let y = index * height
      let colour = rank > -9 ? "#b3261e" : rank > -15 ? "#c77700" : "#2e7d32"
      let text = result.mutant.original.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(80)
      return
        "<rect x=\"60\" y=\"\(y + 2)\" width=\"\(Int(width))\" height=\"\(height - 4)\" fill=\"\(colour)\"/>"
        + "<text x=\"54\" y=\"\(y + 11)\" text-anchor=\"end\">\(result.mutant.line)</text>"
        + "<text x=\"310\" y=\"\(y + 11)\">\(Self.text(best(result)))</text>"
        + "<text x=\"370\" y=\"\(y + 11)\">\(Page.escaped(String(text)))</text>"
    }
    return "<svg width=\"960\" height=\"\(results.count * height)\" font-size=\"11\" font-family=\"monospace\" "
      + "fill=\"currentColor\">\(rows.joined())</svg>"
  }
}
