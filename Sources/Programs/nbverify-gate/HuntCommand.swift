import ArgumentParser
import CommandLineSupport
import Foundation
import GoldenStore
import NightlyGate
import Provenance
import Subprocesses
import ToolSupport

/// Hunts for failures of the properties.
struct HuntCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hunt",
    abstract: "Look for failures in all properties, and give time to those that still show something new.",
    discussion: """
      Half of the cases are drawn anew, half are variations of cases that showed something new: a label, a claim, a
      deviation nearer to its tolerance, and, with a test program that was built with --enable-code-coverage, a region of
      the code. A hunt that is cut off goes on in its folder. Failing cases are tried first by the next run of the tests;
      the worst cases are proposals for fixtures/worst (nbverify worst).

      Exit status: 0 nothing failed, 1 a property failed, 2 usage, 3 could not be run.

      Examples:
        nbverify hunt --minutes 10
        nbverify hunt --minutes 60 --filter "KernelProperties|ShapeProperties" --out reports/hunt
        nbverify hunt --minutes 60 --shard 2/4 --out reports/hunt-2
        swift build -c release --build-tests --enable-code-coverage --scratch-path .build/counters
        nbverify hunt --minutes 60 --program .build/counters/release/swift-nanobraggPackageTests.xctest
      """)

  @Option(help: "How long.") var minutes = 10.0
  @Option(help: "A regular expression of tests: Module.Suite/function.") var filter = "Propert(ies|yTests\\.)"
  @Option(help: "Only this part of the tests, as 2/8.") var shard: String?
  @Option(help: "The folder of the hunt; one that is there is gone on with.") var out = "reports/hunt"
  @Option(help: "The seed.") var seed: UInt64 = 1
  @Option(help: "The test program (default: the one beside this program).") var program: String?
  @Option(help: "How many tests at a time (default: the number of processors).")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard minutes > 0, minutes < 1e5 else { throw ValidationError("--minutes \(minutes): give a time above 0") }
    guard shard.map({ Shard(text: $0) != nil }) ?? true else {
      throw ValidationError("--shard \(shard ?? ""): give a part such as 2/8")
    }
    guard (try? NSRegularExpression(pattern: filter)) != nil else {
      throw ValidationError("--filter \(filter): this is no regular expression")
    }
    guard jobs >= 1 else { throw ValidationError("--jobs is at least 1") }
  }

  func run() async throws {
    let folder = URL(fileURLWithPath: out)
    do {
      let package = GoldenCorpus.packageFolder()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let hunt = try PropertyHunt(program: program, package: package, folder: folder, seed: seed, jobs: jobs) {
        Terminal.error($0 + "\n")
      }
      let matching = try await hunt.tests(filter)
      guard !matching.isEmpty else { throw Failure(2, "--filter \(filter): no test matches") }
      let tests = (shard.flatMap { Shard(text: $0) } ?? .whole).share(of: matching)
      let quarries = try await hunt.run(tests, minutes: minutes)
      let page = HuntPage(quarries, quarries.flatMap { hunt.states($0.test) })
      try Data(page.html().utf8).write(to: folder.appendingPathComponent("index.html"), options: .atomic)
      let summary = page.table.plain() + page.failures.map { $0 + "\n" }.joined() + page.headline + "\n"
      try Data(summary.utf8).write(to: folder.appendingPathComponent("summary.txt"), options: .atomic)
      Terminal.show(summary + "page: \(folder.appendingPathComponent("index.html").path)\n")
      if !page.failures.isEmpty { throw ExitCode(1) }
    } catch let error as BundleError {
      throw Failure(3, error.description)
    } catch let error as ProgramError {
      throw Failure(3, "\(error); build the tests with: make build")
    } catch let error as CocoaError {
      throw Failure(3, "\(out): \(error.localizedDescription)")
    }
  }
}
