import CommandLineSupport
import Glibc
import Physics
import PropertyTesting

extension StringProtocol {
  /// The words of a command line that has no quotes.
  public var words: [String] { String(self).split(separator: " ").map(String.init) }
}

extension Experiment {
  /// The experiment of a command line; the seed that stands for the clock is 1.
  public init(words: [String], _ compatibility: Compatibility = .cParity) throws {
    self = try CommandLineParser(words, compatibility: compatibility).parse().experiment(clockSeed: 1)
  }

  /// The experiment of a command line without quotes; the seed that stands for the clock is 1.
  public init(command: String, _ compatibility: Compatibility = .cParity) throws {
    try self.init(words: command.words, compatibility)
  }
}

/// The two compatibilities, each in half of the cases.
public let bothModes = Generator<Bool>.bool.map { $0 ? Compatibility.cParity : .spec }

extension Compatibility {
  /// The modes whose numbers digests pin: both, or those that `NB_MODE` names with commas between them, so that the power
  /// of tests can be measured for each.
  public static let examined: [Compatibility] = {
    let wanted = getenv("NB_MODE").map { String(cString: $0).split(separator: ",").map(String.init) }
    return [.cParity, .spec].filter { wanted?.contains($0.name) ?? true }
  }()
}
