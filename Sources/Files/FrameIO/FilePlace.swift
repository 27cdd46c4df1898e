import Physics

import Glibc

/// What a file is, whatever its name: a link and its target are one file, and so are two spellings of a name.
struct FileIdentity: Sendable {
  private let device: UInt64
  private let number: UInt64
  /// The name in its folder, for a file that is not there yet.
  private let name: String?

  /// Whether two are one file. Not an operator: a conformance that is looked up when a program starts costs more than the
  /// comparison.
  func isSame(as other: FileIdentity) -> Bool {
    device == other.device && number == other.number && name.map { Array($0.utf8) } == other.name.map { Array($0.utf8) }
  }

  /// The identity of an open file or of one that is there.
  init(_ status: stat) {
    (device, number, name) = (UInt64(status.st_dev), UInt64(status.st_ino), nil)
  }

  /// The identity of a file that is to be made.
  init(folder: stat, name: String) {
    (device, number) = (UInt64(folder.st_dev), UInt64(folder.st_ino))
    self.name = name
  }
}

/// Where a file goes, links followed.
struct FilePlace: Sendable {
  /// The file itself.
  let target: String
  /// Its folder with a slash; empty for the current one.
  let folder: String
  /// Its permissions, if it exists.
  let mode: mode_t?
  /// Whether it is made beside its place first, and takes it when it is whole.
  let isReplaced: Bool
  /// The open file that the name stands for, as `/dev/stdout` does: bytes go there, and nothing is opened or cut off.
  let stream: Int32?
  /// What is there; nil for a device that anything can be written to, as `/dev/null`.
  let identity: FileIdentity?

  init(_ path: String, _ flag: String) throws(RequestError) {
    let name = Self.followed(path)
    target = name
    stream = Self.stream(name)
    folder = name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
    var status = stat()
    if let stream {
      let access = fcntl(stream, F_GETFL)
      guard access >= 0, access & O_ACCMODE != O_RDONLY, fstat(stream, &status) == 0 else {
        if access >= 0 { errno = EBADF }
        throw FileBytes.unwritable(path, flag)
      }
      (mode, isReplaced, identity) = (nil, false, FileIdentity(status))
      return
    }
    let here = folder.isEmpty ? "." : folder
    let mayCreate = access(here, W_OK) == 0
    if stat(target, &status) == 0 {
      guard status.st_mode & S_IFMT != S_IFDIR else {
        throw RequestError(flag, value: path, "it is a folder", remedy: "name a file")
      }
      guard access(target, W_OK) == 0 else { throw FileBytes.unwritable(path, flag) }
      (mode, isReplaced) = (status.st_mode & 0o7777, status.st_mode & S_IFMT == S_IFREG && mayCreate)
      identity = status.st_mode & S_IFMT == S_IFCHR ? nil : FileIdentity(status)
      return
    }
    guard errno == ENOENT, target.last != "/", access(here, W_OK) == 0, stat(here, &status) == 0 else {
      throw FileBytes.unwritable(path, flag)
    }
    (mode, isReplaced) = (nil, true)
    identity = FileIdentity(folder: status, name: String(target.dropFirst(folder.count)))
  }

  /// The open file that a name stands for; nil for an ordinary name.
  static func stream(_ path: String) -> Int32? {
    guard path.hasPrefix("/dev/") || path.hasPrefix("/proc/") else { return nil }
    for folder in ["/dev/fd/", "/proc/self/fd/", "/proc/\(getpid())/fd/"] where path.hasPrefix(folder) {
      return Int32(path.dropFirst(folder.count))
    }
    return nil
  }

  /// The name that a chain of links ends in, whether or not there is a file.
  static func followed(_ path: String) -> String {
    var path = path
    for _ in 0..<32 {
      guard stream(path) == nil else { return path }
      let target = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
        let length = readlink(path, buffer.baseAddress!, buffer.count - 1)
        guard length > 0 else { return String?.none }
        buffer[length] = 0
        return String(cString: buffer.baseAddress!)
      }
      guard let link = target else { return path }
      // What the system keeps under /proc are no names.
      guard strstr(link, ":[") == nil else { return path }
      let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
      path = link.hasPrefix("/") ? link : folder + link
    }
    return path
  }
}
