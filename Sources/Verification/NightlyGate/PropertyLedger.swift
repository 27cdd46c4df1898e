import Foundation

/// Reads the ledgers of the properties, which have one line of JSON for up to a thousand cases.
package enum PropertyLedger {
  private struct Line: Decodable {
    struct Statistics: Decodable {
      struct Worst: Decodable {
        let allowed: Double
        let difference: Double
      }
      let cases: Int
      let worst: Worst?
    }
    let property: String
    let statistics: Statistics
  }

  /// The properties of a ledger, sorted by name; lines that are cut off are skipped.
  package static func read(_ data: Data) -> [NightRecord.PropertyRecord] {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var found: [String: NightRecord.PropertyRecord] = [:]
    for text in data.split(separator: 10) {
      guard let line = try? decoder.decode(Line.self, from: Data(text)) else { continue }
      var record = found[line.property] ?? NightRecord.PropertyRecord(name: line.property, cases: 0, worst: nil)
      record.cases += line.statistics.cases
      if let worst = line.statistics.worst, worst.allowed > 0, worst.difference.isFinite {
        record.worst = max(record.worst ?? 0, worst.difference / worst.allowed)
      }
      found[line.property] = record
    }
    return found.values.sorted { $0.name < $1.name }
  }
}
