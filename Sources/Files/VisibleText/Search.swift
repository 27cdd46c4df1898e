import Glibc

/// Text search by bytes: the standard library's search links its regular expressions, 3 MB that the simulator does not
/// use.
extension String {
  /// Whether a text occurs anywhere, byte for byte.
  package func containsText(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { containsText($0) }
  }

  /// Whether these bytes occur anywhere in the text's UTF-8.
  package func containsText(_ part: UnsafeBufferPointer<UInt8>) -> Bool {
    var whole = self
    return whole.withUTF8 { whole in
      whole.count >= part.count
        && (0...(whole.count - part.count)).contains {
          memcmp(whole.baseAddress! + $0, part.baseAddress!, part.count) == 0
        }
    }
  }

  /// Whether the text's UTF-8 equals these bytes.
  package func isText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { utf8.count == bytes.count && containsText(bytes) }
}
