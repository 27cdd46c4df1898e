import Foundation

/// The tables of docs/running.md that say how commands are taken.
public enum DocumentedRows {
  /// The rows of the first table behind a heading: the command, and what is said about it.
  public static func all(heading: String) -> [(command: String, words: String)] {
    let page = try? PackageFolder.text("docs/running.md")
    let lines = (page ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    let start = lines.firstIndex { $0.hasPrefix(heading) } ?? lines.endIndex
    let table = lines[start...].drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
    return table.dropFirst(2).map { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      // What stands behind the command in backquotes says what its file holds.
      return (cells[0].split(separator: "`").first.map(String.init) ?? "", cells[1])
    }
  }
}
