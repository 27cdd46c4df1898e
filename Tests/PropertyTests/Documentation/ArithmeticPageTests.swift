import Foundation
import TestSupport
import Testing

/// docs/arithmetic.md: the places that it names are there, and so is what it says would tell.
@Suite(.tags(.verification), .generousTime) struct ArithmeticPageTests {
  /// The cells of the rows of the table, which may hold `\|`.
  private static func rows() throws -> [[String]] {
    try PackageFolder.text("docs/arithmetic.md").split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2).map {
      line in
      line.replacingOccurrences(of: "\\|", with: "∣").split(separator: "|").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
  }

  /// All tests but this one.
  private static func tests() throws -> String {
    let folder = PackageFolder.root.appendingPathComponent("Tests")
    let names = FileManager.default.subpaths(atPath: folder.path) ?? []
    return try names.filter { $0.hasSuffix(".swift") && !$0.hasSuffix("ArithmeticPageTests.swift") }
      .map { try PackageFolder.text("Tests/\($0)") }.joined()
  }

  @Test func placesAndPropertiesAreThere() throws {
    let (rows, tests) = (try Self.rows(), try Self.tests())
    #expect(rows.count >= 40)
    for row in rows {
      try #require(row.count == 4, "\(row)")
      let place = row[2].split(separator: "`").map(String.init).filter { $0 != " " }
      try #require(place.count == 2, "\(row[2])")
      let source = try PackageFolder.text(place[0]).split { $0.isWhitespace }.joined(separator: " ")
      #expect(source.contains(place[1]), "\(place[0]) has no \(place[1])")
      #expect(tests.contains(row[3].trimmingCharacters(in: ["\""])), "no test says \(row[3])")
    }
  }
}
