import ArgumentParser
import Foundation

@main
struct Mutate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mutate",
    abstract:
      "Measures the power of the tests of a Swift package: changes its sources a little and counts what is noticed.",
    discussion: """
      One copy of the package is built in which every change is present; one is chosen at run time. Results are kept as
      they come: the same command goes on where it was interrupted. See Tools/Mutate/README.md.

      EXAMPLES
        mutate                                   all mutants
        mutate --in-diff main                    those of lines that differ from a commit
        mutate --sample 200 --seed 7 --json results.json
        mutate --shard 1/4                       a quarter of them
        mutate show 123                          a mutant: its change, the tests that reach it, what became of it
        mutate equivalent 123 --reason "the value is set before it is read"
        mutate sensitivity                       the smallest error of each operation that tests notice
      """,
    subcommands: [Run.self, Show.self, AddEquivalent.self, Measure.self], defaultSubcommand: Run.self)
}

/// What all commands have in common.
struct Common: ParsableArguments {
  @Option(help: "The package.") var package = "."
  @Option(help: "The folder for the copy and the results, relative to the package.") var work = ".build/mutants"
  @Option(
    help: """
      Seconds of all processors that the tests of one mutant may take unchanged; the cheapest run. 60 by default, 12 for a \
      change.
      """)
  var budget: Double?
  @Option(help: "Seconds beyond which a test is left out.") var testLimit = 60.0
  @Option(help: "How many mutants at a time; the number of cores if not given.") var workers: Int?
  @Option(help: "Mutants of this file only; may be repeated.") var file: [String] = []
  @Option(help: "Mutants of this part of the sources only; may be repeated.") var part: [String] = []

  var root: URL { URL(fileURLWithPath: package).standardizedFileURL }

  /// The folder of the results.
  var folder: URL { URL(fileURLWithPath: work, relativeTo: root).standardizedFileURL }

  /// The mutants that the options choose: of these files and parts.
  func isChosen(_ mutant: Mutant, _ configuration: Configuration) -> Bool {
    (file.isEmpty || file.contains(mutant.file))
      && (part.isEmpty || configuration.part(of: mutant.file).map(part.contains) ?? false)
  }

  /// Builds a copy for each build of the configuration that has some of the mutants, and does something with them.
  /// - Parameter changed: The changed files, if only a change is looked at: it has a copy of its own.
  func forEachCampaign(
    _ mutants: [Mutant], changed: Set<String>? = nil, _ action: (Campaign, [Mutant]) throws -> Void
  ) throws {
    let configuration = try Configuration.read(root)
    let byBuild = Dictionary(grouping: mutants) { configuration.build(of: $0.file) }
    for build in byBuild.keys.sorted() {
      var files = Set(
        try InstrumentedPackage.files(root, configuration).map(\.path).filter { configuration.build(of: $0) == build })
      var change: Change?
      if let changed {
        files.formIntersection(changed)
        change = Change(
          mutants: Set(byBuild[build]!.map(\.id)),
          records: folder.appendingPathComponent("\(build)/\(Records.name)"))
      }
      let campaign = try Campaign(
        root: root, work: folder.appendingPathComponent(changed == nil ? build : build + "-diff"), only: files,
        change: change, budget: budget ?? (change == nil ? 60 : 12), testLimit: testLimit, log: note)
      try action(campaign, byBuild[build]!)
    }
  }

  var cores: Int { workers ?? ProcessInfo.processInfo.activeProcessorCount }
}

@Sendable func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
