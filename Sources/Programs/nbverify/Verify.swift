import ArgumentParser
import Foundation
import GoldenStore
import Physics
import ToolSupport
import TraceIO

/// Simulates the flagship command, and compares its traces and image with those of the C program.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulate the flagship command and hold its traces against the golden C traces.",
    discussion: "Example: nbverify verify")

  @OptionGroup var corpus: CorpusOptions
  @Option(help: "The case.") var id = "supervisor-flagship"
  @ArgumentParser.Flag(help: "Show every quantity, not only those of the first traced pixel.") var all = false

  func run() throws {
    let golden = try corpus.load(id)
    let size = golden.image.map { "\($0.fast) x \($0.slow) pixels" } ?? "traces alone"
    print("\(golden.id): \(size), \(golden.reference.program)")
    let start = ContinuousClock.now
    let report = try corpus.store.check(golden, threads: ProcessInfo.processInfo.activeProcessorCount)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print("simulated and compared in \(NumberText.text("%.1f", seconds)) s")
    for (index, trace) in report.traces.enumerated() {
      let (same, count) = trace.comparison.identical
      print("\npixel slow \(trace.pixel.slow) fast \(trace.pixel.fast): \(trace.pixel.why)")
      if index == 0 || all { print(TraceTable.text(trace.comparison)) }
      print("  \(same) of \(count) numbers identical")
      print("  first divergence: \(trace.comparison.firstDivergence.map { "\($0.place)" } ?? "none")")
    }
    let image = report.image
    print("\nimage: \(image.identical) of \(image.pixels) stored pixels identical, worst deviation \(image.worst)")
    if !report.problems.isEmpty {
      for problem in report.problems { print("FAILED \(problem)") }
      throw ExitCode(1)
    }
    print("\nfirst divergence: none")
  }
}

/// Prints the set-up and pixel quantities of a comparison as a table.
enum TraceTable {
  static func text(_ comparison: TraceComparison) -> String {
    let rows = comparison.items.filter { $0.place.section == .setup || $0.place.section == .pixel }
    return rows.map { item in
      let values = (item.reference ?? []).map(TraceWriter.text).joined(separator: " ")
      let verdict = item.agrees ? (item.identical.count == item.identical.of ? "same" : "ok") : "DIVERGES"
      return "  \(verdict.padding(toLength: 9, withPad: " ", startingAt: 0))"
        + "\(item.place.description.padding(toLength: 30, withPad: " ", startingAt: 0)) \(values)"
    }.joined(separator: "\n")
  }
}
