import Foundation

/// A property whose worst deviation rises towards its tolerance.
package struct DriftWarning {
  /// The warning with its figures, in words.
  package let text: String

  /// Finds a lasting rise. The worst deviation of a night is the largest of many cases, so it scatters by some tens of
  /// percent without a change.
  private static let detector = StepDetector(noise: 0.25, threshold: 6, least: 0.3, side: 2)
  /// The share of the tolerance below which no warning is given.
  private static let near = 0.5
  /// The number of nights over which a trend is extrapolated.
  private static let ahead = 30.0

  /// Examines the worst deviations of a property over the nights, in units of its tolerance, the oldest first.
  /// - Returns: Nil if no warning is needed.
  package init?(_ values: [Double]) {
    let values = values.filter { $0.isFinite && $0 > 0 }
    guard let last = values.last, last <= 1 else { return nil }
    func short(_ number: Double) -> String { String(format: "%.2g", number) }
    if let step = Self.detector.step(in: values), step.ratio > 1 {
      let level = values[step.index...].reduce(0, +) / Double(values.count - step.index)
      if level >= Self.near {
        text = "rose by a factor \(short(step.ratio)), to \(short(level)) of its tolerance"
        return
      }
    }
    if let trend = Self.trend(values), last + trend * Self.ahead > 1, last >= Self.near {
      text = "at \(short(last)) of its tolerance, and rises by \(short(trend)) a night"
      return
    }
    return nil
  }

  /// The median slope per night between all pairs of the last forty nights (Theil 1950, Sen 1968), if nearly all pairs
  /// rise (Kendall's score above four times its standard deviation, Mann 1945); nil otherwise.
  private static func trend(_ values: [Double]) -> Double? {
    let recent = Array(values.suffix(40))
    let count = recent.count
    guard count >= 8 else { return nil }
    var slopes: [Double] = []
    var score = 0.0
    for late in 1..<count {
      for early in 0..<late {
        slopes.append((recent[late] - recent[early]) / Double(late - early))
        score += recent[late] > recent[early] ? 1 : recent[late] < recent[early] ? -1 : 0
      }
    }
    let n = Double(count)
    guard score > 4 * (n * (n - 1) * (2 * n + 5) / 18).squareRoot() else { return nil }
    return slopes.sorted()[slopes.count / 2]
  }
}
