import ArgumentParser
import CommandLineSupport
import Foundation

/// Writes a line to standard error.
func complain(_ text: String) {
  Terminal.error("nanobragg convert: \(text)\n")
}

Terminal.survivesFileSizeLimit()

do {
  var command = try Convert.parseAsRoot()
  try command.run()
} catch {
  guard Convert.exitCode(for: error) != .success else {
    print(Convert.fullMessage(for: error))
    exit(0)
  }
  // Messages of the argument parser begin with "Error: " and end with the usage.
  let message = Convert.fullMessage(for: error)
  complain("error: " + (message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message))
  exit(2)
}
