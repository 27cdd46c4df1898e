internal import CCrypto
import Foundation

/// Digests of bytes and files, computed by OpenSSL's libcrypto.
public enum Digest {
  /// The SHA-256 of data, as 64 hexadecimal digits.
  public static func sha256(_ data: Data) -> String { data.withUnsafeBytes { sha256($0) } }

  /// The SHA-256 of raw memory, as 64 hexadecimal digits.
  public static func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
    var hash = Hash(EVP_sha256())
    hash.update(bytes)
    return text(hash.finalize())
  }

  /// The MD5 of some bytes, 16 bytes: the checksum of a binary section of CBF. MD5 does not protect against tampering.
  public static func md5(_ bytes: some ContiguousBytes) -> Data {
    var hash = Hash(EVP_md5())
    bytes.withUnsafeBytes { hash.update($0) }
    return Data(hash.finalize())
  }

  /// The SHA-256 and the size in bytes of a file, read in pieces.
  /// - Throws: The error of the system if the file cannot be read.
  public static func sha256(ofFile path: String) throws -> (digest: String, size: Int) {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    var hash = Hash(EVP_sha256())
    var size = 0
    while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
      piece.withUnsafeBytes { hash.update($0) }
      size += piece.count
    }
    return (text(hash.finalize()), size)
  }

  private static func text(_ digest: [UInt8]) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// A digest of libcrypto that is fed piece by piece.
private struct Hash: ~Copyable {
  private let context: OpaquePointer

  /// Starts a digest.
  /// - Parameter kind: The algorithm. libcrypto lacks one only where its configuration forbids it, as FIPS forbids MD5.
  init(_ kind: OpaquePointer?) {
    guard let kind, let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, kind, nil) == 1 else {
      fatalError("libcrypto refuses a digest: check its configuration (OPENSSL_CONF)")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let done = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(done == 1, "memory cannot fail to be digested")
  }

  consuming func finalize() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var size: UInt32 = 0
    let done = EVP_DigestFinal_ex(context, &digest, &size)
    precondition(done == 1, "a digest is finished once")
    return Array(digest.prefix(Int(size)))
  }
}
