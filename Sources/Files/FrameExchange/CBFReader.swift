import Digests
import Foundation
import FrameIO
import Physics

/// Reads CBF: one binary section, byte-offset compressed 32-bit counts, with the header of a DECTRIS detector if it has one.
public struct CBFReader: Sendable {
  /// The counts.
  public let frame: Frame
  /// The fields of the binary section, and the camera of a DECTRIS header.
  public let header: CBFHeader

  /// Reads a file.
  /// - Parameters:
  ///   - bytes: The file.
  ///   - path: Its name, for the error message.
  /// - Throws: `RequestError` naming what is damaged, and where.
  public init(_ bytes: [UInt8], path: String) throws(RequestError) {
    func damaged(_ problem: String) -> RequestError {
      RequestError(path, problem, remedy: "give a CBF of one image with x-CBF_BYTE_OFFSET compression")
    }
    guard CBFHeader.isCBF(bytes) else { throw damaged("the file does not start with ###CBF") }
    guard let start = CBFHeader.dataStart(bytes) else {
      throw damaged("there is no binary section (bytes 0C 1A 04 D5)")
    }
    header = CBFHeader(bytes[..<start])
    let fields = header.fields
    func whole(_ key: String) throws(RequestError) -> Int {
      guard let word = fields[key], let number = Int(word), number > 0, number <= 1 << 30 else {
        throw damaged("\(key) is \(fields[key] ?? "missing"), not a number from 1 to 2^30")
      }
      return number
    }
    guard String(decoding: bytes[..<start], as: UTF8.self).contains("x-CBF_BYTE_OFFSET") else {
      throw damaged("the compression is not x-CBF_BYTE_OFFSET")
    }
    guard let type = fields["X-Binary-Element-Type"], type.contains("32-bit integer") else {
      throw damaged("the elements are \(fields["X-Binary-Element-Type"] ?? "of no type"), not 32-bit integers")
    }
    let (fast, slow) = (
      try whole("X-Binary-Size-Fastest-Dimension"), try whole("X-Binary-Size-Second-Dimension")
    )
    let size = try whole("X-Binary-Size")
    let data = bytes[start...].prefix(size)
    guard data.count == size else { throw damaged("X-Binary-Size is \(size), the file has \(data.count) bytes there") }
    guard fast * slow <= size else { throw damaged("\(fast) x \(slow) pixels do not fit \(size) bytes") }
    if let digest = fields["Content-MD5"], Data(base64Encoded: digest) != Digest.md5(data) {
      throw damaged("the compressed pixels have not the digest that Content-MD5 gives")
    }
    switch ByteOffset.restore(data, count: fast * slow, isUnsigned: type.contains("unsigned")) {
    case .success(let pixels): frame = Frame(fastPixels: fast, slowPixels: slow, .integers(pixels))
    case .failure(let damage):
      throw damaged("pixel \(damage.pixel) of \(fast * slow) cannot be restored from the compressed bytes")
    }
  }
}
