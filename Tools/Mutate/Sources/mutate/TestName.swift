import Foundation

/// A test as it is run: its name, and the case that a variable of the environment chooses. Or all tests of a suite.
struct TestName: Codable, Sendable, Hashable {
  /// `Module.Suite/test()` or `Module.test()` of Swift Testing, `Module.Class/test` of XCTest; `Module.Suite/` for all of a
  /// suite.
  var name: String
  /// The variable and the name of the case, or of several with commas between them, for a test that is split.
  var variable: String?
  var value: String?

  /// Whether all tests of a suite are meant.
  var isSuite: Bool { name.hasSuffix("/") }

  /// Whether the test is one of XCTest.
  var isXCTest: Bool { !name.hasSuffix(")") && !isSuite }

  /// The name of the function, by which failures are reported unless the test has a name to be shown.
  var function: String {
    let last = name.split(separator: "/").last ?? ""
    let own = isInSuite ? last : last.split(separator: ".", maxSplits: 1).last ?? last
    return String(own.prefix { $0 != "(" })
  }

  private var isInSuite: Bool { name.contains("/") }

  /// Whether the test belongs to one of some types, or is one of some functions outside of types.
  func belongs(to declared: Set<String>) -> Bool {
    guard isInSuite else { return declared.contains(function) }
    return name.split(separator: "/").dropLast(isSuite ? 0 : 1).flatMap { $0.split(separator: ".") }
      .contains { declared.contains(String($0)) }
  }

  /// The types that Swift files declare or extend, and their functions.
  static func declared(in files: [URL]) -> Set<String> {
    let declaration = #/\b(?:struct|class|enum|actor|extension|func)\s+(`[^`]+`|\w+)/#
    return Set(
      files.filter { $0.pathExtension == "swift" }.compactMap { try? String(contentsOf: $0, encoding: .utf8) }
        .flatMap { $0.matches(of: declaration).map { String($0.1) } })
  }

  /// The name with its case, for reports and patterns.
  var description: String { value.map { "\(name) \($0)" } ?? name }

  /// The tests with those that are split replaced by their cases.
  static func all(_ names: [String], _ configuration: Configuration, package: URL) throws -> [TestName] {
    try names.flatMap { name -> [TestName] in
      guard let split = configuration.splitTests.first(where: { $0.test == name }) else {
        return [TestName(name: name)]
      }
      var cases = split.cases ?? []
      if let folder = split.folder.map({ package.appendingPathComponent($0) }) {
        cases += try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }
      }
      guard !cases.isEmpty else {
        throw Trouble("mutate.json has no folder with cases of \(name), and no list of them.")
      }
      return cases.sorted().map { TestName(name: name, variable: split.variable, value: $0) }
    }
  }

  /// Suites instead of their tests, which takes fewer processes but tells less of what reaches a place. Suites with a test
  /// that is left out, or is split, keep their tests; of those that are split several cases are one.
  static func bySuite(_ tests: [TestName], but isLeftOut: (TestName) -> Bool) -> [TestName] {
    func suite(_ test: TestName) -> String {
      test.isXCTest ? "" : test.name.firstIndex(of: "/").map { String(test.name[...$0]) } ?? ""
    }
    return Dictionary(grouping: tests, by: suite).flatMap { name, tests -> [TestName] in
      guard name.isEmpty || tests.contains(where: { isLeftOut($0) || $0.value != nil }) else {
        return [TestName(name: name)]
      }
      let cases = Dictionary(grouping: tests.filter { $0.value != nil }) {
        TestName(name: $0.name, variable: $0.variable)
      }
      let chunks = cases.flatMap { test, all in
        stride(from: 0, to: all.count, by: 20).map { start in
          var chunk = test
          chunk.value = all[start..<min(start + 20, all.count)].compactMap(\.value).joined(separator: ",")
          return chunk
        }
      }
      return tests.filter { $0.value == nil } + chunks
    }.sorted { $0.description < $1.description }
  }

  /// What the environment has to say for some tests to run.
  static func variables(_ tests: [TestName]) -> [String: String] {
    var values: [String: [String]] = [:]
    for test in tests {
      if let variable = test.variable, let value = test.value { values[variable, default: []].append(value) }
    }
    return values.mapValues { $0.joined(separator: ",") }
  }
}
