import Foundation

/// Values as JSON, keys sorted, so that equal values are equal texts.
public enum JSONText {
  /// What stands for infinities and not-a-numbers until it is replaced; no text of ours has this character.
  private static let noNumber = "\u{1}no number\u{1}"

  /// The text of a value, ended by a newline; ASCII. Names of properties get underscores, keys of dictionaries stay. JSON
  /// has neither infinities nor not-a-numbers: they are null.
  /// - Throws: `EncodingError` for a value that cannot be encoded.
  public static func data(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: noNumber, negativeInfinity: noNumber, nan: noNumber)
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
      .replacing("\"\\u0001no number\\u0001\"", with: "null")
    return Data((escaped(text) + "\n").utf8)
  }

  /// Why a text could not be decoded, in one line.
  public static func reason(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
      let keys = context.codingPath + (last.map { [$0] } ?? [])
      return keys.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined().drop { $0 == "." }.description
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context): return "\(place(context, key)) is missing"
    case DecodingError.valueNotFound(_, let context): return "\(place(context)) has no value"
    case DecodingError.typeMismatch(let type, let context): return "\(place(context)) is no \(type)"
    case DecodingError.dataCorrupted(let context):
      let name = place(context)
      let cause = (context.underlyingError as? NSError)?.userInfo[NSDebugDescriptionErrorKey].map { ": \($0)" } ?? ""
      return name.isEmpty ? "it is no JSON\(cause)" : "\(name): \(context.debugDescription)"
    default: return "\(error)"
    }
  }

  /// Characters outside ASCII, which stand in strings only, as JSON escapes.
  private static func escaped(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 127 }) { return text }
    return text.utf16.map { unit in
      if unit < 127 { return String(UnicodeScalar(UInt8(unit))) }
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }
}
