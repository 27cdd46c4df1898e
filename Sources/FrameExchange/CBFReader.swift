import Digests
import Foundation
import FrameIO
import Physics

/// Reads CBF: one binary section, byte-offset compressed 32-bit counts, with the header of a DECTRIS detector if it has one.
public struct CBFReader: Sendable {
  /// The counts.
  public let frame: Frame
  /// What the header says of the camera.
  private let header: [String: [Double]]

  /// Reads a file.
  /// - Parameters:
  ///   - bytes: The file.
  ///   - path: Its name, for the error message.
  /// - Throws: `RequestError` naming what is damaged, and where.
  public init(_ bytes: [UInt8], path: String) throws(RequestError) {
    func damaged(_ problem: String) -> RequestError {
      RequestError(path, problem, remedy: "give a CBF of one image with x-CBF_BYTE_OFFSET compression")
    }
    guard bytes.starts(with: Array("###CBF".utf8)) else { throw damaged("the file does not start with ###CBF") }
    guard let mark = Self.find(CBFWriter.mark, in: bytes) else {
      throw damaged("there is no binary section (bytes 0C 1A 04 D5)")
    }
    let text = String(decoding: bytes[..<mark], as: UTF8.self)
    let fields = Self.fields(text)
    func whole(_ key: String) throws(RequestError) -> Int {
      guard let word = fields[key], let number = Int(word), number > 0, number <= 1 << 30 else {
        throw damaged("\(key) is \(fields[key] ?? "missing"), not a number from 1 to 2^30")
      }
      return number
    }
    guard text.contains("x-CBF_BYTE_OFFSET") else { throw damaged("the compression is not x-CBF_BYTE_OFFSET") }
    guard let type = fields["X-Binary-Element-Type"], type.contains("32-bit integer") else {
      throw damaged("the elements are \(fields["X-Binary-Element-Type"] ?? "of no type"), not 32-bit integers")
    }
    let (fast, slow) = (
      try whole("X-Binary-Size-Fastest-Dimension"), try whole("X-Binary-Size-Second-Dimension")
    )
    let size = try whole("X-Binary-Size")
    let data = bytes[(mark + CBFWriter.mark.count)...].prefix(size)
    guard data.count == size else { throw damaged("X-Binary-Size is \(size), the file has \(data.count) bytes there") }
    guard fast * slow <= size else { throw damaged("\(fast) x \(slow) pixels do not fit \(size) bytes") }
    if let digest = fields["Content-MD5"], Data(base64Encoded: digest) != Digest.md5(data) {
      throw damaged("the compressed pixels have not the digest that Content-MD5 gives")
    }
    switch ByteOffset.restore(data, count: fast * slow) {
    case .success(let pixels): frame = Frame(fastPixels: fast, slowPixels: slow, .integers(pixels))
    case .failure(let damage):
      throw damaged("pixel \(damage.pixel) of \(fast * slow) cannot be restored from the compressed bytes")
    }
    header = Self.numbers(text)
  }

  /// Whether the header tells a two-theta, which is not taken over: it does not tell the axis.
  public var isSwung: Bool { header["Detector_2theta"]?.first.map { $0 != 0 } ?? false }

  /// Takes over the camera: pixel size, wavelength, distance, beam centre, spindle, polarization.
  public func apply(to request: inout SimulationRequest) {
    (request.pixelsFast, request.pixelsSlow) = (frame.fastPixels, frame.slowPixels)
    (request.lastConvention, request.namedConvention) = (.xds, .xds)
    let pixel = header["Pixel_size"]?.first.map { 1000 * $0 }
    request.pixelSize = pixel ?? request.pixelSize
    if let value = header["Wavelength"]?.first { request.wavelength = 1e-10 * value }
    if let value = header["Detector_distance"]?.first { request.distance = 1000 * value }
    if let centre = header["Beam_xy"], centre.count == 2 {
      request.xBeam = centre[0] * (pixel ?? 0.1)
      request.yBeam = .fromOrigin(centre[1] * (pixel ?? 0.1))
    }
    if let value = header["Polarization"]?.first { request.kahnFactor = 2 * value - 1 }
    if let value = header["Start_angle"]?.first { request.phi = value }
    if let value = header["Angle_increment"]?.first { request.oscillation = value }
  }

  private static func find(_ pattern: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= pattern.count else { return nil }
    return bytes.indices.dropLast(pattern.count - 1).first {
      bytes[$0] == pattern[0] && bytes[$0...].starts(with: pattern)
    }
  }

  /// The lines `key: value` before the binary section.
  private static func fields(_ text: String) -> [String: String] {
    var fields: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      fields[parts[0].trimmingCharacters(in: .whitespaces)] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    return fields
  }

  /// The lines `# key numbers` of a DECTRIS header.
  private static func numbers(_ text: String) -> [String: [Double]] {
    var header: [String: [Double]] = [:]
    for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("# ") {
      let words = line.split { " (),=:".contains($0) }
      guard words.count > 2 else { continue }
      header[String(words[1])] = words.dropFirst(2).compactMap { Double($0) }.filter(\.isFinite)
    }
    return header
  }
}
