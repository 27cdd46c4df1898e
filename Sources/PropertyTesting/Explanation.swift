import Foundation

/// What matters for a failure: the parts of its case that may be anything, and the values that the others must have.
public struct Explanation: Sendable, Codable {
  /// A part that does not matter: the case fails in the same way whatever it is.
  public struct Irrelevant: Sendable, Codable {
    /// The name of the part, such as `scene.cell`.
    public var name: String
    /// How many other values were tried.
    public var tried: Int
  }

  /// A part that matters.
  public struct Condition: Sendable, Codable {
    /// The name of the part.
    public var name: String
    /// The values with which the case fails, in words.
    public var text: String
    /// The least value with which the case fails, if there is a smaller one with which it does not.
    public var low: Double?
    /// The largest value with which the case fails, if there is a larger one with which it does not.
    public var high: Double?
  }

  /// Parts that may be anything, each by itself.
  public var irrelevant: [Irrelevant] = []
  /// Parts that matter.
  public var conditions: [Condition] = []
  /// How many of the cases with all irrelevant parts drawn anew at once failed, of how many.
  public var together: (failed: Int, tried: Int) {
    get { (failedTogether, triedTogether) }
    set { (failedTogether, triedTogether) = newValue }
  }
  private var failedTogether = 0
  private var triedTogether = 0
  /// The number of cases that were examined for it.
  public var calls = 0

  /// The explanation as lines of text.
  var lines: [String] {
    var lines: [String] = []
    if !conditions.isEmpty {
      lines.append("What matters:")
      lines += conditions.map { "  \($0.name): \($0.text)" }
    }
    if !irrelevant.isEmpty {
      let least = irrelevant.map(\.tried).min() ?? 0
      lines.append(
        "What does not: any \(irrelevant.map(\.name).joined(separator: ", any ")) (\(least) others or more of each, all fail)"
      )
      if irrelevant.count > 1, failedTogether < triedTogether {
        lines.append("  one at a time: of \(triedTogether) cases with all of them changed, \(failedTogether) fail")
      }
    }
    return lines
  }
}

/// Describes which of some values fail.
enum ValueSet {
  /// - Parameters:
  ///   - failing: The values with which the case fails.
  ///   - passing: The values with which the case passes.
  /// - Returns: The failing values in words, with the ends of their range if there is one.
  static func describe(_ failing: [Double], _ passing: [Double]) -> (text: String, low: Double?, high: Double?) {
    func short(_ numbers: [Double]) -> String { Set(numbers).sorted().map(SwiftSource.brief).joined(separator: ", ") }
    guard let least = failing.min(), let most = failing.max() else { return ("", nil, nil) }
    let (below, above) = (passing.contains { $0 < least }, passing.contains { $0 > most })
    if !passing.contains(where: { $0 >= least && $0 <= most }) {
      return range(below ? least : nil, above ? most : nil)
    }
    if (failing + passing).allSatisfy({ $0.rounded() == $0 && abs($0) < 1e15 }) {
      let isEven = { (number: Double) in number.truncatingRemainder(dividingBy: 2) == 0 }
      if failing.allSatisfy(isEven), !passing.contains(where: isEven) { return ("only even", nil, nil) }
      if !failing.contains(where: isEven), passing.allSatisfy(isEven) { return ("only odd", nil, nil) }
    }
    let size = { (numbers: [Double]) in numbers.map(abs) }
    if let smallest = size(failing).min(), size(passing).allSatisfy({ $0 < smallest }) {
      return ("sizes from \(SwiftSource.brief(smallest)) on, of either sign", nil, nil)
    }
    if let largest = size(failing).max(), size(passing).allSatisfy({ $0 > largest }) {
      return ("sizes up to \(SwiftSource.brief(largest)), of either sign", nil, nil)
    }
    if Set(failing).count <= 4 { return ("only \(short(failing))", nil, nil) }
    if Set(passing).count <= 4 { return ("all but \(short(passing))", nil, nil) }
    return ("some values (\(failing.count) of \(failing.count + passing.count) tried)", nil, nil)
  }

  /// A range in words.
  static func range(_ low: Double?, _ high: Double?) -> (text: String, low: Double?, high: Double?) {
    switch (low, high) {
    case (let low?, let high?) where low == high: ("only \(SwiftSource.brief(low))", low, high)
    case (let low?, let high?): ("from \(SwiftSource.brief(low)) to \(SwiftSource.brief(high))", low, high)
    case (let low?, nil): ("from \(SwiftSource.brief(low)) on", low, nil)
    case (nil, let high?): ("up to \(SwiftSource.brief(high))", nil, high)
    case (nil, nil): ("all values that were tried", nil, nil)
    }
  }

  /// Words that fail, among words.
  static func describe(words failing: [String], _ passing: [String]) -> String {
    let (few, others) = (unique(failing), unique(passing))
    if few.count <= max(4, others.count) { return "only \(few.joined(separator: ", "))" }
    return "all but \(others.joined(separator: ", "))"
  }

  private static func unique(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }
}
