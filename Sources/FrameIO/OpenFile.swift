import Physics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is being written, under its temporary name if it has one.
struct OpenFile: Sendable {
  let pending: PendingFile
  private let descriptor: Int32

  init(_ path: String, _ flag: String) throws(RequestError) {
    let place = try FileBytes.Place(path, flag)
    let temporary = place.isReplaced ? FileBytes.temporaryName(in: place) : nil
    descriptor =
      temporary.map { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o666) }
      ?? open(place.target, O_WRONLY | O_TRUNC | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileBytes.unwritable(path, flag) }
    pending = PendingFile(temporary: temporary, target: place.target, path: path, flag: flag)
    // A file that is replaced keeps its permissions.
    if temporary != nil, let mode = place.mode { _ = fchmod(descriptor, mode) }
  }

  /// Writes bytes after those before; returns whether all could be.
  func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    Self.forEachRest(of: bytes) { write(descriptor, $0.baseAddress, $0.count) }
  }

  /// Writes bytes at a place; returns whether all could be.
  func put(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    Self.put(bytes, in: descriptor, at: offset)
  }

  /// The same for any file.
  static func put(_ bytes: UnsafeRawBufferPointer, in descriptor: Int32, at offset: Int) -> Bool {
    forEachRest(of: bytes) { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset + bytes.count - $0.count)) }
  }

  /// Calls a function with what is left until it has taken all; returns whether it has.
  private static func forEachRest(of bytes: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Int) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = take(rest)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return true
  }

  /// The system's number of what went wrong just now, never 0: a write of no bytes leaves none behind.
  static var failure: Int32 { errno == 0 ? EIO : errno }

  /// Ends the writing.
  /// - Parameter failure: The system's number of what went wrong; nil if nothing did.
  /// - Throws: `RequestError` if anything did; no part of the file is left then.
  func end(failure: Int32?) throws(RequestError) -> PendingFile {
    let isClosed = close(descriptor) == 0
    if let failure = failure ?? (isClosed ? nil : Self.failure) {
      pending.discard()
      errno = failure
      throw FileBytes.unwritable(pending.path, pending.flag)
    }
    return pending
  }
}
