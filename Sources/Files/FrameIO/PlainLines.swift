import Physics

import Glibc

/// Lines of four numbers, h k l F, read from pieces of a file.
final class PlainLines {
  /// The size of a piece in bytes.
  static let size = 1 << 18
  private let buffer: UnsafeMutablePointer<UInt8>

  init() {
    // Room for an end of line that the last line may lack.
    buffer = .allocate(capacity: Self.size + 1)
  }

  deinit { buffer.deallocate() }

  /// Whole lines in memory, and the offset in the file at which they end.
  struct Piece {
    fileprivate let lines: Range<Int>
    let end: Int
  }

  /// Reads a piece of a file.
  /// - Parameters:
  ///   - file: A regular file.
  ///   - place: The offset of the piece in bytes.
  ///   - startsAnywhere: Whether the offset may be within a line; the piece then begins with the next line.
  ///   - size: The largest number of bytes to read.
  /// - Returns: All whole lines of the piece; nil if a line is longer than the piece.
  /// - Throws: `RequestError` if the file cannot be read.
  func piece(
    of file: borrowing InputFile, at place: Int, startsAnywhere: Bool = false, size: Int = PlainLines.size
  ) throws(RequestError) -> Piece? {
    // A file may grow while it is read: its end is where it was when it was opened.
    let room = UnsafeMutableRawBufferPointer(start: buffer, count: min(size, file.size - place))
    var filled = try file.read(into: room, at: place)
    let isLast = place + filled >= file.size
    var start = 0
    if startsAnywhere {
      guard let newline = memchr(buffer, 10, filled) else { return nil }
      start = newline - UnsafeMutableRawPointer(buffer) + 1
    }
    if isLast, buffer[filled - 1] != 10 {
      buffer[filled] = 10
      filled += 1
    }
    var end = filled
    while end > start, buffer[end - 1] != 10 { end -= 1 }
    guard end > start || isLast else { return nil }
    return Piece(lines: start..<end, end: isLast ? file.size : place + end)
  }

  /// Calls a function with each reflection of a piece: h, k, l and F.
  /// - Returns: Whether all lines are plain; the function is not called after one that is not.
  @inline(__always)
  func forEach(_ piece: Piece, _ body: (Int32, Int32, Int32, Double) -> Void) -> Bool {
    var scanner = Scanner(buffer + piece.lines.lowerBound)
    let end = UnsafePointer(buffer + piece.lines.upperBound)
    while scanner.place < end {
      scanner.skipBlanks()
      if scanner.place.pointee == 10 {
        scanner.place += 1
        continue
      }
      guard let h = scanner.integer(), let k = scanner.integer(), let l = scanner.integer(),
        let amplitude = scanner.real()
      else { return false }
      scanner.skipBlanks()
      guard scanner.place.pointee == 10 else { return false }
      scanner.place += 1
      body(h, k, l, amplitude)
    }
    return true
  }

  /// A position in whole lines; the line feed at the end of a line stops every loop.
  private struct Scanner {
    var place: UnsafePointer<UInt8>
    private let powersOfTen = Scanner.powers

    init(_ place: UnsafeMutablePointer<UInt8>) { self.place = UnsafePointer(place) }

    @inline(__always)
    mutating func skipBlanks() {
      while place.pointee == 32 || place.pointee == 9 || place.pointee == 13 { place += 1 }
    }

    /// Reads an optional sign, one to nine digits and a blank after them; nil for anything else.
    @inline(__always)
    mutating func integer() -> Int32? {
      while place.pointee == 32 || place.pointee == 9 { place += 1 }
      let isNegative = place.pointee == UInt8(ascii: "-")
      if isNegative || place.pointee == UInt8(ascii: "+") { place += 1 }
      let start = place
      var value: UInt32 = 0
      while true {
        let digit = place.pointee &- 48
        guard digit <= 9 else { break }
        value = value &* 10 &+ UInt32(digit)
        place += 1
      }
      let length = place - start
      guard length >= 1, length <= 9, place.pointee == 32 || place.pointee == 9 else { return nil }
      return isNegative ? 0 &- Int32(bitPattern: value) : Int32(bitPattern: value)
    }

    /// Reads a decimal number that ends at a blank or at the end of the line. Numbers that would take more than one
    /// rounding are read by the C library. Nil if the word is no finite number.
    @inline(__always)
    mutating func real() -> Double? {
      while place.pointee == 32 || place.pointee == 9 { place += 1 }
      let start = place
      let isNegative = place.pointee == UInt8(ascii: "-")
      if isNegative || place.pointee == UInt8(ascii: "+") { place += 1 }
      let first = place
      var mantissa: UInt64 = 0
      digits(&mantissa)
      var digits = place - first
      var scale = 0
      if place.pointee == UInt8(ascii: ".") {
        place += 1
        let point = place
        self.digits(&mantissa)
        scale = place - point
        digits += scale
      }
      guard digits >= 1 else { return nil }
      let isEnd = place.pointee == 32 || place.pointee == 10 || place.pointee == 9 || place.pointee == 13
      // A mantissa below 2⁵³ and a power of ten up to 10²² are exact: one rounding (Clinger, 1990).
      if isEnd, digits <= 15 {
        let value = Double(mantissa) / powersOfTen[scale]
        return isNegative ? -value : value
      }
      return library(start)
    }

    @inline(__always)
    private mutating func digits(_ mantissa: inout UInt64) {
      while true {
        let digit = place.pointee &- 48
        guard digit <= 9 else { return }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        place += 1
      }
    }

    @inline(never)
    private mutating func library(_ start: UnsafePointer<UInt8>) -> Double? {
      var next = start
      while ![32, 9, 13, 10].contains(next.pointee) { next += 1 }
      let word = UnsafeBufferPointer(start: start, count: next - start)
      guard word.count < 60, word.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return nil }
      place = next
      guard let value = NumberText.number(String(decoding: word, as: UTF8.self)), value.isFinite else { return nil }
      return value
    }

    private static nonisolated(unsafe) let powers: UnsafePointer<Double> = {
      let powers = UnsafeMutablePointer<Double>.allocate(capacity: 16)
      for exponent in 0..<16 { powers[exponent] = (0..<exponent).reduce(1) { value, _ in value * 10 } }
      return UnsafePointer(powers)
    }()
  }
}
