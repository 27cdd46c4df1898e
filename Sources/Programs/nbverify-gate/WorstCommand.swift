import ArgumentParser
import CommandLineSupport
import Foundation
import GoldenStore
import PropertyTesting
import ToolSupport
import TraceIO
import TraceReports

/// Shows and accepts the worst cases of properties.
struct WorstCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worst",
    abstract: "Show the worst cases of properties that a night or a hunt proposes, and accept them.",
    discussion: """
      A night writes the cases that came nearest to their tolerances to <night>/logs/worst, a hunt to <hunt>/worst. Those
      in fixtures/worst are tried first by every run, so that a proposal has them as well. A largest ratio that falls says
      that the code has changed.

      Exit status: 0 shown or accepted, 2 usage, 3 a file cannot be read or written.

      Examples:
        nbverify worst reports/hunt/worst
        nbverify worst reports/hunt/worst --accept
      """)

  @Argument(help: "The folder of the proposals.") var folder: String
  @ArgumentParser.Flag(help: "Make them those of fixtures/worst.") var accept = false
  @Option(help: "The accepted cases (default: fixtures/worst of the package).") var fixtures: String?

  func run() throws {
    do {
      let own =
        fixtures.map { URL(fileURLWithPath: $0) }
        ?? GoldenCorpus.packageFolder().appendingPathComponent("fixtures/worst")
      let source = URL(fileURLWithPath: folder)
      let names = try FileManager.default.contentsOfDirectory(atPath: source.path).filter { $0.hasSuffix(".json") }
        .sorted()
      guard !names.isEmpty else { throw Failure(2, "\(folder): there are no proposals") }
      var table = TextTable("Property", "Accepted", "Proposed", "Cases", "Remark")
      // All are read before one is written.
      let proposals = try names.map { (name: $0, cases: try read(source.appendingPathComponent($0))) }
      for (name, proposed) in proposals {
        let known = try? WorstCases.read(own.appendingPathComponent(name))
        table.add(
          proposed.property, known.map { SwiftSource.brief($0.largest) } ?? "-", SwiftSource.brief(proposed.largest),
          "\(proposed.cases.count)", remark(proposed, known))
      }
      if accept { for (_, proposed) in proposals { try proposed.write(to: own) } }
      Terminal.show(table.plain() + (accept ? "accepted: \(names.count) files in \(own.path)\n" : ""))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(3, "\(folder): \(error.localizedDescription)")
    }
  }

  private func read(_ file: URL) throws -> WorstCases {
    let cases: WorstCases
    do { cases = try WorstCases.read(file) } catch {
      throw Failure(
        3, "\(file.path): these are no worst cases of a property; give the folder worst of a night or a hunt")
    }
    guard cases.engine == WorstCases.engineVersion else {
      throw Failure(
        3,
        "\(file.path): tokens of engine \(cases.engine), this is engine \(WorstCases.engineVersion); run the night again"
      )
    }
    return cases
  }

  private func remark(_ proposed: WorstCases, _ known: WorstCases?) -> String {
    guard let known else { return "new" }
    if proposed.isEqual(to: known) { return "as before" }
    return proposed.largest < known.largest ? "the largest FELL: the code has changed" : ""
  }
}
