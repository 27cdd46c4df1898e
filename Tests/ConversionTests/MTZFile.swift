import Foundation

/// An MTZ file, written for tests: space group P 21 21 21.
///
/// Source: CCP4, MTZ library format description (V1.1).
struct MTZFile {
  /// A column: its label, its type, its values.
  struct Column: Sendable {
    var label: String
    var type: Character
    var values: [Float]
    /// The number of its dataset; each has a cell of its own.
    var dataset = 1
  }

  /// The cell of dataset n is longer by n - 1 Å.
  static let cell: [Double] = [30, 41, 52, 90, 90, 90]

  static func bytes(_ columns: [Column]) -> [UInt8] {
    let rows = columns[0].values.count
    var bytes = Array("MTZ ".utf8)
    func append(_ number: UInt32) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
    append(UInt32(21 + rows * columns.count))
    bytes += [0x44, 0x41, 0, 0]
    bytes += [UInt8](repeating: 0, count: 68)
    for row in 0..<rows { for column in columns { append(column.values[row].bitPattern) } }
    for record in records(columns, rows) {
      bytes += Array(record.utf8) + [UInt8](repeating: 32, count: 80 - record.utf8.count)
    }
    return bytes
  }

  private static func records(_ columns: [Column], _ rows: Int) -> [String] {
    func text(_ cell: [Double]) -> String { cell.map { String(format: "%9.4f", $0) }.joined(separator: " ") }
    let datasets = Set(columns.map(\.dataset)).sorted()
    return [
      "VERS MTZ:V1.1", "TITLE a test", "NCOL \(columns.count) \(rows) 0", "CELL \(text(cell))", "SORT 0 0 0 0 0",
      "SYMINF 4 4 P 19 'P 21 21 21' PG222", "SYMM X, Y, Z", "SYMM 1/2-X, -Y, 1/2+Z", "SYMM -X, 1/2+Y, 1/2-Z",
      "SYMM 1/2+X, 1/2-Y, -Z", "RESO 0.0001 0.5", "VALM NAN",
    ] + columns.map { "COLUMN \($0.label) \($0.type) 0 1 \($0.dataset)" } + ["NDIF \(datasets.count)"]
      + datasets.flatMap { number in
        let own = cell.enumerated().map { $0.offset < 3 ? $0.element + Double(number - 1) : $0.element }
        return [
          "PROJECT \(number) p", "CRYSTAL \(number) c", "DATASET \(number) d\(number)", "DCELL \(number) \(text(own))",
          "DWAVEL \(number) 1.0",
        ]
      } + ["END", "MTZENDOFHEADERS"]
  }
}
