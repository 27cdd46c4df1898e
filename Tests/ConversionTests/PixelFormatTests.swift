import CHDF5
import Foundation
import FrameExchange
import FrameIO
import NexusImages
import Physics
import TestSupport
import Testing

/// Pixels of other formats at the limits of what is taken, and a detector whose corner is at the sample.
@Suite(.tags(.files)) struct PixelFormatTests {
  private func array(_ shape: String, _ data: [UInt8]) -> [UInt8] {
    let text = Array("{'descr': '|u1', 'fortran_order': False, 'shape': \(shape), }\n".utf8)
    let start: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(text.count), 0]
    return start + text + data
  }

  /// An array has at least one number, and no byte more than its numbers take.
  @Test func arraysOfNumPy() throws {
    let one = try NPYReader.read(array("(1, 1)", [7]), path: "f")
    #expect(one.fastPixels == 1 && one.slowPixels == 1 && one.pixels == [7])
    let two = try NPYReader.read(array("(2, 1)", [7, 8]), path: "f")
    #expect(two.fastPixels == 1 && two.slowPixels == 2 && two.pixels == [7, 8])
    let rows: [(shape: String, data: [UInt8], problem: String)] = [
      ("(0, 0)", [], "0 x 0 numbers of 1 bytes are expected, 0 bytes follow"),
      ("(0, 3)", [], "0 x 3 numbers of 1 bytes are expected, 0 bytes follow"),
      ("(1, 1)", [], "1 x 1 numbers of 1 bytes are expected, 0 bytes follow"),
      ("(1, 1)", [7, 8], "1 x 1 numbers of 1 bytes are expected, 2 bytes follow"),
    ]
    for row in rows {
      let error = #expect(throws: RequestError.self) { try NPYReader.read(array(row.shape, row.data), path: "f") }
      #expect(error?.problem == row.problem && error?.subject == "f")
    }
  }

  /// The rank of a percentile is a product divided by 100; halves, which are exact here, are rounded up.
  @Test func ranksOfPercentilesAreQuotients() {
    let rows: [(count: Int, percentile: Double, black: Double, white: Double)] = [
      (26, 58, 11, 15), (46, 70, 14, 32), (51, 29, 36, 15), (51, 57, 22, 29), (91, 35, 59, 32), (101, 14.5, 86, 15),
      (101, 57.5, 43, 58),
    ]
    for row in rows {
      var contrast = Contrast()
      contrast.law = .percentile
      contrast.percentile = row.percentile
      let pixels: [Float] = (0..<row.count).map { Float($0) }
      let found = contrast.limits(pixels)
      #expect(found.black == row.black && found.white == row.white, "\(row)")
    }
  }

  /// Of unsigned counts the two highest mark pixels without a measurement; others are limited to the highest count.
  @Test func unsignedCountsOf32Bits() throws {
    let values: [UInt32] = [
      0, 1, 0x7FFF_FFFE, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFC, 0xFFFF_FFFD, 0xFFFF_FFFE, 0xFFFF_FFFF,
    ]
    let wanted: [Int32] = [0, 1, 2_147_483_646, .max, .max, .max, .max, -2, -1]
    for order in ["little_endian", "big_endian"] {
      let isBig = order == "big_endian"
      let keys = "BYTE_ORDER=\(order);\nTYPE=unsigned_long;\nSIZE1=9;\nSIZE2=1;\n"
      var bytes = Array("{\nHEADER_BYTES=512;\n\(keys)}\u{0C}".utf8)
      bytes += [UInt8](repeating: 32, count: 512 - bytes.count)
      for value in values {
        let stored: UInt32 = isBig ? value.bigEndian : value.littleEndian
        withUnsafeBytes(of: stored) { bytes.append(contentsOf: $0) }
      }
      let header = try SMVHeader(bytes, path: "f", flag: "-img", .spec)
      let frame = try SMVFrame.read(bytes, header, path: "f")
      #expect(frame == Frame(fastPixels: 9, slowPixels: 1, .integers(wanted)), "\(order)")
    }
  }
}
