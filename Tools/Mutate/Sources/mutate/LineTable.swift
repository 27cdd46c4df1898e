/// The lines of a text by offsets in bytes of UTF-8.
struct LineTable {
  private let bytes: [UInt8]
  private let starts: [Int]
  private let occurrences: [Int]

  init(_ text: String) {
    let bytes = Array(text.utf8)
    self.bytes = bytes
    starts = [0] + bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }
    var counts: [String: Int] = [:]
    var occurrences: [Int] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let key = Self.trim(String(line)).text
      counts[key, default: 0] += 1
      occurrences.append(counts[key]!)
    }
    self.occurrences = occurrences
  }

  /// Line and column, both from 1.
  func position(_ offset: Int) -> (line: Int, column: Int) {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return (low + 1, offset - starts[low] + 1)
  }

  /// The offset of a line and column, both from 1.
  func offset(line: Int, column: Int) -> Int { starts[min(max(line, 1), starts.count) - 1] + column - 1 }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// A line without space at its ends, and how much space was before it.
  func trimmed(_ line: Int) -> (text: String, indent: Int) {
    let end = line < starts.count ? starts[line] - 1 : bytes.count
    return Self.trim(text(starts[line - 1]..<end))
  }

  /// Which of the lines with the same text this is, from 1.
  func occurrence(_ line: Int) -> Int { occurrences[line - 1] }

  private static func trim(_ line: String) -> (text: String, indent: Int) {
    let rest = line.drop { $0 == " " || $0 == "\t" }
    var text = String(rest)
    while text.last == " " || text.last == "\r" { text.removeLast() }
    return (text, line.utf8.count - rest.utf8.count)
  }
}
