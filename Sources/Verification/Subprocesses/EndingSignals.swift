import Foundation
import Synchronization

import Glibc

/// Handles SIGINT, SIGTERM and SIGHUP: ends the child processes, removes the scratch folders and exits.
public enum EndingSignals {
  /// The function that is called first with the number of the signal, to record it in a journal.
  private static let action = Mutex<(@Sendable (Int32) -> Void)?>(nil)

  private static let isEnding = Mutex(false)

  /// Waits for ever if this process is about to end, so that the output of an ended child is not taken for a result.
  static func waitIfEnding() async {
    while isEnding.withLock({ $0 }) { try? await Task.sleep(for: .seconds(60)) }
  }

  /// Sets the function that is called first with the number of the signal; nil for none.
  public static func setAction(_ new: (@Sendable (Int32) -> Void)?) {
    install()
    action.withLock { $0 = new }
  }

  /// Installs the handlers, once in a process. Ignored signals, as SIGHUP under `nohup`, stay ignored.
  public static func install() { _ = sources }

  /// Sources that live as long as the process.
  private struct Sources: @unchecked Sendable { let list: [any DispatchSourceSignal] }

  private static let sources: Sources = {
    let list = [SIGINT, SIGTERM, SIGHUP].compactMap { number -> (any DispatchSourceSignal)? in
      var earlier = sigaction()
      sigaction(number, nil, &earlier)
      let handler = unsafeBitCast(earlier.__sigaction_handler.sa_handler, to: Int.self)
      guard handler == unsafeBitCast(SIG_DFL, to: Int.self) else { return nil }
      // An empty handler keeps the signal from ending the process. Child programs get the default action back; if the
      // signal were ignored instead, they would inherit that.
      signal(number) { _ in }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { end(number) }
      source.resume()
      return source
    }
    return Sources(list: list)
  }()

  /// A separate queue, because the shared queues may be blocked by the work that is to be ended.
  private static let queue = DispatchQueue(label: "ending signals")

  private static func end(_ number: Int32) {
    isEnding.withLock { $0 = true }
    action.withLock { $0 }?(number)
    ProgramRun.endAll()
    ScratchFolder.removeAll()
    // The exit status by which a shell reports a signal.
    _exit(128 + number)
  }
}
