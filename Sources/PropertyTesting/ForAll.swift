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
        let store =
          settings.counterexamples.map { CounterexampleStore(folder: URL(fileURLWithPath: $0)) }
          ?? CounterexampleStore(besides: filePath)
        let property = Property<(repeat each Value)>(
          id: id, generator: zip(repeat each generators), examples: examples,
          regressions: try kept(id, store) + regressions.map { .init(token: $0, source: "\($0)") }, coverage: coverage
        ) { check, value in
          try body(check, repeat each value)
        }
        record(PropertyRun(property, settings, cost: cost), store, sourceLocation)
      } catch {
        Issue.record("Property \"\(id)\" cannot be examined: \(error)", sourceLocation: sourceLocation)
      }
    }
  }
}

/// The kept counter-examples of a property.
private func kept<Value>(_ id: String, _ store: CounterexampleStore?) throws -> [Property<Value>.Regression] {
  try (store?.all() ?? []).filter { $0.counterexample.property == id }.map { name, counterexample in
    guard let token = counterexample.choices else {
      throw SettingsError(variable: name, value: counterexample.token, expected: "hexadecimal numbers between dots")
    }
    return .init(token: token, value: counterexample.value, source: name)
  }
}

private func record<Value>(_ run: PropertyRun<Value>, _ store: CounterexampleStore?, _ sourceLocation: SourceLocation) {
  let outcome = run.run()
  for complaint in outcome.complaints {
    Issue.record("Property \"\(run.property.id)\": \(complaint)", sourceLocation: sourceLocation)
  }
  for finding in outcome.failures { report(finding, of: run, store, sourceLocation) }
}

private func report<Value>(
  _ finding: FailureFinding<Value>, of run: PropertyRun<Value>, _ store: CounterexampleStore?, _ sourceLocation: SourceLocation
) {
  var text = FailureReport.text(finding, of: run)
  if run.settings.keepsCounterexamples, let store, let token = finding.failure.token,
    let value = finding.failure.value
  {
    let counterexample = Counterexample(
      property: run.property.id, token: token.description, value: SwiftSource.text(value),
      claim: finding.failure.claim)
    do {
      text += "\nKept as \(try store.keep(counterexample))"
    } catch {
      text += "\nIt could not be kept: \(error)"
    }
  }
  Issue.record(Comment(rawValue: text), sourceLocation: sourceLocation)
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
