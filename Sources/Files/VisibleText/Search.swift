import Glibc

/// The search of the library brings its regular expressions with it, 3 MB that the simulator has no use for.
extension String {
  /// Whether a text occurs anywhere, byte for byte.
  package func containsText(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { containsText($0) }
  }

  /// The same for bytes.
  package func containsText(_ part: UnsafeBufferPointer<UInt8>) -> Bool {
    var whole = self
    return whole.withUTF8 { whole in
      whole.count >= part.count
        && (0...(whole.count - part.count)).contains {
          memcmp(whole.baseAddress! + $0, part.baseAddress!, part.count) == 0
        }
    }
  }

  /// Whether the text is the same, byte for byte.
  package func isText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { utf8.count == bytes.count && containsText(bytes) }
}
