import ArgumentParser
import CommandLineSupport
import Foundation
import Physics
import Provenance
import TraceIO

/// The verification tool.
@main
struct NBVerify: AsyncParsableCommand {
  static let toolVersion = "0.2.0"

  static let configuration = CommandConfiguration(
    commandName: "nbverify",
    abstract: "Holds a simulator against traces and images of the C program, and says what diverged first and why.",
    discussion: """
      Examples:
        nbverify verify
        nbverify compare --c c_trace.log --py candidate.log --out reports/attempt-1
        nbverify trace --pixel 10 12 -- -default_F 100 -cell 100 100 100 90 90 90 -N 5 -detpixels 32
      """,
    version: toolVersion,
    subcommands: [
      Verify.self, Compare.self, DiffCommand.self, BundleCommand.self, TraceCommand.self, Audit.self, Images.self,
      Golden.self,
      Bench.self, NightlyCommand.self, HistoryCommand.self, Flags.self,
    ])

  /// Parses the command line and runs the subcommand; the exit status is as documented for it.
  static func main() async {
    let words = Array(CommandLine.arguments.dropFirst())
    do {
      var command = try parseAsRoot(words)
      _ = try InstructionSet.fromEnvironment()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      Foundation.exit(status(of: error, subcommand: words.first ?? ""))
    }
  }

  /// Says what went wrong and gives the exit status.
  private static func status(of error: any Error, subcommand: String) -> Int32 {
    // `images` documents 1 for wrong usage, the others 2.
    let usage: Int32 = subcommand == "images" ? 1 : 2
    switch error {
    case let error as Failure:
      Terminal.error("nbverify: error: \(error.message)\n")
      return error.status
    case let error as ExitCode:
      return error.rawValue
    case is RequestError, is BundleError:
      Terminal.error("nbverify: error: \(error)\n")
      return usage
    case is TraceError:
      Terminal.error("nbverify: error: \(error)\n")
      return 3
    default:
      let code = exitCode(for: error)
      // The parser gives its own errors other codes: this one came from elsewhere, and is no verdict.
      guard code != .failure else {
        Terminal.error("nbverify: error: \(error)\n")
        return subcommand == "images" ? 5 : 3
      }
      let message = fullMessage(for: error)
      if code.isSuccess { Terminal.show(message + "\n") } else { Terminal.error(message + "\n") }
      return code == .validationFailure ? usage : code.rawValue
    }
  }
}

/// Where a bundle goes.
struct BundleFolder: ParsableArguments {
  @Option(help: "The folder of the bundle, new or empty (default: reports/<time>).") var out: String?

  /// The folder, checked to be new or empty.
  func free(at date: Date) throws -> BundleTarget {
    let target = out.map { BundleTarget.folder(URL(fileURLWithPath: $0)) } ?? .reports(at: date)
    try target.check()
    return target
  }
}

extension BundleTarget {
  /// Where bundles go unless something else is said.
  static func reports(at date: Date) -> BundleTarget { .fresh(in: URL(fileURLWithPath: "reports"), at: date) }
}

/// An end with a status and a message.
struct Failure: Error {
  let status: Int32
  let message: String

  init(_ status: Int32, _ message: String) {
    self.status = status
    self.message = message
  }
}

/// The reference program, which is never part of the package.
enum ReferenceProgram {
  /// The program that an option names, else the environment variable `NB_C_BIN`; nil if neither does.
  static func named(_ option: String? = nil) -> String? {
    (option ?? ProcessInfo.processInfo.environment["NB_C_BIN"]).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The same, and a failure with this status if neither names one.
  static func required(_ option: String?, flag: String, status: Int32) throws -> String {
    guard let program = named(option) else {
      throw Failure(status, "no reference program: give \(flag), or set NB_C_BIN")
    }
    return program
  }
}

extension Terminal {
  /// Writes to standard output. A reader that has gone is no reason to fail.
  static func show(_ text: String) { try? output(text) }

  /// Whether standard output is a terminal that shows colours.
  static var hasColour: Bool {
    isatty(1) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
      && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Gives verdicts their colour.
  static func paint(_ padded: String, _ cell: String) -> String {
    let colours = [
      "PASS": 32, "same": 32, "MINOR": 33, "differs": 33, "DIVERGENT": 31, "CRITICAL": 31, "DIVERGES": 31,
      "MISSING": 35,
    ]
    guard let colour = colours[cell] else { return padded }
    return "\u{1B}[\(colour)m\(padded)\u{1B}[0m"
  }
}
