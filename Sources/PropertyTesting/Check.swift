import Testing

/// What a property says about one case: handed to the body, which throws at the first claim that does not hold.
public final class Check {
  /// The labels of the case.
  private(set) var labels: Set<String> = []
  /// Every label that the property asked about, whether or not it applied.
  private(set) var knownLabels: Set<String> = []
  /// The comparison that came nearest to its tolerance, or farthest beyond it.
  package private(set) var worst: Deviation?
  /// Remarks for the report of a failure.
  private(set) var notes: [String] = []

  /// Claims that a condition holds.
  /// - Parameters:
  ///   - condition: The condition.
  ///   - claim: What it says, for the report.
  ///   - sourceLocation: Where the claim is made.
  /// - Throws: `Falsification` if it does not hold.
  public func that(
    _ condition: Bool, _ claim: @autoclosure () -> String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    guard condition else { throw Falsification(claim: claim(), sourceLocation: sourceLocation) }
  }

  /// Claims that two values are equal.
  /// - Throws: `Falsification` if they are not.
  public func equal<Value: Equatable>(
    _ actual: Value, _ expected: Value, _ what: @autoclosure () -> String = "the values",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    guard actual != expected else { return }
    throw Falsification(
      claim: "\(what()): \(SwiftSource.text(actual)) is not \(SwiftSource.text(expected))",
      sourceLocation: sourceLocation)
  }

  /// Claims that two numbers are the same double, not-a-number included; zeros of either sign are the same.
  /// - Throws: `Falsification` if they are not.
  public func identical(
    _ actual: Double, _ expected: Double, _ what: @autoclosure () -> String = "the values",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    guard actual != expected, !(actual.isNaN && expected.isNaN) else { return }
    throw Falsification(
      claim: "\(what()): \(actual) is not \(expected)", sourceLocation: sourceLocation)
  }

  /// Claims that a number lies within a tolerance of another. Not-a-number is close to nothing.
  /// - Parameters:
  ///   - actual: The number.
  ///   - expected: What it should be.
  ///   - allowed: The largest absolute deviation that is allowed.
  ///   - reason: Why so much: the arithmetic behind it.
  ///   - what: The quantity, for the report.
  ///   - sourceLocation: Where the claim is made.
  /// - Throws: `Falsification` if it is farther away.
  public func close(
    _ actual: Double, _ expected: Double, within allowed: Double, because reason: String,
    _ what: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let difference = actual == expected ? 0 : abs(actual - expected)
    let deviation = Deviation(difference: difference, allowed: allowed, reason: reason)
    if deviation.exceeds(worst) { worst = deviation }
    guard !(difference <= allowed) else { return }
    let subject = what()
    throw Falsification(
      claim: "\(subject.isEmpty ? "" : subject + ": ")\(actual) is not close to \(expected): "
        + "they differ by \(difference), allowed are \(allowed) (\(reason))",
      sourceLocation: sourceLocation)
  }

  /// Claims that there is a value.
  /// - Returns: The value.
  /// - Throws: `Falsification` if it is nil.
  public func some<Value>(
    _ value: Value?, _ what: @autoclosure () -> String = "a value", sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Value {
    guard let value else { throw Falsification(claim: "\(what()) is missing", sourceLocation: sourceLocation) }
    return value
  }

  /// Claims that an error of a given type is thrown.
  /// - Returns: The error.
  /// - Throws: `Falsification` if none is, or one of another type.
  @discardableResult
  public func fails<Failure: Error>(
    with type: Failure.Type, _ what: @autoclosure () -> String = "the call",
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) throws -> Failure {
    do {
      try body()
    } catch let error as Failure {
      return error
    }
    throw Falsification(claim: "\(what()) throws no \(type)", sourceLocation: sourceLocation)
  }

  /// Restricts the property to the cases that satisfy a condition; others are discarded and replaced.
  public func assume(_ condition: Bool) throws {
    guard condition else { throw GenerationStop.discard }
  }

  /// Marks the case, for the statistics and demands of coverage.
  public func label(_ name: String, _ applies: Bool = true) {
    knownLabels.insert(name)
    if applies { labels.insert(name) }
  }

  /// Adds a remark that is shown if this case is the counter-example.
  public func note(_ text: @autoclosure () -> String) {
    notes.append(text())
  }
}

/// A claim that does not hold.
public struct Falsification: Error {
  /// What was claimed, and what was found.
  public let claim: String
  /// Where it was claimed.
  public let sourceLocation: SourceLocation

  init(claim: String, sourceLocation: SourceLocation) {
    self.claim = claim
    self.sourceLocation = sourceLocation
  }

  /// The same place in the source means the same fault, for shrinking.
  var fingerprint: String { "\(sourceLocation.fileID):\(sourceLocation.line)" }
}

/// A measured deviation and what was allowed.
public struct Deviation: Sendable, Hashable, Codable {
  /// The absolute difference.
  public let difference: Double
  /// The largest difference allowed.
  public let allowed: Double
  /// The arithmetic behind it.
  public let reason: String

  package init(difference: Double, allowed: Double, reason: String) {
    self.difference = difference
    self.allowed = allowed
    self.reason = reason
  }

  /// The difference in units of the tolerance; infinite for any difference where none is allowed.
  public var ratio: Double {
    if difference == 0 { return 0 }
    return difference.isNaN || allowed == 0 ? .infinity : difference / allowed
  }

  func exceeds(_ other: Deviation?) -> Bool { other.map { ratio > $0.ratio } ?? true }
}
