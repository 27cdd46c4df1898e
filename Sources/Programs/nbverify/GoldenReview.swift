import ArgumentParser
import CommandLineSupport
import Foundation
import GoldenStore
import Provenance
import ToolSupport

/// Accepts or rejects pending cases.
struct GoldenReviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review",
    abstract: "Show each pending case and accept, reject or skip it.",
    discussion: """
      Old, new and ours are shown side by side where they differ, with what the first divergence points to. A case that
      our simulator does not reproduce, a twin of another one or one with damaged files is accepted with a reason only,
      which is recorded with who and when. Every decision can be taken back: nbverify golden undo.

      --page writes a page for a browser with everything and with pictures. What is decided there is saved as a small
      file that --apply takes; a case that has changed since is refused.

      Exit status: 0 nothing is left to be reviewed, 1 something is or was refused, 2 usage, 3 --page or --apply fails.

      Examples:
        nbverify golden review               asks for each case
        nbverify golden review --list
        nbverify golden review --accept my-case --reject other-case
        nbverify golden review --accept my-case --because "the C program changed its default in 2026"
        nbverify golden review --accept-all  all that agree with the simulator
        nbverify golden review --page review.html
        nbverify golden review --apply decisions.json
      """)

  @OptionGroup var corpus: CorpusOptions
  @ArgumentParser.Flag(help: "Only show what is pending.") var list = false
  @ArgumentParser.Flag(help: "Accept all cases that agree with the simulator.") var acceptAll = false
  @ArgumentParser.Flag(help: "Reject all pending cases.") var rejectAll = false
  @Option(help: "Accept this case; may be repeated.") var accept: [String] = []
  @Option(help: "Reject this case; may be repeated.") var reject: [String] = []
  @Option(help: "Why a case counts although there are objections.") var because: String?
  @Option(help: "Who decides (default: the name of the account).") var who = GoldenCorpus.account
  @Option(help: "Write a page for a browser.") var page: String?
  @Option(help: "Take the decisions that were made on such a page.") var apply: String?

  func validate() throws {
    let ways = [list, acceptAll, rejectAll, !accept.isEmpty || !reject.isEmpty, page != nil, apply != nil].count { $0 }
    guard ways <= 1 else {
      throw ValidationError("give one of --list, --accept-all, --reject-all, --accept and --reject, --page, --apply")
    }
    for id in accept where reject.contains(id) { throw ValidationError("\(id): it is accepted and rejected") }
  }

  func run() throws {
    let store = corpus.store
    try store.recover()
    if let page { try Tool.runGate(["review-page", "--corpus", store.root.path, page]) }
    var refused = 0
    if let apply {
      refused = try DecisionFile(apply).apply(to: store)
    } else if rejectAll {
      refused = decide(store.pending.ids) { id in
        try store.reject(id, who: who)
      } saying: {
        "rejected \($0)"
      }
    } else if !accept.isEmpty || !reject.isEmpty {
      refused += decide(accept) {
        try store.accept($0, who: who, because: because)
      } saying: {
        "accepted \($0)"
      }
      refused += decide(reject) {
        try store.reject($0, who: who)
      } saying: {
        "rejected \($0)"
      }
    } else {
      try reviewAll()
    }
    let left = store.pending.ids
    print(left.isEmpty ? "nothing waits for review" : "waiting: \(left.joined(separator: ", "))")
    if !left.isEmpty || refused > 0 { throw ExitCode(1) }
  }

  /// Runs work on each case; a refused case does not stop the others.
  /// - Returns: The number of refused cases.
  private func decide(
    _ ids: [String], _ work: (String) throws -> Void, saying: (String) -> String
  ) -> Int {
    ids.count { id in
      do {
        try work(id)
        print(saying(id))
        return false
      } catch {
        Terminal.error("nbverify: error: \(GoldenText.reason(error, of: id))\n")
        return true
      }
    }
  }

  private func reviewAll() throws {
    let store = corpus.store
    for id in store.pending.ids {
      let review: GoldenReview
      do { review = try store.review(id) } catch {
        print("UNREAD \(GoldenText.reason(error, of: id))")
        continue
      }
      if list {
        print("\(GoldenText.line(review.report)); \(review.announcement)")
        for objection in review.objections { print("       \(objection)") }
        continue
      }
      GoldenText.show(review)
      decide(review)
    }
  }

  /// Accepts, rejects or skips a case: as the user answers, or with `--accept-all` if there is no objection.
  private func decide(_ review: GoldenReview) {
    let id = review.id
    let store = corpus.store
    switch acceptAll ? (review.objections.isEmpty ? "a" : "s") : Self.answer(id) {
    case "a":
      var reason = because
      if !review.objections.isEmpty, reason == nil {
        fflush(nil)
        Terminal.show("why does it count all the same? (an empty line skips) ")
        reason = readLine()
      }
      if decide([id], { try store.accept($0, who: who, because: reason) }, saying: { "accepted \($0)" }) > 0 {
        print("skipped \(id)")
      }
    case "r":
      _ = decide([id]) {
        try store.reject($0, who: who)
      } saying: {
        "rejected \($0)"
      }
    default: print("skipped \(id)")
    }
  }

  private static func answer(_ id: String) -> Character {
    while true {
      // Buffered output is written first, so that it appears above the question.
      fflush(nil)
      Terminal.show("\(id): accept, reject or skip? [a/r/s] ")
      guard let line = readLine()?.lowercased() else { return "s" }
      if ["a", "accept", "r", "reject", "s", "skip"].contains(line), let first = line.first { return first }
    }
  }
}

/// Undoes the last decision.
struct GoldenUndo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Take the last decision back: accepted, rejected, removed, renamed.",
    discussion: "The last fifty can be taken back, one after the other.\n\nExample: nbverify golden undo")

  @OptionGroup var corpus: CorpusOptions

  func run() throws {
    print(try corpus.catching { try corpus.store.undo() })
  }
}

/// Removes cases from the corpus.
struct GoldenRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take cases out of the corpus; nbverify golden undo brings them back.",
    discussion: "Example: nbverify golden remove my-case")

  @OptionGroup var corpus: CorpusOptions
  @Argument(help: "The cases.") var ids: [String]

  func run() throws {
    for id in ids {
      try corpus.catching { try corpus.store.remove(id) }
      print("removed \(id)")
    }
  }
}

/// Renames a case.
struct GoldenRename: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename", abstract: "Give a case another name; nbverify golden undo takes that back.",
    discussion: "Example: nbverify golden rename my-case another-name")

  @OptionGroup var corpus: CorpusOptions
  @Argument(help: "The case.") var id: String
  @Argument(help: "The new name.") var name: String

  func run() throws {
    try corpus.catching { try corpus.store.rename(id, to: name) }
    print("renamed \(id) to \(name)")
  }
}
