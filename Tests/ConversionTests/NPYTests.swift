import Foundation
import FrameExchange
import FrameIO
import Physics
import TestSupport
import Testing

/// Arrays of NumPy.
@Suite(.tags(.files), .generousTime) struct NPYTests {
  private func file(_ type: String, _ shape: String, _ numbers: [UInt8], order: String = "False", version: UInt8 = 1)
    -> [UInt8]
  {
    var header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }"
    let start = version == 1 ? 10 : 12
    header += String(repeating: " ", count: 63 - (header.utf8.count + start) % 64) + "\n"
    let count = header.utf8.count
    let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(count >> (8 * $0) & 255) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(header.utf8) + numbers
  }

  private func bytes<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
    numbers.flatMap { number in withUnsafeBytes(of: number) { Array($0) } }
  }

  private let values: [Float] = [0, 1, 2, 3, 4, 5]

  @Test func allNumberFormats() throws {
    let floats = bytes(values.map(\.bitPattern))
    let doubles = bytes(values.map { Double($0).bitPattern })
    let whole = values.map { Int($0) }
    for (type, numbers) in [
      ("<f4", floats), ("<f8", doubles), (">f4", bytes(values.map(\.bitPattern.bigEndian))),
      (">f8", bytes(values.map { Double($0).bitPattern.bigEndian })), ("|u1", whole.map(UInt8.init)),
      ("<u2", bytes(whole.map(UInt16.init))), (">i2", bytes(whole.map { Int16($0).bigEndian })),
      ("<i4", bytes(whole.map(Int32.init))), ("<u4", bytes(whole.map(UInt32.init))),
      ("<i8", bytes(whole.map(Int64.init))),
    ] {
      for version: UInt8 in [1, 2] {
        let image = try NPYReader.read(file(type, "(2, 3)", numbers, version: version), path: "a.npy")
        #expect(image.fastPixels == 3 && image.slowPixels == 2 && image.pixels == values, "\(type)")
      }
    }
  }

  /// A column-major array has the same pixels in another order.
  @Test func columnMajor() throws {
    let numbers = bytes([Float(0), 3, 1, 4, 2, 5].map(\.bitPattern))
    #expect(try NPYReader.read(file("<f4", "(2, 3)", numbers, order: "True"), path: "a").pixels == values)
  }

  @Test func damagedFilesAreRefused() {
    let numbers = bytes(values.map(\.bitPattern))
    let whole = file("<f4", "(2, 3)", numbers)
    for damaged in [
      Array(whole.dropLast()), whole + [0], file("<c8", "(2, 3)", numbers), file("<f4", "(6,)", numbers),
      file("<f4", "(1, 2, 3)", numbers), file("<f4", "(9223372036854775807, 3)", numbers), Array(whole.prefix(20)),
      file("<f4", "(0, 3)", []), Array("NUMPY".utf8),
    ] {
      #expect(throws: RequestError.self) { try NPYReader.read(damaged, path: "a.npy") }
    }
  }
}
