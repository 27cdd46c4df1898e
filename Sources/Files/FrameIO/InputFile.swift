import DescriptorIO
import Gzip
import Physics

import Glibc

/// A file that is open for reading.
package struct InputFile: ~Copyable {
  /// Its size in bytes; 0 for pipes and devices.
  let size: Int
  /// Whether it is a regular file, which has a size and can be read at any offset.
  let isRegular: Bool
  /// Whether it is a device, which may have no end.
  let isDevice: Bool
  private let descriptor: Int32
  private let path: String
  private let flag: String

  /// Opens a file.
  /// - Parameters:
  ///   - path: The file.
  ///   - flag: The option that named it, for the error message.
  /// - Throws: `RequestError` if it cannot be opened, or is a folder.
  package init(_ path: String, for flag: String) throws(RequestError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(path, flag) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = Self.unreadable(path, flag)
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw RequestError(flag, value: path, "it is a folder", remedy: "name a file")
    }
    isDevice = [S_IFCHR, S_IFBLK].contains(status.st_mode & S_IFMT)
    isRegular = status.st_mode & S_IFMT == S_IFREG
    size = max(Int(status.st_size), 0)
    (self.descriptor, self.path, self.flag) = (descriptor, path, flag)
  }

  deinit { close(descriptor) }

  /// Reads on until a buffer is full or the file ends.
  /// - Parameter place: The offset in bytes, for a regular file; nil continues where the last read ended.
  /// - Returns: The number of bytes read.
  /// - Throws: `RequestError` if the system cannot read the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at place: Int? = nil) throws(RequestError) -> Int {
    guard let count = DescriptorIO.read(into: buffer, from: descriptor, at: place) else {
      throw Self.unreadable(path, flag)
    }
    return count
  }

  /// Whether gzip packed a regular file.
  func isPacked() throws(RequestError) -> Bool {
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2) { (start) throws(RequestError) in
      return try read(into: UnsafeMutableRawBufferPointer(start), at: 0) == 2 && Gunzip.isPacked(start)
    }
  }

  private static func unreadable(_ path: String, _ flag: String) -> RequestError {
    RequestError(
      flag, value: path, "the file cannot be read: \(String(cString: strerror(errno)))",
      remedy: "check the name and the permissions")
  }
}
