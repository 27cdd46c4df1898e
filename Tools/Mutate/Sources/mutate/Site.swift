/// A small change of meaning at one place of the sources.
struct Site: Sendable, Codable, Hashable {
  /// The kind of change.
  enum Kind: String, Sendable, Codable, CaseIterable {
    case sign, product, comparison, logic, function, axis, droppedTerm, constant, offByOne, range
  }

  /// The file, relative to the package.
  var file: String
  /// The line, counted from 1.
  var line: Int
  /// The offset of the replaced text in the file, in bytes of UTF-8.
  var offset: Int
  /// The replaced text.
  var original: String
  /// The text that replaces it.
  var replacement: String
  /// The kind of change.
  var kind: Kind

  /// The text of a file with the change.
  /// - Precondition: The text has `original` at the offset.
  func applied(to text: String) -> String {
    var bytes = Array(text.utf8)
    let range = offset..<offset + original.utf8.count
    precondition(Array(bytes[range]) == Array(original.utf8), "\(file) is not the file that was parsed")
    bytes.replaceSubrange(range, with: Array(replacement.utf8))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The change, on one line.
  var summary: String {
    func short(_ text: String) -> String {
      let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return line.count > 48 ? line.prefix(45) + "…" : line
    }
    return "\(short(original)) → \(replacement.isEmpty ? "nothing" : short(replacement))"
  }
}
