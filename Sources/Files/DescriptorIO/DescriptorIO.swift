import Glibc

/// Reading and writing of open descriptors to the end: a system call may take fewer bytes than it was given, and a signal may
/// interrupt it.
public enum DescriptorIO {
  /// Writes bytes where the descriptor stands.
  /// - Returns: Whether all were written; if not, `errno` says why.
  public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    forEachRest(of: bytes) { rest, _ in Glibc.write(descriptor, rest.baseAddress, rest.count) }
  }

  /// Writes bytes at an offset of a regular file, in bytes.
  /// - Returns: Whether all were written; if not, `errno` says why.
  public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int) -> Bool {
    forEachRest(of: bytes) { rest, done in pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done)) }
  }

  /// Reads until a buffer is full or the input ends.
  /// - Parameter offset: The offset in a regular file, in bytes; nil continues where the last read ended.
  /// - Returns: The number of bytes read; nil if the system cannot read, with the reason in `errno`.
  public static func read(
    into buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int? = nil
  ) -> Int? {
    var filled = 0
    while filled < buffer.count {
      let (start, room) = (buffer.baseAddress! + filled, buffer.count - filled)
      let count =
        offset.map { pread(descriptor, start, room, off_t($0 + filled)) } ?? Glibc.read(descriptor, start, room)
      if count == 0 { break }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return nil }
      filled += count
    }
    return filled
  }

  /// Calls a function with the bytes that are left and the number of those that are done.
  private static func forEachRest(
    of bytes: UnsafeRawBufferPointer, _ take: (_ rest: UnsafeRawBufferPointer, _ done: Int) -> Int
  ) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = take(UnsafeRawBufferPointer(rebasing: bytes[done...]), done)
      if count < 0 && errno == EINTR { continue }
      if count == 0 { errno = EIO }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}
