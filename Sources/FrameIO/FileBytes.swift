import Physics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whole files in and out. Files appear whole or not at all.
public enum FileBytes {
  /// Reads a file.
  /// - Parameters:
  ///   - path: The file.
  ///   - flag: The option that named it, for the error message.
  /// - Throws: `RequestError` if it cannot be read.
  public static func read(_ path: String, for flag: String) throws(RequestError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, flag) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path, flag) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw RequestError(flag, value: path, "it is a folder", remedy: "name a file")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(max(Int(status.st_size), 0) + 1)
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw unreadable(path, flag)
      }
      bytes += chunk[0..<count]
    }
  }

  private static func unreadable(_ path: String, _ flag: String) -> RequestError {
    RequestError(
      flag, value: path, "the file cannot be read: \(String(cString: strerror(errno)))",
      remedy: "check the name and the permissions")
  }

  /// Writes a file: under a temporary name in the same folder first, then renamed.
  ///
  /// A name that stands for a device or a pipe is written to directly.
  /// - Parameters:
  ///   - header: What comes first.
  ///   - elements: The content, in the byte order of the machine.
  ///   - path: The file; replaced if it exists.
  ///   - flag: The option that named it, for the error message.
  /// - Throws: `RequestError` if it cannot be written; no partial file is left.
  public static func write<Element: BitwiseCopyable>(
    header: [UInt8] = [], _ elements: [Element], to path: String, for flag: String
  ) throws(RequestError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      guard status.st_mode & S_IFMT != S_IFDIR else {
        throw RequestError(flag, value: path, "it is a folder", remedy: "name a file")
      }
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw unwritable(path, flag) }
      let isWhole = writeAll(header, to: descriptor) && writeAll(elements, to: descriptor)
      let error = unwritable(path, flag)
      guard close(descriptor) == 0, isWhole else { throw error }
      return
    }
    let temporary = "\(path).\(getpid()).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw unwritable(path, flag) }
    let isWhole = writeAll(header, to: descriptor) && writeAll(elements, to: descriptor)
    var error = unwritable(path, flag)
    let isClosed = close(descriptor) == 0
    guard isWhole, isClosed, rename(temporary, path) == 0 else {
      if isWhole { error = unwritable(path, flag) }
      unlink(temporary)
      throw error
    }
  }

  /// Refuses a file that cannot be written later, before hours of work are lost.
  /// - Throws: `RequestError` if the name is a folder, or its folder is not there or may not be written to.
  public static func checkWritable(_ path: String, for flag: String) throws(RequestError) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT != S_IFDIR else {
        throw RequestError(flag, value: path, "it is a folder", remedy: "name a file")
      }
      if status.st_mode & S_IFMT != S_IFREG { return }
    }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "."
    guard access(String(folder), W_OK) == 0 else { throw unwritable(path, flag) }
  }

  private static func writeAll<Element: BitwiseCopyable>(_ elements: [Element], to descriptor: Int32) -> Bool {
    elements.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  private static func unwritable(_ path: String, _ flag: String) -> RequestError {
    RequestError(
      flag, value: path, "the file cannot be written: \(String(cString: strerror(errno)))",
      remedy: "check that the folder exists, may be written to and has room")
  }
}
