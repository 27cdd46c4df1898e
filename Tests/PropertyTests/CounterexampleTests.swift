import Foundation
import PropertyTesting
import Testing

/// The kept counter-examples belong to properties that exist.
@Suite struct CounterexampleTests {
  @Test func keptCasesNameTheirProperty() throws {
    let store = try #require(CounterexampleStore(besides: #filePath))
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
    let sources = try (files?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
      .map { try String(contentsOf: $0, encoding: .utf8) }
    for (name, counterexample) in try store.all() {
      let isThere = sources.contains { $0.contains("\"\(counterexample.property)\"") }
      #expect(isThere, "\(name): no property has the id \"\(counterexample.property)\": delete or mend it")
      #expect(counterexample.choices != nil, "\(name): \"\(counterexample.token)\" is no token")
    }
  }
}
