import Foundation
import Provenance
import VisibleText

/// The verdict as text: for the terminal, as Markdown, JSON and JUnit.
package struct VerdictText: Sendable {
  private let verdict: Verdict

  package init(_ verdict: Verdict) { self.verdict = verdict }

  /// One sentence.
  package var headline: String {
    let count = verdict.findings.count
    return count == 0
      ? "\(verdict.candidate.name) agrees with \(verdict.reference.name) in everything that was tried"
      : "\(verdict.candidate.name): \(count) finding\(count == 1 ? "" : "s")"
  }

  /// What was tried, one line each.
  package var tried: [String] {
    let (lines, corpus, coverage) = (verdict.lines, verdict.corpus, verdict.coverage)
    var texts = [
      "random lines: \(lines.judged) judged (\(Int(lines.perSecond)) a second), \(lines.agree) agree, \(lines.differ) differ; "
        + "not judged: \(lines.refused) refused by the reference, \(lines.tooLong) too long, \(lines.undefined) undefined in C",
      coverage.pairs == 0
        ? "pairs of options: none were tried, as the budget ended with lines of single options"
        : "pairs of options with kinds of values: \(coverage.pairsCovered) of \(coverage.pairs) covered, "
          + "\(coverage.pairsImpossibleCount) impossible; triples of options: \(coverage.triplesCovered) of \(coverage.triples)",
      "golden cases: \(corpus.agree) agree (\(corpus.traces) traces, \(corpus.tracedNumbers) numbers), \(corpus.differ) differ, "
        + "\(corpus.cannot) cannot be run, \(corpus.undefined) undefined in C, \(corpus.notRun) not run for lack of time",
    ]
    let relations = verdict.relations
    texts.append(
      "relations: \(relations.count { $0.failed == 0 && $0.held > 0 }) hold, \(relations.count { $0.failed > 0 }) fail, "
        + "\(relations.count { $0.tried == 0 }) not tried")
    let sides = verdict.quirks
    texts.append(
      "quirks: \(sides.count { $0.side == .cProgram }) as the C program, \(sides.count { $0.side == .physics }) as the "
        + "documented physics, \(sides.count { $0.side == .neither }) neither, "
        + "\(sides.count { $0.side == .cannot || $0.side == .unseen }) not seen")
    return texts
  }

  /// The text for the terminal.
  package var plain: String {
    var text = tried.map { $0 + "\n" }.joined() + "\n"
    for finding in verdict.findings {
      text += "\(finding.number). \(finding.cause.code): \(finding.cause.text)\n"
      text += "   \(finding.symptom.text)\n"
      if let first = finding.divergence { text += "   first divergence: \(first)\n" }
      text += "   \(finding.lines) lines; shortest: \(PlainText.shellLine(finding.line.words))\n"
    }
    return VisibleText.terminal(text) + (verdict.findings.isEmpty ? "" : "\n") + headline + "\n"
  }

  /// The verdict as Markdown.
  package var markdown: String {
    var text = "# \(headline)\n\n"
    text +=
      "\(verdict.started), \(Int(verdict.seconds)) s, seed \(verdict.seed), budget \(verdict.budget), part \(verdict.shard)\n\n"
    text += tried.map { "- \($0)\n" }.joined() + "\n## Findings\n\n"
    if verdict.findings.isEmpty { text += "None.\n" }
    for finding in verdict.findings {
      text +=
        "### \(finding.number). \(finding.cause.code)\n\n\(finding.cause.text) (\(finding.cause.certainty.rawValue)). \(finding.symptom.text).\n\n"
      if let first = finding.divergence { text += "First divergence: `\(first)`\n\n" }
      text += "```console\n\(PlainText.shellLine(finding.line.words))\n```\n\n"
    }
    text += "\n## Options\n\n| subject | option | lines | differ | verdict |\n| --- | --- | --- | --- | --- |\n"
    for row in verdict.options {
      text +=
        "| \(row.subject) | `\(row.option)` | \(row.lines) | \(row.differing) | \(row.verdict) \(row.findings.map { "#\($0)" }.joined(separator: " ")) |\n"
    }
    text += "\n## Quirks\n\n| quirk | side |\n| --- | --- |\n"
    for quirk in verdict.quirks { text += "| \(quirk.quirk) \(quirk.name) | \(quirk.side.rawValue) |\n" }
    text += "\n## Relations\n\n| relation | held | failed | worst deviation over allowed |\n| --- | --- | --- | --- |\n"
    for relation in verdict.relations {
      text += "| \(relation.statement) | \(relation.held) | \(relation.failed) | \(number(relation.worstRatio)) |\n"
    }
    return text
  }

  private func number(_ value: Double) -> String { String(format: "%.3g", value) }

  /// The verdict as JSON.
  package func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(verdict) + Data("\n".utf8)
  }

  /// The verdict as JUnit: one test case per finding, relation and stage.
  package var junit: String {
    func xml(_ text: String) -> String {
      PlainText.ascii(text).replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
        .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
    }
    var cases = verdict.findings.map { finding in
      "<testcase classname=\"judge.findings\" name=\"\(xml(finding.cause.code))\"><failure message=\"\(xml(finding.cause.text))\">"
        + xml(finding.symptom.text + "\n" + PlainText.shellLine(finding.line.words)) + "</failure></testcase>"
    }
    cases += verdict.relations.map { relation in
      let open = "<testcase classname=\"judge.relations\" name=\"\(xml(relation.id))\""
      if relation.failed > 0 {
        return "\(open)><failure message=\"\(xml(relation.statement))\"/></testcase>"
      }
      return relation.tried == 0 ? "\(open)><skipped/></testcase>" : "\(open)/>"
    }
    cases += verdict.options.map { option in
      let open = "<testcase classname=\"judge.options\" name=\"\(xml(option.option))\""
      switch option.verdict {
      case "findings": return "\(open)><failure message=\"findings \(option.findings)\"/></testcase>"
      case "agrees": return "\(open)/>"
      default: return "\(open)><skipped message=\"\(xml(option.verdict))\"/></testcase>"
      }
    }
    let failures = cases.count { $0.contains("<failure") }
    let skipped = cases.count { $0.contains("<skipped") }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"nbverify judge\" tests=\"\(cases.count)\" "
      + "failures=\"\(failures)\" skipped=\"\(skipped)\" time=\"\(String(format: "%.1f", verdict.seconds))\">\n"
      + cases.joined(separator: "\n") + "\n</testsuite>\n"
  }
}

extension Verdict {
  /// Reads a verdict.
  /// - Throws: `CandidateError` if the file is none.
  package init(file: String) throws(CandidateError) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = FileManager.default.contents(atPath: file) else {
      throw CandidateError("\(file): the file cannot be read; check the name and the permissions")
    }
    do { self = try decoder.decode(Verdict.self, from: data) } catch {
      throw CandidateError("\(file): no verdict of nbverify judge (\(JSONText.reason(error))); give a verdict.json")
    }
  }
}

/// What changed between two verdicts of one candidate.
package struct VerdictChange: Sendable, Codable {
  /// Causes of findings that are gone, that are new, and that both verdicts have.
  package let fixed: [String]
  package let new: [String]
  package let unchanged: [String]

  package init(_ verdict: Verdict, against old: Verdict) {
    let (now, then) = (Set(verdict.findings.map(\.cause.code)), Set(old.findings.map(\.cause.code)))
    fixed = then.subtracting(now).sorted()
    new = now.subtracting(then).sorted()
    unchanged = now.intersection(then).sorted()
  }

  /// Three lines.
  package var text: String {
    func line(_ name: String, _ codes: [String]) -> String {
      "\(name): \(codes.isEmpty ? "none" : codes.joined(separator: ", "))\n"
    }
    return line("fixed", fixed) + line("new", new) + line("unchanged", unchanged)
  }
}
