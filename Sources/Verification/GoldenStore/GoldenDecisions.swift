import CaseShelves
import Foundation
import Provenance

/// Accepting, rejecting, removing and renaming cases; the last 50 decisions can be undone.
extension GoldenCorpus {
  private var shelves: CaseShelves { CaseShelves(DiskFiles(), root: root.path) }

  /// The account name of the user, who is recorded as deciding unless another name is given.
  public static var account: String {
    let environment = ProcessInfo.processInfo.environment
    return environment["USER"] ?? environment["LOGNAME"] ?? NSUserName()
  }

  /// Makes a pending case part of the corpus, in one step. The case records the person, the time and the reason.
  ///
  /// A case of the same name is replaced and put away. If the process is killed in between, `recover` completes the
  /// acceptance.
  /// - Parameters:
  ///   - id: The case.
  ///   - who: The person who decides.
  ///   - because: The reason for accepting the case in spite of objections.
  ///   - digest: The digest of the files that were judged; nil accepts the present files.
  /// - Throws: `CorpusError` if the case does not exist, has changed since or is damaged, if there are objections and
  ///   no reason, or if the folder cannot be moved.
  public func accept(_ id: String, who: String = account, because: String? = nil, digest: String? = nil) throws {
    try checkJournal()
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
    try stored { try shelves.accept(id, who: who, when: now) { try Self.describe(golden, in: &$0) } }
  }

  /// Discards a pending case; `undo` restores it.
  /// - Throws: `CorpusError` if the case does not exist or has changed since, or the folder cannot be moved.
  public func reject(_ id: String, who: String = account, digest: String? = nil) throws {
    try checkJournal()
    try checkIsPending(id)
    if let digest, try digest != pending.digest(of: id) {
      throw CorpusError("\(id): the case has changed since it was judged; look at it again")
    }
    try stored { try shelves.reject(id, who: who, when: TimeStamp.full(Date())) }
  }

  /// Removes a case from the corpus; `undo` restores it.
  /// - Throws: `CorpusError` if the case does not exist, or the folder cannot be moved.
  public func remove(_ id: String, who: String = account) throws {
    try checkJournal()
    guard ids.contains(id) else { throw missing(id) }
    try stored { try shelves.remove(id, who: who, when: TimeStamp.full(Date())) }
  }

  /// Renames a case of the corpus.
  /// - Throws: `CorpusError` if the case does not exist, the name is malformed or taken, or the folder cannot be moved.
  public func rename(_ id: String, to name: String, who: String = account) throws {
    try checkJournal()
    guard ids.contains(id) else { throw missing(id) }
    try checkName(name)
    var golden = try load(id)
    golden.id = name
    try stored {
      try shelves.rename(id, to: name, who: who, when: TimeStamp.full(Date())) { try Self.describe(golden, in: &$0) }
    }
  }

  /// Undoes the last decision.
  /// - Returns: The decision that was undone, in one line.
  /// - Throws: `CorpusError` if no decision is recorded, or a folder of that name exists by now.
  public func undo() throws -> String {
    let last = try stored {
      try shelves.undo { decision, contents in
        guard let data = contents["case.json"] else { throw CorpusError("\(decision.id): there is no case.json") }
        var golden = try JSONDecoder().decode(GoldenCase.self, from: data)
        golden.id = decision.id
        if decision.action == "accepted" { golden.provenance?.accepted = nil }
        try Self.describe(golden, in: &contents)
      }
    }
    return "\(last.id) is no longer \(last.action)" + (last.to.map { " to \($0)" } ?? "")
  }

  /// Completes a decision that was cut off, and removes folders that killed runs left.
  /// - Throws: `CorpusError` if what is left of the decision cannot be read, or an error of a file.
  public func recover() throws { try stored { try shelves.recover() } }

  /// Replaces the description and the digests of a case.
  private static func describe(_ golden: GoldenCase, in contents: inout [String: Data]) throws {
    contents["case.json"] = try JSONText.data(golden)
    contents[ProvenanceBundle.digestFile] = nil
    contents[ProvenanceBundle.digestFile] = ProvenanceBundle.digests(of: contents)
  }

  private func checkJournal() throws { try stored { _ = try shelves.readJournal() } }

  /// Runs a decision; what cannot be stored becomes an error of the corpus.
  private func stored<Result>(_ decision: () throws -> Result) throws -> Result {
    do { return try decision() } catch let error as StoreError { throw CorpusError(error.description) }
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
    } catch {
      return error as? CorpusError ?? CorpusError("\(error)")
    }
    return CorpusError("\(id): there is no such case")
  }
}
