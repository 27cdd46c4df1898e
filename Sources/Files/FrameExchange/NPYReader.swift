import Foundation
import FrameIO
import Physics

/// Reads an array of NumPy (`.npy`, format versions 1 to 3): two dimensions, slow then fast, of floats or whole numbers.
public enum NPYReader {
  private static let mark: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Whether bytes start with the mark of a `.npy` file.
  public static func isNPY(_ bytes: [UInt8]) -> Bool { bytes.starts(with: mark) }

  /// Reads an image of shape slow × fast; numbers that no 32-bit float equals are rounded.
  /// - Parameters:
  ///   - bytes: The file.
  ///   - path: Its name, for the error message.
  /// - Throws: `RequestError` naming what is damaged or not supported.
  public static func read(_ bytes: [UInt8], path: String) throws(RequestError) -> FloatImage {
    func refused(_ problem: String) -> RequestError {
      RequestError(path, problem, remedy: "give a .npy file of two dimensions, such as numpy.save writes of an image")
    }
    guard isNPY(bytes), bytes.count > 12 else { throw refused("this is no .npy file") }
    let isShort = bytes[6] == 1
    let length = (0..<(isShort ? 2 : 4)).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = (isShort ? 10 : 12) + length
    guard start <= bytes.count else { throw refused("the header is cut off") }
    let header = String(decoding: bytes[(isShort ? 10 : 12)..<start], as: UTF8.self)
    guard let type = header.firstMatch(of: /'descr': *'([<>|=]?)([a-z])(\d+)'/)?.output,
      let shape = header.firstMatch(of: /'shape': *\((\d+), *(\d+),?\)/)?.output, let slow = Int(shape.1),
      let fast = Int(shape.2), let width = Int(type.3)
    else {
      throw refused("the array has not two dimensions of plain numbers: \(header.prefix { !$0.isNewline }.prefix(120))")
    }
    let (count, overflow) = slow.multipliedReportingOverflow(by: fast)
    let (size, isTooLarge) = count.multipliedReportingOverflow(by: width)
    guard !overflow, !isTooLarge, count > 0, bytes.count - start == size else {
      throw refused("\(slow) x \(fast) numbers of \(width) bytes are expected, \(bytes.count - start) bytes follow")
    }
    guard let number = reader("\(type.2)\(width)", isBig: type.1 == ">") else {
      throw refused("numbers of type \(type.2)\(width) are not supported")
    }
    let isColumnMajor = header.contains(/'fortran_order': *True/)
    let pixels = bytes.withUnsafeBytes { buffer in
      (0..<count).map { index in
        let place = isColumnMajor ? index % fast * slow + index / fast : index
        return number(buffer, start + width * place)
      }
    }
    return FloatImage(fastPixels: fast, slowPixels: slow, pixels: pixels)
  }

  private static func reader(_ type: String, isBig: Bool) -> ((UnsafeRawBufferPointer, Int) -> Float)? {
    func bits<Number: FixedWidthInteger>(_: Number.Type) -> (UnsafeRawBufferPointer, Int) -> Number {
      { buffer, offset in
        let raw = buffer.loadUnaligned(fromByteOffset: offset, as: Number.self)
        return isBig ? Number(bigEndian: raw) : Number(littleEndian: raw)
      }
    }
    func whole<Number: FixedWidthInteger>(_ type: Number.Type) -> (UnsafeRawBufferPointer, Int) -> Float {
      let bits = bits(type)
      return { Float(bits($0, $1)) }
    }
    let (single, double) = (bits(UInt32.self), bits(UInt64.self))
    switch type {
    case "f4": return { Float(bitPattern: single($0, $1)) }
    case "f8": return { Float(Double(bitPattern: double($0, $1))) }
    case "u1", "b1": return whole(UInt8.self)
    case "i1": return whole(Int8.self)
    case "u2": return whole(UInt16.self)
    case "i2": return whole(Int16.self)
    case "u4": return whole(UInt32.self)
    case "i4": return whole(Int32.self)
    case "u8": return whole(UInt64.self)
    case "i8": return whole(Int64.self)
    default: return nil
    }
  }
}
