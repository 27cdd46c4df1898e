import Physics
import VisibleText

/// A table that is laid out for a terminal or as Markdown.
public struct TextTable: Sendable {
  private let header: [String]
  private var rows: [[String]] = []

  /// A table with a header and no rows.
  public init(_ header: String...) {
    self.header = header
  }

  /// Adds a row of as many cells as the header has.
  public mutating func add(_ cells: String...) {
    rows.append(cells)
  }

  /// Whether the table has no rows.
  public var isEmpty: Bool { rows.isEmpty }

  /// The table as lines whose columns are aligned by spaces.
  /// - Parameter paint: Adds colour to a cell that has been padded.
  public func plain(paint: (_ padded: String, _ cell: String) -> String = { padded, _ in padded }) -> String {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.indices.map { column in
        let isLast = column == row.count - 1
        let padding = String(repeating: " ", count: isLast ? 0 : widths[column] - row[column].count)
        return paint(row[column] + padding, row[column])
      }
      return cells.joined(separator: "  ") + "\n"
    }.joined()
  }

  /// The table as Markdown; its cells are escaped, the header is not.
  public var markdown: String {
    let line = "|" + header.map { _ in " --- |" }.joined()
    let all =
      [header.map { " \($0) |" }.joined()]
      + rows.map { row in
        row.map { " \(VisibleText.markdown($0)) |" }.joined()
      }
    return ([all[0], String(line.dropFirst())] + all.dropFirst()).map { "|\($0)\n" }.joined()
  }
}

extension TraceReport {
  /// The nine scaling factors as a table: both values, their difference and the verdict.
  public var factorTable: TextTable {
    var table = TextTable("Factor", "Reference", "Candidate", "Delta", "Relative", "Status")
    for factor in factors {
      table.add(
        factor.factor.name, Self.text(factor.reference), Self.text(factor.candidate), Self.text(factor.absolute),
        Self.text(factor.relative), factor.status.rawValue)
    }
    return table
  }

  /// Quantities as a table, in the order of computation.
  /// - Parameter all: Whether quantities that agree are listed, too.
  public func differenceTable(all: Bool) -> TextTable {
    var table = TextTable("Quantity", "Reference", "Candidate", "Delta", "Relative", "Verdict")
    let diverging = Set(divergences.map(\.place))
    for item in items {
      let verdict = Self.verdict(item, diverges: diverging.contains(item.place))
      guard all || verdict == "DIVERGES" || verdict == "differs" else { continue }
      table.add(
        item.place.description, item.reference.map(Self.text) ?? "-", item.candidate.map(Self.text) ?? "-",
        item.deltas.isEmpty ? "-" : item.deltas.map { Self.text($0) }.joined(separator: " "),
        Self.text(item.relativeDeviation), verdict)
    }
    return table
  }

  private static func verdict(_ item: TraceComparison.Item, diverges: Bool) -> String {
    if diverges { return "DIVERGES" }
    guard item.reference != nil else { return "candidate only" }
    guard item.candidate != nil else { return "reference only" }
    return item.identical.count == item.identical.of ? "same" : "differs"
  }

  /// The shortest text that reads back to a number; a dash for nil.
  package static func text(_ number: Double?) -> String { number.map { "\($0)" } ?? "-" }

  /// The text of values, separated by spaces.
  public static func text(_ values: [TraceValue]) -> String {
    values.map { value in
      switch value {
      case .real(let number): "\(number)"
      case .integer(let number): "\(number)"
      case .word(let word): word
      }
    }.joined(separator: " ")
  }
}
