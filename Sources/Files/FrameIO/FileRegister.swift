import Physics

import Glibc

/// The files of one run. The rule for all programs: no output is an input, another output, or where text goes.
///
/// Files are told apart by what they are, not by the spelling of their names. Devices that anything can be written to, as
/// `/dev/null`, may be named any number of times.
public struct FileRegister {
  private struct Entry {
    let identity: FileIdentity
    let flag: String
    let path: String
  }
  private var read: [Entry] = []
  private var written: [Entry] = []
  /// Whether an output goes to standard output, so that text must not.
  public private(set) var usesStandardOutput = false

  /// No file yet.
  public init() {}

  /// Adds a file that is read. One that is not there is left to whoever reads it.
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
