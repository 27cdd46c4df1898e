import Foundation

/// What a judge is asked for.
package struct JudgeSettings: Sendable {
  /// The end of a judgement.
  package enum Budget: Sendable, Hashable, CustomStringConvertible {
    case seconds(Double)
    case cases(Int)

    /// Reads `60s`, `10m`, `2h` or `100000-cases`; nil for other texts.
    package init?(text: String) {
      func number(_ suffix: String, _ unit: Double) -> Budget? {
        guard text.hasSuffix(suffix), let value = Double(text.dropLast(suffix.count)), value > 0, value * unit <= 1e7
        else {
          return nil
        }
        return .seconds(value * unit)
      }
      if text.hasSuffix("-cases"), let count = Int(text.dropLast(6)), count > 0 {
        self = .cases(count)
      } else if let time = number("s", 1) ?? number("m", 60) ?? number("h", 3600) {
        self = time
      } else {
        return nil
      }
    }

    package var description: String {
      switch self {
      case .seconds(let seconds): "\(Int(seconds.rounded()))s"
      case .cases(let count): "\(count)-cases"
      }
    }
  }

  package var budget = Budget.seconds(120)
  package var seed: UInt64 = 1
  package var shard: (index: Int, count: Int) = (1, 1)
  package var jobs = ProcessInfo.processInfo.activeProcessorCount
  /// The folder of the golden cases; nil to leave the corpus out.
  package var corpus: URL?
  /// The folder in which the state is kept; nil to keep none.
  package var folder: URL?
  package var resumes = false
  /// Called with a line of progress now and then.
  package var progress: (@Sendable (String) -> Void)?
  /// The findings of one cause that are shrunk.
  package var perCause = 3
  /// The largest number of findings that are investigated.
  package var findingLimit = 60

  /// The number of lines for which it is checked that a cause which every scene shows explains them.
  package var explained = 100

  /// What a state has to be of, to go on with it: candidate, seed and part.
  package var identity = ""
  /// The longest time of a run of the candidate, in seconds.
  package var runLimit = CandidateDescription.usualLimit

  package init() {}

  /// Whether a numbered item belongs to the shard.
  func isMine(_ number: Int) -> Bool { number % shard.count == shard.index - 1 }
}
