import DescriptorIO
import Physics
import Synchronization

import Glibc

/// A file that is written piece by piece, from any thread, while its content is made. The file has no name until it is
/// whole, so that nothing is left of it if the program ends early for any reason.
public final class NamelessFile: Sendable {
  private let descriptor: Int32
  private let place: FilePlace
  private let path: String
  private let flag: String
  private let isWhole = Atomic<Bool>(true)

  /// A file that replaces another file of this name, or is new.
  /// - Returns: Nil where the system has no files without a name, and for a device, a pipe or a file written in place.
  /// - Throws: `RequestError` if a file of this name cannot be written.
  public init?(for path: String, flag: String) throws(RequestError) {
    place = try FilePlace(path, flag)
    (self.path, self.flag) = (path, flag)
    descriptor = place.isReplaced ? PendingFile.openNameless(place) : -1
    guard descriptor >= 0 else { return nil }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Writes a piece; if it cannot be written, `finish` returns nil.
  /// - Parameter offset: The position of the piece in the file, in bytes.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    if !DescriptorIO.write(bytes, to: descriptor, at: offset) { isWhole.store(false, ordering: .relaxed) }
  }

  /// Ends the writing.
  /// - Returns: Nil if a piece could not be written. The caller then writes the content with `FileBytes`, whose error
  ///   states the reason.
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
