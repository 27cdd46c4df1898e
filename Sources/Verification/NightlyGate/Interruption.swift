import Foundation
import Provenance
import Subprocesses

/// Handles the signals that end a run: the journal records the signal before the programs of the run are ended.
struct Interruption {
  init(_ journal: Journal, whenStopped: @escaping @Sendable () -> Void = {}) {
    EndingSignals.setAction { number in
      journal.stop("ended by signal \(number)")
      whenStopped()
    }
  }

  /// Stops handling the signals.
  func end() { EndingSignals.setAction(nil) }
}
