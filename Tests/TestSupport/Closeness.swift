import Testing

/// The distance from 1 to the next double.
public let eps = Double.ulpOfOne

/// Expects that a number lies within a tolerance of another, and says why so much is allowed. Not-a-number is close to
/// nothing.
/// - Parameters:
///   - actual: The number.
///   - expected: What it should be.
///   - allowed: The largest absolute deviation that is allowed.
///   - reason: Why so much: the arithmetic behind it.
///   - what: The quantity, for the report.
///   - sourceLocation: Where the claim is made.
public func expectClose(
  _ actual: Double, _ expected: Double, within allowed: Double, because reason: String,
  _ what: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  let difference = actual == expected ? 0 : abs(actual - expected)
  guard !(difference <= allowed) else { return }
  let subject = what()
  Issue.record(
    """
    \(subject.isEmpty ? "" : subject + ": ")\(actual) is not close to \(expected): they differ by \(difference), \
    allowed are \(allowed) (\(reason))
    """, sourceLocation: sourceLocation)
}

/// Two collections that ought to be of the same length, element by element. Where `zip` would leave the rest of the
/// longer one unseen, this throws.
/// - Throws: `UnequalCounts` if the lengths differ.
public func pairs<First: Collection, Second: Collection>(
  _ first: First, _ second: Second
) throws(UnequalCounts) -> Zip2Sequence<First, Second> {
  guard first.count == second.count else { throw UnequalCounts(first: first.count, second: second.count) }
  return zip(first, second)
}

/// Two collections that are compared have different lengths.
public struct UnequalCounts: Error, CustomStringConvertible {
  /// The length of the first.
  public let first: Int
  /// The length of the second.
  public let second: Int

  /// Both lengths.
  public var description: String { "\(first) elements are compared with \(second)" }
}
