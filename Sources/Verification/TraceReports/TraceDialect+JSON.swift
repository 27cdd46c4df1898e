import Foundation
import Physics
import TraceIO

extension TraceDialect {
  /// A dialect from JSON; docs/comparing.md describes the keys.
  /// - Parameters:
  ///   - data: The text.
  ///   - file: The name of the file, for messages.
  /// - Throws: `TraceError` naming the quantity, if the text is no dialect, a name is not in the catalogue, a number is
  ///   not allowed, or a reason or an end date is missing.
  public init(json data: Data, file: String) throws(TraceError) {
    func wrong(_ problem: String) -> TraceError { TraceError(file: file, line: 0, problem) }
    let text: Text
    do {
      text = try JSONDecoder().decode(Text.self, from: data)
    } catch {
      throw wrong("no dialect (\(error)); \(Self.remedy)")
    }
    if let key = Self.strangeKey(data) { throw wrong("a dialect has no \"\(key)\"; \(Self.remedy)") }
    let catalogue = Dictionary(TraceQuantity.all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var quantities: [String: Entry] = [:]
    for (name, entry) in text.quantities ?? [:] {
      let target = entry.name ?? name
      guard let quantity = catalogue[target] else { throw wrong("\(name): the catalogue has no quantity \(target)") }
      guard !entry.because.isEmpty else { throw wrong("\(name): the reason is empty") }
      let (factor, order) = (entry.factor ?? 1, entry.order ?? [])
      guard factor.isFinite, factor != 0 else { throw wrong("\(name): a factor of \(factor) says nothing") }
      guard order.isEmpty || order.sorted() == Array(0..<quantity.components) else {
        throw wrong("\(name): the order is a permutation of 0 to \(quantity.components - 1)")
      }
      quantities[name] = Entry(name: target, factor: factor, order: order, because: entry.because)
    }
    var known: [String: Known] = [:]
    for (name, entry) in text.known ?? [:] {
      guard catalogue[name] != nil else { throw wrong("known \(name): the catalogue has no such quantity") }
      guard !entry.because.isEmpty else { throw wrong("known \(name): the reason is empty") }
      guard entry.relative > 0, entry.relative.isFinite else { throw wrong("known \(name): relative must be above 0") }
      guard Self.isDay(entry.until) else { throw wrong("known \(name): until must be a day such as 2027-06-30") }
      known[name] = Known(name: name, relative: entry.relative, because: entry.because, until: entry.until)
    }
    if let (name, _) = (text.leaveOut ?? [:]).first(where: { $0.value.isEmpty }) {
      throw wrong("leave_out \(name): the reason is empty")
    }
    self.init(quantities: quantities, leftOut: text.leaveOut ?? [:], known: known)
  }

  private static func isDay(_ text: String) -> Bool {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = .gmt
    format.dateFormat = "yyyy-MM-dd"
    return format.date(from: text).map { format.string(from: $0) == text } ?? false
  }

  private static func strangeKey(_ data: Data) -> String? {
    guard let text = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else { return nil }
    func keys(_ name: String) -> [String] {
      ((text[name] as? [String: Any]) ?? [:]).values.flatMap { ($0 as? [String: Any])?.keys.sorted() ?? [] }
    }
    return text.keys.sorted().first { !["quantities", "leave_out", "known"].contains($0) }
      ?? keys("quantities").first { !["name", "factor", "order", "because"].contains($0) }
      ?? keys("known").first { !["relative", "because", "until"].contains($0) }
  }

  private static let remedy =
    "expected {\"quantities\": {\"rot_a\": {\"name\": \"rot_a_angstroms\", \"factor\": 1e10, \"because\": \"in metres\"}}, "
    + "\"leave_out\": {\"debug\": \"not ours\"}, \"known\": {\"polar\": {\"relative\": 0.01, \"because\": \"…\", "
    + "\"until\": \"2027-06-30\"}}}"

  private struct Text: Decodable {
    let quantities: [String: EntryText]?
    let leaveOut: [String: String]?
    let known: [String: KnownText]?

    enum CodingKeys: String, CodingKey {
      case quantities, known
      case leaveOut = "leave_out"
    }
  }

  private struct EntryText: Decodable {
    let name: String?
    let factor: Double?
    let order: [Int]?
    let because: String
  }

  private struct KnownText: Decodable {
    let relative: Double
    let because: String
    let until: String
  }
}
