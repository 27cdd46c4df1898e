import CommandLineSupport
import Synchronization

import Glibc

/// A progress bar on standard error.
final class ProgressMeter: Sendable {
  private let shown = Mutex(-1)
  private let started = ProgressMeter.now
  private static let width = 40
  /// In s: a bar that nobody asked for is not drawn for what takes less.
  private let delay: Double

  /// The bar, or nil if none is shown: as requested, or, without a request, if standard error is a terminal.
  /// - Parameter wish: The request of the command line; nil if there is none.
  init?(_ wish: Bool?) {
    guard wish ?? (isatty(STDERR_FILENO) == 1) else { return nil }
    delay = wish == true ? 0 : 0.3
  }

  /// The time of a steady clock, in s. The clock of the standard library is not used, because it loads the library's
  /// tasks, which take time to set up.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  /// Draws the bar at every further percent. Arguments: the work done and the total.
  var report: @Sendable (Int, Int) -> Bool {
    { [self] done, total in
      let percent = 100 * done / max(total, 1)
      shown.withLock { last in
        let elapsed = Self.now - started
        guard percent > last, elapsed >= delay || last >= 0 else { return }
        last = percent
        let filled = Self.width * percent / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        Terminal.rewriteLine("[\(bar)] \(percent) %\(done >= total ? "\n" : "")")
      }
      return true
    }
  }
}
