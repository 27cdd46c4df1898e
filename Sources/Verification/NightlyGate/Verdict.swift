/// What a night comes to.
extension NightRecord {
  /// What a night comes to.
  public enum Outcome: String, Sendable, Codable {
    /// Everything ran and agrees.
    case pass
    /// Something that ran does not agree, is slower than accepted, or is less than what an earlier night ran.
    case regression
    /// Something could not be run.
    case couldNotRun = "could-not-run"
    /// A part is missing or did not come to its end.
    case incomplete
    /// The run was ended before its end.
    case killed

    /// The exit status of the command.
    public var status: Int32 {
      switch self {
      case .pass: 0
      case .regression: 1
      case .couldNotRun, .incomplete, .killed: 3
      }
    }
  }

  /// What it comes to. A regression that was seen counts even if something else could not be run.
  public var outcome: Outcome {
    if stopped != nil { return .killed }
    if !regressions.isEmpty { return .regression }
    if parts.contains(where: { $0.state != .finished }) { return .incomplete }
    return obstacles.isEmpty && !isEmpty ? .pass : .couldNotRun
  }

  /// Whether nothing was run. A shard may have no share of a short list; a whole night may not.
  private var isEmpty: Bool {
    shard == .whole && tests.isEmpty && golden.isEmpty && images.isEmpty && benchmarks.isEmpty
  }

  /// The place of what an earlier night had and this one lacks.
  static let lossPlace = "less than before"

  /// Something that does not agree.
  public struct Regression: Sendable {
    /// The stage and the item: `golden phi-zero-start`.
    public let place: String
    /// What is wrong; the first line is the headline.
    public let text: String
    /// Place and headline in one line.
    public var headline: String { "\(place): \(text.prefix { $0 != "\n" })" }
  }

  /// Everything that does not agree, the golden cases first: they say what diverged.
  public var findings: [Regression] {
    golden.flatMap { record in record.problems.map { Regression(place: "golden \(record.id)", text: $0) } }
      + images.compactMap { record in record.problem.map { Regression(place: "image \(record.id)", text: $0) } }
      + tests.compactMap { record in
        record.failure.map { Regression(place: "test \(record.suite).\(record.name)", text: $0) }
      }
      + benchmarks.flatMap { record in
        (record.failure.map { [$0] } ?? []).map { Regression(place: "benchmark \(record.name)", text: $0) }
          + record.judgements.filter(\.isRegression).map {
            Regression(place: "benchmark \(record.name)", text: $0.text)
          }
      } + losses.map { Regression(place: Self.lossPlace, text: $0) }
  }

  /// Everything that does not agree, one line each.
  public var regressions: [String] { findings.map { "\($0.place): \($0.text)" } }

  /// The workloads that are slower than accepted.
  public var slow: [BenchmarkRecord] { benchmarks.filter { $0.judgements.contains(where: \.isRegression) } }

  /// What diverges first: the quantity of the first golden case that diverges, else the first regression or obstacle.
  public var firstDivergence: String? {
    firstDivergentQuantity.flatMap { $0.split(separator: ":").first.map(String.init) }
      ?? (regressions + (stopped.map { [$0] } ?? []) + obstacles).first.flatMap {
        $0.split(separator: "\n").first.map(String.init)
      }
  }

  /// The first golden case with a quantity that diverges.
  public var firstDivergentCase: GoldenRecord? { golden.first { $0.firstQuantity != nil } }
  /// The first scaling factor that diverges in that case.
  public var firstDivergentFactor: String? { firstDivergentCase?.firstFactor }
  /// The first quantity that diverges in that case, with values.
  public var firstDivergentQuantity: String? { firstDivergentCase?.firstQuantity }

  /// A ratio in percent.
  static func percent(_ ratio: Double) -> String {
    guard ratio.isFinite, abs(ratio) < 1e9 else { return "\(ratio)" }
    return "\(Int((100 * ratio).rounded())) %"
  }
}
