import Physics

/// Recognizes files of other programs that users give as lists of h k l F.
enum ForeignList {
  /// Refuses a file by its first bytes, those behind a byte order mark, and names its format and the program that reads it.
  /// - Parameter asLines: Whether the file is read line by line. Otherwise zero bytes and SHELX files are accepted, as
  ///   in the reference program, which reads a stream of numbers.
  /// - Throws: `RequestError` if the file has another format.
  static func refuse(_ bytes: ArraySlice<UInt8>, path: String, flag: String, asLines: Bool) throws(RequestError) {
    func starts(_ text: String) -> Bool { bytes.starts(with: Array(text.utf8)) }
    let convert = "turn it into a list: nanobragg convert \(path) list.hkl"
    func refuse(_ name: String, _ remedy: String) -> RequestError {
      RequestError(flag, value: path, "it is \(name)", remedy: remedy)
    }
    if starts("MTZ ") { throw refuse("an MTZ file", convert) }
    if starts("!FORMAT=XDS_ASCII") { throw refuse("an XDS_ASCII file, which holds intensities", convert) }
    if starts("!OUTPUT_FILE=INTEGRATE.HKL") {
      throw refuse(
        "INTEGRATE.HKL of XDS, whose intensities are neither scaled nor merged",
        "run CORRECT and XSCALE with MERGE=TRUE, and convert what they write")
    }
    if isCIF(bytes) { throw refuse("a CIF", convert) }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw refuse("text in UTF-16", "save it as UTF-8 or ASCII")
    }
    if asLines, let zero = bytes.prefix(1 << 16).firstIndex(of: 0) {
      throw refuse("no text: byte \(zero + 1) is zero", "give lines of h k l F")
    }
    if asLines, isHKLF4(bytes) {
      throw refuse(
        "a SHELX file (HKLF 4), which holds intensities without their symmetry",
        "have SHELXL write an fcf (LIST 4), and convert that")
    }
  }

  /// The bytes behind a byte order mark of UTF-8.
  static func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
  }

  /// Whether the first line that is neither blank nor a comment starts with `data_`.
  private static func isCIF(_ bytes: ArraySlice<UInt8>) -> Bool {
    var lines = bytes.prefix(1 << 16).split { $0 == 10 || $0 == 13 }.lazy.map { $0.drop { $0 == 32 || $0 == 9 } }
      .drop { $0.isEmpty || $0.first == 35 }.makeIterator()
    return lines.next()?.starts(with: Array("data_".utf8)) ?? false
  }

  /// Whether a file is a SHELX list: each line has three indices of four columns, then intensity and error of eight
  /// columns with two decimals; or the lines have five numbers or more, and a line of zeros ends the list.
  private static func isHKLF4(_ bytes: ArraySlice<UInt8>) -> Bool {
    let lines = bytes.prefix(4096).split(separator: 10).dropLast(bytes.count > 4096 ? 1 : 0).prefix(20)
    guard let first = lines.first else { return false }
    func isFixed(_ line: ArraySlice<UInt8>) -> Bool {
      guard line.count >= 28 else { return false }
      let line = Array(line)
      return line[17] == 46 && line[25] == 46
        && stride(from: 0, to: 12, by: 4).allSatisfy { Int(trimmed(line[$0..<$0 + 4])) != nil }
        && stride(from: 12, to: 28, by: 8).allSatisfy { Double(trimmed(line[$0..<$0 + 8])) != nil }
    }
    if lines.count > 1, lines.allSatisfy(isFixed) { return true }
    let end = bytes.suffix(200).split { $0 == 10 || $0 == 13 }.last { !trimmed($0).isEmpty }
    func numbers(_ line: ArraySlice<UInt8>) -> [Double?] {
      line.split { $0 == 32 || $0 == 9 || $0 == 13 }.map { Double(String(decoding: $0, as: UTF8.self)) }
    }
    guard let end, bytes.count > 4 * end.count, numbers(first).count >= 5 else { return false }
    let zeros = numbers(end)
    return zeros.count >= 5 && zeros.allSatisfy { $0 == 0 }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.drop { $0 == 32 }.prefix { $0 != 32 && $0 != 13 }, as: UTF8.self)
  }
}
