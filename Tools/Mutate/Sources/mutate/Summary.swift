import Foundation

/// Counts of a campaign, by part and by operation.
struct Summary: Codable, Sendable {
  struct Row: Codable, Sendable {
    var name: String
    var sites = 0
    var notCompiling = 0
    var noSchema = 0
    var noCoverage = 0
    var killed = 0
    var timeouts = 0
    var survived = 0
    var equivalent = 0
    var processor = 0.0

    mutating func count(_ verdict: Verdict) {
      sites += 1
      processor += verdict.processor
      switch verdict.status {
      case .killed: killed += 1
      case .timeout: timeouts += 1
      case .survived: survived += 1
      case .noCoverage: noCoverage += 1
      case .notCompiling: notCompiling += 1
      case .noSchema: noSchema += 1
      case .equivalent: equivalent += 1
      }
    }

    /// The mutants that were tried: those that compile and that can be chosen at run time.
    var tried: Int { killed + timeouts + survived + noCoverage + equivalent }
    /// The noticed share of those that are not equivalent, in percent; code that no test reaches counts as survived.
    var score: Double {
      let open = tried - equivalent
      return open == 0 ? 100 : 100 * Double(killed + timeouts) / Double(open)
    }
  }

  var parts: [Row] = []
  var operations: [Row] = []
  var all = Row(name: "all")

  init(_ verdicts: [Verdict], _ configuration: Configuration) {
    var byPart: [String: Row] = [:]
    var byOperation: [String: Row] = [:]
    for verdict in verdicts {
      let part = configuration.part(of: verdict.mutant.file) ?? "other"
      byPart[part, default: Row(name: part)].count(verdict)
      let operation = verdict.mutant.operation.rawValue
      byOperation[operation, default: Row(name: operation)].count(verdict)
      all.count(verdict)
    }
    parts = byPart.values.sorted { $0.name < $1.name }
    operations = byOperation.values.sorted { $0.name < $1.name }
  }

  var markdown: String {
    func table(_ title: String, _ rows: [Row]) -> String {
      let head =
        "| \(title) | places | not compiling | no choice | tried | noticed | of these by time | not noticed | not reached | "
        + "equivalent | score | core-seconds each |\n|" + String(repeating: " --- |", count: 12) + "\n"
      return head
        + rows.map { row in
          let cost = row.tried == 0 ? 0 : row.processor / Double(row.tried)
          return
            "| \(row.name) | \(row.sites) | \(row.notCompiling) | \(row.noSchema) | \(row.tried) | "
            + "\(row.killed + row.timeouts) | \(row.timeouts) | \(row.survived) | \(row.noCoverage) | \(row.equivalent) | "
            + String(format: "%.1f %% | %.2f |\n", row.score, cost)
        }.joined()
    }
    return table("part", parts + [all]) + "\n" + table("operation", operations)
  }
}
