import ArgumentParser
import Foundation
import GoldenStore
import ToolSupport

/// Computes the tolerances of golden cases and holds the stored ones against them.
struct GoldenTolerancesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tolerances",
    abstract: "Compute what rounding can do to the recorded numbers, and check the stored tolerances.",
    discussion: """
      Exit status: 0 the stored tolerances are those of a fresh computation, and rounding explains every recorded number;
      1 not; 2 usage; 3 a case cannot be read.

      Examples:
        nbverify golden tolerances                        check all cases
        nbverify golden tolerances --write phi-zero-start compute and store those of one case
      """)

  @OptionGroup var corpus: CorpusOptions
  @ArgumentParser.Flag(help: "Store the computed tolerances with the cases.") var write = false
  @Argument(help: "The cases; all if none is given.") var ids: [String] = []

  func run() throws {
    var count = CaseCount()
    for id in try corpus.chosen(ids) {
      do {
        let golden = try corpus.store.load(id)
        let problems =
          write
          ? try corpus.store.writeTolerances(of: golden).unexplained : try corpus.store.toleranceProblems(of: golden)
        if problems.isEmpty { count.right += 1 } else { count.wrong += 1 }
        for problem in problems { print("\(id): \(problem)") }
      } catch {
        count.unread += 1
        print("UNREAD \(GoldenText.reason(error, of: id))")
      }
    }
    print(count.text(right: write ? "stored" : "agree", wrong: "failed"))
    if let status = count.status { throw ExitCode(status) }
  }
}
