import Physics
import Synchronization

import Glibc

/// A file that is whole and has not taken its place yet.
///
/// Where the system can, it has no name until then, so that nothing is left of it whatever happens. Elsewhere, and while it
/// takes the place of another file, it has a name that no other file has, and is locked as long as its process lives: the
/// next run removes what is not.
public struct PendingFile: Sendable {
  /// The open file; nil for what was written in place.
  let descriptor: Int32?
  /// Its temporary name, if it has one.
  let temporary: String?
  let place: FilePlace
  let path: String
  let flag: String

  /// Gives the file its place.
  /// - Throws: `RequestError` if that cannot be done; the file is gone then.
  public func commit() throws(RequestError) {
    guard let descriptor else { return }
    defer { close(descriptor) }
    if let temporary {
      guard rename(temporary, place.target) != 0 else { return }
      let failure = errno
      unlink(temporary)
      errno = failure
      throw FileBytes.unwritable(path, flag)
    }
    let link = "/proc/self/fd/\(descriptor)"
    if linkat(AT_FDCWD, link, AT_FDCWD, place.target, AT_SYMLINK_FOLLOW) == 0 { return }
    guard errno == EEXIST else { throw FileBytes.unwritable(path, flag) }
    // A link cannot take the place of a file, and renaming one takes time in which a process may end.
    if !Self.hasSwept.exchange(true, ordering: .relaxed) { Self.removeLeftovers(in: place) }
    let name = Self.freshName(in: place)
    guard linkat(AT_FDCWD, link, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else {
      throw FileBytes.unwritable(path, flag)
    }
    guard rename(name, place.target) != 0 else { return }
    let failure = errno
    unlink(name)
    errno = failure
    throw FileBytes.unwritable(path, flag)
  }

  /// Removes the file.
  public func discard() {
    guard let descriptor else { return }
    if let temporary { unlink(temporary) }
    close(descriptor)
  }

  private static let (prefix, suffix) = (".nanobragg.", ".new")
  private static let hasSwept = Atomic<Bool>(false)

  /// A name that no other file has, of this run or of any other: machines and containers share folders.
  private static func freshName(in place: FilePlace) -> String {
    "\(place.folder)\(prefix)\(String(UInt64.random(in: .min ... .max), radix: 16))\(suffix)"
  }

  /// Opens a file that is to take a place later.
  /// - Returns: Nil if that cannot be done; `errno` tells why.
  static func open(for place: FilePlace) -> (descriptor: Int32, temporary: String?)? {
    let nameless = openNameless(place)
    if nameless >= 0 {
      _ = flock(nameless, LOCK_EX | LOCK_NB)
      return (nameless, nil)
    }
    removeLeftovers(in: place)
    let name = freshName(in: place)
    let descriptor = Glibc.open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return nil }
    _ = flock(descriptor, LOCK_EX | LOCK_NB)
    return (descriptor, name)
  }

  /// Opens a file without a name; negative where the system has none.
  static func openNameless(_ place: FilePlace) -> Int32 {
    let nameless: Int32 = 0o20000000 | O_DIRECTORY  // O_TMPFILE
    let descriptor = Glibc.open(place.folder.isEmpty ? "." : place.folder, nameless | O_WRONLY | O_CLOEXEC, 0o666)
    // The name is given by way of /proc.
    guard descriptor >= 0, access("/proc/self/fd/\(descriptor)", F_OK) != 0 else { return descriptor }
    close(descriptor)
    return -1
  }

  /// Removes what processes left that ended early: nobody holds the lock of their files. Young and empty ones are left alone,
  /// which may not be locked yet.
  private static func removeLeftovers(in place: FilePlace) {
    let here = place.folder.isEmpty ? "." : place.folder
    guard let folder = opendir(here) else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { continue }
      let path = place.folder + name
      let descriptor = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        status.st_size > 0 || time(nil) - status.st_mtim.tv_sec > 60, flock(descriptor, LOCK_EX | LOCK_NB) == 0
      else { continue }
      unlink(path)
    }
  }
}
