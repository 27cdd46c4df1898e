import FrameIO
import ArgumentParser
import CommandLineSupport
import Foundation
import Physics

/// Writes a line to standard error.
func complain(_ text: String) {
  Terminal.error("nanobragg convert: \(text)\n")
}

/// Writes a line of information to standard output; to standard error if the converted file is written to standard
/// output.
func inform(_ text: String) throws(RequestError) { try Terminal.output(text + "\n") }

Terminal.survivesSignals()

do {
  var command = try Convert.parseAsRoot()
  try command.run()
} catch {
  guard Convert.exitCode(for: error) != .success else {
    try? inform(Convert.fullMessage(for: error))
    exit(0)
  }
  // The page of options is printed only with --help.
  let isUsage = Convert.exitCode(for: error) == .validationFailure
  complain("error: " + Convert.message(for: error) + (isUsage ? "; see nanobragg convert --help" : ""))
  exit(2)
}
