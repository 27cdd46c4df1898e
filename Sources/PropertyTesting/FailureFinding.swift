/// A failure, how it was found, and what was found out about it.
package struct FailureFinding<Value> {
  /// The simplest case that fails in this way.
  package var failure: Property<Value>.Failure
  /// The kind and number of the case, in words.
  package var origin: String
  /// The number of the generated case; nil for examples, kept counter-examples and climbs.
  package var index: Int?
  /// The case before shrinking; nil if it was not shrunk.
  package var original: Property<Value>.Failure?
  package var shrinkSteps = 0
  package var shrinkCalls = 0
  /// The simplest case whose deviation is within a factor two of the largest that was found; nil for claims without
  /// numbers, and if the simplest case is it.
  package var largest: Property<Value>.Failure?
  /// The largest deviation that was found, in units of the tolerance; without a tolerance the difference.
  package var largestSize: Double?
  /// How the deviation grows on the way from the simplest to the largest case.
  package var growth: [GrowthStep] = []
  /// What matters; nil if that was not examined.
  package var explanation: Explanation?
  /// How often the case failed of how often it was tried, if not always.
  package var flaky: (failed: Int, tried: Int)?
}

/// A part of the simplest case that becomes that of the largest one, after the parts before it.
public struct GrowthStep: Sendable, Codable {
  /// The part with its new value.
  public var change: String
  /// The deviation then, in units of the tolerance.
  public var size: Double?
}
