import Foundation
import Provenance
import Subprocesses

/// Takes the signals that end a run: the journal says why, before what the run started is ended.
struct Interruption {
  init(_ journal: Journal, whenStopped: @escaping @Sendable () -> Void = {}) {
    EndingSignals.setAction { number in
      journal.stop("ended by signal \(number)")
      whenStopped()
    }
  }

  /// Gives the signals back.
  func end() { EndingSignals.setAction(nil) }
}
