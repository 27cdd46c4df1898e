import ArgumentParser
import Foundation

@main
struct Mutate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mutate",
    abstract:
      "Measures the power of the tests: changes the sources a little, one place at a time, and counts what is noticed.",
    discussion: """
      Sites are found by parsing, sampled by seed, and tried in a copy of the package. Results are kept as they come:
      the same command goes on where it was interrupted.

      EXAMPLES
        mutate --package . --count 60
        mutate --package . --count 5 --seed 7 --list
      """)

  @Option(help: "The package.") var package = "."
  @Option(help: "The folder of sources to change, within the package.") var sources = "Sources/Physics"
  @Option(help: "How many mutants.") var count = 60
  @Option(help: "The seed of the sample.") var seed: UInt64 = 1
  @Option(help: "Seconds allowed for a build or a run of the tests.") var timeLimit = 150
  @Option(help: "The folder for the copy and the results.") var work = ".build/mutants"
  @Flag(help: "Show the sampled sites, try none.") var list = false

  func run() throws {
    let root = URL(fileURLWithPath: package).standardizedFileURL
    let sites = try allSites(root)
    let chosen = sample(sites, count: count, seed: seed)
    if list {
      for site in chosen { print("\(site.file):\(site.line) \(site.kind.rawValue): \(site.summary)") }
      return
    }
    let folder = root.appendingPathComponent(work)
    let laboratory = Laboratory(package: root, copy: folder.appendingPathComponent("package"), timeLimit: timeLimit)
    note("preparing a copy of the package")
    try laboratory.prepare()
    let results = folder.appendingPathComponent("results-\(seed).jsonl")
    var verdicts = try earlier(results)
    for (index, site) in chosen.enumerated() where !verdicts.contains(where: { $0.site == site }) {
      let verdict = try laboratory.examine(site)
      verdicts.append(verdict)
      try append(verdict, to: results)
      note(
        "\(index + 1)/\(chosen.count) \(verdict.result.rawValue) in \(Int(verdict.seconds)) s: "
          + "\(site.file):\(site.line) \(site.summary) \(verdict.by.prefix(1).joined())")
    }
    let ordered = chosen.compactMap { site in verdicts.first { $0.site == site } }
    let table = Report.markdown(ordered, sites: sites.count, seed: seed)
    try table.write(to: folder.appendingPathComponent("mutants-\(seed).md"), atomically: true, encoding: .utf8)
    print(table, terminator: "")
  }

  private func allSites(_ root: URL) throws -> [Site] {
    guard let files = FileManager.default.enumerator(atPath: root.appendingPathComponent(sources).path) else {
      throw ValidationError("\(sources) is no folder of \(root.path)")
    }
    let names = files.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
    return try names.flatMap { name in
      let file = "\(sources)/\(name)"
      return try SiteFinder.sites(
        in: String(contentsOf: root.appendingPathComponent(file), encoding: .utf8), file: file)
    }
  }

  private func earlier(_ results: URL) throws -> [Verdict] {
    guard let text = try? String(contentsOf: results, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Verdict.self, from: Data($0.utf8)) }
  }

  private func append(_ verdict: Verdict, to results: URL) throws {
    let old = (try? Data(contentsOf: results)) ?? Data()
    try (old + JSONEncoder().encode(verdict) + Data("\n".utf8)).write(to: results, options: .atomic)
  }

  private func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
