import Glibc

/// Reads numbers from text the way the C library does: the longest prefix that is a number.
struct NumberScanner {
  private let text: [CChar]
  private(set) var position = 0

  /// A scanner of a file's bytes; bytes after a NUL byte are not read.
  init(_ bytes: [UInt8]) {
    text = bytes.map { CChar(bitPattern: $0) } + [0]
  }

  /// The line number of the current position, counted from 1.
  var line: Int {
    1 + text[0..<min(position, text.count)].count { $0 == 10 }
  }

  /// The next real number after any white space; nil if a word or the end follows, at which the position then is.
  mutating func real() -> Double? {
    text.withUnsafeBufferPointer { buffer in
      let start = buffer.baseAddress! + position
      var end: UnsafeMutablePointer<CChar>?
      let value = strtod(start, &end)
      guard let end, UnsafePointer(end) != start else {
        skipSpace(buffer)
        return nil
      }
      position += UnsafePointer(end) - start
      return value
    }
  }

  /// Whether only white space is left.
  var isAtEnd: Bool {
    text[position...].allSatisfy { $0 == 0 || isspace(Int32($0)) != 0 }
  }

  /// The word at the current position, for messages.
  var word: String {
    let rest = text[position...].prefix { $0 != 0 && isspace(Int32($0)) == 0 }.prefix(40)
    return String(decoding: rest.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private mutating func skipSpace(_ buffer: UnsafeBufferPointer<CChar>) {
    // The NUL at the end of the text is no white space.
    while isspace(Int32(buffer[position])) != 0 { position += 1 }
  }
}
