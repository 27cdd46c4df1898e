import ArgumentParser
import CommandLineSupport
import Foundation
import FrameIO
import Physics
import Provenance
import Subprocesses
import TraceIO

/// The common parts of the two programs of the verification tool, `nbverify` and `nbverify-gate`.
package enum Tool {
  /// The version of the tool: that of all programs.
  package static let version = ProgramVersion.current
  /// The name and the version, as provenance records them.
  package static let title = "nbverify \(version)"
  /// The program that runs nights, timings and comparisons of images.
  package static let gate = "nbverify-gate"

  /// Runs the subcommand that the command line names, then exits.
  package static func main(_ root: (some ParsableCommand).Type) -> Never {
    Terminal.survivesSignals()
    // Checked before anything is opened, because tasks need descriptors, too.
    checkDescriptors()
    Task {
      await run(root)
      Foundation.exit(0)
    }
    dispatchMain()
  }

  /// Parses the command line and runs the subcommand; exits with the status that its help documents for an error.
  private static func run(_ root: (some ParsableCommand).Type) async {
    let words = Array(CommandLine.arguments.dropFirst())
    do {
      var command = try root.parseAsRoot(words)
      ScratchFolder.sweep()
      _ = try InstructionSet.fromEnvironment()
      try FileBytes.checkLimit()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      Foundation.exit(
        status(of: error, subcommand: words.first ?? "") {
          root.exitCode(for: $0)
        } message: { error in
          (root.message(for: error), root.fullMessage(for: error))
        })
    }
  }

  /// Exits if so few descriptors are free that Foundation or Dispatch would end the process.
  private static func checkDescriptors() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur <= 256 else { return }
    // Free descriptors are counted, not opened for a trial: the libraries may be opening some at this moment.
    let free = (0..<Int32(limit.rlim_cur)).count { fcntl($0, F_GETFD) < 0 }
    guard free < 24 else { return }
    complain("too many open files: the limit of this shell is too low; raise it, as by ulimit -n 256")
    Foundation.exit(CommandLine.arguments.dropFirst().first == "images" ? 5 : 3)
  }

  /// Prints the message of an error, and returns the exit status.
  private static func status(
    of error: any Error, subcommand: String, code: (any Error) -> ExitCode,
    message: (any Error) -> (short: String, full: String)
  ) -> Int32 {
    // `images` documents 1 for wrong usage, all other subcommands 2.
    let usage: Int32 = subcommand == "images" ? 1 : 2
    switch error {
    case let error as Failure:
      complain(error.message)
      return error.status
    case let error as ExitCode:
      return error.rawValue
    case let error as ExperimentError:
      complain("\(RequestError(error))")
      return usage
    case is RequestError, is BundleError, is ProgramError:
      complain("\(error)")
      return usage
    case is TraceError:
      complain("\(error)")
      return 3
    default:
      let code = code(error)
      // The parser gives its own errors other codes. This error came from elsewhere, and must not look like a verdict.
      guard code != .failure else {
        complain("\(error)")
        return subcommand == "images" ? 5 : 3
      }
      let message = message(error)
      // The page of options is printed only with --help.
      let help = message.full.firstMatch(of: /See '(.+)' for more/).map { "; see \($0.1)" } ?? ""
      if code.isSuccess { Terminal.show(message.full + "\n") } else { complain(message.short + help) }
      return code == .validationFailure ? usage : code.rawValue
    }
  }

  /// Prints an error. Further lines of the tool's messages are indented; other line breaks come from outside and are
  /// escaped.
  private static func complain(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.dropFirst().reduce(String(lines[0])) { text, line in
      text + (line.hasPrefix("  ") ? "\n" : "\\u{a}") + line
    }
    Terminal.error("nbverify: error: \(text)\n")
  }

  /// Refuses outputs that cannot be written, or that would overwrite an input or another output.
  /// - Throws: `RequestError` naming the option and the file.
  package static func checkFiles(
    read: [(path: String?, flag: String)], written: [(path: String?, flag: String)]
  ) throws(RequestError) {
    var files = FileRegister()
    for (path, flag) in read { files.read(path, flag) }
    for (path, flag) in written { try files.write(path, flag) }
    if files.usesStandardOutput { Terminal.leavesStandardOutputToFiles() }
  }

  /// The path of a program in the folder of the running program.
  package static func besideThis(_ name: String) -> String {
    let tool = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tool.deletingLastPathComponent().appendingPathComponent(name).path
  }
}

/// An error with an exit status and a message.
package struct Failure: Error {
  package let status: Int32
  package let message: String

  package init(_ status: Int32, _ message: String) {
    self.status = status
    self.message = message
  }
}

/// The reference program, which is never part of the package.
package enum ReferenceProgram {
  /// The path that an option gives, else the environment variable `NB_C_BIN`; nil if both are missing or empty.
  package static func named(_ option: String? = nil) -> String? {
    (option ?? ProcessInfo.processInfo.environment["NB_C_BIN"]).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The path that an option gives, else the environment variable `NB_C_BIN`.
  /// - Throws: `Failure` with the given status if both are missing or empty.
  package static func required(_ option: String?, flag: String, status: Int32) throws -> String {
    guard let program = named(option) else {
      throw Failure(status, "no reference program: give \(flag), or set NB_C_BIN")
    }
    return program
  }
}

extension Terminal {
  /// Writes to standard output; a reader that has closed the pipe is no error.
  package static func show(_ text: String) { try? output(text) }

  /// Whether standard output is a terminal that shows colours.
  package static var hasColour: Bool {
    isatty(1) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
      && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }
}
