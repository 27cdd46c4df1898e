import Foundation
import TestSupport
import Testing

/// The list of changes that no test can notice (docs/mutation.md).
@Suite(.tags(.verification)) struct EquivalentMutantTests {
  private struct Entry: Decodable {
    var file: String
    var line: String
    var occurrence: Int
    var column: Int
    var change: String
    var reason: String
  }

  /// An entry is about a line as it stands: a line that changed asks for a new look.
  @Test func everyEntryIsAboutALineThatIsThere() throws {
    let root = PackageFolder.root
    let file = root.appendingPathComponent("fixtures/equivalent-mutants.json")
    let entries = try JSONDecoder().decode([Entry].self, from: Data(contentsOf: file))
    #expect(!entries.isEmpty)
    var lines: [String: [String]] = [:]
    var seen = Set<String>()
    for entry in entries {
      let name = "\(entry.file): \(entry.line), \(entry.change)"
      #expect(seen.insert("\(name) \(entry.occurrence) \(entry.column)").inserted, "\(name) is listed twice")
      #expect(entry.reason.count > 20, "\(name) has no reason")
      if lines[entry.file] == nil {
        lines[entry.file] = try String(contentsOf: root.appendingPathComponent(entry.file), encoding: .utf8)
          .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      }
      #expect(lines[entry.file]!.count { $0 == entry.line } >= entry.occurrence, "\(name): no such line any more")
      #expect((0...entry.line.utf8.count).contains(entry.column) && entry.change.contains(" → "), "\(name)")
    }
  }
}
