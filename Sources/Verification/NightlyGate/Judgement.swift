import Foundation

/// The judgement of a figure by its history.
public struct Judgement: Sendable, Codable, Hashable {
  /// The kind of figure: `instructions` or `time`.
  public var kind: String
  /// The accepted figure; nil if none was accepted.
  public var accepted: Double?
  /// The figure of this night.
  public var tonight: Double
  /// The ratio of the levels after and before the step; nil if no step was found.
  public var step: Double?
  /// The number and the date of the first night after the step, or `tonight`; nil if no step was found.
  public var since: String?
  /// The ratio of the levels of a step that is reported and not judged; nil if no such step was found.
  public var remark: Double?

  /// Whether the figures have risen at the step: more instructions, or more time.
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
/// The series is divided at every place in turn. The score of a division is the difference of the mean logarithms of
/// both sides over its standard error, as in Student's test (Student 1908); Matteson and James (2014) find change
/// points one at a time in this way. The variance is estimated from the series and from `weight` assumed nights of
/// standard deviation `noise`, so that two nights can show a step, and small changes after a calm start are not taken
/// for steps.
public struct StepDetector: Sendable {
  /// The assumed relative standard deviation of one figure.
  public var noise: Double
  /// The number of nights by which the assumed deviation is weighted.
  public var weight = 30.0
  /// The ratio of difference to standard error above which a division is a step.
  public var threshold: Double
  /// The least relative change of level that is a step.
  public var least: Double
  /// The least number of nights on either side of a step.
  public var side: Int

  /// A detector for instruction counts of callgrind or perf, which are nearly the same every night.
  public static let instructions = StepDetector(noise: 0.0005, threshold: 7, least: 0.005, side: 1)
  /// A detector for ratios of times on shared machines.
  public static let times = StepDetector(noise: 0.06, threshold: 7, least: 0.1, side: 3)

  /// A change of level.
  public struct Step: Sendable, Hashable {
    /// The index of the first figure after the step.
    public let index: Int
    /// The ratio of the levels, after the step over before it.
    public let ratio: Double
  }

  /// The most significant step of a series.
  /// - Parameter figures: The figures, the oldest first; those that are not positive and finite are left out.
  /// - Returns: The step; nil if no division is significant and large enough.
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
