import Foundation
import Synchronization
import Testing

/// A group of properties. The identity of a property consists of the name of the family and its own name.
///
/// The cases of a property depend only on the seed of the run and on this identity, not on files, other properties,
/// threads or order. Moving a file or renaming a test therefore changes neither the cases nor the kept counter-examples
/// nor the history of nights. Renaming a family or a property changes its cases.
///
/// ```swift
/// private let forAll = PropertyFamily("arithmetic")
///
/// @Test("Squares are not negative") func squares() {
///   forAll("squares", .double(in: -10...10)) { check, x in
///     try check.that(x * x >= 0, "x² is \(x * x)")
///   }
/// }
/// ```
public struct PropertyFamily: Sendable {
  private let name: String

  /// A family.
  /// - Parameter name: A name without spaces that no other family has. Some names look like files, because the identity
  ///   of a property was once its file.
  public init(_ name: String) {
    self.name = name
  }

  /// Examines a property with random cases, within a test; a failure is recorded as one issue at the caller's line.
  /// - Parameters:
  ///   - name: The name of the property, which no other property of the family has.
  ///   - generators: The generators of the values, one for each argument of the body.
  ///   - examples: Values that are examined before the random ones.
  ///   - regressions: Tokens of earlier counter-examples, which are examined first.
  ///   - coverage: The least shares of cases with given labels.
  ///   - cost: The time of one case, which determines the number of cases in a profile.
  ///   - filePath: The caller's file, which determines the package with the kept counter-examples.
  ///   - sourceLocation: The caller's location in the source.
  ///   - body: The property, which throws at the first claim that fails.
  public func callAsFunction<each Value>(
    _ name: String, _ generators: repeat Generator<each Value>, examples: [(repeat each Value)] = [],
    regressions: [ReplayToken] = [], require coverage: [Coverage] = [], cost: Cost = .cheap,
    filePath: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (Check, repeat each Value) throws -> Void
  ) {
    let id = "\(self.name) \(name)"
    withoutActuallyEscaping(body) { body in
      do {
        try PropertyIDs.claim(id, at: sourceLocation)
        let settings = try Settings.current
        let memory = Memory(settings, besides: filePath)
        let property = Property<(repeat each Value)>(
          id: id, generator: zip(repeat each generators), examples: examples,
          regressions: try memory.cases(id, settings) + regressions.map { .init(token: $0, source: "\($0)") },
          coverage: coverage
        ) { check, value in
          try body(check, repeat each value)
        }
        let site = CallSite(file: filePath, location: sourceLocation)
        try record(PropertyRun(property, settings, cost: cost), memory, site)
      } catch {
        Issue.record("Property \"\(id)\" cannot be examined: \(error)", sourceLocation: sourceLocation)
      }
    }
  }
}

/// Where a property stands in the source.
private struct CallSite {
  var file: String
  var location: SourceLocation
}

private func record<Value>(_ run: PropertyRun<Value>, _ memory: Memory, _ site: CallSite) throws {
  let outcome = try run.settings.hunt.map { try run.hunt(in: URL(fileURLWithPath: $0)) } ?? run.run()
  for complaint in outcome.complaints {
    Issue.record("Property \"\(run.property.id)\": \(complaint)", sourceLocation: site.location)
  }
  let stale = Set(outcome.stale).filter { name in
    run.property.regressions.contains { $0.source == name && $0.kind == .worst }
  }
  for name in stale.sorted() {
    print(
      "Property \"\(run.property.id)\": cases of fixtures/worst/\(name) are stale: their tokens stand for other values now; "
        + "accept the worst cases of a night again (nbverify worst)")
  }
  if let folder = run.settings.worst, outcome.failures.isEmpty, !outcome.worst.places.isEmpty {
    try WorstCases(outcome, of: run.property).write(to: URL(fileURLWithPath: folder))
  }
  let remembered = memory.update(outcome, of: run.property.id)
  for (number, finding) in outcome.failures.enumerated() {
    var text = FailureReport.text(finding, of: run)
    if outcome.failures.count > 1 { text = "Failure \(number + 1) of \(outcome.failures.count). " + text }
    if number < remembered.count { text += "\nThe next run tries this case first, until it passes." }
    if let path = patch(finding, run, memory, site) { text += "\nTo add it to the examples:  git apply \(path)" }
    if run.settings.keepsCounterexamples { text += kept(finding, of: run.property.id, memory) }
    Issue.record(Comment(rawValue: text), sourceLocation: site.location)
  }
}

private func kept<Value>(_ finding: FailureFinding<Value>, of id: String, _ memory: Memory) -> String {
  guard let store = memory.kept, let token = finding.failure.token, let value = finding.failure.value else { return "" }
  let counterexample = Counterexample(
    property: id, token: token.description, value: SwiftSource.text(value), claim: finding.failure.claim)
  do {
    return "\nKept as \(try store.keep(counterexample))"
  } catch {
    return "\nIt could not be kept: \(error)"
  }
}

/// Writes a patch that adds the failing value to the examples.
/// - Returns: Its path, relative to the package; nil if there is none.
private func patch<Value>(
  _ finding: FailureFinding<Value>, _ run: PropertyRun<Value>, _ memory: Memory, _ site: CallSite
) -> String? {
  guard let folder = memory.patches, let package = memory.package, let value = finding.failure.value,
    finding.failure.token != nil, finding.flaky == nil, site.file.hasPrefix(package.path + "/"),
    let source = try? String(contentsOfFile: site.file, encoding: .utf8),
    let patch = FixIt.patch(
      adding: SwiftSource.text(value), to: source, path: String(site.file.dropFirst(package.path.count + 1)),
      line: site.location.line, column: site.location.column)
  else { return nil }
  let token = finding.failure.token?.description ?? ""
  let hash = String(SplitMix64.hash(run.property.id + token), radix: 16).prefix(8)
  let file = folder.appendingPathComponent("\(hash).patch")
  do {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(patch.utf8).write(to: file, options: .atomic)
    let record = try JSONEncoder().encode(FailureRecord(finding, of: run))
    try record.write(to: folder.appendingPathComponent("\(hash).json"), options: .atomic)
  } catch { return nil }
  return ".build/fixits/\(file.lastPathComponent)"
}

/// The identities of the properties that this process has examined, so that two properties with one identity are
/// refused.
private enum PropertyIDs {
  private static let places = Mutex<[String: String]>([:])

  /// - Throws: `DuplicateID` if a property at another location has the identity.
  static func claim(_ id: String, at location: SourceLocation) throws {
    let place = "\(location.fileID):\(location.line)"
    let other = places.withLock { places in
      defer { places[id] = places[id] ?? place }
      return places[id]
    }
    if let other, other != place { throw DuplicateID(place: other) }
  }
}

/// An identity of two properties, which would share their cases and their history.
struct DuplicateID: Error, CustomStringConvertible {
  let place: String

  var description: String { "the property at \(place) has the same id; give this one another" }
}
