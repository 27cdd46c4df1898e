import CSystem

import Glibc

/// Conversion between numbers and text by the C library, whose formats logs and command lines have.
public enum NumberText {
  /// A number in a C format.
  /// - Parameters:
  ///   - format: One conversion for a double, such as `%.17g` or `%g`.
  ///   - number: The number.
  public static func text(_ format: String, _ number: Double) -> String {
    // The largest double in the format %f has the longest text, 317 characters.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
      _ = cplatform_format(buffer.baseAddress, buffer.count, format, number)
      return String(cString: buffer.baseAddress!)
    }
  }

  /// Numbers in a C format, with a separator between them.
  public static func row(_ format: String, _ numbers: [Double], separator: String = " ") -> String {
    var row = ""
    for number in numbers {
      if !row.isEmpty { row += separator }
      row += text(format, number)
    }
    return row
  }

  /// The components x, y, z of a vector in a C format, with a separator between them.
  public static func row(_ format: String, _ vector: Vector3, separator: String = " ") -> String {
    row(format, vector.components, separator: separator)
  }

  /// The number that `strtod` reads from a word; nil if `strtod` leaves characters over, or if the word is empty or
  /// begins with white space.
  public static func number(_ word: String) -> Double? {
    guard let first = word.utf8.first, isspace(Int32(first)) == 0 else { return nil }
    return word.withCString { start -> Double? in
      var end: UnsafeMutablePointer<CChar>?
      let value = strtod(start, &end)
      return end.map { UnsafePointer($0) - start } == word.utf8.count ? value : nil
    }
  }
}
