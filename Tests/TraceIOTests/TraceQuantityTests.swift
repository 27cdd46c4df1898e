import Foundation
import GoldenStore
import Physics
import Testing
import TraceIO

/// The table of quantities, which everything that deals with traces reads.
@Suite struct TraceQuantityTests {
  private static let root = GoldenCorpus.ofPackage().root.deletingLastPathComponent().deletingLastPathComponent()

  @Test("Every name has a row, and a line of trace has it once")
  func everyNameHasARow() {
    #expect(Set(TraceQuantity.all.map(\.id)) == Set(TraceName.allCases))
    let rows = TraceQuantity.all.map { "\($0.section) \($0.name)" }
    #expect(Set(rows).count == rows.count)
    #expect(TraceQuantity.all.allSatisfy { TraceQuantity.named($0.name, in: $0.section) == $0 })
  }

  @Test("A quantity follows from quantities that are computed before it")
  func sourcesComeFirst() {
    var computed: Set<TraceName> = []
    // Phi and step lines stand between the first step and the whole pixel.
    for quantity in TraceQuantity.all {
      #expect(computed.isSuperset(of: quantity.sources), "\(quantity.name) follows from what comes after it")
      computed.insert(quantity.id)
    }
  }

  @Test("Names and older names are told apart")
  func olderNamesAreNoNames() {
    for name in TraceQuantity.all.flatMap(\.olderNames) {
      #expect(!TraceQuantity.isKnown(name))
    }
    #expect(TraceQuantity.named("no_such_quantity", in: .pixel) == nil)
  }

  @Test("The page docs/quantities.md is that of the table")
  func pageIsThatOfTheTable() throws {
    let page = try String(contentsOf: Self.root.appendingPathComponent("docs/quantities.md"), encoding: .utf8)
    #expect(page == TraceQuantity.markdown + "\n", "run make pages")
  }

  @Test("No source file but the list of names spells the name of a quantity")
  func namesAreSpelledOnce() throws {
    // Single letters and everyday words are names, too, and stand in texts of another meaning.
    let names = TraceName.allCases.map(\.rawValue).filter { $0.contains("_") }
    let sources = Self.root.appendingPathComponent("Sources")
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
    #expect(files.count > 200)
    for file in files where file.pathExtension == "swift" && file.lastPathComponent != "TraceName.swift" {
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      let text = lines.filter { !$0.drop(while: \.isWhitespace).hasPrefix("//") }.joined(separator: "\n")
      for name in names where text.contains("\"\(name)\"") {
        Issue.record("\(file.lastPathComponent) spells \(name); use TraceName")
      }
    }
  }

  @Test("A quantity that only the candidate has is no divergence, a further step is one")
  func newQuantitiesDoNotDiverge() throws {
    let reference = try Scene.trace()
    var candidate = reference
    candidate.lines.append(TraceLine(.pixel, [TraceField("absorbed_dose", 3.5)]))
    let rule = UniformTolerance(.exact(because: "copies"))
    let comparison = TraceComparison(reference: reference, candidate: candidate, rule: rule)
    #expect(comparison.firstDivergence?.place.name == "absorbed_dose")
    #expect(comparison.withoutNewQuantities.firstDivergence == nil)
    let step = try #require(candidate.lines.last { $0.section == .step })
    candidate.lines.append(step)
    let longer = TraceComparison(reference: reference, candidate: candidate, rule: rule).withoutNewQuantities
    #expect(longer.firstDivergence?.place.section == .step)
  }
}
