import Foundation

/// A test as it is run: its name, and the case that a variable of the environment chooses.
struct TestName: Codable, Sendable, Hashable {
  /// `Module.Suite/test()` of Swift Testing, `Module.Class/test` of XCTest.
  var name: String
  /// The variable and the name of the case, for a test that is split.
  var variable: String?
  var value: String?

  /// Whether the test is one of XCTest.
  var isXCTest: Bool { !name.hasSuffix(")") }

  /// The name of the function, by which failures are reported unless the test has a name to be shown.
  var function: String { String(name.split(separator: "/").last?.prefix { $0 != "(" } ?? "") }

  /// Whether the test belongs to one of some types.
  func belongs(to types: Set<String>) -> Bool {
    name.split(separator: "/").dropLast().flatMap { $0.split(separator: ".") }.contains { types.contains(String($0)) }
  }

  /// The types that Swift files declare or extend.
  static func types(in files: [URL]) -> Set<String> {
    let declaration = #/\b(?:struct|class|enum|actor|extension)\s+(\w+)/#
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

  /// What the environment has to say for some tests to run.
  static func variables(_ tests: [TestName]) -> [String: String] {
    var values: [String: [String]] = [:]
    for test in tests {
      if let variable = test.variable, let value = test.value { values[variable, default: []].append(value) }
    }
    return values.mapValues { $0.joined(separator: ",") }
  }
}
