import Foundation
import Provenance

/// Takes the signals that end a run: what it started is ended, too, and the journal says why.
struct Interruption {
  private let sources: [any DispatchSourceSignal]

  init(_ journal: Journal) {
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
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
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
  }
}
