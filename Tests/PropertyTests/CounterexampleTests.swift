import Foundation
import PropertyTesting
import TestSupport
import Testing

/// The kept counter-examples belong to properties that exist.
@Suite(.tags(.property), .generousTime) struct CounterexampleTests {
  /// Files of worst cases are those of a family that exists, under the name that the engine looks for, the worst first.
  @Test func worstCasesAreOfProperties() throws {
    let folder = PackageFolder.fixtures.appendingPathComponent("worst")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let tests = PackageFolder.root.appendingPathComponent("Tests")
    let sources = (FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)?.allObjects ?? [])
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
      .compactMap { try? String(contentsOf: $0, encoding: .utf8) }
    #expect(!names.isEmpty)
    for name in names {
      let worst = try WorstCases.read(folder.appendingPathComponent(name))
      let family = worst.property.split(separator: " ").first.map(String.init) ?? ""
      #expect(
        sources.contains { $0.contains("PropertyFamily(\"\(family)\")") }, "\(name): no family \(family): delete it")
      #expect(name == WorstCases.name(of: worst.property) && worst.engine == WorstCases.engineVersion, "\(name)")
      #expect((1...WorstCases.most).contains(worst.cases.count), "\(name)")
      #expect(worst.cases.map(\.ratio) == worst.cases.map(\.ratio).sorted(by: >), "\(name)")
      #expect(worst.cases.allSatisfy { ReplayToken(text: $0.token) != nil && $0.ratio > 0 }, "\(name)")
    }
  }

  @Test func keptCasesNameTheirProperty() throws {
    let store = CounterexampleStore(folder: PackageFolder.fixtures.appendingPathComponent("counterexamples"))
    let tests = PackageFolder.root.appendingPathComponent("Tests")
    let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
    let sources = try (files?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
      .map { try String(contentsOf: $0, encoding: .utf8) }
    for (name, counterexample) in try store.all() {
      // The name of a family has no space.
      let parts = counterexample.property.split(separator: " ", maxSplits: 1).map(String.init)
      let isThere = sources.contains {
        $0.contains("PropertyFamily(\"\(parts[0])\")") && $0.contains("\"\(parts[1])\"")
      }
      #expect(isThere, "\(name): there is no property \"\(counterexample.property)\": delete or mend it")
      #expect(counterexample.choices != nil, "\(name): \"\(counterexample.token)\" is no token")
    }
  }
}
