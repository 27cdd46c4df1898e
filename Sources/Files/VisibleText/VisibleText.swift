/// Text from outside, of files, arguments and programs, as it may be shown: it never steers a terminal, and never is markup.
package enum VisibleText {
  /// A text for a terminal: control characters but newline and tab, and marks that change the direction of writing, as
  /// `\u{…}`.
  /// - Parameter keepsColours: Whether sequences that only set a colour or end it stay, as our own are.
  package static func terminal(_ text: String, keepsColours: @autoclosure () -> Bool = false) -> String {
    var text = text
    // Nearly always nothing is to be done.
    guard text.withUTF8({ bytes in !bytes.allSatisfy { $0 >= 32 && $0 < 127 || $0 == 10 || $0 == 9 } }) else {
      return text
    }
    let keepsColours = keepsColours()
    var result = ""
    var rest = text.unicodeScalars[...]
    while let scalar = rest.first {
      if keepsColours, scalar == "\u{1B}", let end = colourEnd(rest) {
        result.unicodeScalars.append(contentsOf: rest[..<end])
        rest = rest[end...]
        continue
      }
      append(scalar, to: &result)
      rest.removeFirst()
    }
    return result
  }

  /// A text for one line: line breaks and tabs, too, as `\u{…}`.
  package static func line(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 32 || $0 > 126 }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "\n" || scalar == "\t" { escape(scalar, in: &result) } else { append(scalar, to: &result) }
    }
    return result
  }

  /// A text for a line of Markdown: no tags, links, code, emphasis, cells, headings or lists of its own.
  package static func markdown(_ text: String) -> String {
    var result = ""
    for character in line(text) {
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\\", "`", "*", "[", "]", "|": result += "\\\(character)"
      case "#" where result.isEmpty, "=" where result.isEmpty: result += "\\\(character)"
      default: result.append(character)
      }
    }
    return result
  }

  private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
    let value = scalar.value
    let isControl = value < 32 && value != 10 && value != 9 || (127..<160).contains(value)
    let turns = [0x61c, 0x200e, 0x200f, 0x2028, 0x2029].contains(value)
    let isHidden =
      isControl || turns || (0x202a...0x202e).contains(value) || (0x2066...0x2069).contains(value)
      || (0xE0000...0xE007F).contains(value)
    if isHidden { escape(scalar, in: &result) } else { result.unicodeScalars.append(scalar) }
  }

  private static func escape(_ scalar: Unicode.Scalar, in result: inout String) {
    result += "\\u{" + String(scalar.value, radix: 16) + "}"
  }

  /// The end of a sequence ESC [ digits m.
  private static func colourEnd(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView.Index? {
    let digits = text.dropFirst()
    guard digits.first == "[" else { return nil }
    let end = digits.dropFirst().drop { ("0"..."9").contains($0) }
    return end.first == "m" ? end.index(after: end.startIndex) : nil
  }
}
