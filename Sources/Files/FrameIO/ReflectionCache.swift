import Physics

import Glibc

/// The binary cache of structure factors that the reference program writes, `Fdump.bin` (docs/reference/30-crystal.md
/// §9).
///
/// A line of six index limits, a form feed, then a grid of doubles with one element more than the range in each
/// direction. The reference program skips every white-space byte after the limits, data included (Q-31); here exactly
/// one newline and one form feed are skipped, in both compatibilities.
public enum ReflectionCache {
  /// The reference program's default name.
  public static let defaultName = "Fdump.bin"

  /// Whether a file of this name exists and can be read.
  public static func exists(_ path: String) -> Bool {
    access(path, R_OK) == 0
  }

  /// Reads a cache.
  /// - Parameters:
  ///   - path: The file.
  ///   - defaultAmplitude: The structure factor outside the range, in electrons.
  /// - Throws: `RequestError` if the file cannot be read, has no proper header or is cut off.
  public static func read(_ path: String, defaultAmplitude: Double) throws(RequestError) -> StructureFactors {
    let file = try InputFile(path, for: "-dump")
    guard file.isRegular, try !file.isPacked() else {
      return try parse(try FileBytes.read(file, path, for: "-dump"), path: path, defaultAmplitude: defaultAmplitude)
    }
    guard file.size <= FileBytes.limit else { throw FileBytes.tooLarge(path, "-dump", file.size, FileBytes.limit) }
    var start = [UInt8](repeating: 0, count: min(file.size, Header.limit))
    let got = try start.withUnsafeMutableBufferPointer { (buffer) throws(RequestError) in
      try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
    }
    let header = try Header(start[..<got], fileSize: file.size, path: path, flag: "-dump")
    // The text in front leaves the numbers unaligned, so they are read into the grid rather than mapped.
    return try StructureFactors(h: header.h, k: header.k, l: header.l, defaultAmplitude: defaultAmplitude) {
      (grid) throws(RequestError) in
      let got = try file.read(into: UnsafeMutableRawBufferPointer(grid), at: header.size)
      guard got == 8 * grid.count else { throw malformed("-dump", path, "it became shorter while it was read") }
    }
  }

  /// Reads a cache from the bytes of a file.
  /// - Parameters:
  ///   - path: The name of the file, for the error message.
  ///   - defaultAmplitude: The structure factor outside the range, in electrons.
  /// - Throws: `RequestError` if the bytes have no proper header or are cut off.
  public static func parse(
    _ bytes: [UInt8], path: String, defaultAmplitude: Double, flag: String = "-dump"
  ) throws(RequestError) -> StructureFactors {
    let header = try Header(bytes.prefix(Header.limit), fileSize: bytes.count, path: path, flag: flag)
    return StructureFactors(h: header.h, k: header.k, l: header.l, defaultAmplitude: defaultAmplitude) { grid in
      bytes.withUnsafeBytes {
        let numbers = UnsafeRawBufferPointer(rebasing: $0[header.size..<header.size + 8 * grid.count])
        UnsafeMutableRawBufferPointer(grid).copyMemory(from: numbers)
      }
    }
  }

  /// The text before the numbers.
  private struct Header {
    static let limit = 256
    let h: ClosedRange<Int>, k: ClosedRange<Int>, l: ClosedRange<Int>
    /// The offset of the numbers, in bytes.
    let size: Int

    init(_ bytes: ArraySlice<UInt8>, fileSize: Int, path: String, flag: String) throws(RequestError) {
      guard let end = bytes.firstIndex(of: 10), end + 1 < bytes.endIndex, bytes[end + 1] == 12 else {
        throw malformed(flag, path, "the first line is not followed by a form feed")
      }
      let limits = bytes[..<end].split(separator: 32).map { Int(String(decoding: $0, as: UTF8.self)) }
      guard limits.count == 6, let h = range(limits, 0), let k = range(limits, 2), let l = range(limits, 4) else {
        throw malformed(flag, path, "the first line has no six index limits")
      }
      size = end + 2
      let points = Double(h.count + 1) * Double(k.count + 1) * Double(l.count + 1)
      guard Double(fileSize - size) >= 8 * points else {
        throw malformed(
          flag, path,
          "the limits ask for \(NumberText.text("%.0f", points)) numbers, the file has \((fileSize - size) / 8)")
      }
      (self.h, self.k, self.l) = (h, k, l)
    }
  }

  /// Writes a cache: the six limits, a form feed, the grid with its padding.
  /// - Throws: `RequestError` if the file cannot be written; no partial file is left.
  public static func write(_ factors: StructureFactors, to path: String) throws(RequestError) {
    let limits = [factors.h, factors.k, factors.l].flatMap { [$0.lowerBound, $0.upperBound] }
    let header = limits.map(String.init).joined(separator: " ") + "\n\u{0C}"
    try FileBytes.write(header: Array(header.utf8), factors.grid, to: path, for: "-dump")
  }

  private static func range(_ limits: [Int?], _ index: Int) -> ClosedRange<Int>? {
    let possible = Int(Int32.min)...Int(Int32.max)
    guard let low = limits[index], let high = limits[index + 1], low <= high, possible.contains(low),
      possible.contains(high)
    else { return nil }
    return low...high
  }

  private static func malformed(_ flag: String, _ path: String, _ problem: String) -> RequestError {
    RequestError(
      flag, value: path, problem, remedy: "remove the file, or give the reflections anew with -hkl")
  }
}
