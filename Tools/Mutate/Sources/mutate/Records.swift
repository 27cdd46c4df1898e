import Foundation

/// What each test reached when a whole copy was built, by names that outlast the build: the copy of a change asks these
/// records instead of running every test.
struct Records: Codable, Sendable {
  /// Functions and variables with the file around them.
  var scopes: [String] = []
  /// The tests; their places are those of functions in `scopes`.
  var tests: [Baseline.Test] = []
  /// Tests that are not run, and why.
  var excluded: [String: String] = [:]
  /// What the records were made of.
  var origin: Baseline.Origin?

  /// The name of the file in the folder of a whole copy.
  static let name = "records.json"

  /// The records that a whole copy left.
  static func read(_ file: URL) -> Records? {
    (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(Records.self, from: $0) }
  }

  init(_ baseline: Baseline, _ package: InstrumentedPackage) {
    let names = package.scopes
    scopes = Set(names.values).sorted()
    let index = Dictionary(uniqueKeysWithValues: scopes.enumerated().map { ($1, $0) })
    tests = baseline.tests.map { test in
      var test = test
      test.places = Set(test.places.compactMap { names[$0] }.map { index[$0]! }).sorted()
      return test
    }
    (excluded, origin) = (baseline.excluded, baseline.origin)
  }

  /// The records as a baseline of another copy. Tests whose files have changed since are left out. A function that the
  /// records do not know is new: the tests that reach another one of its file may reach it, and if the file is new, all.
  func baseline(for package: InstrumentedPackage) -> Baseline {
    let tests = package.copy.appendingPathComponent("Tests")
    let changed = origin.map { Baseline.Origin(package).changed(since: $0) } ?? []
    let declared = TestName.declared(in: changed.map { tests.appendingPathComponent($0) })
    let known = Set(scopes)
    let knownFiles = Set(scopes.map(Self.file))
    let places = Dictionary(grouping: package.scopes) { $0.value }.mapValues { $0.map(\.key) }
    let added = places.keys.filter { !known.contains($0) }
    var baseline = Baseline(excluded: excluded)
    for var test in self.tests where !test.name.belongs(to: declared) {
      let reached = Set(test.places.map { scopes[$0] })
      let files = Set(reached.map(Self.file))
      let alsoReached = added.filter { files.contains(Self.file($0)) || !knownFiles.contains(Self.file($0)) }
      test.places = reached.union(alsoReached).flatMap { places[$0] ?? [] }
      test.isCoarse = true
      baseline.tests.append(test)
    }
    return baseline
  }

  private static func file(_ scope: String) -> String { String(scope.prefix { $0 != " " }) }
}

extension InstrumentedPackage {
  /// The file and the function or variable of each unit and body, by its number in the package.
  var scopes: [Int: String] {
    var result: [Int: String] = [:]
    for (file, (firstUnit, firstBody)) in zip(files, zip(firstUnits, firstBodies)) {
      for (index, unit) in file.units.enumerated() {
        if let mutant = unit.mutants.first { result[firstUnit + index] = "\(file.path) \(file.mutants[mutant].scope)" }
      }
      for (index, body) in file.bodies.enumerated() {
        let inside = body.early.first ?? file.mutants.firstIndex { body.range.contains($0.offset) }
        if let inside { result[firstBody + index] = "\(file.path) \(file.mutants[inside].scope)" }
      }
    }
    return result
  }
}
