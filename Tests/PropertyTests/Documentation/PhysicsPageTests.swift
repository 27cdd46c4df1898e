import Foundation
import Physics
import TestSupport
import Testing

/// docs/physics.md: its index has a row for every law, and what the rows name is there.
@Suite(.tags(.verification), .generousTime) struct PhysicsPageTests {
  /// The rows of the index: law, equation, Swift, C program, oracle, properties.
  private static func rows() throws -> [[String]] {
    let page = try PackageFolder.text("docs/physics.md")
    let index = page.split(separator: "## Index", maxSplits: 1).last?.split(separator: "\n## ", maxSplits: 1).first
    return (index ?? "").split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2).map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// The texts between backquotes.
  private static func quoted(_ cell: String) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
      String($0.element)
    }
  }

  @Test("Every file and symbol that a row names exists")
  func namesExist() throws {
    let rows = try Self.rows()
    #expect(rows.count >= 50)
    for row in rows {
      try #require(row.count == 6, "\(row)")
      for cell in [row[2], row[4]] where cell != "–" {
        let names = Self.quoted(cell)
        try #require(names.count.isMultiple(of: 2) && !names.isEmpty, "\(cell): paths and symbols in turn")
        for (path, symbol) in zip(names.indices.filter { $0 % 2 == 0 }, names.indices.filter { $0 % 2 == 1 }) {
          let text = try PackageFolder.text(names[path])
          #expect(text.contains(names[symbol]), "\(names[path]) has no \(names[symbol])")
        }
      }
      for path in Self.quoted(row[5]) { _ = try PackageFolder.text(path) }
    }
  }

  @Test("Every file with a law has a row")
  func lawsHaveRows() throws {
    let cells = try Self.rows().map { $0[2] }.joined()
    for folder in ["Beam", "Crystal", "Counts", "Detector", "Math", "Random"] {
      let path = "Sources/Physics/\(folder)"
      let names = FileManager.default.subpaths(atPath: PackageFolder.root.appendingPathComponent(path).path) ?? []
      for name in names where name.hasSuffix(".swift") {
        #expect(cells.contains("`\(path)/\(name)`"), "\(path)/\(name) has no row in docs/physics.md")
      }
    }
  }

  @Test("Quirks are named as they are")
  func quirksAreKnown() throws {
    let page = try PackageFolder.text("docs/physics.md")
    for match in page.matches(of: /`Quirk\.([A-Za-z]+)`/) {
      #expect(Quirk.allCases.contains { "\($0)" == match.1 }, "there is no Quirk.\(match.1)")
    }
  }
}
