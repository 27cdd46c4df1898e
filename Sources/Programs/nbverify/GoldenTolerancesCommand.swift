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
        nbverify golden tolerances --libraries 100        and hold other mathematical libraries against them
        nbverify golden tolerances --pixels               bound the stored pixels of the images, too
        nbverify golden tolerances --ratios               and tell how wide the bounds of the traced numbers are
        nbverify golden tolerances --write phi-zero-start compute and store those of one case
      """)

  @OptionGroup var corpus: CorpusOptions
  @ArgumentParser.Flag(help: "Store the computed tolerances with the cases.") var write = false
  @Option(
    help: "The number of mathematical libraries, each off by one unit of the last place at random, that are tried.")
  var libraries = 0
  @ArgumentParser.Flag(help: "Bound the stored pixels of the images, too.") var pixels = false
  @ArgumentParser.Flag(help: "Print a table of how wide the bounds are: bound by error of the double, by quantity.")
  var ratios = false
  @Argument(help: "The cases; all if none is given.") var ids: [String] = []

  func validate() throws {
    guard (0...10_000).contains(libraries) else { throw ValidationError("--libraries: give a number from 0 to 10000") }
  }

  func run() throws {
    var count = CaseCount()
    var numbers = (all: 0, unbounded: 0)
    var table = BoundRatios()
    var bounded = (all: 0, unbounded: 0, tight: 0)
    for id in try corpus.chosen(ids) {
      do {
        let golden = try corpus.store.load(id)
        let tolerances = try write ? corpus.store.writeTolerances(of: golden) : corpus.store.freshTolerances(of: golden)
        (numbers.all, numbers.unbounded) = (
          numbers.all + tolerances.count.all, numbers.unbounded + tolerances.count.unbounded
        )
        var problems = try write ? tolerances.unexplained : corpus.store.problems(of: tolerances, in: golden)
        problems += try corpus.store.libraryProblems(of: golden, seeds: 0..<UInt64(libraries))
        if ratios { try table.add(golden, of: corpus.store) }
        if pixels {
          let found = try corpus.store.pixelBounds(of: golden)
          bounded = (bounded.all + found.all, bounded.unbounded + found.unbounded, bounded.tight + found.tight)
        }
        if problems.isEmpty { count.right += 1 } else { count.wrong += 1 }
        for problem in problems { print("\(id): \(problem)") }
      } catch {
        count.unread += 1
        print("UNREAD \(GoldenText.reason(error, of: id))")
      }
    }
    if ratios { print(table.markdown) }
    print("\(numbers.all) numbers, \(numbers.unbounded) of them without a bound")
    if pixels {
      print(
        "\(bounded.all) pixels, \(bounded.unbounded) of them without a bound, \(bounded.tight) with a bound below the "
          + "distance of neighbouring floats")
    }
    print(count.text(right: write ? "stored" : "agree", wrong: "failed"))
    if let status = count.status { throw ExitCode(status) }
  }
}
