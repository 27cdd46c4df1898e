import CommandLineSupport
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A progress bar on standard error.
final class ProgressMeter: Sendable {
  private let shown = Mutex(-1)
  private let started = Mutex(ContinuousClock.now)
  private static let width = 40

  /// A meter if one is wanted: asked for, or standard error is a terminal; nil otherwise.
  /// - Parameter wish: What the command line says, if anything.
  init?(_ wish: Bool?) {
    guard wish ?? (isatty(STDERR_FILENO) == 1) else { return nil }
  }

  /// Draws the bar when another percent is done, once the rendering takes noticeable time.
  var report: @Sendable (Int, Int) -> Bool {
    { [self] done, total in
      let percent = 100 * done / max(total, 1)
      shown.withLock { last in
        let elapsed = started.withLock { ContinuousClock.now - $0 }
        guard percent > last, elapsed > .milliseconds(300) || last >= 0 else { return }
        last = percent
        let filled = Self.width * percent / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        Terminal.error("\r[\(bar)] \(percent) %\(done >= total ? "\n" : "")")
      }
      return true
    }
  }
}
