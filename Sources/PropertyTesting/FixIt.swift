import Foundation

/// A patch that adds a value to the `examples:` of a property in its source.
package enum FixIt {
  /// The patch, in the format of `git diff`; nil if the call is not found in the source.
  /// - Parameters:
  ///   - value: The value, as Swift source.
  ///   - source: The text of the file.
  ///   - path: The path of the file, relative to the folder in which the patch is applied.
  ///   - line: The line in which the call begins, from 1.
  ///   - column: The column of the call's name or parenthesis, from 1, in bytes.
  package static func patch(adding value: String, to source: String, path: String, line: Int, column: Int) -> String? {
    let bytes = Array(source.utf8)
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    guard line >= 1, line <= lines.count else { return nil }
    let start = lines[..<(line - 1)].reduce(0) { $0 + $1.count + 1 } + column - 1
    guard let place = place(in: bytes, from: start) else { return nil }
    let text = Array((place.isList ? "\(value)\(place.isEmpty ? "" : ", ")" : ", examples: [\(value)]").utf8)
    let number = bytes[..<place.offset].count { $0 == 10 }
    let before = lines[number]
    let within = place.offset - (lines[..<number].reduce(0) { $0 + $1.count + 1 })
    lines[number].insert(contentsOf: text, at: within)
    return diff(path, lines, changed: number, before)
  }

  /// Where a value is inserted.
  private struct Place {
    var offset: Int
    /// Whether there is a list of examples already.
    var isList = false
    var isEmpty = false
  }

  /// Looks through the arguments of a call: behind the bracket of `examples:`, or before the first argument with another
  /// label, or behind the last.
  private static func place(in bytes: [UInt8], from start: Int) -> Place? {
    guard bytes.indices.contains(start), let open = bytes[start...].firstIndex(of: UInt8(ascii: "(")) else {
      return nil
    }
    var (index, depth, argument, previousEnd) = (open + 1, 1, open + 1, open + 1)
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        guard let end = endOfText(bytes, index) else { return nil }
        index = end
      } else if bytes[index...].starts(with: "//".utf8) {
        index = bytes[index...].firstIndex(of: 10) ?? bytes.count
        continue
      } else if "([{".utf8.contains(byte) {
        depth += 1
      } else if ")]}".utf8.contains(byte) {
        depth -= 1
        if depth == 0 { return Place(offset: trimmed(bytes, index)) }
      } else if byte == UInt8(ascii: ","), depth == 1 {
        (previousEnd, argument) = (index, index + 1)
      } else if depth == 1, byte == UInt8(ascii: ":") {
        let label = String(decoding: bytes[argument..<index], as: UTF8.self).trimmingCharacters(
          in: .whitespacesAndNewlines)
        if label == "examples" {
          guard let bracket = bytes[index...].firstIndex(of: UInt8(ascii: "[")) else { return nil }
          let next = bytes[(bracket + 1)...].first { $0 != 32 && $0 != 10 }
          return Place(offset: bracket + 1, isList: true, isEmpty: next == UInt8(ascii: "]"))
        }
        if ["regressions", "require", "cost", "filePath", "sourceLocation"].contains(label) {
          return Place(offset: previousEnd)
        }
      }
      index += 1
    }
    return nil
  }

  private static func trimmed(_ bytes: [UInt8], _ end: Int) -> Int {
    (bytes[..<end].lastIndex { $0 != 32 && $0 != 10 } ?? end - 1) + 1
  }

  /// The closing quotation mark of a text; nil for one that does not end, or has several lines.
  private static func endOfText(_ bytes: [UInt8], _ start: Int) -> Int? {
    guard !bytes[start...].starts(with: "\"\"\"".utf8) else { return nil }
    var (index, depth) = (start + 1, 0)
    while index < bytes.count, bytes[index] != 10 {
      if bytes[index] == UInt8(ascii: "\\") {
        if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "(") { depth += 1 }
        index += 1
      } else if depth > 0, bytes[index] == UInt8(ascii: ")") {
        depth -= 1
      } else if depth == 0, bytes[index] == UInt8(ascii: "\"") {
        return index
      }
      index += 1
    }
    return nil
  }

  private static func diff(_ path: String, _ lines: [[UInt8]], changed: Int, _ before: [UInt8]) -> String {
    func text(_ line: [UInt8]) -> String { String(decoding: line, as: UTF8.self) }
    // The last line is what follows the last newline, and empty.
    let last = lines.count - (lines.last?.isEmpty ?? false ? 1 : 0)
    let (low, high) = (max(0, changed - 3), min(last, changed + 4))
    let body = (low..<high).flatMap { number in
      number == changed ? ["-" + text(before), "+" + text(lines[number])] : [" " + text(lines[number])]
    }
    let count = high - low
    return "--- a/\(path)\n+++ b/\(path)\n@@ -\(low + 1),\(count) +\(low + 1),\(count) @@\n"
      + body.joined(separator: "\n") + "\n"
  }
}
