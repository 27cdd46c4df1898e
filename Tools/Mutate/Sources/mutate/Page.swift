import Foundation

/// The results as one page: counts, and the sources with marks where a change was not noticed.
struct Page {
  private let verdicts: [Verdict]
  private let files: [SourceFile]
  private let summary: Summary

  init(_ verdicts: [Verdict], _ files: [SourceFile], _ summary: Summary) {
    (self.verdicts, self.files, self.summary) = (verdicts, files, summary)
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  static func document(title: String, body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>\(escaped(title))</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style>
    :root { color-scheme: light dark; }
    body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
    table { border-collapse: collapse; } th, td { padding: .15rem .7rem; text-align: right; }
    th:first-child, td:first-child { text-align: left; } tr { border-bottom: 1px solid #8884; }
    pre { font: 12px/1.5 ui-monospace, monospace; overflow-x: auto; margin: 0; }
    .line { display: block; } .number { display: inline-block; width: 4em; color: #888; }
    .open { background: #d93a; } .unreached { background: #8883; } .note { color: #b3261e; padding-left: 4.5em; }
    summary { cursor: pointer; padding: .2rem 0; } h1 { font-size: 1.5rem; } h2 { font-size: 1rem; }
    </style></head><body><h1>\(escaped(title))</h1>\(body)</body></html>

    """
  }

  var html: String {
    let byFile = Dictionary(grouping: verdicts, by: \.mutant.file)
    let sections = files.compactMap { file in byFile[file.path].map { section(file, $0) } }
      .sorted { $0.open > $1.open }
    return Self.document(
      title: "What the tests notice",
      body: table("part", summary.parts + [summary.all]) + table("operation", summary.operations)
        + "<h2>Files, those with most changes that were not noticed first</h2>" + sections.map(\.html).joined())
  }

  private func table(_ title: String, _ rows: [Summary.Row]) -> String {
    let head = [
      title, "places", "tried", "noticed", "not noticed", "not reached", "equivalent", "not compiling", "no choice",
      "score",
    ]
    let lines = rows.map { row in
      let cells = [
        row.name, "\(row.sites)", "\(row.tried)", "\(row.killed + row.timeouts)", "\(row.survived)",
        "\(row.noCoverage)", "\(row.equivalent)", "\(row.notCompiling)", "\(row.noSchema)",
        String(format: "%.1f %%", row.score),
      ]
      return "<tr>\(cells.map { "<td>\($0)</td>" }.joined())</tr>"
    }
    return "<table><tr>\(head.map { "<th>\($0)</th>" }.joined())</tr>\(lines.joined())</table><br>"
  }

  private func section(_ file: SourceFile, _ verdicts: [Verdict]) -> (open: Int, html: String) {
    let open = verdicts.filter { $0.status == .survived || $0.status == .noCoverage }
    let byLine = Dictionary(grouping: open, by: \.mutant.line)
    let unreached = Set(open.filter { $0.status == .noCoverage }.map(\.mutant.line))
    let lines = file.text(0..<file.bytes.count).split(separator: "\n", omittingEmptySubsequences: false)
    let marked = lines.enumerated().map { index, line in
      let number = index + 1
      let kind = byLine[number] == nil ? "" : unreached.contains(number) ? " unreached" : " open"
      let notes = (byLine[number] ?? []).map { verdict in
        "<span class=\"line note\">#\(verdict.mutant.id) \(verdict.mutant.operation.rawValue): "
          + "\(Self.escaped(verdict.mutant.summary))</span>"
      }
      return "<span class=\"line\(kind)\"><span class=\"number\">\(number)</span>\(Self.escaped(String(line)))</span>"
        + notes.joined()
    }
    let noticed = verdicts.count { $0.isNoticed }
    return (
      open.count,
      "<details><summary>\(Self.escaped(file.path)): \(noticed) noticed, \(open.count) not</summary>"
        + "<pre>\(marked.joined())</pre></details>"
    )
  }
}
