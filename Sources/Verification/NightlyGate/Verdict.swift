extension NightRecord {
  /// The outcome of a night.
  public enum Outcome: String, Sendable, Codable {
    /// All planned work ran and agrees.
    case pass
    /// A check failed, a workload is slower than accepted, or the night did less work than an earlier one.
    case regression
    /// Some work could not be run.
    case couldNotRun = "could-not-run"
    /// A part is missing or did not finish.
    case incomplete
    /// The run was ended by force.
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

  /// The outcome. A regression counts even if other work could not be run.
  public var outcome: Outcome {
    if stopped != nil { return .killed }
    if !regressions.isEmpty { return .regression }
    if parts.contains(where: { $0.state != .finished }) { return .incomplete }
    return obstacles.isEmpty && !isEmpty ? .pass : .couldNotRun
  }

  /// Whether a whole night ran no work. A part may be empty, because a short list may leave it no share.
  private var isEmpty: Bool {
    shard == .whole && tests.isEmpty && golden.isEmpty && images.isEmpty && benchmarks.isEmpty
  }

  /// The `place` of findings on work that an earlier night did and this night lacks.
  static let lossPlace = "less than before"

  /// A finding: a check that failed, a slower workload, or lost work.
  public struct Regression: Sendable {
    /// The stage and the item: `golden phi-zero-start`.
    public let place: String
    /// The problem; its first line is the headline.
    public let text: String
    /// Place and headline in one line.
    public var headline: String { "\(place): \(text.prefix { $0 != "\n" })" }
  }

  /// All findings. The golden cases come first, because they name the quantity that diverged.
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

  /// The place and the text of all findings; a text may have several lines.
  public var regressions: [String] { findings.map { "\($0.place): \($0.text)" } }

  /// The workloads with a lasting rise of their instructions or time.
  public var slow: [BenchmarkRecord] { benchmarks.filter { $0.judgements.contains(where: \.isRegression) } }

  /// The name of the quantity that diverges first in a golden case, else the first line of the first finding or
  /// obstacle; nil for a night without any.
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
