import Physics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A text file of source points: X Y Z weight wavelength(m), columns from the left (spec/40 §3).
public enum SourceFile {
  private static let delimiters = Set(" \t,;:!".utf8)
  private static let numberBytes = Set("0123456789-+.EGeg".utf8)

  /// Reads a source list.
  /// - Parameters:
  ///   - path: The file.
  ///   - compatibility: With `Quirk.sourceLineEndings` a last line without newline, and lines that end in CR LF,
  ///     get zeros for their missing columns; otherwise missing columns stay open.
  /// - Throws: `RequestError` if the file cannot be read or holds no source.
  public static func read(_ path: String, _ compatibility: Compatibility) throws(RequestError) -> [SourceLine] {
    let bytes = try FileBytes.read(path, for: "-sourcefile")
    let hasQuirk = compatibility.has(.sourceLineEndings)
    var lines: [SourceLine] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 10).map { $0 + 1 } ?? rest.endIndex
      var line = Array(rest[rest.startIndex..<end])
      rest = rest[end...]
      if !hasQuirk {
        while let last = line.last, last == 10 || last == 13 { line.removeLast() }
        line.append(10)
      }
      let content = line.drop { delimiters.contains($0) }
      if content.isEmpty || content.first == 10 { continue }
      lines.append(columns(content))
    }
    guard !lines.isEmpty else {
      throw RequestError(
        "-sourcefile", value: path, "the file holds no source",
        remedy: "give lines of X Y Z weight wavelength(m); missing columns take their defaults")
    }
    if let index = lines.firstIndex(where: { $0.wavelength == 0 }) {
      let reason =
        hasQuirk
        ? "the line has no newline or ends in CR LF, and its missing columns count as zero (Q-32)"
        : "the wavelength is zero"
      throw RequestError(
        "-sourcefile", value: path, "source \(index + 1) has wavelength 0: \(reason)",
        remedy: "end every line with a newline, or give all five columns, the wavelength in m")
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
      rest = rest.drop { !delimiters.contains($0) && $0 != 10 }
      rest = rest.drop { delimiters.contains($0) }
    }
    func column(_ index: Int) -> Double? { index < values.count ? values[index] : nil }
    return SourceLine(x: column(0), y: column(1), z: column(2), weight: column(3), wavelength: column(4))
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Double {
    let text = bytes.map { CChar(bitPattern: $0) } + [0]
    return atof(text)
  }
}
