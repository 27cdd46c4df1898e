import Foundation

/// The cases of a corpus on their shelves: those that count, those that wait, and those that were put away. A decision moves
/// folders between the shelves; the last 50 can be undone.
///
/// A decision is prepared in a hidden folder, then its steps are written down in one file, then they are taken. If the
/// process is killed before, nothing has happened; if it is killed behind, `recover` takes the remaining steps.
package struct CaseShelves: Sendable {
  /// A place for cases.
  package enum Shelf: String, Sendable, CaseIterable {
    /// Cases that count.
    case cases
    /// Cases that wait for a decision.
    case pending
  }

  private let files: any StoreFiles
  private let root: String

  /// - Parameter root: The folder of the corpus.
  package init(_ files: any StoreFiles, root: String) { (self.files, self.root) = (files, root) }

  /// Changes the files of a case before a decision takes effect.
  package typealias Change = (inout [String: Data]) throws -> Void

  private var journalFile: String { ".undo/journal.json" }
  private var planFile: String { ".undo/plan.json" }

  private func path(_ name: String) -> String { "\(root)/\(name)" }

  /// The names of the cases of a shelf, sorted.
  package func ids(_ shelf: Shelf) -> [String] {
    files.names(in: path(shelf.rawValue)).filter { !$0.hasPrefix(".") }
  }

  // MARK: Decisions

  /// Makes a waiting case count. A case of its name is put away.
  /// - Throws: `StoreError` or an error of a file; then nothing has changed, or `recover` completes the decision.
  package func accept(_ id: String, who: String, when: String, change: Change) throws {
    var journal = try begin()
    let (from, to) = ("pending/\(id)", "cases/\(id)")
    var steps = try prepared(from, change)
    var entry = DecisionJournal.Entry(action: "accepted", id: id, who: who, when: when)
    if files.exists(path(to)) {
      // The new folder takes the place in one step: the case is never missing.
      let kept = UUID().uuidString
      entry.kept = kept
      steps += [
        .exchange(steps.hidden, to, marked: steps.mark), .move(steps.hidden, to: ".undo/\(kept)"), .remove(from),
      ]
    } else {
      steps += [.move(steps.hidden, to: to), .remove(from)]
    }
    try commit(steps.list + journal.add(entry))
  }

  /// Puts a waiting case away.
  /// - Throws: `StoreError` or an error of a file.
  package func reject(_ id: String, who: String, when: String) throws {
    try putAway(.pending, id, action: "rejected", who: who, when: when)
  }

  /// Puts a case that counts away.
  /// - Throws: `StoreError` or an error of a file.
  package func remove(_ id: String, who: String, when: String) throws {
    try putAway(.cases, id, action: "removed", who: who, when: when)
  }

  private func putAway(_ shelf: Shelf, _ id: String, action: String, who: String, when: String) throws {
    var journal = try begin()
    // A decision that was cut off may have taken the case away.
    guard files.exists(path("\(shelf.rawValue)/\(id)")) else {
      throw StoreError("\(path("\(shelf.rawValue)/\(id)")): there is no such case")
    }
    let kept = UUID().uuidString
    let entry = DecisionJournal.Entry(action: action, id: id, kept: kept, who: who, when: when)
    try commit([.move("\(shelf.rawValue)/\(id)", to: ".undo/\(kept)")] + journal.add(entry))
  }

  /// Gives a case that counts another name.
  /// - Throws: `StoreError` or an error of a file.
  package func rename(_ id: String, to name: String, who: String, when: String, change: Change) throws {
    var journal = try begin()
    var steps = try prepared("cases/\(id)", change)
    steps += [.move(steps.hidden, to: "cases/\(name)"), .remove("cases/\(id)")]
    try commit(steps.list + journal.add(.init(action: "renamed", id: id, to: name, who: who, when: when)))
  }

  /// Changes the files of a case in one step.
  /// - Throws: `StoreError` or an error of a file.
  package func rewrite(_ shelf: Shelf, _ id: String, change: Change) throws {
    try complete()
    var steps = try prepared("\(shelf.rawValue)/\(id)", change)
    steps += [.exchange(steps.hidden, "\(shelf.rawValue)/\(id)", marked: steps.mark), .remove(steps.hidden)]
    try commit(steps.list)
  }

  /// Undoes the last decision.
  /// - Parameter change: Changes the files of a case that is no longer accepted, or has its old name again.
  /// - Returns: The decision that was undone.
  /// - Throws: `StoreError` if no decision is recorded, or something else took a place meanwhile.
  package func undo(change: (DecisionJournal.Entry, inout [String: Data]) throws -> Void) throws
    -> DecisionJournal.Entry
  {
    var journal = try begin()
    guard let last = journal.entries.popLast() else { throw StoreError("there is no decision to be taken back") }
    let kept = last.kept.map { ".undo/\($0)" }
    var steps: [StorePlan.Step]
    switch last.action {
    case "accepted":
      try checkIsFree("pending/\(last.id)")
      var undone = try prepared("cases/\(last.id)") { try change(last, &$0) }
      if let kept {
        undone += [
          .exchange(kept, "cases/\(last.id)", marked: mark(of: kept)), .move(undone.hidden, to: "pending/\(last.id)"),
          .remove(kept),
        ]
      } else {
        undone += [.move(undone.hidden, to: "pending/\(last.id)"), .remove("cases/\(last.id)")]
      }
      steps = undone.list
    case "rejected", "removed":
      let place = last.action == "removed" ? "cases/\(last.id)" : "pending/\(last.id)"
      try checkIsFree(place)
      steps = kept.map { [.move($0, to: place)] } ?? []
    default:
      try checkIsFree("cases/\(last.id)")
      let name = last.to ?? last.id
      var undone = try prepared("cases/\(name)") { try change(last, &$0) }
      undone += [.move(undone.hidden, to: "cases/\(last.id)"), .remove("cases/\(name)")]
      steps = undone.list
    }
    steps.append(.write(journalFile, try journal.data()))
    try commit(steps)
    return last
  }

  private func checkIsFree(_ place: String) throws {
    guard !files.exists(path(place)) else {
      throw StoreError("\(path(place)): something took the place since; move it away first")
    }
  }

  // MARK: Steps

  /// The steps of a decision on a folder whose new content is prepared.
  private struct Prepared {
    var list: [StorePlan.Step] = []
    /// The hidden folder with the new content.
    let hidden: String
    /// What tells the new content from the old.
    let mark: String

    static func += (steps: inout Prepared, more: [StorePlan.Step]) { steps.list += more }
  }

  /// Writes the changed files of a case to a hidden folder.
  private func prepared(_ folder: String, _ change: Change) throws -> Prepared {
    var contents = files.contents(of: path(folder))
    guard !contents.isEmpty else { throw StoreError("\(path(folder)): there is no such case") }
    try change(&contents)
    let mark = UUID().uuidString
    let hidden = "\(folder.prefix { $0 != "/" })/.\(folder.drop { $0 != "/" }.dropFirst()).\(mark)\(Self.hiddenMark)"
    try files.writeFolder(contents, to: path(hidden))
    return Prepared(hidden: hidden, mark: Self.mark(contents))
  }

  /// What identifies the content of a folder: its list of digests, which has every file of it.
  private static func mark(_ contents: [String: Data]) -> String {
    contents["sha256.txt"].map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private func mark(of folder: String) -> String {
    files.read(path("\(folder)/sha256.txt")).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Writes the steps down, takes them, and forgets them.
  private func commit(_ steps: [StorePlan.Step]) throws {
    try files.write(try JSONEncoder().encode(StorePlan(steps: steps)), to: path(planFile))
    try take(steps)
    try files.remove(path(planFile))
  }

  /// Takes steps that have not been taken yet.
  private func take(_ steps: [StorePlan.Step]) throws {
    for step in steps {
      switch step {
      case .move(let from, let to):
        if files.exists(path(from)) { try files.move(path(from), to: path(to)) }
      case .exchange(let first, let second, let mark):
        if mark != self.mark(of: second) { try files.exchange(path(first), path(second)) }
      case .remove(let place): try files.remove(path(place))
      case .write(let place, let data): try files.write(data, to: path(place))
      }
    }
  }

  /// Completes a decision that was cut off, and removes what was prepared for one that was not taken.
  /// - Throws: `StoreError` if the steps cannot be read, or an error of a file.
  package func recover() throws {
    try complete()
    for shelf in Shelf.allCases {
      for name in files.names(in: path(shelf.rawValue)) where name.hasPrefix(".") && name.hasSuffix(Self.hiddenMark) {
        try files.remove(path("\(shelf.rawValue)/\(name)"))
      }
    }
  }

  /// Takes the steps that are left of a decision that was cut off.
  private func complete() throws {
    guard let data = files.read(path(planFile)) else { return }
    guard let plan = try? JSONDecoder().decode(StorePlan.self, from: data) else {
      throw StoreError(
        "\(path(planFile)): what is left of a decision that was cut off cannot be read; look at the shelves beside it, then "
          + "remove this file")
    }
    try take(plan.steps)
    try files.remove(path(planFile))
  }

  private static let hiddenMark = ".removed"

  // MARK: Journal

  /// Completes a decision that was cut off, whose steps the next decision would overwrite.
  /// - Returns: The journal for the next decision.
  private func begin() throws -> DecisionJournal {
    try complete()
    return try readJournal()
  }

  /// - Throws: `StoreError` if the journal cannot be read.
  package func readJournal() throws -> DecisionJournal {
    guard let data = files.read(path(journalFile)) else { return DecisionJournal() }
    do {
      return try JSONDecoder().decode(DecisionJournal.self, from: data)
    } catch {
      throw StoreError(
        "\(path(journalFile)): the journal of decisions cannot be read; what was put away lies beside it: mend it, or move "
          + "the folder away")
    }
  }
}

/// What is still to be done for a decision.
private struct StorePlan: Codable {
  enum Step: Codable {
    /// Moves a folder if it is there.
    case move(String, to: String)
    /// Exchanges two folders unless the second has the wanted content.
    case exchange(String, String, marked: String)
    case remove(String)
    case write(String, Data)
  }

  var steps: [Step]
}

/// The last decisions on cases, by which they can be undone.
package struct DecisionJournal: Sendable, Codable {
  /// One decision.
  package struct Entry: Sendable, Codable {
    package let action: String
    package let id: String
    /// The new name of a renamed case.
    package var to: String?
    /// The name of the folder that was put away in `.undo`; nil if no folder was put away.
    package var kept: String?
    package let who: String
    package let when: String
  }

  package var entries: [Entry] = []
  /// The number of decisions that can be undone.
  package static let length = 50

  /// Adds a decision.
  /// - Returns: The steps that store it. Folders of decisions too old to be undone are removed.
  fileprivate mutating func add(_ entry: Entry) throws -> [StorePlan.Step] {
    entries.append(entry)
    let old = entries.prefix(max(0, entries.count - Self.length))
    entries.removeFirst(old.count)
    return [.write(".undo/journal.json", try data())] + old.compactMap(\.kept).map { .remove(".undo/\($0)") }
  }

  fileprivate func data() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }
}
