import Foundation
import TraceIO

extension ToleranceTable {
  /// A table from JSON: `{"default": {"relative": 1e-6}, "quantities": {"F_latt": {"relative": 1e-4, "because": "…"}}}`.
  /// - Parameters:
  ///   - data: The text.
  ///   - file: The name of the file, for messages.
  ///   - relative: The relative tolerance if the text has no default.
  /// - Throws: `TraceError` if the text is no table of tolerances, a number is negative or not finite, or a reason is
  ///   missing.
  public init(json data: Data, file: String, relative: Double) throws(TraceError) {
    let table: Table
    do {
      table = try JSONDecoder().decode(Table.self, from: data)
    } catch {
      throw TraceError(file: file, line: 0, "no table of tolerances (\(error)); \(Self.remedy)")
    }
    if let key = Self.strangeKey(data) {
      throw TraceError(file: file, line: 0, "a table of tolerances has no \"\(key)\"; \(Self.remedy)")
    }
    var named: [String: Tolerance] = [:]
    for (name, entry) in table.quantities ?? [:] {
      guard let reason = entry.because, !reason.isEmpty else {
        throw TraceError(file: file, line: 0, "the tolerance of \(name) has no reason; add \"because\"")
      }
      named[name] = try entry.tolerance(name, reason, file)
    }
    let usual = ToleranceTable(relative: relative).standard
    let standard = try table.standard?.tolerance("default", table.standard?.because ?? usual.because, file)
    self.init(standard: standard ?? usual, named: named)
  }

  /// The first unknown key, such as a misspelt one; nil if all keys are known.
  private static func strangeKey(_ data: Data) -> String? {
    guard let table = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else { return nil }
    let entries = [table["default"] as Any] + ((table["quantities"] as? [String: Any]) ?? [:]).values.map { $0 }
    let keys = entries.flatMap { ($0 as? [String: Any])?.keys.sorted() ?? [] }
    return table.keys.sorted().first { !["default", "quantities"].contains($0) }
      ?? keys.first { !["relative", "absolute", "ulps", "because"].contains($0) }
  }

  private static let remedy =
    "expected {\"default\": {\"relative\": 1e-6}, \"quantities\": {\"F_latt\": {\"relative\": 1e-4, \"because\": \"…\"}}}"

  private struct Table: Decodable {
    let standard: Entry?
    let quantities: [String: Entry]?

    enum CodingKeys: String, CodingKey {
      case standard = "default"
      case quantities
    }
  }

  private struct Entry: Decodable {
    let relative: Double?
    let absolute: Double?
    let ulps: Double?
    let because: String?

    func tolerance(_ name: String, _ reason: String, _ file: String) throws(TraceError) -> Tolerance {
      for value in [relative, absolute, ulps] {
        guard let value else { continue }
        guard value >= 0, value.isFinite else {
          throw TraceError(file: file, line: 0, "the tolerance of \(name) is \(value); give a number of at least 0")
        }
      }
      return Tolerance(relative: relative ?? 0, absolute: absolute ?? 0, ulps: ulps ?? 0, because: reason)
    }
  }
}
