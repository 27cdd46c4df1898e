import DescriptorIO
import Physics

import Glibc

/// A file that is being written: without a name, under a temporary one, or in place.
struct OpenFile: Sendable {
  /// Whether the file gets its name only when it is whole, rather than being written in place.
  let isReplaced: Bool
  private let temporary: String?
  private let place: FilePlace
  private let path: String
  private let flag: String
  private let descriptor: Int32

  init(_ path: String, _ flag: String) throws(RequestError) {
    place = try FilePlace(path, flag)
    (self.path, self.flag, isReplaced) = (path, flag, place.isReplaced)
    if place.isReplaced {
      guard let (descriptor, name) = PendingFile.open(for: place) else { throw FileBytes.unwritable(path, flag) }
      (self.descriptor, temporary) = (descriptor, name)
      // A file that is replaced keeps its permissions.
      if let mode = place.mode { _ = fchmod(descriptor, mode) }
    } else {
      descriptor =
        place.stream.map { fcntl($0, F_DUPFD_CLOEXEC, 0) } ?? open(place.target, O_WRONLY | O_TRUNC | O_CLOEXEC)
      temporary = nil
      guard descriptor >= 0 else { throw FileBytes.unwritable(path, flag) }
    }
  }

  /// Writes bytes after those already written; returns whether all were written.
  func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    DescriptorIO.write(bytes, to: descriptor)
  }

  /// Writes bytes at an offset in bytes; returns whether all were written.
  func put(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    DescriptorIO.write(bytes, to: descriptor, at: offset)
  }

  /// The system's number of the last failure; `EIO` if `errno` is 0, because a write that takes no bytes does not set
  /// it.
  static var failure: Int32 { errno == 0 ? EIO : errno }

  /// Ends the writing.
  /// - Parameter failure: The system's number of a failure to write; nil if all was written.
  /// - Throws: `RequestError` if a write or the closing failed; no part of the file is left then.
  func end(failure: Int32?) throws(RequestError) -> PendingFile {
    let pending = PendingFile(
      descriptor: isReplaced ? descriptor : nil, temporary: temporary, place: place, path: path, flag: flag)
    // A network file system reports only when a descriptor is closed that it could not store all bytes.
    let toClose = temporary == nil ? descriptor : fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    let isClosed = isReplaced && temporary == nil || toClose >= 0 && close(toClose) == 0
    guard let failure = failure ?? (isClosed ? nil : Self.failure) else { return pending }
    pending.discard()
    errno = failure
    throw FileBytes.unwritable(path, flag)
  }
}
