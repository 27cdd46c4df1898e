import Foundation
import Synchronization

import Glibc

/// The signals that end a run: what the process started is ended, too, and its temporary folders go.
public enum EndingSignals {
  /// What is done first, as a journal that notes the signal.
  private static let action = Mutex<(@Sendable (Int32) -> Void)?>(nil)

  private static let isEnding = Mutex(false)

  /// Waits for the end of the process, if it is about to end: what a program that was ended left is no result.
  static func waitIfEnding() async {
    while isEnding.withLock({ $0 }) { try? await Task.sleep(for: .seconds(60)) }
  }

  /// Sets what is done first when a signal comes; nil for nothing more.
  public static func setAction(_ new: (@Sendable (Int32) -> Void)?) {
    install()
    action.withLock { $0 = new }
  }

  /// Takes the signals, once in a process. Those that are ignored, as SIGHUP under `nohup`, stay ignored.
  public static func install() { _ = sources }

  /// Sources that live as long as the process.
  private struct Sources: @unchecked Sendable { let list: [any DispatchSourceSignal] }

  private static let sources: Sources = {
    let list = [SIGINT, SIGTERM, SIGHUP].compactMap { number -> (any DispatchSourceSignal)? in
      var earlier = sigaction()
      sigaction(number, nil, &earlier)
      let handler = unsafeBitCast(earlier.__sigaction_handler.sa_handler, to: Int.self)
      guard handler == unsafeBitCast(SIG_DFL, to: Int.self) else { return nil }
      // A handler that does nothing keeps the signal from ending the process. Programs that are started get the usual
      // one back; they would inherit that a signal is ignored.
      signal(number) { _ in }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { end(number) }
      source.resume()
      return source
    }
    return Sources(list: list)
  }()

  /// A queue of its own: the shared ones may be busy with what is to be ended.
  private static let queue = DispatchQueue(label: "ending signals")

  private static func end(_ number: Int32) {
    isEnding.withLock { $0 = true }
    action.withLock { $0 }?(number)
    ProgramRun.endAll()
    ScratchFolder.removeAll()
    // As a shell reports it.
    _exit(128 + number)
  }
}
