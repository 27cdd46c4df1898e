import Foundation
import TestSupport
import Testing

/// Citations of the specification: the pages and sections are there.
@Suite(.tags(.verification), .generousTime) struct CitationTests {
  /// A page of the specification and, if one is named, a section of it.
  private struct Citation: Hashable, CustomStringConvertible {
    let page: String
    let section: String?

    var description: String { page + (section.map { " §\($0)" } ?? "") }
  }

  /// The citations of a text, by a pattern of the page's path.
  private static func citations(in text: String) -> Set<Citation> {
    let pattern = /reference\/(\d\d[a-z-]+)\.md`?(?: §(\d+(?:\.\d+)?))?/
    return Set(text.matches(of: pattern).map { Citation(page: String($0.1), section: $0.2.map(String.init)) })
  }

  private static func exists(_ citation: Citation) -> Bool {
    guard let text = try? PackageFolder.text("docs/reference/\(citation.page).md") else { return false }
    guard let section = citation.section else { return true }
    return text.split(separator: "\n").contains { line in
      line.hasPrefix("#") && line.drop { $0 == "#" }.hasPrefix(" \(section)")
        && !(line.drop { $0 == "#" }.dropFirst(section.count + 1).first?.isNumber ?? false)
    }
  }

  @Test("Every section of the specification that a source, a test or a page cites exists")
  func citedSectionsExist() throws {
    var found: Set<Citation> = []
    for folder in ["Sources", "Tests", "docs", "Tools/Fuzz/Sources", "Tools/Mutate/Sources"] {
      let names = FileManager.default.subpaths(atPath: PackageFolder.root.appendingPathComponent(folder).path) ?? []
      for name in names.sorted() where name.hasSuffix(".swift") || name.hasSuffix(".md") {
        let text = try PackageFolder.text("\(folder)/\(name)")
        #expect(!text.contains("spec" + "/30"), "\(folder)/\(name) cites a path that is not in the repository")
        for citation in Self.citations(in: text) where found.insert(citation).inserted {
          #expect(Self.exists(citation), "\(folder)/\(name) cites \(citation), which does not exist")
        }
      }
    }
    #expect(found.count > 40)
  }

  @Test("A citation of a section that is not there is found")
  func missingSectionsAreFound() {
    #expect(Self.exists(Citation(page: "30-crystal", section: "12")))
    #expect(Self.exists(Citation(page: "40-beam-and-sampling", section: "1.5")))
    #expect(!Self.exists(Citation(page: "30-crystal", section: "13")))
    #expect(!Self.exists(Citation(page: "40-beam-and-sampling", section: "1.9")))
    #expect(!Self.exists(Citation(page: "31-crystal", section: nil)))
    let text = "(docs/reference/30-crystal.md §12, and reference/20-geometry.md)"
    #expect(
      Self.citations(in: text) == [
        Citation(page: "30-crystal", section: "12"), Citation(page: "20-geometry", section: nil),
      ])
  }
}
