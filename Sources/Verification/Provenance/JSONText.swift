import Foundation

/// Encodes values as JSON with sorted keys, so that equal values give equal texts.
public enum JSONText {
  /// A placeholder for infinities and not-a-numbers until they become null; no encoded text has its control character.
  private static let noNumber = "\u{1}no number\u{1}"

  /// The text of a value in ASCII, ended by a newline. Names of properties get underscores, keys of dictionaries stay.
  /// Infinities and not-a-numbers, which JSON lacks, become null.
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

  /// The reason for which a text could not be decoded, in one line.
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

  /// A text whose characters outside ASCII, which occur only in strings, are JSON escapes.
  private static func escaped(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 127 }) { return text }
    return text.utf16.map { unit in
      if unit < 127 { return String(UnicodeScalar(UInt8(unit))) }
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }
}
