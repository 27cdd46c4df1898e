import CSystem

import Glibc

/// Text in memory that the C library reads number by number, as the reference program reads its lists.
final class ScannedText {
  private let bytes: UnsafeMutableRawBufferPointer
  private let text: UnsafeMutableRawPointer

  /// The text of a file; nil if the file is empty or the C library cannot open its memory as a stream.
  init?(_ content: ArraySlice<UInt8>) {
    bytes = .allocate(byteCount: content.count, alignment: 1)
    bytes.copyBytes(from: content)
    guard let text = cplatform_text_open(bytes.baseAddress, bytes.count) else {
      bytes.deallocate()
      return nil
    }
    self.text = text
  }

  deinit {
    cplatform_text_close(text)
    bytes.deallocate()
  }

  /// Three real indices and an amplitude; nil if no four numbers follow.
  func fourReals() -> (indices: [Double], amplitude: Double)? {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 4) { numbers in
      guard cplatform_text_four_reals(text, numbers.baseAddress!) == 4 else { return nil }
      return ([numbers[0], numbers[1], numbers[2]], numbers[3])
    }
  }

  /// Three whole indices and an amplitude; nil if no such numbers follow.
  func threeIntegersAndReal() -> (indices: [Int], amplitude: Double)? {
    var amplitude = 0.0
    return withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3) { indices in
      guard cplatform_text_three_integers_and_real(text, indices.baseAddress!, &amplitude) == 4 else { return nil }
      return (indices.map { Int($0) }, amplitude)
    }
  }

  /// Goes back to the start.
  func rewind() { cplatform_text_rewind(text) }

  /// The number of bytes read.
  var position: Int { min(max(cplatform_text_position(text), 0), bytes.count) }

  /// The line number of the current position, counted from 1.
  var line: Int { 1 + bytes[..<position].count { $0 == 10 } }

  /// Whether the text read since an offset began within a line and continued in the next.
  func isSplit(since start: Int) -> Bool {
    let text = bytes[start..<position]
    guard start > 0, let next = text.first(where: { $0 != 32 && $0 != 9 && $0 != 13 }), next != 10 else { return false }
    return text.contains(10)
  }

  /// Whether only white space is left.
  var isAtEnd: Bool { bytes[position...].allSatisfy { $0 == 0 || isspace(Int32($0)) != 0 } }

  /// The word at the current position, for messages.
  var word: String {
    let rest = bytes[position...].drop { isspace(Int32($0)) != 0 }
    return String(decoding: rest.prefix { $0 != 0 && isspace(Int32($0)) == 0 }.prefix(40), as: UTF8.self)
  }
}
