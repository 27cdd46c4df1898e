/// The statistics of the examined cases of a property.
public struct Statistics: Sendable, Codable, Equatable {
  /// The number of cases that were not discarded.
  public var cases = 0
  /// The number of cases that were discarded.
  public var discards = 0
  /// The number of cases with each label.
  public var labels: [String: Int] = [:]
  /// The comparison with the largest ratio of deviation to tolerance; nil if no numbers were compared.
  public var worst: Deviation?

  mutating func add(_ check: Check) {
    cases += 1
    for name in check.knownLabels { labels[name, default: 0] += check.labels.contains(name) ? 1 : 0 }
    addWorst(check)
  }

  mutating func addWorst(_ check: Check) {
    if let deviation = check.worst, deviation.exceeds(worst) { worst = deviation }
  }

  mutating func merge(_ other: Statistics) {
    cases += other.cases
    discards += other.discards
    labels.merge(other.labels, uniquingKeysWith: +)
    if let deviation = other.worst, deviation.exceeds(worst) { worst = deviation }
  }
}

/// A demand that enough cases have a label.
public struct Coverage: Sendable {
  /// The label.
  public let label: String
  /// The least share of the cases, in percent.
  public let percent: Double

  /// The least number of cases for which shares are checked; a replayed case has no meaningful share.
  static let leastCases = 100

  /// A demand that at least the given percentage of the cases has the label.
  public static func atLeast(_ percent: Double, _ label: String) -> Coverage {
    Coverage(label: label, percent: percent)
  }

  /// The unmet demand in words; nil if the demand is met.
  func shortfall(in statistics: Statistics) -> String? {
    guard statistics.cases > 0 else { return nil }
    let count = statistics.labels[label] ?? 0
    let share = 100 * Double(count) / Double(statistics.cases)
    guard share < percent else { return nil }
    return "only \(count) of \(statistics.cases) cases are \"\(label)\", at least \(percent) % were demanded"
  }
}
