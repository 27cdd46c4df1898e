import Crypto
import Foundation

/// SHA-256 digests in hexadecimal.
public enum Digest {
  /// The digest of some bytes.
  public static func sha256(_ bytes: some Sequence<UInt8>) -> String { sha256(Data(bytes)) }

  /// The digest of data.
  public static func sha256(_ data: Data) -> String { text(SHA256.hash(data: data)) }

  /// The digest of raw memory.
  public static func sha256(_ bytes: UnsafeRawBufferPointer) -> String { text(SHA256.hash(data: bytes)) }

  /// The digest and the size in bytes of a file, read in pieces.
  /// - Throws: The error of the system if the file cannot be read.
  public static func sha256(ofFile path: String) throws -> (digest: String, size: Int) {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    var hash = SHA256()
    var size = 0
    while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
      hash.update(data: piece)
      size += piece.count
    }
    return (text(hash.finalize()), size)
  }

  private static func text(_ digest: some Sequence<UInt8>) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
