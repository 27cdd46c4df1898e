import Foundation
import Provenance

/// Takes the signals that end a run: what it started is ended, too, and the journal says why.
struct Interruption {
  private let sources: [any DispatchSourceSignal]
  private let earlier: [(number: Int32, action: sigaction)]

  init(_ journal: Journal) {
    var earlier: [(number: Int32, action: sigaction)] = []
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      sigaction(number, nil, &action)
      // What is ignored, as SIGHUP under nohup, stays ignored.
      let ignored = unsafeBitCast(SIG_IGN, to: Int.self)
      guard unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) != ignored else { continue }
      earlier.append((number, action))
      // A handler that does nothing keeps the signal from ending the process. Programs that are started get the usual
      // one back; they would inherit that a signal is ignored.
      signal(number) { _ in }
    }
    self.earlier = earlier
    sources = earlier.map { number, _ in
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        journal.stop("ended by signal \(number)")
        ProgramRun.endAll()
        // 128 and the number of the signal, as a shell reports it.
        exit(128 + number)
      }
      source.resume()
      return source
    }
  }

  /// Gives the signals back.
  func end() {
    for source in sources { source.cancel() }
    for var item in earlier { sigaction(item.number, &item.action, nil) }
  }
}
