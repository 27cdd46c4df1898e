import DescriptorIO
import FrameIO
import Physics
import Synchronization
import VisibleText

import Glibc

/// Unbuffered text for standard output and standard error.
public enum Terminal {
  /// Where text goes that is for standard output.
  private static let destination = Atomic<Int32>(STDOUT_FILENO)

  /// Lets a file that grows beyond the limit of the shell fail as on a full disk, and a reader that has gone cost the text
  /// only: the signals would end the program and leave half its work.
  public static func survivesSignals() {
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Leaves standard output to the bytes of a file; text goes to standard error from now on.
  public static func leavesStandardOutputToFiles() {
    destination.store(STDERR_FILENO, ordering: .relaxed)
  }

  /// Writes to standard output; text from outside that would steer the terminal is shown as text. A reader that has gone,
  /// as `head` has, is no failure.
  /// - Throws: `RequestError` if the text cannot be written, so that no loss goes unnoticed.
  public static func output(_ text: String) throws(RequestError) {
    let descriptor = destination.load(ordering: .relaxed)
    guard write(visible(text, on: descriptor), to: descriptor) || errno == EPIPE else {
      throw RequestError(
        "standard output", "it cannot be written: \(String(cString: strerror(errno)))",
        remedy: "send it to a file with room, or to /dev/null")
    }
  }

  /// Writes to standard error, as to standard output; a failure has nowhere to be reported.
  public static func error(_ text: String) {
    _ = write(visible(text, on: STDERR_FILENO), to: STDERR_FILENO)
  }

  /// Writes over the line that the terminal is at.
  public static func rewriteLine(_ text: String) {
    _ = write("\r" + visible(text, on: STDERR_FILENO), to: STDERR_FILENO)
  }

  /// Colours are for terminals; elsewhere they are text like any other.
  private static func visible(_ text: String, on descriptor: Int32) -> String {
    VisibleText.terminal(text, keepsColours: isatty(descriptor) == 1)
  }

  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    Array(text.utf8).withUnsafeBytes { DescriptorIO.write($0, to: descriptor) }
  }
}
