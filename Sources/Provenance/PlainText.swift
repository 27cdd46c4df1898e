import Foundation

/// Text that every tool can read.
public enum PlainText {
  /// A text with every character outside ASCII written as `\u{…}`, and control characters but newline and tab, too;
  /// dots, dashes and apostrophes as a typewriter has them.
  public static func ascii(_ text: String) -> String {
    if text.utf8.allSatisfy({ ($0 >= 32 && $0 < 127) || $0 == 10 || $0 == 9 }) { return text }
    return [("\u{2026}", "..."), ("\u{2013}", "-"), ("\u{2014}", "-"), ("\u{2019}", "'")]
      .reduce(text) { $0.replacing($1.0, with: $1.1) }.unicodeScalars.map { scalar in
        let isPlain = (scalar.value >= 32 && scalar.value < 127) || scalar == "\n" || scalar == "\t"
        return isPlain ? String(scalar) : "\\u{" + String(scalar.value, radix: 16) + "}"
      }.joined()
  }

  /// A word as a shell takes it back to the same word; ASCII whatever the word holds.
  public static func shellQuoted(_ word: String) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./=:,@%")
    if !word.isEmpty, word.allSatisfy({ plain.contains($0) }) { return word }
    if word.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) {
      return "'" + word.replacing("'", with: "'\\''") + "'"
    }
    let escaped = word.utf8.map { byte in
      byte >= 32 && byte < 127 && byte != 39 && byte != 92
        ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "$'" + escaped.joined() + "'"
  }

  /// A script that gives a command again in the folder that it was given in.
  public static func script(
    _ command: [String], in folder: String = FileManager.default.currentDirectoryPath
  ) -> String {
    "#!/bin/sh\n# As it was given; a bundle is never overwritten, so that repeating it takes another --out.\n"
      + "cd \(shellQuoted(folder)) || exit\n\(shellLine(command))\n"
  }

  /// A command line as one line for a shell.
  public static func shellLine(_ words: [String]) -> String { words.map(shellQuoted).joined(separator: " ") }
}

/// The clock, as reports write it.
public enum TimeStamp {
  /// Coordinated universal time as `yyyymmddThhmmssZ`, for names of folders.
  public static func compact(_ date: Date) -> String {
    ISO8601DateFormatter.string(
      from: date, timeZone: .gmt, formatOptions: [.withYear, .withMonth, .withDay, .withTime, .withTimeZone])
  }

  /// Local time of day as `hh:mm:ss`, for lines of progress.
  public static func clock(_ date: Date) -> String {
    ISO8601DateFormatter.string(from: date, timeZone: .current, formatOptions: [.withTime, .withColonSeparatorInTime])
  }

  /// Local time with its zone, as in `2026-03-01T12:34:56+01:00`.
  public static func full(_ date: Date) -> String {
    ISO8601DateFormatter.string(from: date, timeZone: .current, formatOptions: [.withInternetDateTime])
  }
}

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
