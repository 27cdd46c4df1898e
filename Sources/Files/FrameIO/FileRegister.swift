import Physics

import Glibc

/// The files of one run. In all programs, no output may be an input, another output, or the file that text is printed
/// to.
///
/// Files are distinguished by their identity, not by the spelling of their names. Character devices, as `/dev/null`,
/// may be named any number of times.
public struct FileRegister {
  private struct Entry {
    let identity: FileIdentity
    let flag: String
    let path: String
  }
  private var read: [Entry] = []
  private var written: [Entry] = []
  /// Whether an output is written to standard output, so that text must not be printed there.
  public private(set) var usesStandardOutput = false

  /// An empty register.
  public init() {}

  /// Adds a file that is read. A missing file is ignored here; its reader refuses it.
  public mutating func read(_ path: String?, _ flag: String) {
    var status = stat()
    guard let path, stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFCHR else { return }
    read.append(Entry(identity: FileIdentity(status), flag: flag, path: path))
  }

  /// Adds a file that is written.
  /// - Throws: `RequestError` if it cannot be written, is read by the same run, or is another output of it.
  public mutating func write(_ path: String?, _ flag: String) throws(RequestError) {
    guard let path else { return }
    let place = try FilePlace(path, flag)
    if place.stream == STDOUT_FILENO { usesStandardOutput = true }
    guard let identity = place.identity else { return }
    if let other = written.first(where: { $0.identity.isSame(as: identity) }) {
      throw RequestError(
        flag, value: path, "this is the file of \(other.flag) \(other.path): one of the two would be lost",
        remedy: "name another file")
    }
    if let input = read.first(where: { $0.identity.isSame(as: identity) }) {
      throw RequestError(
        flag, value: path, "this is the file of \(input.flag) \(input.path), which would be lost",
        remedy: "name another file")
    }
    for (descriptor, name) in [(STDOUT_FILENO, "output"), (STDERR_FILENO, "error")] where place.stream == nil {
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        FileIdentity(status).isSame(as: identity)
      else { continue }
      throw RequestError(
        flag, value: path, "this is where standard \(name) goes: one of the two would be lost",
        remedy: "name another file, or /dev/stdout")
    }
    written.append(Entry(identity: identity, flag: flag, path: path))
  }
}
