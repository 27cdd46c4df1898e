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

  /// Decodes `[slow, fast]`.
  public init(from decoder: any Decoder) throws {
    var numbers = try decoder.unkeyedContainer()
    (slow, fast) = (try numbers.decode(Int.self), try numbers.decode(Int.self))
    guard numbers.isAtEnd else {
      throw DecodingError.dataCorruptedError(in: numbers, debugDescription: "a pixel has two numbers: slow, fast")
    }
  }

  /// Encodes `[slow, fast]`.
  public func encode(to encoder: any Encoder) throws {
    var numbers = encoder.unkeyedContainer()
    try numbers.encode(slow)
    try numbers.encode(fast)
  }

  /// The index, in the whole image, of the pixel (slow, fast) of a part of the image whose first pixel is `self`.
  public func offset(slow: Int, fast: Int) -> PixelIndex { PixelIndex(slow: self.slow + slow, fast: self.fast + fast) }

  /// Both indices with their names.
  public var description: String { "slow \(slow) fast \(fast)" }
}

/// A rectangle of pixels by its inclusive bounds.
public struct PixelBounds: Sendable, Hashable, Codable, CustomStringConvertible {
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

  /// Decodes four numbers in the order of the option `-roi`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let bounds = PixelBounds(numbers: try container.decode([Int].self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "bounds are four numbers")
    }
    self = bounds
  }

  /// Encodes four numbers in the order of the option `-roi`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(numbers)
  }

  /// All pixels of an image.
  public init(fastPixels: Int, slowPixels: Int) {
    self.init(fast: (0, fastPixels - 1), slow: (0, slowPixels - 1))
  }

  /// The pixel with the lowest indices.
  public var first: PixelIndex { PixelIndex(slow: slowMinimum, fast: fastMinimum) }
  /// The number of pixels along the fast axis.
  public var fastCount: Int { fastMaximum - fastMinimum + 1 }
  /// The number of pixels along the slow axis.
  public var slowCount: Int { slowMaximum - slowMinimum + 1 }

  /// Whether there is a pixel within the bounds, and all are pixels of an image.
  public func isInside(fastPixels: Int, slowPixels: Int) -> Bool {
    fastMinimum >= 0 && slowMinimum >= 0 && fastMinimum <= fastMaximum && slowMinimum <= slowMaximum
      && fastMaximum < fastPixels && slowMaximum < slowPixels
  }

  /// The numbers in the order of the option `-roi`, in brackets.
  public var description: String { "\(numbers)" }
}
