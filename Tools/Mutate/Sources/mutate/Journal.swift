import Foundation

/// What was found about a mutant.
protocol Finding: Codable, Sendable {
  var mutant: Mutant { get set }
  /// Whether a test failed.
  var isNoticed: Bool { get }
  /// Seconds of all processors.
  var processor: Double { get }
}

/// Findings of a campaign, one line of JSON each, kept as they come.
final class Journal<Result: Finding>: @unchecked Sendable {
  private let lock = NSLock()
  private let file: URL
  private var byPlace: [Key: Result] = [:]

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
      guard let result = try? decoder.decode(Result.self, from: Data(line.utf8)) else { continue }
      byPlace[Self.key(result.mutant)] = result
    }
  }

  private static func key(_ mutant: Mutant) -> Key { Key(place: mutant.place, operation: mutant.operation) }

  /// What was found earlier, with the mutant's number and place of today.
  func result(of mutant: Mutant) -> Result? {
    lock.withLock {
      var result = byPlace[Self.key(mutant)]
      result?.mutant = mutant
      return result
    }
  }

  /// All results.
  var results: [Result] { lock.withLock { Array(byPlace.values) } }

  func add(_ result: Result) throws {
    try lock.withLock {
      byPlace[Self.key(result.mutant)] = result
      let line = try JSONEncoder().encode(result) + Data("\n".utf8)
      if !FileManager.default.fileExists(atPath: file.path) { try Data().write(to: file) }
      let handle = try FileHandle(forWritingTo: file)
      defer { try? handle.close() }
      try handle.seekToEnd()
      try handle.write(contentsOf: line)
    }
  }

  /// Forgets some results, so that their mutants are tried again.
  func forget(_ isForgotten: (Result) -> Bool) {
    lock.withLock { byPlace = byPlace.filter { !isForgotten($0.value) } }
  }
}
