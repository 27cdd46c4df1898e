import CGemmi
import FrameIO
import Physics

/// Structure factors of MTZ, mmCIF, SHELX and XDS files, as a list without symmetry, which is what the simulator needs.
public struct MergedReflections: Sendable {
  /// The reflections, each index once, sorted.
  public let reflections: [Reflection]
  /// The cell of the column's own dataset, Å and degrees; nil if the file states none.
  public let cell: [Double]?
  /// The space group by its Hermann-Mauguin symbol; nil if the file states none that gemmi knows.
  public let spaceGroup: String?
  /// The column that was taken, or the two of an anomalous pair.
  public let column: String
  /// Whether the amplitudes are roots of intensities.
  public let isIntensity: Bool
  /// Remarks for the user: other columns that could have been taken; reflections left out, filled in or averaged.
  public let notes: [String]

  /// Whether the package was built with gemmi.
  public static var isAvailable: Bool { cgemmi_is_available() != 0 }

  /// Reads a file with gemmi.
  ///
  /// Unless a column is named, the first of these is taken: measured amplitudes, anomalous pairs of amplitudes,
  /// measured intensities, anomalous pairs of intensities, calculated amplitudes. Map coefficients are taken only if
  /// named. Of a pair, F(+) goes to h k l and its rotational mates, F(-) to -h -k -l and the mates of that.
  /// - Parameters:
  ///   - bytes: The file: MTZ, mmCIF or SHELX's fcf.
  ///   - path: Its name, for the error message.
  ///   - column: The column to take, or one of a pair.
  ///   - expands: Whether to apply the symmetry of the file and Friedel's law.
  /// - Throws: `RequestError` with gemmi's message.
  public init(_ bytes: [UInt8], path: String, column: String?, expands: Bool) throws(RequestError) {
    try self.init(path: path, remedy: "give a whole MTZ, mmCIF or fcf file, and --column one of its columns") {
      result, message, size in
      bytes.withUnsafeBytes {
        cgemmi_read(
          $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, column, expands ? 1 : 0, &result, message, size
        )
      }
    }
  }

  /// Applies symmetry to a list.
  /// - Parameters:
  ///   - list: The reflections, with intensities in place of amplitudes.
  ///   - group: The number of the space group; nil if it is not known.
  /// - Throws: `RequestError` if no reflection has a value.
  init(
    intensities list: [Reflection], column: String, cell: [Double]?, group: Int?, path: String, expands: Bool,
    notes: [String]
  ) throws(RequestError) {
    let rows = list.map {
      cgemmi_reflection(h: Int32($0.h), k: Int32($0.k), l: Int32($0.l), amplitude: $0.amplitude)
    }
    let made = try MergedReflections(path: path, remedy: "give a whole list") { result, message, size in
      rows.withUnsafeBufferPointer {
        cgemmi_expand($0.baseAddress, $0.count, Int32(group ?? 0), expands ? 1 : 0, &result, message, size)
      }
    }
    (reflections, spaceGroup, isIntensity) = (made.reflections, made.spaceGroup, true)
    (self.cell, self.column, self.notes) = (cell, column, notes + made.notes)
  }

  private init(
    path: String, remedy: String,
    _ read: (_ result: inout cgemmi_result, _ message: UnsafeMutablePointer<CChar>, _ size: Int) -> Int32
  ) throws(RequestError) {
    var result = cgemmi_result()
    let problem: String? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { message in
      read(&result, message.baseAddress!, message.count) == 0 ? nil : String(cString: message.baseAddress!)
    }
    if let problem { throw RequestError(path, problem, remedy: remedy) }
    defer { cgemmi_free(&result) }
    reflections = UnsafeBufferPointer(start: result.reflections, count: result.count).map {
      Reflection(h: Int($0.h), k: Int($0.k), l: Int($0.l), amplitude: $0.amplitude)
    }
    let numbers = withUnsafeBytes(of: result.cell) { Array($0.bindMemory(to: Double.self)) }
    cell = numbers[0] > 0 ? numbers : nil
    let group = withUnsafeBytes(of: result.space_group, Self.text)
    spaceGroup = group.isEmpty ? nil : group
    column = withUnsafeBytes(of: result.column, Self.text)
    isIntensity = result.is_intensity != 0
    notes = Self.notes(result)
  }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func notes(_ result: cgemmi_result) -> [String] {
    var notes: [String] = []
    func add(_ count: Int, _ words: String) { if count > 0 { notes.append("\(count) \(words)") } }
    let others = withUnsafeBytes(of: result.others, text)
    if !others.isEmpty { notes.append("there are also \(others); --column takes one") }
    if result.is_pair != 0 {
      notes.append("the first of the pair goes to h k l and its mates, the second to -h -k -l and its own")
    }
    add(result.centric, "centric reflections have two values that differ: both mates get their mean")
    add(result.single, "acentric reflections have one value of the pair: both mates get it")
    add(result.negative, "intensities are below zero: their amplitudes are zero")
    add(result.repeated, "reflections are given more than once; the first counts")
    add(result.missing, "reflections have no value and are left out")
    return notes
  }
}
