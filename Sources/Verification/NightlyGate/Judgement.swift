import Foundation

/// What the history says of a figure.
public struct Judgement: Sendable, Codable, Hashable {
  /// The kind of figure: `instructions` or `time`.
  public var kind: String
  /// The accepted figure; nil if none was accepted.
  public var accepted: Double?
  /// The figure of this night.
  public var tonight: Double
  /// How far the level of the last nights lies from that before them, as a factor; nil if no step was found.
  public var step: Double?
  /// The number and the date of the first night after the step; nil for tonight or no step.
  public var since: String?
  /// A step that informs and does not judge, as a factor; nil if there is none.
  public var remark: Double?

  /// Whether the nights since the step are slower.
  public var isRegression: Bool { step.map { $0 > 1 } ?? false }

  /// The judgement in one line.
  public var text: String {
    let now = accepted.map { "; accepted \(Self.short($0)), tonight \(Self.short(tonight))" } ?? ""
    if let remark { return String(format: "%@: %+.1f %% (information)", kind, 100 * (remark - 1)) + now }
    guard let step else { return "\(kind): no step\(now)" }
    let percent = String(format: "%.2f", 100 * abs(step - 1))
    return "\(kind): \(percent) % \(step > 1 ? "more" : "less") since \(since ?? "tonight")\(now)"
  }

  private static func short(_ number: Double) -> String { String(format: "%.6g", number) }
}

/// Finds a lasting change of level in a series of figures, such as the time of a workload over the nights.
///
/// Every place where the series can be divided is tried: the difference of the mean logarithms of both sides over its
/// standard error, as in Student's test (Student 1908) and as change points are found one at a time by Matteson and
/// James (2014). The variance is estimated from the series and from nights before it (`noise`, as if from `weight`
/// nights), so that two nights can tell a step and a calm start does not make every wobble one.
public struct StepDetector: Sendable {
  /// The relative standard deviation of one figure that is assumed at first.
  public var noise: Double
  /// For how many nights that assumption stands.
  public var weight = 30.0
  /// The least ratio of difference to standard error that is a step.
  public var threshold: Double
  /// The least step, relative.
  public var least: Double
  /// The least number of nights on either side.
  public var side: Int

  /// For instruction counts of callgrind or perf: nearly the same every night.
  public static let instructions = StepDetector(noise: 0.0005, threshold: 7, least: 0.005, side: 1)
  /// For ratios of times on shared machines.
  public static let times = StepDetector(noise: 0.06, threshold: 7, least: 0.1, side: 3)

  /// A step: the index of the first figure after it, and the ratio of the levels.
  public struct Step: Sendable, Hashable {
    /// The first figure after the step.
    public let index: Int
    /// The level after it over that before.
    public let ratio: Double
  }

  /// The most significant step of a series.
  /// - Parameter figures: Positive, finite, the oldest first; others are left out of the estimate.
  /// - Returns: nil if there is none.
  public func step(in figures: [Double]) -> Step? {
    let usable = figures.indices.filter { figures[$0].isFinite && figures[$0] > 0 }
    let logs = usable.map { log(figures[$0]) }
    let count = logs.count
    guard count >= 2 * side, side >= 1 else { return nil }
    var sums = [0.0]
    for value in logs { sums.append(sums[sums.count - 1] + value) }
    let squares = logs.reduce(0) { $0 + $1 * $1 }
    var best: (score: Double, step: Step)?
    for place in side...(count - side) {
      let (before, after) = (Double(place), Double(count - place))
      let (low, high) = (sums[place] / before, (sums[count] - sums[place]) / after)
      let within = max(0, squares - before * low * low - after * high * high)
      let variance = (weight * noise * noise + within) / (weight + Double(count - 2))
      let score = abs(high - low) / (variance * (1 / before + 1 / after)).squareRoot()
      if score > best?.score ?? 0 { best = (score, Step(index: usable[place], ratio: exp(high - low))) }
    }
    guard let best, best.score > threshold, abs(best.step.ratio - 1) >= least else { return nil }
    return best.step
  }
}
