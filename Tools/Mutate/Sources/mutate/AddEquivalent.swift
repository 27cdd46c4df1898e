import ArgumentParser
import Foundation

/// Adds mutants to the list of equivalent ones.
struct AddEquivalent: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "equivalent", abstract: "Adds mutants to the list of those that no test can notice.")

  @OptionGroup var common: Common
  @Argument(help: "Their numbers, as results and `--list` have them.") var numbers: [Int]
  @Option(help: "Why no input gives another result: a proof, or what was tried.") var reason: String

  func run() throws {
    let configuration = try Configuration.read(common.root)
    let file = common.root.appendingPathComponent(configuration.equivalents)
    let mutants = try InstrumentedPackage.files(common.root, configuration).flatMap(\.mutants)
    var entries = try Equivalents(file).entries
    for number in numbers {
      guard let mutant = mutants.first(where: { $0.id == number }) else {
        throw ValidationError("there is no mutant \(number): `mutate --list` lists them")
      }
      let work = common.folder.appendingPathComponent(configuration.build(of: mutant.file))
      let verdict = Journal<Verdict>(work.appendingPathComponent("results.jsonl")).result(of: mutant)
      if let verdict, verdict.isNoticed {
        throw Trouble("\(number), \(mutant.summary), is noticed by \(verdict.by.joined(separator: ", "))")
      }
      let entry = Equivalents.entry(mutant, reason: reason)
      entries.removeAll {
        ($0.file, $0.line, $0.change) == (entry.file, entry.line, entry.change)
          && ($0.occurrence, $0.column) == (entry.occurrence, entry.column)
      }
      entries.append(entry)
    }
    try Equivalents.write(entries, to: file)
    print("\(entries.count) equivalent mutants in \(file.path)")
  }
}
