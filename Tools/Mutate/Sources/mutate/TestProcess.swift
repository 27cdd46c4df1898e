import Foundation

/// One run of some tests.
struct TestRun: Sendable {
  /// The failed test by the name that is shown, or how the process ended.
  var failures: [String]
  /// The line that tells of the failure.
  var line = ""
  var timedOut = false
  /// Seconds by the clock, and of all processors.
  var wall: Double
  var processor: Double
  var output = ""

  var passed: Bool { failures.isEmpty && !timedOut }
}

/// Runs tests of a built package, in processes of their own.
struct TestProcess: Sendable {
  /// The test runner that SwiftPM built.
  let binary: URL
  /// The folder of the package.
  let folder: URL
  let environment: [String: String]

  init(package: URL, environment: [String: String]) throws {
    folder = package
    let products = package.appendingPathComponent(".build/release")
    let names = try FileManager.default.contentsOfDirectory(atPath: products.path).filter { $0.hasSuffix(".xctest") }
    guard let name = names.first else {
      throw Trouble("\(products.path) has no test runner: the package has no tests.")
    }
    binary = products.appendingPathComponent(name)
    // Variables meant for other runs, as for a report or a seed, must not reach these tests.
    var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("NB_") && !$0.key.hasPrefix("MUTATE_") }
    all["NO_COLOR"] = "1"
    all.merge(environment) { $1 }
    self.environment = all
  }

  /// The names of all tests: `Module.Suite/test()` and `Module.test()` of Swift Testing, `Module.Class/test` of XCTest.
  func names() throws -> [String] {
    func listed(_ library: [String]) throws -> [String] {
      try Shell.run(binary.path, library + ["--list-tests"], at: folder, limit: 60).output.split(separator: "\n")
        .map(String.init)
    }
    let names =
      try listed(["--testing-library", "swift-testing"]).filter { $0.hasSuffix(")") }
      + listed([]).filter { $0.contains("/") && !$0.contains(" ") && !$0.hasSuffix(")") }
    var seen = Set<String>()
    return names.filter { seen.insert($0).inserted }
  }

  /// Runs tests until one fails.
  /// - Parameters:
  ///   - tests: Tests, all of one library.
  ///   - variables: Added to the environment.
  ///   - limit: Seconds after which the run is ended, with all its child processes.
  func run(_ tests: [TestName], _ variables: [String: String], limit: Double) throws -> TestRun {
    let usesXCTest = tests.first?.isXCTest ?? false
    let names = Set(tests.map(\.name)).sorted()
    let arguments =
      usesXCTest
      ? [names.joined(separator: ",")]
      : ["--testing-library", "swift-testing"]
        + names.flatMap { ["--filter", "^" + Self.escaped($0) + ($0.hasSuffix("/") ? "" : "(/|$)")] }
    // What a test leaves behind when it is ended early goes with its folder.
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("mutate-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let all = environment.merging(TestName.variables(tests)) { $1 }.merging(["TMPDIR": scratch.path]) { $1 }
    return try Child.run(
      binary.path, arguments, folder: folder, environment: all.merging(variables) { $1 }, limit: limit
    ) { line in
      if line.hasPrefix("✘ Test "), line.contains(" recorded an issue") {
        return Self.name(swiftTesting: line)
      }
      if usesXCTest, let mark = line.range(of: ": error: ") {
        return String(line[mark.upperBound...].prefix { $0 != " " }.split(separator: ".").last ?? "")
      }
      return nil
    }
  }

  private static func name(swiftTesting line: String) -> String {
    let rest = line.dropFirst("✘ Test ".count)
    if rest.hasPrefix("\"") { return String(rest.dropFirst().prefix { $0 != "\"" }) }
    return String(rest.prefix { $0 != "(" && $0 != " " })
  }

  private static func escaped(_ name: String) -> String { NSRegularExpression.escapedPattern(for: name) }
}
