import FrameIO
import Glibc
import Physics
import TestSupport
import Testing

/// The binary cache of structure factors: how long its first line, its indices and the file may be.
@Suite(.tags(.files)) struct CacheHeaderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func cache(_ header: String, _ values: [Double]) -> [UInt8] {
    var bytes = Array("\(header)\n\u{0C}".utf8)
    for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// The ranges and the number of reflections, or what is wrong.
  private func said(_ read: () throws(RequestError) -> StructureFactors) -> String {
    do throws(RequestError) {
      let table = try read()
      return "\(table.h) \(table.k) \(table.l), \(table.count)"
    } catch {
      return error.problem
    }
  }

  /// The first line and the form feed lie in the first 256 bytes. Limits are integers of 32 bits. The product of three
  /// numbers of points is rounded once where that of the first two is exact.
  @Test func firstLines() throws {
    let noFeed = "the first line is not followed by a form feed"
    let noLimits = "the first line has no six index limits"
    let one = "0...0 0...0 0...0, 1"
    func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }
    let rows: [(header: String, said: String)] = [
      ("0 0 0 0 0 0", one), ("\(blanks(243))0 0 0 0 0 0", one), ("0 0 0 0\(blanks(244))0 0", one),
      ("\(blanks(244))0 0 0 0 0 0", noFeed), ("0 0 0 0\(blanks(245))0 0", noFeed), ("0 0 0 0 0 0\n", noFeed),
      ("-2147483648 -2147483648 0 0 0 0", "-2147483648...-2147483648 0...0 0...0, 1"),
      ("0 0 2147483647 2147483647 0 0", "0...0 2147483647...2147483647 0...0, 1"),
      ("-2147483649 -2147483648 0 0 0 0", noLimits), ("0 0 2147483647 2147483648 0 0", noLimits),
      ("1 0 0 0 0 0", noLimits), ("0 0 1 0 0 0", noLimits), ("0 0 0 0 1 0", noLimits), ("0 0 0 0 0", noLimits),
      ("0 0 0 0 0 0 0", noLimits), ("0 0 0 0 0 x", noLimits), ("", noLimits),
      // 5 · 2147483649 · 3000000001 = 32212254745737418245, between two doubles that lie 4096 apart.
      (
        "0 3 0 2147483647 -1000000000 1999999999",
        "the limits ask for 32212254745737416704 numbers, the file has 8"
      ),
    ]
    for (header, wanted) in rows {
      let bytes = cache(header, [1, 2, 3, 4, 5, 6, 7, 8])
      let path = try folder.file("a.bin", bytes)
      let parsed = said { () throws(RequestError) in
        try ReflectionCache.parse(bytes, path: path, defaultAmplitude: 3)
      }
      #expect(parsed == wanted, "\(header)")
      let read = said { () throws(RequestError) in try ReflectionCache.read(path, defaultAmplitude: 3) }
      #expect(read == wanted, "\(header)")
    }
  }

  /// Every byte of every number is taken, to the last one of the last number.
  @Test func allBytesOfTheNumbersAreTaken() throws {
    var values: [Double] = [1, -2, 3, -4, 5, 6, -7, 8]
    for last in [2.5, -2.5, 1e300, -1e-300, 7.25] {
      values[7] = last
      let bytes = cache("0 0 0 0 0 0", values)
      let parsed = try ReflectionCache.parse(bytes, path: "f", defaultAmplitude: 3)
      #expect(parsed.grid.map(\.bitPattern) == values.map(\.bitPattern))
      let read = try ReflectionCache.read(folder.file("a.bin", bytes + [1, 2]), defaultAmplitude: 3)
      #expect(read.grid.map(\.bitPattern) == values.map(\.bitPattern))
      #expect(parsed.nearest(Vector3(0, 0, 0)) == 1 && parsed.nearest(Vector3(0, 0, 1)) == 3)
    }
  }

  /// A cache may be as long as the limit of files, and no longer. Files of zeros take no room on the disk.
  @Test func theLargestCache() throws {
    let path = try folder.file("a.bin", "")
    let limit = FileBytes.limit
    let rows: [(size: Int, said: String)] = [
      (limit, "the first line is not followed by a form feed"),
      (limit + 1, "the file has \(limit + 1) bytes; at most \(limit) are read"),
    ]
    for (size, wanted) in rows {
      // Some file systems have no files of that length.
      guard truncate(path, size) == 0 else { return }
      let found = said { () throws(RequestError) in try ReflectionCache.read(path, defaultAmplitude: 3) }
      #expect(found == wanted)
    }
  }
}
