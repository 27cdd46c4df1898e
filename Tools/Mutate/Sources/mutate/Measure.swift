import ArgumentParser
import Foundation

/// Measures the sensitivity.
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sensitivity", abstract: "Finds the smallest relative error of each operation that tests notice.")

  @OptionGroup var common: Common
  @Option(help: "How many operations, chosen at random; all if not given.") var sample: Int?
  @Option(help: "The seed of the random choice.") var seed: UInt64 = 1
  @Flag(help: "Measure again what was measured, as after a change of the tests.") var again = false
  @Option(help: "Minutes after which no further operation is begun.") var minutes = 120.0

  func run() throws {
    let configuration = try Configuration.read(common.root)
    var mutants = try InstrumentedPackage.files(common.root, configuration).flatMap(\.mutants).filter {
      $0.operation == .scaled && common.isChosen($0, configuration)
    }
    if let sample { mutants = mutate.sample(mutants, count: sample, seed: seed) }
    let end = Date(timeIntervalSinceNow: 60 * minutes)
    try common.forEachCampaign(mutants) { try measure($1, $0, until: end) }
  }

  private func measure(_ chosen: [Mutant], _ campaign: Campaign, until end: Date) throws {
    let spots = campaign.instrumented.spots
    let mutants = chosen.filter { spots[$0.id] != nil }
    let examiner = Examiner(
      campaign.process, campaign.baseline, spots: spots, budget: campaign.budget,
      strong: campaign.configuration.strongTests)
    let groups = try testGroups(campaign)
    let journal = Journal<Sensitivity>(campaign.work.appendingPathComponent("sensitivity.jsonl"))
    let names = groups.keys.sorted()
    journal.forget { again || $0.groups != names }
    let progress = Progress(mutants.count, log: note)
    let results = try parallel(mutants, workers: common.cores) { mutant -> Sensitivity? in
      if let known = journal.result(of: mutant) {
        progress.passed(nil)
        return known
      }
      guard Date() < end else { return nil }
      let found = try Sensitivity.measure(mutant, examiner, groups: groups)
      try journal.add(found)
      progress.passed(found)
      return found
    }.compactMap { $0 }
    let others = results.filter { !$0.isReal }.count
    let numbers = results.filter(\.isReal)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(numbers).write(to: campaign.work.appendingPathComponent("sensitivity.json"))
    let page = SensitivityPage(numbers, groups: names)
    try page.html.write(
      to: campaign.work.appendingPathComponent("sensitivity.html"), atomically: true, encoding: .utf8)
    print(page.markdown)
    print(
      "\(results.count) of \(mutants.count) operations, \(others) of them not of real numbers; results in "
        + "\(campaign.work.path)")
  }

  /// The numbers of the tests of each group.
  private func testGroups(_ campaign: Campaign) throws -> [String: Set<Int>] {
    var groups: [String: Set<Int>] = [:]
    let patterns = try campaign.configuration.groups.mapValues { try NSRegularExpression(pattern: $0) }
    for (index, test) in campaign.baseline.tests.enumerated() {
      let text = test.name.description
      let names = patterns.filter { $0.value.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil }
        .keys
      for name in names.isEmpty ? ["others"] : Array(names) { groups[name, default: []].insert(index) }
    }
    return groups
  }
}
