import Foundation
import Judging
import Provenance

/// The page of a verdict: one file, without scripts.
public struct VerdictPage: Sendable {
  private let verdict: Verdict
  private let change: VerdictChange?
  private let folder: URL

  /// - Parameter folder: The folder of the verdict, from which the pictures of the findings are taken.
  package init(_ verdict: Verdict, _ change: VerdictChange?, in folder: URL) {
    (self.verdict, self.change, self.folder) = (verdict, change, folder)
  }

  /// The page.
  public func html() -> String {
    let text = VerdictText(verdict)
    let state = verdict.agrees ? ("pass", "agrees") : ("regression", "findings")
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
      <link rel="icon" href="data:,"><title>Verdict: \(escaped(verdict.candidate.name))</title>
      <style>\(PageTemplates.style)\(Self.style)</style></head><body>
      <h1>Verdict: \(escaped(verdict.candidate.name)) <span class="badge \(state.0)">\(state.1)</span></h1>
      <p class="headline">\(escaped(text.headline)).</p>
      \(facts)\(changes)
      <h2 id="tried">What was tried</h2><ul>\(text.tried.map { "<li>\(escaped($0))</li>" }.joined())</ul>
      \(findings)\(options)\(relations)\(quirks)\(dryRun)\(impossible)
      </body></html>

      """
  }

  private func escaped(_ text: String) -> String { NightBundle.xml(text) }

  private func fact(_ name: String, _ value: String) -> String {
    "<div><span class=\"muted\">\(name)</span><br>\(escaped(value))</div>"
  }

  private var facts: String {
    "<div class=\"facts\">"
      + fact("Candidate", PlainText.shellLine(verdict.candidate.command))
      + fact("SHA-256", verdict.candidate.digest.map { String($0.prefix(16)) } ?? "no single file")
      + fact("Reference", verdict.reference.name) + fact("Agreement asked for", verdict.precision.rawValue)
      + fact("Compatibility", verdict.compatibility) + fact("Started", verdict.started)
      + fact(
        "Time",
        "\(Int(verdict.seconds)) s: "
          + verdict.stages.map { "\($0.stage) \(Int($0.seconds.rounded()))" }.joined(separator: ", "))
      + fact("Seed, budget, part", "\(verdict.seed), \(verdict.budget), \(verdict.shard)")
      + fact("Machine", verdict.machine) + fact("Revision of the suite", String(verdict.revision.prefix(12))) + "</div>"
  }

  private var changes: String {
    guard let change else { return "" }
    return "<h2>Since the verdict before</h2><pre>\(escaped(change.text))</pre>"
  }

  private var findings: String {
    guard !verdict.findings.isEmpty else { return "" }
    return "<h2 id=\"findings\">Findings, by effect</h2>" + verdict.findings.map(finding).joined()
  }

  private func finding(_ finding: FindingRecord) -> String {
    let causes = finding.causes.prefix(4).map {
      "<li><code>\(escaped($0.code))</code> (\($0.certainty.rawValue)): \(escaped($0.text))</li>"
    }
    let effect = [
      finding.effect.map { "sum of the image × \(String(format: "%.7g", 1 + $0))" },
      finding.correlation.map { "correlation \(String(format: "%.9g", $0))" },
      "\(finding.lines) lines, first seen in \(finding.stage)",
    ].compactMap { $0 }.joined(separator: "; ")
    let pictures = ["reference", "candidate", "difference"].compactMap { name -> String? in
      let file = folder.appendingPathComponent(FindingFolders.name(finding)).appendingPathComponent("\(name).png")
      guard let data = FileManager.default.contents(atPath: file.path) else { return nil }
      return
        "<figure><img alt=\"\(name)\" src=\"data:image/png;base64,\(data.base64EncodedString())\"><figcaption>\(name)</figcaption></figure>"
    }
    return """
      <section class="case" id="finding-\(finding.number)"><h3>\(finding.number). <code>\(escaped(finding.cause.code))</code></h3>
      <p>\(escaped(finding.cause.text)).</p><p>\(escaped(finding.symptom.text)).</p>
      \(finding.divergence.map { "<p>First divergence: <code>\(escaped($0))</code></p>" } ?? "")
      <pre>\(escaped(PlainText.shellLine(finding.line.words)))</pre>
      <p class="muted">\(escaped(effect)); <a href="\(FindingFolders.name(finding))/">\(FindingFolders.name(finding))</a></p>
      <div class="pictures">\(pictures.joined())</div>
      \(causes.count > 1 ? "<details><summary>Causes that fit</summary><ul>\(causes.joined())</ul></details>" : "")</section>

      """
  }

  private func table(_ heads: [String], _ rows: [[String]]) -> String {
    "<div class=\"scroll\"><table><thead><tr>\(heads.map { "<th scope=\"col\">\($0)</th>" }.joined())</tr></thead><tbody>"
      + rows.map { row in
        "<tr>"
          + row.enumerated().map { $0.offset == 0 ? "<th scope=\"row\">\($0.element)</th>" : "<td>\($0.element)</td>" }
          .joined()
          + "</tr>"
      }.joined() + "</tbody></table></div>\n"
  }

  private var options: String {
    let subjects = ["geometry", "crystal", "beam", "sampling", "detector response", "files", "statistics"]
    let groups = subjects.map { subject -> String in
      let rows = verdict.options.filter { $0.subject == subject }
      guard !rows.isEmpty else { return "" }
      let bad = rows.count { $0.verdict == "findings" }
      let cells = rows.map { row in
        let style =
          ["agrees": "passed", "findings": "failed", "lacks": "not-run", "not tried": "not-run"][row.verdict] ?? ""
        let links = row.findings.map { "<a href=\"#finding-\($0)\">#\($0)</a>" }.joined(separator: " ")
        return "<li><span class=\"badge \(style)\">\(row.verdict)</span> <code>\(escaped(row.option))</code> "
          + "<span class=\"muted\">\(row.lines) lines, \(row.differing) differ</span> \(links)</li>"
      }
      return
        "<details\(bad > 0 ? " open" : "")><summary>\(subject): \(rows.count { $0.verdict == "agrees" }) agree, \(bad) with findings, "
        + "\(rows.count { $0.verdict == "lacks" || $0.verdict == "not tried" }) not tried</summary><ul class=\"matrix\">\(cells.joined())</ul></details>"
    }
    return "<h2 id=\"options\">Options by subject</h2>" + groups.joined()
  }

  private var relations: String {
    let rows = verdict.relations.map { relation -> [String] in
      let state =
        relation.failed > 0
        ? "<span class=\"badge failed\">fails</span>"
        : relation.tried == 0
          ? "<span class=\"badge not-run\">not tried</span>" : "<span class=\"badge passed\">holds</span>"
      return [
        escaped(relation.statement), state, "\(relation.held)/\(relation.tried)",
        String(format: "%.2g", relation.worstRatio),
        escaped(relation.tried == 0 ? relation.remark : relation.derivation),
      ]
    }
    return "<h2 id=\"relations\">Relations without a reference</h2>"
      + table(["Relation", "", "Scenes", "Deviation over allowed", "Because"], rows)
  }

  private var quirks: String {
    let rows = verdict.quirks.map { quirk in
      [escaped(quirk.quirk), escaped(quirk.name), escaped(quirk.side.rawValue), "<code>\(escaped(quirk.words))</code>"]
    }
    return "<h2 id=\"quirks\">Quirks of the C program</h2>"
      + table(["Quirk", "Name", "Candidate follows", "Trigger"], rows)
  }

  private var dryRun: String {
    let rows = verdict.dryRun.map { [escaped($0.name), $0.works ? "works" : "fails", escaped($0.text)] }
    return "<h2 id=\"dry-run\">Dry run</h2>" + table(["Step", "", ""], rows)
  }

  private var impossible: String {
    guard !verdict.coverage.pairsImpossible.isEmpty else { return "" }
    let items = verdict.coverage.pairsImpossible.map { "<li>\(escaped($0))</li>" }.joined()
    return
      "<h2 id=\"impossible\">Pairs that no line can have</h2><details><summary>\(verdict.coverage.pairsImpossibleCount) pairs</summary><ul>\(items)</ul></details>"
  }

  private static let style = """

    .case { border: 1px solid var(--rule); border-radius: 8px; padding: .2rem 1rem 1rem; margin: 1.2rem 0 }
    .pictures { display: flex; flex-wrap: wrap; gap: 1rem; margin: .6rem 0 }
    .pictures figure { margin: 0 }
    .pictures img { width: 12rem; height: 12rem; object-fit: contain; image-rendering: pixelated; border: 1px solid var(--edge); display: block }
    figcaption { color: var(--muted); font-size: 12px }
    .matrix { list-style: none; padding: 0; display: grid; gap: .3rem 1rem;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)) }
    details { margin: .5rem 0 }
    summary { cursor: pointer }

    """
}
