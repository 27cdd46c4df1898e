import Physics

extension ReflectionFile {
  /// The largest number of words in a line that are taken for the columns of one reflection.
  private static let wordLimit = 24

  /// Lines of h k l F and further columns; `#` and `!` start comments. Lines end with LF, CR LF or, if there is no LF, CR.
  static func readLines(
    _ bytes: ArraySlice<UInt8>, _ path: String, _ flag: String, _ builder: inout ListBuilder
  ) throws(RequestError) {
    let end: UInt8 = bytes.contains(10) ? 10 : 13
    var (comments, number) = (0, 0)
    // Set while the file has one line of numbers, which may be one reflection or many.
    var only: (words: Int, line: Int)?
    var rest = bytes
    while !rest.isEmpty {
      number += 1
      let line = rest.prefix { $0 != end }
      rest = rest.dropFirst(line.count + 1)
      let words = line.split(maxSplits: wordLimit) { $0 == 32 || $0 == 9 || $0 == 13 || $0 == 44 }
      guard let first = words.first else { continue }
      if first.first == 35 || first.first == 33 {
        comments += 1
        continue
      }
      func malformed(_ problem: String, _ remedy: String) -> RequestError {
        RequestError(flag, value: path, "line \(number) \(problem)", remedy: remedy)
      }
      guard words.count <= wordLimit else {
        throw malformed("has more than \(wordLimit) words", "write one reflection a line: h k l F")
      }
      // The words behind it would count as further columns of the reflection before it.
      if end == 10, let mark = line.firstIndex(of: 13), line[mark...].contains(where: { ![13, 32, 9].contains($0) }) {
        throw malformed("has a carriage return between its words", "end all lines of the file in the same way")
      }
      guard !hasDecimalComma(line) else {
        throw malformed("has a decimal comma", "write decimal points, as 110.5")
      }
      let numbers = words.prefix(4).map { Double(String(decoding: $0, as: UTF8.self)) ?? .nan }
      guard numbers.count == 4, numbers.allSatisfy(\.isFinite) else {
        throw malformed("does not start with four numbers", "write h k l F, or put # in front of a comment")
      }
      guard numbers[0..<3].allSatisfy({ $0.rounded() == $0 && abs($0) < indexLimit }) else {
        throw malformed("has an index that is not a whole number below 1e9", "give whole Miller indices")
      }
      only = builder.count == 0 ? (words.count, number) : nil
      builder.count(numbers)
      builder.store(numbers, numbers[3])
    }
    if let only, only.words >= 8, only.words.isMultiple(of: 4) {
      throw RequestError(
        flag, value: path, "the only line has \(only.words) numbers: one reflection, or \(only.words / 4)",
        remedy: "write one reflection a line: h k l F")
    }
    if comments > 0 { builder.notes.append("\(comments) comment lines") }
  }

  /// Whether a line whose words are separated by blanks has a comma within a number. Without blanks, commas separate.
  private static func hasDecimalComma(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.contains(44) else { return false }
    let words = line.split { $0 == 32 || $0 == 9 || $0 == 13 }
    return words.count >= 4 && words.contains { word in word.dropFirst().dropLast().contains(44) }
  }
}
