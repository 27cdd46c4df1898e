import Physics
import Synchronization

import Glibc

/// A file that is whole and does not have its final name yet.
///
/// Where the system can, the file has no name at all until then, so that nothing is left of it whatever happens.
/// Elsewhere, and while it replaces another file, it has a unique temporary name and is locked as long as its process
/// lives. The next run removes files with such names that are not locked.
public struct PendingFile: Sendable {
  /// The descriptor of the open file; nil for a file that was written in place.
  let descriptor: Int32?
  /// Its temporary name, if it has one.
  let temporary: String?
  let place: FilePlace
  let path: String
  let flag: String

  /// Gives the file its final name, in place of any other file of this name.
  /// - Throws: `RequestError` if the file cannot get its name; its content is lost then.
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
    // A link cannot replace a file, so the file is linked under a temporary name and renamed. If the process ends in
    // between, the temporary name is left.
    if !Self.hasSwept.exchange(true, ordering: .relaxed) { Self.removeLeftovers(in: place) }
    let name = Self.freshName(in: place)
    guard linkat(AT_FDCWD, link, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else {
      throw FileBytes.unwritable(path, flag)
    }
    guard rename(name, place.target) != 0 else { return }
    let error = FileBytes.unwritable(path, flag)
    unlink(name)
    throw error
  }

  /// Removes the file.
  public func discard() {
    guard let descriptor else { return }
    if let temporary { unlink(temporary) }
    close(descriptor)
  }

  private static let (prefix, suffix) = (".nanobragg.", ".new")
  private static let hasSwept = Atomic<Bool>(false)

  /// A random name, unique among all runs: machines and containers share folders, so that process ids are not unique.
  private static func freshName(in place: FilePlace) -> String {
    "\(place.folder)\(prefix)\(String(UInt64.random(in: .min ... .max), radix: 16))\(suffix)"
  }

  /// Opens a file that gets its final name later.
  /// - Returns: Nil if no file can be opened; `errno` has the reason.
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

  /// Opens a file without a name; negative where the system has no such files.
  static func openNameless(_ place: FilePlace) -> Int32 {
    let nameless: Int32 = 0o20000000 | O_DIRECTORY  // O_TMPFILE
    return Glibc.open(place.folder.isEmpty ? "." : place.folder, nameless | O_WRONLY | O_CLOEXEC, 0o666)
  }

  /// Removes temporary files of processes that ended early, which nobody has locked. Empty files younger than a minute
  /// are kept, because their processes may not have locked them yet.
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
