import Foundation

/// What became of a mutant.
struct Verdict: Sendable, Codable {
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

/// Results of a campaign, one line of JSON each, kept as they come.
final class Journal: @unchecked Sendable {
  private let lock = NSLock()
  private let file: URL
  private var byPlace: [Key: Verdict] = [:]

  /// A mutant by what stays the same when lines are added elsewhere.
  struct Key: Hashable {
    var place: Mutant.Place
    var operation: Mutant.Operation
  }

  init(_ file: URL) {
    self.file = file
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return }
    let decoder = JSONDecoder()
    for line in text.split(separator: "\n") {
      guard let verdict = try? decoder.decode(Verdict.self, from: Data(line.utf8)) else { continue }
      byPlace[Self.key(verdict.mutant)] = verdict
    }
  }

  private static func key(_ mutant: Mutant) -> Key { Key(place: mutant.place, operation: mutant.operation) }

  func verdict(of mutant: Mutant) -> Verdict? {
    lock.withLock {
      var verdict = byPlace[Self.key(mutant)]
      verdict?.mutant = mutant
      return verdict
    }
  }

  /// All results.
  var verdicts: [Verdict] { lock.withLock { Array(byPlace.values) } }

  func add(_ verdict: Verdict) throws {
    try lock.withLock {
      byPlace[Self.key(verdict.mutant)] = verdict
      let line = try JSONEncoder().encode(verdict) + Data("\n".utf8)
      if !FileManager.default.fileExists(atPath: file.path) { try Data().write(to: file) }
      let handle = try FileHandle(forWritingTo: file)
      defer { try? handle.close() }
      try handle.seekToEnd()
      try handle.write(contentsOf: line)
    }
  }

  /// Forgets what was left alive, so that it is tried again.
  func forget(_ statuses: Set<Verdict.Status>) {
    lock.withLock { byPlace = byPlace.filter { !statuses.contains($0.value.status) } }
  }
}
