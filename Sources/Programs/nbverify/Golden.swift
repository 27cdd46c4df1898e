import ArgumentParser
import CommandLineSupport
import Foundation
import GoldenStore
import Physics
import ToolSupport
import TraceIO
import TraceReports

/// Golden cases: checking, adding, reviewing, regenerating.
struct Golden: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check golden cases against the simulator; add, review and regenerate them.",
    discussion: """
      Examples:
        nbverify golden                      simulate all cases but the full-size ones
        nbverify golden phi-zero-start       simulate one case
        nbverify golden add --name my-case --log c.log --image c.bin -- -mat A.mat -hkl list.hkl -lambda 1
        nbverify golden review               accept or reject what was added
        nbverify golden review --page review.html
      """,
    subcommands: [
      GoldenRun.self, GoldenAdd.self, GoldenReviewCommand.self, GoldenUndo.self, GoldenRemove.self, GoldenRename.self,
      GoldenList.self, GoldenCheckCommand.self, GoldenTolerancesCommand.self, GoldenRegenerate.self, GoldenFiles.self,
    ],
    defaultSubcommand: GoldenRun.self)
}

/// Simulates golden cases and prints one line for each.
struct GoldenRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Simulate golden cases and say which differ from the recorded numbers.",
    discussion: """
      Exit status: 0 all agree, 1 a case differs, 2 usage, 3 a case cannot be read, or there is none.

      Examples:
        nbverify golden run                  all cases but the full-size ones
        nbverify golden run phi-zero-start   one case
        nbverify golden run --tag carry-over the cases of a subject
      """)

  @OptionGroup var corpus: CorpusOptions
  @Option(help: "Only cases of this subject.") var tag: String?
  @Argument(help: "The cases; all of fewer than a million pixels if none is given.") var ids: [String] = []

  func run() throws {
    var count = CaseCount()
    for id in try corpus.chosen(ids, tag: tag) {
      do {
        let golden = try corpus.store.load(id)
        if ids.isEmpty && golden.isLarge {
          count.leftOut += 1
          continue
        }
        let report = try corpus.store.check(golden, threads: ProcessInfo.processInfo.activeProcessorCount)
        if report.problems.isEmpty { count.right += 1 } else { count.wrong += 1 }
        print(GoldenText.line(report))
        for problem in report.problems { print("       \(problem)") }
      } catch {
        count.unread += 1
        print("UNREAD \(GoldenText.reason(error, of: id))")
      }
    }
    print(count.text(right: "agree", wrong: "failed"))
    if let status = count.status { throw ExitCode(status) }
  }
}

/// Counts the results of a run, which goes on after a case that fails.
struct CaseCount {
  var right = 0
  var wrong = 0
  var unread = 0
  var leftOut = 0

  /// The counts in one line.
  func text(right words: String, wrong: String) -> String {
    "\(right) of \(right + self.wrong + unread + leftOut) cases \(words), \(self.wrong) \(wrong), \(unread) unread"
      + (leftOut > 0 ? ", \(leftOut) left out (of more than a million pixels: give their names)" : "")
  }

  /// The exit status: 3 if a case could not be read or no case was judged, else 1 if a case failed; nil for success.
  var status: Int32? { unread > 0 || right + wrong == 0 ? 3 : wrong > 0 ? 1 : nil }
}

/// Adds a pending case from logs.
struct GoldenAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a case from a log of the C program; it counts after golden review.",
    discussion: """
      The log is validated, the files that the arguments name are copied, our simulator is held against it, and all is
      stored as pending. Arguments that name outputs or ask for traces are left out.

      Exit status: 0 added and in agreement, 1 added and different (review it), 2 usage or refused, 3 the log cannot be
      read.

      Examples:
        nbverify golden add --name my-case --log c.log --image c.bin -- -mat A.mat -hkl list.hkl -lambda 1 -N 5
        nbverify golden add --name big --log a.log --log b.log --image c.bin --crop 100 199 100 199 -- -mat A.mat …
      """)

  @OptionGroup var corpus: CorpusOptions
  @Option(help: "The name of the case.") var name: String
  @Option(help: "A log with the trace of one pixel; may be repeated.") var log: [String]
  @Option(parsing: .upToNextOption, help: "The pixel of each log, slow then fast, where it cannot be told.")
  var pixel: [Int] = []
  @Option(help: "The float image.") var image: String?
  @Option(parsing: .upToNextOption, help: "The part to store: fast minimum, maximum, slow minimum, maximum.")
  var crop: [Int] = []
  @Option(help: "What the case exercises, one sentence.") var summary = ""
  @Option(help: "A subject; may be repeated.") var tag: [String] = []
  @Option(help: "The program that wrote the log, and its version.") var program = "nanoBragg.c"
  @Option(help: "How it was compiled.") var compiler = "not stated"
  @Option(help: "Remarks.") var note = ""
  @Argument(parsing: .postTerminator, help: "The arguments of the simulator.") var arguments: [String] = []

  func validate() throws {
    guard !log.isEmpty else { throw ValidationError("--log: give at least one log") }
    guard pixel.isEmpty || pixel.count == 2 * log.count else {
      throw ValidationError("--pixel: give slow and fast index for each of the \(log.count) logs")
    }
    guard crop.isEmpty || crop.count == 4 else { throw ValidationError("--crop takes four indices") }
    guard !arguments.isEmpty else { throw ValidationError("give the arguments of the simulator after --") }
  }

  func run() throws {
    var draft = GoldenDraft(name: name)
    draft.summary =
      summary.isEmpty
      ? "Added from \(log.map { URL(fileURLWithPath: $0).lastPathComponent }.joined(separator: ", "))." : summary
    draft.tags = tag
    draft.logs = log
    draft.pixels = stride(from: 0, to: pixel.count, by: 2).map { PixelIndex(slow: pixel[$0], fast: pixel[$0 + 1]) }
    draft.image = image
    draft.crop = PixelBounds(numbers: crop)
    draft.arguments = arguments
    draft.reference = GoldenCase.Reference(
      program: program, compiler: compiler, threads: 1, libm: "not stated", note: note)
    draft.tool = Tool.title
    let report = try corpus.catching { try corpus.store.add(draft) }
    GoldenText.show(report)
    for remark in corpus.store.remarks(on: report) { print("note: \(remark)") }
    print("stored as pending; it counts after: nbverify golden review")
    if !report.problems.isEmpty { throw ExitCode(1) }
  }
}

/// Lists the cases and their states.
struct GoldenList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the cases.",
    discussion: "Examples:\n  nbverify golden list\n  nbverify golden list --tag carry-over")

  @OptionGroup var corpus: CorpusOptions
  @Option(help: "Only cases of this subject.") var tag: String?

  func run() throws {
    var table = TextTable("Case", "State", "Pixels", "Traces", "Subjects", "Summary")
    for (store, state) in [(corpus.store, "accepted"), (corpus.store.pending, "PENDING")] {
      for id in store.ids {
        let golden = try corpus.catching { try store.load(id) }
        if let tag, !golden.tags.contains(tag) { continue }
        table.add(
          id, state, golden.image.map { "\($0.fast) x \($0.slow)" } ?? "-", "\(golden.traces.count)",
          golden.tags.joined(separator: " "), golden.summary)
      }
    }
    print(table.plain(), terminator: "")
  }
}

/// Checks the files of the corpus.
struct GoldenCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check the files of the corpus: digests, orphans, duplicates.",
    discussion: "Exit status: 0 sound, 1 not, 2 usage.\n\nExample: nbverify golden check")

  @OptionGroup var corpus: CorpusOptions

  func run() throws {
    try corpus.store.recover()
    let waiting = corpus.store.pending
    let problems =
      corpus.store.problems() + waiting.problems().map { "pending: \($0)" }
      + waiting.ids.map { "\($0): waits for review" }
    for problem in problems { print(problem) }
    let count = corpus.store.ids.count
    print("\(count) cases, \(problems.count) problems")
    // An empty corpus is no success.
    if !problems.isEmpty || count == 0 { throw ExitCode(1) }
  }
}

/// Records cases again with a reference program.
struct GoldenRegenerate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "regenerate",
    abstract: "Run a reference program on stored cases and show what would change.",
    discussion: """
      Nothing is changed: with --store, cases that differ become pending and take the place of the old ones after golden
      review. Traces are recorded if the program prints them for -trace_pixel slow fast.

      Exit status: 0 nothing differs, 1 something does, 2 usage, 3 the program failed or a case cannot be read.

      Examples:
        nbverify golden regenerate --reference $NB_C_BIN
        nbverify golden regenerate --reference $NB_C_BIN --store roi mask
      """)

  @OptionGroup var corpus: CorpusOptions
  @Option(help: "The reference program (default: the environment variable NB_C_BIN).") var reference: String?
  @ArgumentParser.Flag(help: "Store cases that differ as pending.") var store = false
  @Option(help: "How long a run of the program may take, in seconds.") var timeLimit = SimulatorProgram.usualLimit
  @Argument(help: "The cases; all of fewer than a million pixels if none is given.") var ids: [String] = []

  func run() async throws {
    let program = try ReferenceProgram.required(reference, flag: "--reference", status: 2)
    let path = URL(fileURLWithPath: program).path
    guard FileManager.default.isExecutableFile(atPath: path) else { throw Failure(2, "\(program): it cannot be run") }
    var count = CaseCount()
    for id in try corpus.chosen(ids) {
      do {
        if ids.isEmpty, try corpus.store.load(id).isLarge {
          count.leftOut += 1
          continue
        }
        if try await regenerate(id, with: path) { count.right += 1 } else { count.wrong += 1 }
      } catch {
        count.unread += 1
        print("FAILED  \(GoldenText.reason(error, of: id))")
      }
    }
    print(count.text(right: "are the same", wrong: "differ"))
    if store && count.wrong > 0 { print("those that differ are pending; see nbverify golden review") }
    if let status = count.status { throw ExitCode(status) }
  }

  /// Runs the program on a case; true if the program reproduces the stored files.
  private func regenerate(_ id: String, with program: String) async throws -> Bool {
    let result = try await corpus.store.regenerate(id, with: program, tool: Tool.title, limit: timeLimit)
    print("\(result.differences.isEmpty ? "same   " : "DIFFERS") \(id)")
    for line in result.differences { print("        \(line)") }
    for line in ids.isEmpty ? [] : result.notes { print("        note: \(line)") }
    guard !result.differences.isEmpty else { return true }
    if store { try result.bundle.write(to: corpus.store.pending.folder(of: id)) }
    return false
  }
}
