/// A pixel by its indices, counted from 0. The slow index comes first, as in traces.
public struct PixelIndex: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The index along the slow axis: the row.
  public var slow: Int
  /// The index along the fast axis: the column.
  public var fast: Int

  /// A pixel.
  public init(slow: Int, fast: Int) {
    self.slow = slow
    self.fast = fast
  }

  /// Both indices with their names.
  public var description: String { "slow \(slow) fast \(fast)" }
}

/// A rectangle of pixels by its bounds, which belong to it.
public struct PixelBounds: Sendable, Hashable {
  /// The lowest fast index.
  public var fastMinimum: Int
  /// The highest fast index.
  public var fastMaximum: Int
  /// The lowest slow index.
  public var slowMinimum: Int
  /// The highest slow index.
  public var slowMaximum: Int

  /// A rectangle.
  public init(fast: (minimum: Int, maximum: Int), slow: (minimum: Int, maximum: Int)) {
    (fastMinimum, fastMaximum) = fast
    (slowMinimum, slowMaximum) = slow
  }

  /// The numbers in the order of the option `-roi` and of traces.
  public var numbers: [Int] { [fastMinimum, fastMaximum, slowMinimum, slowMaximum] }

  /// A rectangle from numbers in the order of the option `-roi`; nil unless there are four.
  public init?(numbers: [Int]) {
    guard numbers.count == 4 else { return nil }
    self.init(fast: (numbers[0], numbers[1]), slow: (numbers[2], numbers[3]))
  }
}
