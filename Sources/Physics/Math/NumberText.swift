import CSystem

import Glibc

/// Numbers as text in the manner of the C library, which logs and command lines follow.
public enum NumberText {
  /// A number in a C format.
  /// - Parameters:
  ///   - format: One conversion for a double, such as `%.17g` or `%g`.
  ///   - number: The number.
  public static func text(_ format: String, _ number: Double) -> String {
    // The longest text is that of %f for the largest double: 317 characters.
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

  /// The same for the components of a vector.
  public static func row(_ format: String, _ vector: Vector3, separator: String = " ") -> String {
    row(format, vector.components, separator: separator)
  }

  /// The number that a whole word is, as `strtod` reads it; nil for anything else, white space included.
  public static func number(_ word: String) -> Double? {
    guard let first = word.utf8.first, isspace(Int32(first)) == 0 else { return nil }
    return word.withCString { start -> Double? in
      var end: UnsafeMutablePointer<CChar>?
      let value = strtod(start, &end)
      return end.map { UnsafePointer($0) - start } == word.utf8.count ? value : nil
    }
  }
}
