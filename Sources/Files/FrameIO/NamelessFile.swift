import Physics
import Synchronization

import Glibc

/// A file that is written piece by piece, from any thread, while its content is made. It has no name before it is whole:
/// nothing is left of it if the program ends early, whatever the reason.
public final class NamelessFile: Sendable {
  private let descriptor: Int32
  private let place: FilePlace
  private let path: String
  private let flag: String
  private let isWhole = Atomic<Bool>(true)

  /// A file that is to replace another or to be a new one.
  /// - Returns: Nil where the system has no such files, and for what is written in place.
  /// - Throws: `RequestError` if the file could not be written in the end.
  public init?(for path: String, flag: String) throws(RequestError) {
    place = try FilePlace(path, flag)
    (self.path, self.flag) = (path, flag)
    descriptor = place.isReplaced ? PendingFile.openNameless(place) : -1
    guard descriptor >= 0 else { return nil }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Writes a piece; one that cannot be written is noted for the end.
  /// - Parameter offset: Where it starts, in bytes.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    if !OpenFile.put(bytes, in: descriptor, at: offset) { isWhole.store(false, ordering: .relaxed) }
  }

  /// Ends the writing.
  /// - Returns: Nil if a piece is missing: the content has to be written another way, which tells the reason.
  public func finish() -> PendingFile? {
    guard isWhole.load(ordering: .relaxed) else {
      _ = ftruncate(descriptor, 0)
      return nil
    }
    if let mode = place.mode { _ = fchmod(descriptor, mode) }
    let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard own >= 0 else { return nil }
    _ = flock(own, LOCK_EX | LOCK_NB)
    return PendingFile(descriptor: own, temporary: nil, place: place, path: path, flag: flag)
  }
}
