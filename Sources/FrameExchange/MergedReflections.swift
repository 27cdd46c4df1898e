import CGemmi
import FrameIO
import Physics

/// Structure factors of MTZ and mmCIF files, as a list without symmetry, which is what the simulator needs.
public struct MergedReflections: Sendable {
  /// The reflections, each index once, sorted.
  public let reflections: [Reflection]
  /// The cell, Å and degrees; nil if the file tells none.
  public let cell: [Double]?
  /// The space group by its Hermann-Mauguin symbol; nil if the file tells none that is known.
  public let spaceGroup: String?
  /// The column that was taken.
  public let column: String
  /// Whether the amplitudes are roots of intensities.
  public let isIntensity: Bool
  /// How many reflections of the file have no value.
  public let missing: Int

  /// How many reflections the file lists although it has listed the same before; the first counts.
  public let repeated: Int

  /// Whether the package was built with gemmi.
  public static var isAvailable: Bool { cgemmi_is_available() != 0 }

  /// Reads a file with gemmi.
  /// - Parameters:
  ///   - bytes: The file, MTZ or mmCIF.
  ///   - path: Its name, for the error message.
  ///   - column: The column to take; the first amplitudes, else the first intensities, if nil.
  ///   - expands: Whether to apply the symmetry of the file and Friedel's law.
  /// - Throws: `RequestError` with what gemmi says.
  public init(_ bytes: [UInt8], path: String, column: String?, expands: Bool) throws(RequestError) {
    var result = cgemmi_result()
    var message = [CChar](repeating: 0, count: 512)
    let status = bytes.withUnsafeBytes { buffer in
      cgemmi_read(
        buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, column, expands ? 1 : 0, &result,
        &message,
        message.count)
    }
    guard status == 0 else {
      throw RequestError(
        path, Self.text(message), remedy: "give a whole MTZ or mmCIF file, and --column one of its columns")
    }
    defer { cgemmi_free(&result) }
    let rows = UnsafeBufferPointer(start: result.reflections, count: result.count)
    func precedes(_ one: Int, _ other: Int) -> Bool {
      let (a, b) = (rows[one], rows[other])
      // Of several the first in the file counts, and what the file lists before what symmetry makes of it.
      return (Int(a.h), Int(a.k), Int(a.l), one) < (Int(b.h), Int(b.k), Int(b.l), other)
    }
    var unique: [Reflection] = []
    unique.reserveCapacity(rows.count)
    var repeated = 0
    for index in rows.indices.sorted(by: precedes) {
      let row = rows[index]
      if let last = unique.last, (last.h, last.k, last.l) == (Int(row.h), Int(row.k), Int(row.l)) {
        repeated += index < result.listed ? 1 : 0
        continue
      }
      unique.append(Reflection(h: Int(row.h), k: Int(row.k), l: Int(row.l), amplitude: row.amplitude))
    }
    self.repeated = repeated
    reflections = unique
    let numbers = withUnsafeBytes(of: result.cell) { Array($0.bindMemory(to: Double.self)) }
    cell = numbers[0] > 0 ? numbers : nil
    let group = withUnsafeBytes(of: result.space_group) { Self.text(Array($0.bindMemory(to: CChar.self))) }
    spaceGroup = group.isEmpty ? nil : group
    self.column = withUnsafeBytes(of: result.column) { Self.text(Array($0.bindMemory(to: CChar.self))) }
    isIntensity = result.is_intensity != 0
    missing = result.missing
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
