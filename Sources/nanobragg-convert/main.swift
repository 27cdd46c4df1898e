import ArgumentParser
import CommandLineSupport
import Foundation
import Physics

/// Writes a line to standard error.
func complain(_ text: String) {
  Terminal.error("nanobragg convert: \(text)\n")
}

/// Writes a line of information: to standard output, unless the converted file goes to a pipe or a device, maybe there.
func inform(_ text: String, besides output: String) throws(RequestError) {
  var status = stat()
  let isFile = stat(output, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
  if isFile && !output.hasPrefix("/dev/") { try Terminal.output(text + "\n") } else { Terminal.error(text + "\n") }
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
