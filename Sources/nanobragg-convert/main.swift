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
  // The page of options is for those who ask for it.
  let isUsage = Convert.exitCode(for: error) == .validationFailure
  complain("error: " + Convert.message(for: error) + (isUsage ? "; see nanobragg convert --help" : ""))
  exit(2)
}
