import Foundation
import PropertyTesting
import Testing

/// The kept counter-examples belong to properties that exist.
@Suite struct CounterexampleTests {
  @Test func keptCasesNameTheirProperty() throws {
    let store = try #require(CounterexampleStore(besides: #filePath))
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    for (name, counterexample) in try store.all() {
      let parts = counterexample.property.split(separator: " ", maxSplits: 1).map(String.init)
      let source = try String(contentsOf: tests.appendingPathComponent(parts[0]), encoding: .utf8)
      #expect(source.contains("\"\(parts[1])\""), "\(name): no property of this name in \(parts[0]): delete or mend it")
      #expect(counterexample.choices != nil, "\(name): \"\(counterexample.token)\" is no token")
    }
  }
}
