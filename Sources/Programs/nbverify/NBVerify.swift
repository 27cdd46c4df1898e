import ArgumentParser
import CommandLineSupport
import Foundation
import ToolSupport

/// The verification tool.
@main
struct NBVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nbverify",
    abstract: "Holds a simulator against traces and images of the C program, and says what diverged first and why.",
    discussion: """
      Examples:
        nbverify verify
        nbverify compare --c c_trace.log --py candidate.log --out reports/attempt-1
        nbverify trace --pixel 10 12 -- -default_F 100 -cell 100 100 100 90 90 90 -N 5 -detpixels 32
      """,
    version: Tool.version,
    subcommands: [
      Verify.self, Compare.self, DiffCommand.self, BundleCommand.self, TraceCommand.self, Audit.self, Golden.self,
      Flags.self, Quantities.self, GateCommand<Images>.self, GateCommand<Bench>.self, GateCommand<Nightly>.self,
      GateCommand<HistoryOfNights>.self, GateCommand<Judge>.self, GateCommand<Hunting>.self,
      GateCommand<Worst>.self, Digits.self, DerivativesCommand.self,
    ])

  static func main() { Tool.main(Self.self) }
}

extension Terminal {
  /// A padded cell in the colour of its verdict; a cell without a verdict unchanged.
  static func paint(_ padded: String, _ cell: String) -> String {
    let colours = [
      "PASS": 32, "same": 32, "MINOR": 33, "differs": 33, "DIVERGENT": 31, "CRITICAL": 31, "DIVERGES": 31,
      "MISSING": 35,
    ]
    guard let colour = colours[cell] else { return padded }
    return "\u{1B}[\(colour)m\(padded)\u{1B}[0m"
  }
}
