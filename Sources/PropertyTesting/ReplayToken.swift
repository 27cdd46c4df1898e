/// A list of choices as text, such as `4.3.3`: hexadecimal numbers, trailing zeros left out.
public struct ReplayToken: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
  /// The choices.
  public let choices: [UInt64]

  /// A token of choices.
  public init(_ choices: [UInt64]) {
    self.choices = Array(choices[..<(choices.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0)])
  }

  /// Reads a token; nil unless it is a list of hexadecimal numbers separated by dots.
  public init?(text: String) {
    guard text != "0" else {
      self.init([])
      return
    }
    let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt64($0, radix: 16) }
    guard !numbers.contains(nil) else { return nil }
    self.init(numbers.compactMap { $0 })
  }

  /// A token from a string literal.
  /// - Precondition: The literal is a list of hexadecimal numbers separated by dots.
  public init(stringLiteral value: String) {
    guard let token = ReplayToken(text: value) else { preconditionFailure("\"\(value)\" is not a replay token") }
    self = token
  }

  /// The text of the token; `0` if all choices are zero.
  public var description: String {
    choices.isEmpty ? "0" : choices.map { String($0, radix: 16) }.joined(separator: ".")
  }

  /// Whether this token is simpler than another: shorter, or of equal length and smaller at the first difference.
  func isSimpler(than other: ReplayToken) -> Bool {
    choices.count != other.choices.count
      ? choices.count < other.choices.count : choices.lexicographicallyPrecedes(other.choices)
  }
}
