/// What was seen while a property was examined.
public struct Statistics: Sendable, Codable, Equatable {
  /// The number of cases that the property spoke of.
  public var cases = 0
  /// The number of cases that were discarded.
  public var discards = 0
  /// How many cases carried each label.
  public var labels: [String: Int] = [:]
  /// The comparison that came nearest to its tolerance.
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

/// A demand that enough cases carry a label.
public struct Coverage: Sendable {
  /// The label.
  public let label: String
  /// The least share of the cases, in percent.
  public let percent: Double

  /// With fewer cases than this, as when one is replayed, shares say nothing.
  static let leastCases = 100

  /// At least so many percent of the cases must carry the label.
  public static func atLeast(_ percent: Double, _ label: String) -> Coverage {
    Coverage(label: label, percent: percent)
  }

  /// What is missing; nil if the demand is met.
  func shortfall(in statistics: Statistics) -> String? {
    guard statistics.cases > 0 else { return nil }
    let count = statistics.labels[label] ?? 0
    let share = 100 * Double(count) / Double(statistics.cases)
    guard share < percent else { return nil }
    return "only \(count) of \(statistics.cases) cases are \"\(label)\", at least \(percent) % were demanded"
  }
}
