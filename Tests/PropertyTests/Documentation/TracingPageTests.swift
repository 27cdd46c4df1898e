import Foundation
import Physics
import TestSupport
import Testing

/// docs/tracing.md: names every quantity that a reference program has to print, in the order of the catalogue.
@Suite(.tags(.verification), .generousTime) struct TracingPageTests {
  /// The names in the first column of the tables of a section, and those of a paragraph behind a word.
  private func page() throws -> [Substring] {
    try PackageFolder.text("docs/tracing.md").split(separator: "## ")
  }

  private func names(_ text: some StringProtocol) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
      String($0.element)
    }
  }

  private func firstColumn(_ section: Substring) -> [String] {
    section.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { names($0.split(separator: "|")[0]) }
  }

  @Test func everyQuantityIsNamedInOrder() throws {
    let page = try page()
    let setup = try #require(page.first { $0.hasPrefix("Set-up lines") })
    #expect(firstColumn(setup) == TraceQuantity.setup.map(\.name))
    let pixel = try #require(page.first { $0.hasPrefix("Pixel lines") })
    // The rotated reciprocal vectors are in no trace of the C program.
    let reference = TraceQuantity.firstStep.filter { !$0.name.hasPrefix("rotated_") }
    #expect(firstColumn(pixel) == (reference + TraceQuantity.scaling).map(\.name))
    let lists = try #require(pixel.range(of: "PHI lines have"))
    #expect(names(pixel[lists.lowerBound...]) == (TraceQuantity.phi + TraceQuantity.step).map(\.name))
  }
}
