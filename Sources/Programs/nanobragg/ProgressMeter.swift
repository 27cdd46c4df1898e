import CommandLineSupport
import Synchronization

import Glibc

/// A progress bar on standard error.
final class ProgressMeter: Sendable {
  private let shown = Mutex(-1)
  private let started = ProgressMeter.now
  private static let width = 40

  /// Whether a progress bar is shown: as requested, or, without a request, if standard error is a terminal.
  /// - Parameter wish: The request of the command line; nil if there is none.
  static func isWanted(_ wish: Bool?) -> Bool { wish ?? (isatty(STDERR_FILENO) == 1) }

  /// The time of a steady clock, in s. The clock of the standard library is not used, because it loads the library's
  /// tasks, which take time to set up.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  /// Draws the bar at every further percent, beginning when the rendering has taken 0.3 s. Arguments: the work done and
  /// the total.
  var report: @Sendable (Int, Int) -> Bool {
    { [self] done, total in
      let percent = 100 * done / max(total, 1)
      shown.withLock { last in
        let elapsed = Self.now - started
        guard percent > last, elapsed > 0.3 || last >= 0 else { return }
        last = percent
        let filled = Self.width * percent / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        Terminal.rewriteLine("[\(bar)] \(percent) %\(done >= total ? "\n" : "")")
      }
      return true
    }
  }
}
