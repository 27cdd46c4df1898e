/// What was found out about a failure, for programs: the file beside its patch in `.build/fixits`.
public struct FailureRecord: Sendable, Codable {
  /// A case that fails.
  public struct Case: Sendable, Codable {
    /// The value, as Swift source.
    public var value: String
    /// The token of its choices; nil for an explicit example.
    public var token: String?
    /// The claim that failed.
    public var claim: String
    /// The deviation in units of the tolerance; nil for claims without numbers, and if it is not finite.
    public var deviation: Double?
  }

  /// The identity of the property.
  public var property: String
  /// The seed of the run.
  public var seed: UInt64
  /// The simplest case.
  public var simplest: Case
  /// The simplest case within a factor two of the largest deviation; nil if that is the simplest one.
  public var largest: Case?
  /// The largest deviation that was found, in units of the tolerance.
  public var largestDeviation: Double?
  /// How the deviation grows from the simplest to the largest case.
  public var growth: [GrowthStep]
  /// What matters.
  public var explanation: Explanation?

  init<Value>(_ finding: FailureFinding<Value>, of run: PropertyRun<Value>) {
    func record(_ failure: Property<Value>.Failure) -> Case {
      Case(
        value: failure.value.map { SwiftSource.text($0) } ?? "", token: failure.token?.description,
        claim: failure.claim,
        deviation: failure.size.flatMap { $0.isFinite ? $0 : nil })
    }
    (property, seed) = (run.property.id, run.settings.seed)
    (simplest, largest) = (record(finding.failure), finding.largest.map(record))
    largestDeviation = finding.largestSize.flatMap { $0.isFinite ? $0 : nil }
    (growth, explanation) = (finding.growth, finding.explanation)
  }
}
