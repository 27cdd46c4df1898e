import Physics

import Glibc

/// A text file of source points: X Y Z weight wavelength(m), columns from the left
/// (docs/reference/40-beam-and-sampling.md §3).
public enum SourceFile {
  private static let delimiters = Set(" \t,;:!".utf8)
  private static let numberBytes = Set("0123456789-+.EGeg".utf8)

  /// Reads a source list.
  /// - Parameters:
  ///   - path: The file.
  ///   - compatibility: With `Quirk.sourceLineEndings` the lines are read as the reference program does: there are
  ///     no comments, words count as zero, and a last line without newline, or one that ends in CR LF, gets zeros for
  ///     its missing columns. Otherwise lines that start with `#` or `!` are comments, words are errors, and missing
  ///     columns are nil.
  /// - Throws: `RequestError` if the file cannot be read or holds no source, or naming the source at fault.
  public static func read(_ path: String, _ compatibility: Compatibility) throws(RequestError) -> [SourceLine] {
    try parse(
      try FileBytes.read(path, for: "-sourcefile", limit: FileBytes.limit(ofKind: 100 << 20)), path: path, compatibility
    )
  }

  /// Reads a source list from the bytes of a file.
  /// - Throws: `RequestError` if the bytes hold no source, or naming the source at fault.
  public static func parse(
    _ bytes: [UInt8], path: String, _ compatibility: Compatibility
  ) throws(RequestError) -> [SourceLine] {
    let hasQuirk = compatibility.has(.sourceLineEndings)
    let lines = hasQuirk ? readAsReference(bytes) : try readStrictly(bytes, path)
    guard !lines.isEmpty else {
      throw RequestError(
        "-sourcefile", value: path, "the file holds no source",
        remedy: "give lines of X Y Z weight wavelength(m); missing columns take their defaults")
    }
    if let index = lines.firstIndex(where: { $0.wavelength == 0 }) {
      let reason =
        hasQuirk
        ? "words count as zero, and so do missing columns of a line that has no newline or ends in CR LF (Q-32)"
        : "it must be positive"
      throw RequestError(
        "-sourcefile", value: path, "source \(index + 1) has wavelength 0: \(reason)",
        remedy: "give numbers only, end every line with a newline, or give all five columns, the wavelength in m")
    }
    return lines
  }

  private static func readAsReference(_ bytes: [UInt8]) -> [SourceLine] {
    var lines: [SourceLine] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 10).map { $0 + 1 } ?? rest.endIndex
      let content = rest[rest.startIndex..<end].drop { delimiters.contains($0) }
      rest = rest[end...]
      if !content.isEmpty && content.first != 10 { lines.append(columns(content)) }
    }
    return lines
  }

  private static func readStrictly(_ bytes: [UInt8], _ path: String) throws(RequestError) -> [SourceLine] {
    var lines: [SourceLine] = []
    for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
      let start = line.first { $0 != 32 && $0 != 9 }
      if start == 35 || start == 33 { continue }
      let words = line.split { delimiters.contains($0) || $0 == 13 }.prefix(5)
      if words.isEmpty { continue }
      var values: [Double] = []
      for word in words {
        let text = String(decoding: word, as: UTF8.self)
        guard let value = NumberText.number(text), value.isFinite, values.count != 3 || value >= 0 else {
          throw RequestError(
            "-sourcefile", value: path, "\"\(text)\" in line \(index + 1) is not a proper number",
            remedy: "give X Y Z weight wavelength(m), the weight not negative, or put # in front of a comment")
        }
        values.append(value)
      }
      lines.append(source(values))
    }
    return lines
  }

  /// The columns of one line; reading ends when only the newline is left, or after five columns.
  private static func columns(_ line: ArraySlice<UInt8>) -> SourceLine {
    var values: [Double] = []
    var rest = line
    while values.count < 5, !(rest.count == 1 && rest.first == 10) {
      values.append(number(rest))
      rest = rest.drop { numberBytes.contains($0) }
      if rest.first != 10 { rest = rest.drop { !delimiters.contains($0) } }
      rest = rest.drop { delimiters.contains($0) }
    }
    return source(values)
  }

  private static func source(_ values: [Double]) -> SourceLine {
    // The reference program marks a missing column by not-a-number, so that a `nan` counts as missing.
    func column(_ index: Int) -> Double? { index < values.count && !values[index].isNaN ? values[index] : nil }
    return SourceLine(x: column(0), y: column(1), z: column(2), weight: column(3), wavelength: column(4))
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Double {
    let text = bytes.map { CChar(bitPattern: $0) } + [0]
    return atof(text)
  }
}
