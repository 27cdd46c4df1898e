import Foundation
import PropertyTesting
import TestSupport
import Testing

/// The kept counter-examples belong to properties that exist.
@Suite(.tags(.property), .generousTime) struct CounterexampleTests {
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
