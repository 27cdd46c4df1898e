import Physics

import Glibc

/// The identity of a file, independent of its name: a link and its target are one file, and so are two spellings of a
/// name.
struct FileIdentity: Sendable {
  private let device: UInt64
  private let number: UInt64
  /// The name in its folder, for a file that does not exist yet; nil for an existing file.
  private let name: String?

  /// Whether both are one file. This is a method because looking up a conformance to `Equatable` when a program starts
  /// costs more than the comparison.
  func isSame(as other: FileIdentity) -> Bool {
    device == other.device && number == other.number && name.map { Array($0.utf8) } == other.name.map { Array($0.utf8) }
  }

  /// The identity of an existing file.
  init(_ status: stat) {
    (device, number, name) = (UInt64(status.st_dev), UInt64(status.st_ino), nil)
  }

  /// The identity of a file that does not exist yet.
  init(folder: stat, name: String) {
    (device, number) = (UInt64(folder.st_dev), UInt64(folder.st_ino))
    self.name = name
  }
}

/// The destination of an output file, with links followed.
struct FilePlace: Sendable {
  /// The file itself.
  let target: String
  /// Its folder with a slash; empty for the current one.
  let folder: String
  /// The permissions of an existing file.
  let mode: mode_t?
  /// Whether the file is written completely first, and only then gets its name.
  let isReplaced: Bool
  /// The descriptor of the open file that the name refers to, as `/dev/stdout` does; bytes are written to that
  /// descriptor.
  let stream: Int32?
  /// The identity of the file; nil for a device that any number of outputs may be written to, as `/dev/null`.
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
      let isFile = status.st_mode & S_IFMT == S_IFREG
      isReplaced = isFile && mayCreate && Self.canGiveWay(status, target, in: here)
      mode = status.st_mode & 0o7777
      identity = status.st_mode & S_IFMT == S_IFCHR ? nil : FileIdentity(status)
      return
    }
    guard errno == ENOENT, target.last != "/", access(here, W_OK) == 0, stat(here, &status) == 0 else {
      throw FileBytes.unwritable(path, flag)
    }
    (mode, isReplaced) = (nil, true)
    identity = FileIdentity(folder: status, name: String(target.dropFirst(folder.count)))
  }

  /// The descriptor of the open file that a name refers to; nil for an ordinary name.
  static func stream(_ path: String) -> Int32? {
    guard path.hasPrefix("/dev/") || path.hasPrefix("/proc/") else { return nil }
    for folder in ["/dev/fd/", "/proc/self/fd/", "/proc/\(getpid())/fd/"] where path.hasPrefix(folder) {
      let digits = path.dropFirst(folder.count)
      return Int32(digits).flatMap { String($0) == digits ? $0 : nil }
    }
    return nil
  }

  private static func areSame(_ path: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(path, &first) == 0 && stat(other, &second) == 0 && FileIdentity(first).isSame(as: FileIdentity(second))
  }

  /// Whether a file can give way to another one of its name: neither in a folder such as /tmp, where only owners can
  /// remove their files, nor where it is mounted by itself, nor among the open files of a process.
  private static func canGiveWay(_ file: stat, _ path: String, in folder: String) -> Bool {
    var status = stat()
    // What is left of a chain of links is one of the open files of a process.
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFLNK, stat(folder, &status) == 0 else {
      return false
    }
    let user = geteuid()
    let isProtected = status.st_mode & S_ISVTX != 0 && user != 0 && file.st_uid != user && status.st_uid != user
    return !isProtected && !isMounted(path)
  }

  /// Whether something is mounted at a path, as Linux tells; blanks and backslashes there are written as numbers.
  private static func isMounted(_ path: String) -> Bool {
    guard let whole = realpath(path, nil) else { return false }
    defer { free(whole) }
    let written: [Unicode.Scalar: String] = ["\\": "\\134", " ": "\\040", "\t": "\\011", "\n": "\\012"]
    let name = String(cString: whole).unicodeScalars.map { written[$0] ?? String($0) }.joined()
    let table = (try? FileBytes.read("/proc/self/mountinfo", for: "mounts", limit: .max)) ?? []
    return table.split(separator: 10).contains { line in
      line.split(separator: 32, maxSplits: 5).dropFirst(4).first?.elementsEqual(name.utf8) == true
    }
  }

  /// The name at the end of a chain of links, whether or not a file of this name exists.
  static func followed(_ path: String) -> String {
    let given = path
    var path = path
    // As many as the system follows; it refuses a longer chain.
    for _ in 0..<40 {
      guard stream(path) == nil else { return path }
      let target = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
        let length = readlink(path, buffer.baseAddress!, buffer.count - 1)
        guard length > 0 else { return String?.none }
        buffer[length] = 0
        return String(cString: buffer.baseAddress!)
      }
      guard let link = target else { return path }
      // Links under /proc to pipes, as `pipe:[123]`, and to files that are gone do not contain file names.
      guard !path.hasPrefix("/proc/") || areSame(path, link) else { return path }
      let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
      path = link.hasPrefix("/") ? link : folder + link
    }
    var status = stat()
    let isLink = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    return isLink ? given : path
  }
}
