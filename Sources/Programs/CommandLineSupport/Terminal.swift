import DescriptorIO
import FrameIO
import Physics
import Synchronization
import VisibleText

import Glibc

/// Unbuffered text for standard output and standard error.
public enum Terminal {
  /// The file descriptor to which text for standard output is written.
  private static let destination = Atomic<Int32>(STDOUT_FILENO)

  /// Ignores the signals for a file beyond the shell's size limit and for a pipe without reader, which would end the
  /// program in the middle of its work. The write then fails with an error number, as on a full disk.
  public static func survivesSignals() {
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Reserves standard output for the bytes of a file. All later text goes to standard error.
  public static func leavesStandardOutputToFiles() {
    destination.store(STDERR_FILENO, ordering: .relaxed)
  }

  /// Writes to standard output. Control sequences in the text are shown as text. A pipe whose reader has ended, such as
  /// `head`, is not an error.
  /// - Throws: `RequestError` if the text cannot be written, so that no loss goes unnoticed.
  public static func output(_ text: String) throws(RequestError) {
    let descriptor = destination.load(ordering: .relaxed)
    guard write(visible(text, on: descriptor), to: descriptor) || errno == EPIPE else {
      throw RequestError(
        "standard output", "it cannot be written: \(String(cString: strerror(errno)))",
        remedy: "send it to a file with room, or to /dev/null")
    }
  }

  /// Writes to standard error. Control sequences in the text are shown as text. A failure is ignored, because no other
  /// channel could report it.
  public static func error(_ text: String) {
    _ = write(visible(text, on: STDERR_FILENO), to: STDERR_FILENO)
  }

  /// Overwrites the current line of the terminal on standard error.
  public static func rewriteLine(_ text: String) {
    _ = write("\r" + visible(text, on: STDERR_FILENO), to: STDERR_FILENO)
  }

  /// The text with control sequences shown as text. Colours are kept on terminals only.
  private static func visible(_ text: String, on descriptor: Int32) -> String {
    VisibleText.terminal(text, keepsColours: isatty(descriptor) == 1)
  }

  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    Array(text.utf8).withUnsafeBytes { DescriptorIO.write($0, to: descriptor) }
  }
}
