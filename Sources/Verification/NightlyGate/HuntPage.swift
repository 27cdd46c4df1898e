import Foundation
import PropertyTesting
import Provenance
import TraceIO
import TraceReports

/// The page of a hunt: what failed, and what each property showed. One file, without scripts.
public struct HuntPage: Sendable {
  private let quarries: [PropertyHunt.Quarry]
  private let states: [HuntState]
  private let seconds: Double

  /// - Parameter states: The states of all properties.
  public init(_ quarries: [PropertyHunt.Quarry], _ states: [HuntState]) {
    self.quarries = quarries
    self.states = states.sorted { ($1.worst, $0.property) < ($0.worst, $1.property) }
    seconds = quarries.reduce(0) { $0 + $1.seconds }
  }

  /// What failed, in a line each.
  public var failures: [String] {
    quarries.compactMap { quarry in
      quarry.failure.map { text in
        let line = text.split(separator: "\n").first { $0.contains("failed at") || $0.contains("Expectation failed") }
        return "\(quarry.test): \(Self.plain(line.map(String.init) ?? "the run did not come to its end"))"
      }
    }
  }

  private static func plain(_ line: String) -> String {
    line.replacingOccurrences(of: "\u{1B}\\[[0-9;]*m", with: "", options: .regularExpression)
      .trimmingCharacters(in: CharacterSet(charactersIn: " \u{21B3}"))
  }

  /// A row for each property, the one nearest to its tolerance first.
  public var table: TextTable {
    var table = TextTable("Property", "Cases", "Seconds", "Worst / tolerance", "Features", "New in the last step")
    for state in states {
      table.add(
        state.property, "\(state.cases)", String(format: "%.1f", state.seconds), String(format: "%.3g", state.worst),
        "\(state.featureCount)", String(format: "%.1f", state.yields.last ?? 0))
    }
    return table
  }

  /// The hunt in a line.
  public var headline: String {
    let cases = states.reduce(0) { $0 + $1.cases }
    return "\(states.count) properties, \(cases) cases, \(Int(seconds)) seconds of processes: "
      + (failures.isEmpty ? "nothing failed" : "\(failures.count) tests failed")
  }

  /// The page.
  public func html() -> String {
    let state = failures.isEmpty ? ("pass", "nothing failed") : ("regression", "failures")
    let items = quarries.compactMap { quarry in
      quarry.failure.map { text in
        let shown = text.split(separator: "\n").map { Self.plain(String($0)) }.joined(separator: "\n")
        return "<h3>\(escaped(quarry.test))</h3><pre>\(escaped(String(shown.prefix(20_000))))</pre>"
      }
    }
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
      <link rel="icon" href="data:,"><title>Hunt</title><style>\(PageTemplates.style)</style></head><body>
      <h1>Hunt <span class="badge \(state.0)">\(state.1)</span></h1>
      <p class="headline">\(escaped(headline)).</p>
      \(items.joined(separator: "\n"))
      <h2>Properties</h2>
      <p>Features are labels, claims, powers of two of deviation by tolerance, and, in a program with counters, regions of
      the code.</p>
      <table><thead><tr><th>Property</th><th class="n">Cases</th><th class="n">Seconds</th>
      <th class="n">Worst / tolerance</th><th class="n">Features</th><th class="n">New in the last step</th></tr></thead><tbody>
      \(rows)
      </tbody></table>
      </body></html>

      """
  }

  private var rows: String {
    states.map { state in
      let numbers = [
        "\(state.cases)", String(format: "%.1f", state.seconds), String(format: "%.3g", state.worst),
        "\(state.featureCount)", String(format: "%.1f", state.yields.last ?? 0),
      ]
      return "<tr><td>\(escaped(state.property))</td>"
        + numbers.map { "<td class=\"n\">\($0)</td>" }.joined() + "</tr>"
    }.joined(separator: "\n")
  }

  private func escaped(_ text: String) -> String { NightBundle.xml(text) }
}
