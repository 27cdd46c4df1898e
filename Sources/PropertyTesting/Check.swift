import Testing

/// The claims of a property about one case. The body of the property gets it, and throws at the first claim that fails.
public final class Check {
  /// The labels of the case.
  private(set) var labels: Set<String> = []
  /// Every label that the property mentioned, whether or not it applied to this case.
  private(set) var knownLabels: Set<String> = []
  /// The comparison with the largest ratio of difference to tolerance; nil if no numbers were compared.
  package private(set) var worst: Deviation?
  /// Remarks for the report of a failure.
  private(set) var notes: [String] = []
  /// What the case reached, for a hunt: claims, how near numbers came to their tolerances. Nil outside a hunt.
  var features: Set<UInt64>?

  package init() {}

  /// Claims that a condition holds.
  /// - Parameters:
  ///   - condition: The condition.
  ///   - claim: The condition in words, for the report.
  ///   - sourceLocation: The location of the claim in the source.
  /// - Throws: `Falsification` if the condition does not hold.
  public func that(
    _ condition: Bool, _ claim: @autoclosure () -> String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    guard condition else { throw Falsification(claim: claim(), sourceLocation: sourceLocation) }
  }

  /// A claim, with the power of two of a ratio.
  private static func feature(_ location: SourceLocation, _ ratio: Double) -> UInt64 {
    let power = ratio == 0 || !ratio.isFinite ? -64 : max(-40, ratio.exponent)
    return SplitMix64.seed(UInt64(location.line), UInt64(location.column), UInt64(bitPattern: Int64(power)))
  }

  /// Claims that two values are equal.
  /// - Throws: `Falsification` if the values differ.
  public func equal<Value: Equatable>(
    _ actual: Value, _ expected: Value, _ what: @autoclosure () -> String = "the values",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    guard actual != expected else { return }
    throw Falsification(
      claim: "\(what()): \(SwiftSource.text(actual)) is not \(SwiftSource.text(expected))",
      sourceLocation: sourceLocation)
  }

  /// Claims that two numbers are equal doubles, or both not-a-number; zeros of either sign are equal.
  /// - Throws: `Falsification` if the numbers differ.
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
  ///   - expected: The expected number.
  ///   - allowed: The largest allowed absolute deviation.
  ///   - reason: The derivation of the tolerance.
  ///   - what: The quantity, for the report.
  ///   - sourceLocation: The location of the claim in the source.
  /// - Throws: `Falsification` if the deviation is larger.
  public func close(
    _ actual: Double, _ expected: Double, within allowed: Double, because reason: String,
    _ what: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let difference = actual == expected ? 0 : abs(actual - expected)
    let deviation = Deviation(difference: difference, allowed: allowed, reason: reason)
    if deviation.exceeds(worst) { worst = deviation }
    if features != nil { features?.insert(Self.feature(sourceLocation, deviation.ratio)) }
    guard !(difference <= allowed) else { return }
    let subject = what()
    var falsification = Falsification(
      claim: "\(subject.isEmpty ? "" : subject + ": ")\(actual) is not close to \(expected): "
        + "they differ by \(difference), allowed are \(allowed) (\(reason))",
      sourceLocation: sourceLocation)
    (falsification.deviation, falsification.label) = (deviation, subject)
    throw falsification
  }

  /// Claims that an optional has a value.
  /// - Returns: The value.
  /// - Throws: `Falsification` if the optional is nil.
  public func some<Value>(
    _ value: Value?, _ what: @autoclosure () -> String = "a value", sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Value {
    guard let value else { throw Falsification(claim: "\(what()) is missing", sourceLocation: sourceLocation) }
    return value
  }

  /// Claims that an error of a given type is thrown.
  /// - Returns: The error.
  /// - Throws: `Falsification` if no error is thrown; an error of another type is passed on.
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

  /// Restricts the property to the cases that satisfy a condition; other cases are discarded and replaced.
  public func assume(_ condition: Bool) throws {
    guard condition else { throw GenerationStop.discard }
  }

  /// Labels the case, for the statistics and for demands of coverage.
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
  /// The claim, with the values that contradict it.
  public let claim: String
  /// The location of the claim in the source.
  public let sourceLocation: SourceLocation

  /// The deviation, if two numbers are not close.
  public fileprivate(set) var deviation: Deviation?
  /// The compared quantity.
  fileprivate var label = ""

  init(claim: String, sourceLocation: SourceLocation) {
    self.claim = claim
    self.sourceLocation = sourceLocation
  }

  /// The file and line of the claim, and the compared quantity without its numbers. Failures with equal fingerprints are
  /// taken for one fault.
  var fingerprint: String {
    let words = label.split { $0.isNumber || $0.isWhitespace }.joined(separator: " ")
    return "\(sourceLocation.fileID):\(sourceLocation.line)" + (words.isEmpty ? "" : " \(words)")
  }
}

/// A measured deviation and its tolerance.
public struct Deviation: Sendable, Hashable, Codable {
  /// The absolute difference; not-a-number if one of the values is.
  public let difference: Double
  /// The largest allowed difference.
  public let allowed: Double
  /// The derivation of the tolerance.
  public let reason: String

  package init(difference: Double, allowed: Double, reason: String) {
    self.difference = difference
    self.allowed = allowed
    self.reason = reason
  }

  /// The difference in units of the tolerance; infinite for a difference where the tolerance is 0, and for
  /// not-a-number.
  public var ratio: Double {
    if difference == 0 { return 0 }
    return difference.isNaN || allowed == 0 ? .infinity : difference / allowed
  }

  /// The measure by which failures of one claim are compared: the ratio; without a tolerance the difference.
  var size: Double { allowed == 0 && difference.isFinite ? difference : ratio }

  func exceeds(_ other: Deviation?) -> Bool { other.map { ratio > $0.ratio } ?? true }
}
