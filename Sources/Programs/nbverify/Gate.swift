import ArgumentParser
import Foundation
import ToolSupport

/// The name and purpose of a command that `nbverify-gate` runs.
protocol GateSubcommand {
  static var name: String { get }
  static var abstract: String { get }
}

enum Images: GateSubcommand {
  static let name = "images"
  static let abstract = "Compare two float images, or two simulators on the same arguments."
}

enum Bench: GateSubcommand {
  static let name = "bench"
  static let abstract = "Time the workloads W1 to W8, in turn with the C program if there is one."
}

enum Nightly: GateSubcommand {
  static let name = "nightly"
  static let abstract = "Run everything: tests at the nightly profile, golden cases, images, benchmarks; one verdict."
}

enum Judge: GateSubcommand {
  static let name = "judge"
  static let abstract = "Point the suite at a simulator: what diverges, since which quantity, and why."
}

enum Hunting: GateSubcommand {
  static let name = "hunt"
  static let abstract = "Look for failures in all properties, where something new still shows."
}

enum Worst: GateSubcommand {
  static let name = "worst"
  static let abstract = "Show or accept the worst cases that a night or a hunt proposes."
}

enum HistoryOfNights: GateSubcommand {
  static let name = "history"
  static let abstract = "Show the nights and their trends."
}

/// A command that `nbverify-gate` runs. That is a separate program, so that `nbverify` needs no database to compare
/// logs.
struct GateCommand<Subcommand: GateSubcommand>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Subcommand.name, abstract: Subcommand.abstract,
      discussion: "nbverify \(Subcommand.name) --help tells more, once \(Tool.gate) is built.", helpNames: [])
  }

  @Argument(parsing: .captureForPassthrough) var words: [String] = []

  func run() throws { try Tool.runGate([Subcommand.name] + words) }
}

extension Tool {
  /// Replaces this process by `nbverify-gate`.
  /// - Throws: `Failure` 3 if that program cannot be run.
  static func runGate(_ words: [String]) throws -> Never {
    let path = besideThis(gate)
    var arguments = ([path] + words).map { strdup($0) } + [nil]
    execv(path, &arguments)
    throw Failure(
      3,
      "\(path) cannot be run (\(String(cString: strerror(errno)))); build it with: "
        + "swift build -c release --product \(gate)")
  }
}
