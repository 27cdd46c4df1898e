import CZlib

/// Damage to a compressed file.
package struct GzipError: Error, CustomStringConvertible {
  package let description: String
}

/// Unpacks a file of gzip piece by piece. The file has one member, or several in a row.
package final class Gunzip {
  private var stream = z_stream()
  private var isInMember = true
  /// Whether the last member has ended.
  private var isComplete: Bool { !isInMember }

  /// Whether a file starts with the mark of gzip, 1F 8B.
  package static func isPacked(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// A reader that unpacks one file.
  package init() { _ = czlib_start(&stream) }

  deinit { inflateEnd(&stream) }

  /// Unpacks a piece.
  /// - Parameters:
  ///   - bytes: The next piece of the file.
  ///   - body: Takes the unpacked bytes, in pieces of 256 KiB at most.
  /// - Throws: `GzipError` if the bytes are damaged, and any error of the body.
  package func unpack(_ bytes: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
    var input = Array(bytes)
    var output = [UInt8](repeating: 0, count: 1 << 18)
    var start = 0
    while true {
      // A member is followed by further members, or by zeros that fill a block of a tape.
      if !isInMember {
        start = input[start...].firstIndex { $0 != 0 } ?? input.count
        guard start < input.count else { return }
        inflateReset(&stream)
        isInMember = true
      }
      let (status, made) = inflateOnce(&input, &start, &output)
      if made > 0 { try body(output[..<made]) }
      switch status {
      case Z_STREAM_END: isInMember = false
      case Z_OK where start < input.count || made == output.count: break
      case Z_OK, Z_BUF_ERROR: return
      default: throw GzipError(description: "the compressed data are damaged")
      }
    }
  }

  private func inflateOnce(_ input: inout [UInt8], _ start: inout Int, _ output: inout [UInt8]) -> (Int32, Int) {
    // zlib counts bytes in 32 bits.
    let (left, room) = (min(input.count - start, 1 << 30), output.count)
    return input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress.map { $0 + start }
        stream.avail_in = UInt32(left)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(room)
        let status = inflate(&stream, Z_NO_FLUSH)
        start += left - Int(stream.avail_in)
        return (status, room - Int(stream.avail_out))
      }
    }
  }

  /// Checks that the file is whole.
  /// - Throws: `GzipError` if it ends within a member.
  package func finish() throws {
    guard isComplete else { throw GzipError(description: "the compressed file is cut off") }
  }

  /// Unpacks a whole file.
  /// - Parameter limit: The largest size in bytes.
  /// - Throws: `GzipError` if it is damaged, cut off, or unpacks to more than `limit` bytes.
  package static func unpacked(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
    let reader = Gunzip()
    var result: [UInt8] = []
    do {
      try reader.unpack(bytes[...]) { piece in
        guard result.count + piece.count <= limit else {
          throw GzipError(description: "the compressed file unpacks to more than \(limit) bytes")
        }
        result += piece
      }
      try reader.finish()
    } catch let error as GzipError {
      throw error
    } catch {
      throw GzipError(description: "\(error)")
    }
    return result
  }
}
