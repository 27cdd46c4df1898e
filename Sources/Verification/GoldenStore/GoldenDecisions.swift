import CSystem
import Foundation
import Provenance

import Glibc

/// Moves a folder to a free name; false, with `errno` set, if it cannot be moved.
private func isMoved(_ from: String, _ to: String) -> Bool { rename(from, to) == 0 }

/// The last decisions on cases, by which they can be undone.
private struct DecisionJournal: Codable {
  /// One decision.
  struct Entry: Codable {
    let action: String
    let id: String
    /// The new name of a renamed case.
    var to: String?
    /// The name of the folder that was put away in `.undo`; nil if no folder was put away.
    var kept: String?
    let who: String
    let when: String
  }

  var entries: [Entry] = []
  /// The number of decisions that can be undone.
  static let length = 50
}

/// Accepting, rejecting, removing and renaming cases; the last 50 decisions can be undone.
extension GoldenCorpus {
  private var store: URL { root.appendingPathComponent(".undo") }
  private var journalFile: URL { store.appendingPathComponent("journal.json") }

  /// The account name of the user, who is recorded as deciding unless another name is given.
  public static var account: String {
    let environment = ProcessInfo.processInfo.environment
    return environment["USER"] ?? environment["LOGNAME"] ?? NSUserName()
  }

  /// Makes a pending case part of the corpus, in one step. The case records the person, the time and the reason.
  ///
  /// A case of the same name is replaced: the two folders are exchanged, and the old case is put away. If the process
  /// is killed in between, a note with the digests of the new case shows `recover` which folder holds which case.
  /// - Parameters:
  ///   - id: The case.
  ///   - who: The person who decides.
  ///   - because: The reason for accepting the case in spite of objections.
  ///   - digest: The digest of the files that were judged; nil accepts the present files.
  /// - Throws: `CorpusError` if the case does not exist, has changed since or is damaged, if there are objections and
  ///   no reason, or if the folder cannot be moved.
  public func accept(_ id: String, who: String = account, because: String? = nil, digest: String? = nil) throws {
    _ = try readJournal()
    try checkIsPending(id)
    let review = try review(id)
    if let problem = review.damages.first {
      throw CorpusError(
        "\(id): \(problem); what stands there is not what was added, so that it cannot count; add it again")
    }
    if let digest, digest != review.digest {
      throw CorpusError("\(id): the case has changed since it was judged; look at it again")
    }
    let reason = because?.trimmingCharacters(in: .whitespacesAndNewlines)
    if let first = review.objections.first, (reason ?? "").isEmpty {
      throw CorpusError(
        "\(id): it is not accepted without a reason, as \(first)"
          + (review.objections.count > 1 ? " (and \(review.objections.count - 1) more)" : "")
          + "; give --because \"...\", or reject it")
    }
    var golden = review.report.golden
    let now = TimeStamp.full(Date())
    var provenance =
      golden.provenance ?? GoldenCase.Provenance(added: now, tool: "not stated", sources: [:])
    provenance.accepted = .init(
      who: who, when: now, because: (reason ?? "").isEmpty ? nil : reason, problems: review.objections)
    golden.provenance = provenance
    try pending.rewrite(id, as: golden)
    let (from, to) = (pending.folder(of: id), folder(of: id))
    try FileManager.default.createDirectory(
      at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
    guard !isMoved(from.path, to.path) else { return try note("accepted", id, who: who) }
    try Data((Self.digests(from) ?? "").utf8).write(to: acceptanceNote(id), options: .atomic)
    guard exchangeFolders(from.path, to.path) == 0 else { throw Self.immovable(from) }
    let kept = try putAway(from)
    try? FileManager.default.removeItem(at: acceptanceNote(id))
    try note("accepted", id, kept: kept, who: who)
  }

  /// Discards a pending case; `undo` restores it.
  /// - Throws: `CorpusError` if the case does not exist or has changed since, or the folder cannot be moved.
  public func reject(_ id: String, who: String = account, digest: String? = nil) throws {
    _ = try readJournal()
    try checkIsPending(id)
    if let digest, try digest != pending.digest(of: id) {
      throw CorpusError("\(id): the case has changed since it was judged; look at it again")
    }
    try note("rejected", id, kept: try putAway(pending.folder(of: id)), who: who)
  }

  /// Removes a case from the corpus; `undo` restores it.
  /// - Throws: `CorpusError` if the case does not exist, or the folder cannot be moved.
  public func remove(_ id: String, who: String = account) throws {
    _ = try readJournal()
    guard ids.contains(id) else { throw missing(id) }
    try note("removed", id, kept: try putAway(folder(of: id)), who: who)
  }

  /// Renames a case of the corpus.
  /// - Throws: `CorpusError` if the case does not exist, the name is malformed or taken, or the folder cannot be moved.
  public func rename(_ id: String, to name: String, who: String = account) throws {
    _ = try readJournal()
    guard ids.contains(id) else { throw missing(id) }
    try checkName(name)
    try move(id, to: name)
    try note("renamed", id, to: name, who: who)
  }

  /// Undoes the last decision.
  /// - Returns: The decision that was undone, in one line.
  /// - Throws: `CorpusError` if no decision is recorded, or a folder of that name exists by now.
  public func undo() throws -> String {
    var journal = try readJournal()
    guard let last = journal.entries.popLast() else { throw CorpusError("there is no decision to be taken back") }
    func free(_ place: URL) throws {
      guard !FileManager.default.fileExists(atPath: place.path) else {
        throw CorpusError("\(place.path): something took the place since; move it away first")
      }
    }
    let kept = last.kept.map { store.appendingPathComponent($0) }
    switch last.action {
    case "accepted":
      try free(pending.folder(of: last.id))
      try Self.move(folder(of: last.id), to: pending.folder(of: last.id))
      if let kept { try Self.move(kept, to: folder(of: last.id)) }
      var golden = try pending.load(last.id)
      golden.provenance?.accepted = nil
      try pending.rewrite(last.id, as: golden)
    case "rejected", "removed":
      let place = last.action == "removed" ? folder(of: last.id) : pending.folder(of: last.id)
      try free(place)
      if let kept { try Self.move(kept, to: place) }
    default: try move(last.to ?? last.id, to: last.id)
    }
    try write(journal)
    return "\(last.id) is no longer \(last.action)" + (last.to.map { " to \($0)" } ?? "")
  }

  // MARK: Folders

  private func checkIsPending(_ id: String) throws {
    let waiting = pending.ids
    guard !waiting.contains(id) else { return }
    let list = waiting.isEmpty ? "nothing waits for review" : "waiting are \(waiting.joined(separator: ", "))"
    throw CorpusError("\(id): there is no such pending case; \(list)")
  }

  private func missing(_ id: String) -> CorpusError {
    if pending.ids.contains(id) {
      return CorpusError("\(id): it waits for review; accept it first, or reject it: nbverify golden review")
    }
    do {
      _ = try load(id)
      return CorpusError("\(id): there is no such case")
    } catch {
      return error as? CorpusError ?? CorpusError("\(error)")
    }
  }

  private func move(_ id: String, to name: String) throws {
    var golden = try load(id)
    golden.id = name
    try rewrite(id, as: golden)
    try Self.move(folder(of: id), to: folder(of: name))
  }

  private static func move(_ from: URL, to: URL) throws {
    try? FileManager.default.createDirectory(at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
    guard isMoved(from.path, to.path) else { throw immovable(from) }
  }

  /// Moves a folder to `.undo`.
  /// - Returns: The new name of the folder in `.undo`.
  private func putAway(_ folder: URL) throws -> String {
    let name = UUID().uuidString
    try Self.move(folder, to: store.appendingPathComponent(name))
    return name
  }

  /// Replaces the description and the digests of a case. The folder is exchanged in one step, so that it is always
  /// complete.
  private func rewrite(_ id: String, as golden: GoldenCase) throws {
    let folder = folder(of: id)
    var bundle = ProvenanceBundle()
    for name in FileManager.default.subpaths(atPath: folder.path)?.sorted() ?? [] {
      let file = folder.appendingPathComponent(name)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue,
        name != "case.json", name != ProvenanceBundle.digestFile
      else { continue }
      bundle.add(name, try Data(contentsOf: file))
    }
    bundle.add("case.json", try JSONText.data(golden))
    let new = root.appendingPathComponent(shelf).appendingPathComponent(".\(id).\(UUID().uuidString)\(Self.hiddenMark)")
    try bundle.write(to: new)
    guard exchangeFolders(new.path, folder.path) == 0 else { throw Self.immovable(folder) }
    try? FileManager.default.removeItem(at: new)
  }

  // MARK: Journal

  private func readJournal() throws -> DecisionJournal {
    guard let data = FileManager.default.contents(atPath: journalFile.path) else { return DecisionJournal() }
    do {
      return try JSONDecoder().decode(DecisionJournal.self, from: data)
    } catch {
      throw CorpusError(
        "\(journalFile.path): the journal of decisions cannot be read (\(JSONText.reason(error))); what was put away lies "
          + "beside it: mend it, or move the folder away")
    }
  }

  private func write(_ journal: DecisionJournal) throws {
    try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
    try JSONText.data(journal).write(to: journalFile, options: .atomic)
  }

  private func note(_ action: String, _ id: String, to: String? = nil, kept: String? = nil, who: String) throws {
    var journal = try readJournal()
    journal.entries.append(
      .init(action: action, id: id, to: to, kept: kept, who: who, when: TimeStamp.full(Date())))
    // Folders of decisions too old to be undone are removed. Folders that a killed run put away without an entry are
    // kept: they may be the only copies.
    let old = journal.entries.prefix(max(0, journal.entries.count - DecisionJournal.length))
    journal.entries.removeFirst(old.count)
    try write(journal)
    for name in old.compactMap(\.kept) {
      try? FileManager.default.removeItem(at: store.appendingPathComponent(name))
    }
  }

  /// Completes acceptances that were killed, and removes folders that killed runs left: a replaced case that is still
  /// on the pending shelf is put away.
  public func recover() {
    let shelf = root.appendingPathComponent(pending.shelf)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: shelf.path)) ?? []
    for name in names where name.hasPrefix(".") && name.hasSuffix(Self.noteSuffix) {
      let id = String(name.dropFirst().dropLast(Self.noteSuffix.count))
      let digests = try? String(contentsOf: acceptanceNote(id), encoding: .utf8)
      // The new case is in the corpus already, so the folder on the pending shelf is the replaced case.
      if let digests, digests == Self.digests(folder(of: id)) { _ = try? putAway(pending.folder(of: id)) }
      try? FileManager.default.removeItem(at: acceptanceNote(id))
    }
    for shelf in [shelf, root.appendingPathComponent("cases")] {
      let left = (try? FileManager.default.contentsOfDirectory(atPath: shelf.path)) ?? []
      for name in left where name.hasPrefix(".") && name.hasSuffix(Self.hiddenMark) {
        try? FileManager.default.removeItem(at: shelf.appendingPathComponent(name))
      }
    }
  }

  private static let noteSuffix = ".accepting"
  private static let hiddenMark = ".removed"

  private func acceptanceNote(_ id: String) -> URL { pending.folder(of: ".\(id)\(Self.noteSuffix)") }

  private static func digests(_ folder: URL) -> String? {
    try? String(contentsOf: folder.appendingPathComponent(ProvenanceBundle.digestFile), encoding: .utf8)
  }

  private static func immovable(_ folder: URL) -> CorpusError {
    CorpusError(
      "\(folder.path): the folder cannot be moved: \(String(cString: strerror(errno))); check the permissions of the corpus"
    )
  }
}
