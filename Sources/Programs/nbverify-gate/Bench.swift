import ArgumentParser
import Benchmarks
import CommandLineSupport
import Foundation
import FrameIO
import GoldenStore
import Provenance
import Subprocesses
import ToolSupport
import TraceIO
import TraceReports

/// Measures the speed of the simulator and, if a C program is given, the ratio of their times.
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time the workloads W1 to W8, in turn with the C program if there is one, and compare the images.",
    discussion: """
      Exit status: 0 done, 1 images differ or --require-goals is not met, 2 usage, 3 a program fails.

      Examples:
        nbverify bench
        NB_C_BIN=./nanoBragg nbverify bench W1 W2 --repetitions 9 --json bench.json
        NB_SIMD=v3 NB_C_BIN=./nanoBragg nbverify bench --threads 2
        nbverify bench --scaling --curves
      """)

  @Option(name: .customLong("c-bin"), help: "The C program (default: the environment variable NB_C_BIN).")
  var referenceProgram: String?
  @Option(help: "The simulator (default: the nanobragg beside this tool).") var program: String?
  @Option(help: "How often each program is run after a warm-up.") var repetitions = 5
  @Option(help: "The number of threads of each program.") var threads = 1
  @Option(help: "Write all figures to this file.") var json: String?
  @ArgumentParser.Flag(help: "Also compare one thread with two.") var scaling = false
  @ArgumentParser.Flag(help: "Also time growing numbers of pixels, steps and sources.") var curves = false
  @ArgumentParser.Flag(help: "Fail if a ratio is below its goal.") var requireGoals = false
  @Option(help: "How long a run of a program may take, in seconds.") var timeLimit = SimulatorProgram.usualLimit
  @Argument(help: "The workloads; all if none is given.") var names: [String] = []

  func validate() throws {
    guard repetitions >= 1, threads >= 1 else { throw ValidationError("--repetitions and --threads are at least 1") }
    let known = Workload.all.map(\.name)
    for name in names where !known.contains(name) {
      throw ValidationError("there is no workload \(name); give some of \(known.joined(separator: ", "))")
    }
  }

  /// All figures of a run.
  private struct Report: Codable {
    let surroundings: Surroundings
    let threads: Int
    var results: [BenchmarkResult] = []
    var curves: [Curve] = []
  }

  func run() async throws {
    // Outputs are checked before minutes of timing.
    try Tool.checkFiles(read: [(program, "--program"), (referenceProgram, "--c-bin")], written: [(json, "--json")])
    let inputs = try ScratchFolder()
    defer { inputs.remove() }
    let benchmark = Benchmark(
      program: program ?? Tool.besideThis("nanobragg"), reference: ReferenceProgram.named(referenceProgram),
      repetitions: repetitions, threads: threads, inputs: inputs, limit: timeLimit)
    var report = Report(surroundings: .current, threads: threads)
    do {
      for workload in Workload.all where names.isEmpty || names.contains(workload.name) {
        Terminal.error("\(workload.name): \(workload.summary)\n")
        report.results.append(try await benchmark.measure(workload, scales: scaling))
      }
      if curves { report.curves = try await Curve.measure(benchmark, repetitions: repetitions) }
    } catch {
      throw Failure(3, "\(error)")
    }
    show(report)
    if let json {
      try FileBytes.write(Array(try JSONText.data(report)), to: json, for: "--json")
    }
    let isShort = report.results.contains { $0.reachesGoal == false }
    if report.results.contains(where: { !$0.agrees }) || (requireGoals && isShort) { throw ExitCode(1) }
  }

  private func show(_ report: Report) {
    func text(_ number: Double, _ format: String) -> String { String(format: format, number) }
    func spread(_ sample: Sample, _ format: String) -> String {
      guard !sample.figures.isEmpty else { return "-" }
      return text(sample.median, format) + " [" + text(sample.least, format) + " " + text(sample.largest, format) + "]"
    }
    var table = TextTable(
      "workload", "CPU s", "C, CPU s", "ratio", "goal", "ns/step", "2 threads", "deviation", "identical")
    for result in report.results {
      table.add(
        result.workload, spread(result.seconds, "%.4f"), spread(result.referenceSeconds, "%.3f"),
        spread(result.ratios, "%.1f") + (result.reachesGoal == false ? " below" : ""), text(result.goal, "%.0f"),
        result.nanosecondsPerStep.map { text($0, "%.2f") } ?? "-", spread(result.speedUps, "%.2f"),
        result.deviation.map { text($0, "%.1e") + (result.agrees ? "" : " DIFFERS") } ?? "-",
        result.identical.map { text(100 * $0, "%.4f %%") } ?? "-")
    }
    Terminal.show(table.plain())
    for curve in report.curves {
      var table = TextTable(curve.quantity, "CPU s", "slope over the mean slope")
      for (index, amount) in curve.amounts.enumerated() {
        table.add(
          text(amount, "%.0f"), spread(curve.seconds[index], "%.4f"),
          index == 0 ? "" : text(curve.slopes[index - 1], "%.2f"))
      }
      Terminal.show("\n" + table.plain())
    }
  }
}
