import Foundation
import Testing

/// docs/arithmetic.md: the places that it names are there, and so is what it says would tell.
@Suite struct ArithmeticPageTests {
  private static let root: URL = {
    var folder = URL(fileURLWithPath: #filePath)
    while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path),
      folder.path != "/"
    {
      folder.deleteLastPathComponent()
    }
    return folder
  }()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The cells of the rows of the table, which may hold `\|`.
  private static func rows() throws -> [[String]] {
    try text("docs/arithmetic.md").split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2).map { line in
      line.replacingOccurrences(of: "\\|", with: "∣").split(separator: "|").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
  }

  /// All tests but this one.
  private static func tests() throws -> String {
    let folder = root.appendingPathComponent("Tests")
    let names = FileManager.default.subpaths(atPath: folder.path) ?? []
    return try names.filter { $0.hasSuffix(".swift") && !$0.hasSuffix("ArithmeticPageTests.swift") }
      .map { try text("Tests/\($0)") }.joined()
  }

  @Test func placesAndPropertiesAreThere() throws {
    let (rows, tests) = (try Self.rows(), try Self.tests())
    #expect(rows.count >= 40)
    for row in rows {
      try #require(row.count == 4, "\(row)")
      let place = row[2].split(separator: "`").map(String.init).filter { $0 != " " }
      try #require(place.count == 2, "\(row[2])")
      let source = try Self.text(place[0]).split { $0.isWhitespace }.joined(separator: " ")
      #expect(source.contains(place[1]), "\(place[0]) has no \(place[1])")
      #expect(tests.contains(row[3].trimmingCharacters(in: ["\""])), "no test says \(row[3])")
    }
  }
}
