/// A digest of numbers to the last bit, for tests that pin what other tests have judged (Fowler, Noll and Vo, 1991; FNV-1a
/// with 64 bits, of words or bytes).
public struct BitDigest {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The digest of nothing.
  public init() {}

  /// Adds a word.
  public mutating func add(_ word: UInt64) { hash = (hash ^ word) &* 0x100_0000_01b3 }

  /// Adds a text, byte by byte.
  public mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { for byte in $0 { add(UInt64(byte)) } }
  }

  /// The digest, as hexadecimal digits.
  public var text: String { String(hash, radix: 16) }
}
