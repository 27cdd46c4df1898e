import FrameIO
import Physics

/// The pixels of an SMV image, in the number formats that detectors use.
public enum SMVFrame {
  /// Reads the pixels as floats or 32-bit counts, fast index innermost.
  /// - Parameters:
  ///   - bytes: The file.
  ///   - header: Its header.
  ///   - path: Its name, for the error message.
  /// - Throws: `RequestError` if the header states no size or another number format, or pixels are missing.
  public static func read(_ bytes: [UInt8], _ header: SMVHeader, path: String) throws(RequestError) -> Frame {
    let (fast, slow) = (header.fastPixels, header.slowPixels)
    guard fast > 0, slow > 0 else {
      throw RequestError(
        path, "the header has no SIZE1 and SIZE2", remedy: "give an image whose header states its size")
    }
    if let order = header.word("BYTE_ORDER"), !["big_endian", "little_endian"].contains(order.lowercased()) {
      throw RequestError(
        path, "the byte order \(order) is not known",
        remedy: "give an image with BYTE_ORDER big_endian or little_endian")
    }
    let dtrek = header.dtrek
    if let compression = dtrek?.compression {
      throw RequestError(
        path, "its pixels are compressed (\(compression))", remedy: "give an image with Compression=None")
    }
    let type = header.word("TYPE") ?? dtrek.map { $0.type ?? header.word("Data_type") ?? "" } ?? "unsigned_short"
    let widths = [
      "unsigned_short": 2, "signed_short": 2, "long_integer": 4, "signed_long": 4, "unsigned_long": 4, "float": 4,
      "signed_char": 1, "unsigned_char": 1,
    ]
    guard let width = widths[type] else {
      throw RequestError(
        path, "the number format TYPE=\(type) is not known",
        remedy: "give one of \(widths.keys.sorted().joined(separator: ", "))")
    }
    let start = header.byteCount
    guard bytes.count - start >= width * fast * slow else {
      throw RequestError(
        path,
        "\(fast) x \(slow) pixels need \(width * fast * slow) bytes after byte \(start), the file has \(bytes.count - start)",
        remedy: "check SIZE1, SIZE2 and HEADER_BYTES, or whether the file is cut off")
    }
    let isBig = header.isBigEndian
    return bytes.withUnsafeBytes { buffer in
      func load<Number: FixedWidthInteger>(_: Number.Type) -> [Number] {
        (0..<fast * slow).map { index in
          let raw = buffer.loadUnaligned(fromByteOffset: start + width * index, as: Number.self)
          return isBig ? Number(bigEndian: raw) : Number(littleEndian: raw)
        }
      }
      let pixels: Frame.Pixels =
        switch type {
        case "unsigned_short": .integers(load(UInt16.self).map(Int32.init))
        case "signed_short": .integers(load(Int16.self).map(Int32.init))
        case "signed_char": .integers(load(Int8.self).map(Int32.init))
        case "unsigned_char": .integers(load(UInt8.self).map(Int32.init))
        // The two highest values mark pixels without a measurement.
        case "unsigned_long":
          .integers(load(UInt32.self).map { $0 >= .max - 1 ? Int32(bitPattern: $0) : Int32(clamping: $0) })
        case "float": .floats(load(UInt32.self).map { Float(bitPattern: $0) })
        default: .integers(load(Int32.self))
        }
      return Frame(fastPixels: fast, slowPixels: slow, pixels)
    }
  }
}
