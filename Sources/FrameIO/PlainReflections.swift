import Physics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Lists in their plainest form, a line of h k l F for each reflection and nothing else: read twice in pieces, first for
/// the range of indices, then straight into the grid. Anything unusual is left to `ReflectionFile`.
enum PlainReflections {
  /// Reads a list.
  /// - Returns: The grid; nil if the file is no plain list, or cannot be read twice.
  /// - Throws: `RequestError` if the indices span more than fits in memory.
  static func table(_ path: String, defaultAmplitude: Double) throws(RequestError) -> StructureFactors? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var (low, high) = (SIMD3<Int32>(repeating: .max), SIMD3<Int32>(repeating: .min))
    var count = 0
    let isPlain = forEach(descriptor) { h, k, l, _ in
      let index = SIMD3(h, k, l)
      low = pointwiseMin(low, index)
      high = pointwiseMax(high, index)
      count += 1
      return true
    }
    guard isPlain, count > 0, lseek(descriptor, 0, SEEK_SET) == 0 else { return nil }
    func range(_ axis: Int) -> ClosedRange<Int> { Int(low[axis])...Int(high[axis]) }
    var table = try StructureFactors(
      h: range(0), k: range(1), l: range(2), count: count, defaultAmplitude: defaultAmplitude, source: path)
    let isSame = table.store { place in
      forEach(descriptor) { h, k, l, amplitude in place(Int(h), Int(k), Int(l), amplitude) }
    }
    return isSame ? table : nil
  }

  /// Hands out the reflections of a file.
  /// - Parameter body: Takes h, k, l and F; returns whether to go on.
  /// - Returns: Whether all lines were plain, and `body` always went on.
  @inline(__always)
  private static func forEach(_ descriptor: Int32, _ body: (Int32, Int32, Int32, Double) -> Bool) -> Bool {
    let size = 1 << 18
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: size + 1)
    defer { buffer.deallocate() }
    var kept = 0
    while true {
      let got = read(descriptor, buffer + kept, size - kept)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { return false }
      var filled = kept + got
      if got == 0 {
        guard filled > 0 else { return true }
        // The last line may have no end.
        buffer[filled] = newline
        filled += 1
      }
      var end = filled
      while end > 0, buffer[end - 1] != newline { end -= 1 }
      guard end > 0 || got == 0 else {
        if filled == size { return false }
        kept = filled
        continue
      }
      var scanner = Scanner(place: buffer, end: buffer + end)
      guard scanner.forEachLine(body) else { return false }
      if got == 0 { return true }
      kept = filled - end
      memmove(buffer, buffer + end, kept)
    }
  }

  private static let newline: UInt8 = 10

  /// Whole lines in memory; the last byte is the end of a line, which stops every loop.
  private struct Scanner {
    var place: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>

    init(place: UnsafeMutablePointer<UInt8>, end: UnsafeMutablePointer<UInt8>) {
      (self.place, self.end) = (UnsafePointer(place), UnsafePointer(end))
    }

    @inline(__always)
    mutating func forEachLine(_ body: (Int32, Int32, Int32, Double) -> Bool) -> Bool {
      while place < end {
        skipBlanks()
        if place.pointee == newline {
          place += 1
          continue
        }
        guard let h = integer(), let k = integer(), let l = integer(), let amplitude = real() else { return false }
        skipBlanks()
        guard place.pointee == newline, body(h, k, l, amplitude) else { return false }
        place += 1
      }
      return true
    }

    @inline(__always)
    private mutating func skipBlanks() {
      while place.pointee == 32 || place.pointee == 9 || place.pointee == 13 { place += 1 }
    }

    /// A sign or none, one to nine digits, a blank.
    @inline(__always)
    private mutating func integer() -> Int32? {
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
      return isNegative ? -Int32(bitPattern: value) : Int32(bitPattern: value)
    }

    /// A decimal number with a blank or the end of the line after it; exact, or by the C library where it takes more than
    /// one rounding.
    @inline(__always)
    private mutating func real() -> Double? {
      while place.pointee == 32 || place.pointee == 9 { place += 1 }
      let start = place
      let isNegative = place.pointee == UInt8(ascii: "-")
      if isNegative || place.pointee == UInt8(ascii: "+") { place += 1 }
      var (mantissa, digits, scale) = (UInt64(0), 0, 0)
      while place.pointee &- 48 <= 9 {
        mantissa = mantissa &* 10 &+ UInt64(place.pointee &- 48)
        (digits, place) = (digits + 1, place + 1)
      }
      if place.pointee == UInt8(ascii: ".") {
        place += 1
        while place.pointee &- 48 <= 9 {
          mantissa = mantissa &* 10 &+ UInt64(place.pointee &- 48)
          (digits, scale, place) = (digits + 1, scale + 1, place + 1)
        }
      }
      guard digits >= 1 else { return nil }
      let isEnd = place.pointee == 32 || place.pointee == newline || place.pointee == 9 || place.pointee == 13
      // A mantissa below 2⁵³ and a power of ten up to 10²² are exact: one rounding (Clinger, 1990).
      if isEnd, digits <= 15, scale <= 22 {
        let value = Double(mantissa) / powersOfTen[scale]
        return isNegative ? -value : value
      }
      return library(start)
    }

    @inline(never)
    private mutating func library(_ start: UnsafePointer<UInt8>) -> Double? {
      var word: [CChar] = []
      var next = start
      while ![32, 9, 13, newline].contains(next.pointee) {
        word.append(CChar(bitPattern: next.pointee))
        next += 1
      }
      guard word.count < 60, word.allSatisfy({ "0123456789+-.eE".utf8.contains(UInt8(bitPattern: $0)) }) else {
        return nil
      }
      place = next
      return number(word)
    }

    private func number(_ word: [CChar]) -> Double? {
      let text = word + [0]
      return text.withUnsafeBufferPointer { buffer -> Double? in
        var end: UnsafeMutablePointer<CChar>?
        let value = strtod(buffer.baseAddress!, &end)
        return end == UnsafeMutablePointer(mutating: buffer.baseAddress! + word.count) && value.isFinite ? value : nil
      }
    }
  }

  private static let powersOfTen: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1) { value, _ in value * 10 }
  }
}
