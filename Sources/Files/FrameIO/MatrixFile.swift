import Physics

/// An orientation matrix file in the style of MOSFLM: nine numbers in free format (docs/reference/30-crystal.md §2).
public enum MatrixFile {
  /// Reads the matrix; text after the ninth number is ignored.
  /// - Throws: `RequestError` if the file cannot be read, is short or has a word among the numbers.
  public static func read(_ path: String) throws(RequestError) -> OrientationMatrix {
    try parse(try FileBytes.read(path, for: "-mat", limit: FileBytes.limit(ofKind: 1 << 20)), path: path)
  }

  /// Reads the matrix from the bytes of a file; text after the ninth number is ignored.
  /// - Throws: `RequestError` if there are fewer than nine numbers or a word among them.
  public static func parse(_ bytes: [UInt8], path: String) throws(RequestError) -> OrientationMatrix {
    var scanner = NumberScanner(bytes)
    var values: [Double] = []
    while values.count < 9, let value = scanner.real() { values.append(value) }
    if values.count < 9, !scanner.isAtEnd {
      throw RequestError(
        "-mat", value: path, "\"\(scanner.word)\" in line \(scanner.line) is not a number",
        remedy: "give three rows of three numbers: the x, y and z components of a*, b*, c* times the wavelength")
    }
    do {
      return try OrientationMatrix(values, source: path)
    } catch {
      throw RequestError(
        "-mat", value: path, "\(error)",
        remedy:
          "give three rows of three numbers: the x, y and z components of a*, b*, c* times the wavelength, which are "
          + "independent vectors")
    }
  }
}
