import Foundation

/// Mutants that no test can notice, with the reason. An entry holds as long as its line stays as it is.
struct Equivalents: Sendable {
  struct Entry: Codable, Sendable, Hashable {
    var file: String
    /// The line, without space at its ends.
    var line: String
    /// Which of the equal lines of the file, from 1.
    var occurrence: Int
    /// The offset of the change in that line, in bytes of UTF-8.
    var column: Int
    var change: String
    /// A proof, or what was tried.
    var reason: String
  }

  private var reasons: [Mutant.Place: String] = [:]
  private(set) var entries: [Entry] = []

  init(_ file: URL) throws {
    guard let data = try? Data(contentsOf: file) else { return }
    do {
      entries = try JSONDecoder().decode([Entry].self, from: data)
    } catch {
      throw Trouble("\(file.path) is no list of equivalent mutants: \(error)")
    }
    for entry in entries {
      guard !entry.reason.trimmingCharacters(in: .whitespaces).isEmpty else {
        throw Trouble("\(file.path): the entry of \(entry.file), \(entry.change), has no reason")
      }
      let place = Mutant.Place(
        file: entry.file, text: entry.line, occurrence: entry.occurrence, column: entry.column, change: entry.change)
      guard reasons.updateValue(entry.reason, forKey: place) == nil else {
        throw Trouble("\(file.path): \(entry.file), \(entry.change), is listed twice")
      }
    }
  }

  func reason(_ mutant: Mutant) -> String? { reasons[mutant.place] }

  /// The entries whose line is no longer there.
  func stale(among mutants: [Mutant]) -> [Entry] {
    let places = Set(mutants.map(\.place))
    return entries.filter {
      !places.contains(
        Mutant.Place(file: $0.file, text: $0.line, occurrence: $0.occurrence, column: $0.column, change: $0.change))
    }
  }

  /// Writes a list in the order of files and lines, whole or not at all.
  static func write(_ entries: [Entry], to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let sorted = entries.sorted {
      ($0.file, $0.line, $0.occurrence, $0.column, $0.change) < ($1.file, $1.line, $1.occurrence, $1.column, $1.change)
    }
    try (encoder.encode(sorted) + Data("\n".utf8)).write(to: file, options: .atomic)
  }

  /// An entry for a mutant, as the file has it.
  static func entry(_ mutant: Mutant, reason: String) -> Entry {
    Entry(
      file: mutant.place.file, line: mutant.place.text, occurrence: mutant.place.occurrence,
      column: mutant.place.column,
      change: mutant.place.change, reason: reason)
  }
}
