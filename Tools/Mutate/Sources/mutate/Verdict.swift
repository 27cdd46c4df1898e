import Foundation

/// What became of a mutant.
struct Verdict: Finding {
  enum Status: String, Sendable, Codable {
    /// A test failed.
    case killed
    /// A test ran for much longer than without the change.
    case timeout
    /// All tests that reach it passed.
    case survived
    /// No test reaches it.
    case noCoverage
    /// The compiler does not take the change.
    case notCompiling
    /// The place takes no choice at run time.
    case noSchema
    /// Listed as equivalent.
    case equivalent
  }
  var mutant: Mutant
  var status: Status
  /// The tests that failed, the reason why it does not compile, or why it is equivalent.
  var by: [String] = []
  /// How many tests ran, and how many more reach it but were left out because of the budget.
  var testsRun = 0
  var testsLeft = 0
  /// Seconds by the clock and of all processors.
  var wall = 0.0
  var processor = 0.0

  var isNoticed: Bool { status == .killed || status == .timeout }
}
