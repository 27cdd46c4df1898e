import Foundation

/// What a package says about itself, in `mutate.json` at its root; each entry may be missing.
struct Configuration: Codable, Sendable {
  /// Folders of sources to change, by the name of the part in reports. Missing: all folders below `Sources`.
  var parts: [String: [String]] = [:]
  /// Files of those folders that are left alone, by the end of their path.
  var excluded: [String] = []
  /// Calls that only report a failure, by name: their arguments are not changed. `X.` stands for all of a type.
  var skippedCalls: [String] = []
  /// Functions whose first two arguments may be exchanged without another result, by name.
  var commutativeCalls: [String] = []
  /// Tests whose cases an environment variable chooses: each case then counts as a test.
  var splitTests: [SplitTest] = []
  /// Parts that are built in one copy; a copy of its own for each list. Missing: one copy for all.
  var builds: [[String]] = []
  /// Folders of sources whose numbers only meet thresholds, orders of magnitude apart: there a constant is doubled instead
  /// of changed by a millionth, and no number is rounded in another way.
  var coarse: [String] = []
  /// Types of numbers besides those of Swift, as the generic parameter of a formula.
  var numbers: [String] = []
  /// Tests that are not run, as regular expressions over their names: those that read the sources, and long ones.
  var excludedTests: [String] = []
  /// Tests that notice much, as regular expressions over their names: tried before other dear tests.
  var strongTests: [String] = []
  /// Variables of the environment for tests.
  var environment: [String: String] = [:]
  /// Arguments of `swift build`.
  var buildArguments: [String] = []
  /// Groups of tests for the sensitivity, as regular expressions over their names; tests of no group are the group
  /// `others`.
  var groups: [String: String] = [:]
  /// The smallest share of mutants, in percent, that tests have to notice, by part.
  var floors: [String: Double] = [:]
  /// The list of equivalent mutants.
  var equivalents = "fixtures/equivalent-mutants.json"

  /// A test with many cases.
  struct SplitTest: Codable, Sendable {
    /// The name of the test, as the runner lists it.
    var test: String
    /// The variable that takes the names of cases, with commas between them.
    var variable: String
    /// The folder whose entries are the names of the cases, relative to the package; or the names themselves.
    var folder: String?
    var cases: [String]?
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func value<T: Decodable>(_ key: CodingKeys, _ fallback: T) throws -> T {
      try values.decodeIfPresent(T.self, forKey: key) ?? fallback
    }
    parts = try value(.parts, [:])
    excluded = try value(.excluded, [])
    skippedCalls = try value(.skippedCalls, [])
    commutativeCalls = try value(.commutativeCalls, [])
    splitTests = try value(.splitTests, [])
    builds = try value(.builds, [])
    coarse = try value(.coarse, [])
    numbers = try value(.numbers, [])
    excludedTests = try value(.excludedTests, [])
    strongTests = try value(.strongTests, [])
    environment = try value(.environment, [:])
    buildArguments = try value(.buildArguments, [])
    groups = try value(.groups, [:])
    floors = try value(.floors, [:])
    equivalents = try value(.equivalents, "fixtures/equivalent-mutants.json")
    numbers += [
      "Int", "Double", "Float", "Int8", "Int16", "Int32", "Int64", "UInt", "UInt8", "UInt16", "UInt32", "UInt64",
    ]
    skippedCalls += ["precondition", "preconditionFailure", "assert", "assertionFailure", "fatalError", "print"]
  }

  /// The configuration of a package.
  static func read(_ package: URL) throws -> Configuration {
    let file = package.appendingPathComponent("mutate.json")
    let data = FileManager.default.fileExists(atPath: file.path) ? try Data(contentsOf: file) : Data("{}".utf8)
    do {
      return try JSONDecoder().decode(Configuration.self, from: data)
    } catch {
      throw Trouble("\(file.path) is no configuration: \(error). See Tools/Mutate/README.md.")
    }
  }

  func isSkipped(call name: String) -> Bool {
    skippedCalls.contains {
      $0 == name || ($0.hasSuffix(".") && name.hasPrefix($0)) || ($0.hasPrefix(".") && name.hasSuffix($0))
    }
  }

  /// The name of the copy that has the mutants of a file: that of its first part.
  func build(of file: String) -> String {
    let part = part(of: file) ?? "other"
    return builds.first { $0.contains(part) }?.first ?? "all"
  }

  /// The part that a file belongs to; nothing for a file that is left alone.
  func part(of file: String) -> String? {
    guard file.hasSuffix(".swift"), !excluded.contains(where: { file.hasSuffix($0) }) else { return nil }
    if parts.isEmpty {
      let folders = file.split(separator: "/")
      return folders.count > 2 && folders[0] == "Sources" ? String(folders[1]) : nil
    }
    let matches = parts.flatMap { name, folders in
      folders.filter { file == $0 || file.hasPrefix($0 + "/") }.map { (name, $0.count) }
    }
    return matches.max { $0.1 < $1.1 }?.0
  }
}

/// A reason why the tool cannot go on.
struct Trouble: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
