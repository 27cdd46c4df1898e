/// A sample of figures of repeated runs.
public struct Sample: Sendable, Codable, Hashable {
  /// The figures in the order in which they were taken.
  public private(set) var figures: [Double] = []

  /// A sample of the given figures.
  public init(_ figures: [Double] = []) { self.figures = figures }

  /// Adds a figure.
  public mutating func add(_ figure: Double) { figures.append(figure) }

  /// The median; not a number for an empty sample.
  public var median: Double {
    guard !figures.isEmpty else { return .nan }
    let sorted = figures.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The least figure; not a number for an empty sample.
  public var least: Double { figures.min() ?? .nan }
  /// The largest figure; not a number for an empty sample.
  public var largest: Double { figures.max() ?? .nan }
}
