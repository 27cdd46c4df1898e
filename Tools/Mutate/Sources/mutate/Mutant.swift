/// A small change of meaning at one place of the sources.
struct Mutant: Sendable, Codable, Hashable {
  /// The kind of change.
  enum Operation: String, Sendable, Codable, CaseIterable {
    /// Plus for minus, times for divided by, and their inverses.
    case sign, product
    /// An operand left out.
    case droppedTerm
    /// The same number by another order of operations: (a·b)·c for a·(b·c), a·(1/b) for a/b.
    case rounding
    /// A power of ten multiplied for its inverse divided.
    case unit
    /// An expression rounded to single precision.
    case single
    /// `<` for `<=`, `==` for `!=`.
    case comparison
    /// A condition, or a Boolean, inverted; `&&` for `||`.
    case logic
    /// Sine for cosine, `min` for `max`, down for up.
    case function
    /// Another component: y for x, slow for fast.
    case axis
    /// A number with a fraction, larger by a millionth.
    case constant
    /// A whole number, larger by one.
    case offByOne
    /// A range without its first or last element.
    case range
    /// A statement left out.
    case droppedStatement
    /// Two neighbouring arguments exchanged.
    case swappedArguments
    /// A function that returns at once: nothing, zero, false, nil.
    case earlyReturn
    /// A result times 1 + ε, ε chosen at run time. No mutant of a campaign: the sensitivity is measured by it.
    case scaled
  }

  /// The number by which the mutant is chosen at run time, from 1, in the order of files and places.
  var id: Int
  /// The file, relative to the package.
  var file: String
  /// The first changed line, from 1.
  var line: Int
  /// The column of the first changed character, from 1, in bytes of UTF-8.
  var column: Int
  /// The offset of the replaced text in the file, in bytes of UTF-8.
  var offset: Int
  /// The replaced text.
  var original: String
  /// The text that replaces it.
  var replacement: String
  /// The kind of change.
  var operation: Operation
  /// The function or variable around the place; empty outside.
  var scope: String
  /// What stays the same as long as the line and its neighbours of the same text do.
  var place: Place

  /// A place by the text of its line, so that lines added elsewhere in the file do not move it.
  struct Place: Sendable, Codable, Hashable {
    /// The file, relative to the package.
    var file: String
    /// The line, without space at its ends.
    var text: String
    /// Which of the equal lines of the file, from 1.
    var occurrence: Int
    /// The offset of the change in that text, in bytes of UTF-8.
    var column: Int
    /// The replaced text and what replaces it, on one line each.
    var change: String
  }

  /// The bytes that are replaced.
  var range: Range<Int> { offset..<offset + original.utf8.count }

  /// The change, on one line.
  var summary: String {
    func short(_ text: String) -> String {
      let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return line.count > 64 ? line.prefix(61) + "…" : line
    }
    return "\(original.isEmpty ? "start" : short(original)) → \(replacement.isEmpty ? "nothing" : short(replacement))"
  }
}
