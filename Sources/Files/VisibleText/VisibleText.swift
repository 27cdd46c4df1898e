/// Makes text from files, arguments and other programs safe to show: it cannot steer a terminal or act as markup.
package enum VisibleText {
  /// A text for a terminal: `\u{…}` replaces control characters except newline and tab, and marks that change the
  /// direction of writing.
  /// - Parameter keepsColours: Whether escape sequences of the colours of this package's output stay.
  package static func terminal(_ text: String, keepsColours: @autoclosure () -> Bool = false) -> String {
    var text = text
    // Nearly every text is plain ASCII and needs no change.
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

  /// A text for one line of a terminal: `\u{…}` replaces line breaks and tabs, too.
  package static func line(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 32 || $0 > 126 }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "\n" || scalar == "\t" { escape(scalar, in: &result) } else { append(scalar, to: &result) }
    }
    return result
  }

  /// A text for one line of Markdown, escaped so that it makes no tags, links, code, emphasis, cells or headings.
  package static func markdown(_ text: String) -> String {
    var result = ""
    let scalars = Array(line(text).unicodeScalars)
    func isWord(_ index: Int) -> Bool {
      guard scalars.indices.contains(index) else { return false }
      return scalars[index].properties.isAlphabetic || scalars[index].properties.numericType != nil
    }
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\\", "`", "*", "[", "]", "|": result += "\\\(scalar)"
      // Emphasis begins before a word; within one it is a part of a name.
      case "_" where !isWord(index - 1) && isWord(index + 1): result += "\\_"
      case "#", "=": result += scalars[..<index].allSatisfy { $0 == " " } ? "\\\(scalar)" : "\(scalar)"
      default: result.unicodeScalars.append(scalar)
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

  /// The colours that this package prints, and their end. Others could hide text.
  private static let colours: Set = ["0", "31", "32", "33", "35"]

  /// The end of the sequence ESC [ digits m of a colour at the start of a text; nil if the text starts otherwise.
  private static func colourEnd(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView.Index? {
    let digits = text.dropFirst()
    guard digits.first == "[" else { return nil }
    let colour = digits.dropFirst().prefix { ("0"..."9").contains($0) }
    let end = digits[colour.endIndex...]
    return end.first == "m" && colours.contains(String(colour)) ? end.index(after: end.startIndex) : nil
  }
}
