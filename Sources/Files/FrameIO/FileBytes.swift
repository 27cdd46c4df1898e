import Gzip
import Physics
import Synchronization

import Glibc

/// Reads and writes whole files. A written file appears whole or not at all.
public enum FileBytes {
  /// The largest file that is read, in bytes: 8 GiB, or half of the available memory if that is less. The environment
  /// variable `NB_FILE_LIMIT` gives another number for files of every kind.
  public static let limit = stated ?? Machine.limit(1 << 33)

  /// The largest file, in bytes, of a kind that is small by its nature: a matrix, a list of sources, a table.
  /// `NB_FILE_LIMIT` replaces the number given.
  public static func limit(ofKind bytes: Int) -> Int { stated ?? bytes }

  /// The name of the environment variable for the limits.
  public static let limitVariable = "NB_FILE_LIMIT"

  private static let stated = getenv(limitVariable).flatMap { Int(String(cString: $0)) }

  /// Checks `NB_FILE_LIMIT`.
  /// - Throws: `RequestError` if the variable is set and is not a positive whole number.
  public static func checkLimit() throws(RequestError) {
    guard let text = getenv(limitVariable).map({ String(cString: $0) }), !text.isEmpty else { return }
    guard let number = Int(text), number > 0 else {
      throw RequestError(limitVariable, value: text, "it is no number of bytes", remedy: "give e.g. 4000000000")
    }
  }

  /// Reads a file; one that gzip packed is unpacked.
  /// - Parameters:
  ///   - path: The file.
  ///   - flag: The option that named it, for the error message.
  ///   - count: The largest number of bytes to read; nil for all.
  ///   - limit: The largest size, packed and unpacked.
  /// - Throws: `RequestError` if it cannot be read or has more than `limit` bytes.
  public static func read(
    _ path: String, for flag: String, upTo count: Int? = nil, limit: Int = limit
  ) throws(RequestError) -> [UInt8] {
    try read(try InputFile(path, for: flag), path, for: flag, upTo: count, limit: limit)
  }

  /// Reads the start of a file, or all of a pipe or device, which cannot be read again.
  /// - Parameters:
  ///   - path: The file.
  ///   - flag: The option that named it, for the error message.
  ///   - count: The largest number of bytes of an ordinary file.
  /// - Returns: The bytes, and whether nothing follows them that could be read.
  /// - Throws: `RequestError` if it cannot be read.
  public static func start(
    of path: String, for flag: String, upTo count: Int
  ) throws(RequestError) -> (bytes: [UInt8], isAll: Bool) {
    let file = try InputFile(path, for: flag)
    return (try read(file, path, for: flag, upTo: file.isRegular ? count : nil), !file.isRegular)
  }

  /// Reads an open file from where the last read ended; one that gzip packed is unpacked.
  static func read(
    _ file: borrowing InputFile, _ path: String, for flag: String, upTo count: Int? = nil, limit: Int = limit
  ) throws(RequestError) -> [UInt8] {
    let bytes = try packed(file, path, for: flag, upTo: count, limit: limit)
    guard Gunzip.isPacked(bytes) else { return bytes }
    // A part of a compressed file cannot be unpacked.
    let rest = count == nil ? [] : try packed(file, path, for: flag, upTo: nil, limit: limit)
    let whole = try unpacked(bytes + rest, path, for: flag, limit: limit)
    return count.map { Array(whole.prefix($0)) } ?? whole
  }

  /// The content of a file that gzip packed; the bytes of any other file unchanged.
  /// - Throws: `RequestError` if it is damaged, or unpacks to more than `limit` bytes.
  public static func unpacked(
    _ bytes: [UInt8], _ path: String, for flag: String, limit: Int = limit
  ) throws(RequestError) -> [UInt8] {
    guard Gunzip.isPacked(bytes) else { return bytes }
    do {
      return try Gunzip.unpacked(bytes, limit: limit)
    } catch {
      throw RequestError(flag, value: path, "\(error)", remedy: "compress the file anew")
    }
  }

  /// The bytes of a file, packed or not, from where the last read ended.
  private static func packed(
    _ file: borrowing InputFile, _ path: String, for flag: String, upTo count: Int?, limit: Int
  ) throws(RequestError) -> [UInt8] {
    let limit = file.isDevice ? min(limit, Self.limit(ofKind: 100 << 20)) : limit
    if count == nil && file.size > limit { throw tooLarge(path, flag, file.size, limit) }
    let wanted = count ?? .max
    var bytes: [UInt8] = []
    let expected = min(file.size, wanted)
    guard Machine.hasMemory(max(expected, 1)) else {
      throw RequestError(memory: expected, for: "\(flag) \(path)", remedy: "check whether it is the right file")
    }
    bytes.reserveCapacity(expected)
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < wanted {
      let room = min(chunk.count, wanted - bytes.count)
      let got = try chunk.withUnsafeMutableBufferPointer { (buffer) throws(RequestError) in
        try file.read(into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: room))
      }
      // The size of a pipe is not known before its end.
      if bytes.count + got > limit { throw tooLarge(path, flag, file.size > limit ? file.size : nil, limit) }
      bytes += chunk[0..<got]
      if got < room { break }
    }
    return bytes
  }

  /// Reads an ordinary file without unpacking it. Pipes and devices are refused: another program may have left a pipe
  /// that nobody writes to, or a device without end.
  /// - Parameters:
  ///   - path: The file, or a link to one.
  ///   - flag: The kind of the file, for the error message.
  ///   - count: The largest size in bytes.
  /// - Throws: `RequestError` if it cannot be read, is no ordinary file or is larger.
  public static func readRegular(
    _ path: String, for flag: String = "file", upTo count: Int = limit
  ) throws(RequestError) -> [UInt8] {
    var status = stat()
    // The kind is checked before the file is opened: opening a pipe waits for its other end.
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw RequestError(flag, value: path, "it is no ordinary file", remedy: "put the file itself there")
      }
      guard Int(status.st_size) <= count else {
        throw RequestError(
          flag, value: path, "the file has \(status.st_size) bytes; at most \(count) are read",
          remedy: "check whether it is the right file")
      }
    }
    return try packed(try InputFile(path, for: flag), path, for: flag, upTo: nil, limit: count)
  }

  /// - Parameter size: The size in bytes; nil if it is only known to be above the limit.
  static func tooLarge(_ path: String, _ flag: String, _ size: Int?, _ limit: Int) -> RequestError {
    RequestError(
      flag, value: path,
      "the file has \(size.map(String.init) ?? "more than \(limit)") bytes; at most \(limit) are read",
      remedy: "check whether it is the right file, or set \(limitVariable) to more")
  }

  /// Writes a file: under a temporary name in the same folder first, then renamed.
  ///
  /// A link is followed. A device or a pipe is written to directly, and so is a file in a folder where nothing can be
  /// created.
  /// - Parameters:
  ///   - header: Bytes in front of the content.
  ///   - elements: The content, in the byte order of the machine.
  ///   - path: The file; replaced if it exists.
  ///   - flag: The option that named it, for the error message.
  /// - Throws: `RequestError` if it cannot be written; no partial file is left.
  public static func write<Element: BitwiseCopyable>(
    header: [UInt8] = [], _ elements: [Element], to path: String, for flag: String
  ) throws(RequestError) {
    try write(header: header, elements[...], to: path, for: flag)
  }

  /// Writes a part of an array to a file, which appears whole or not at all.
  /// - Throws: `RequestError` if the file cannot be written; no partial file is left.
  public static func write<Element: BitwiseCopyable>(
    header: [UInt8] = [], _ elements: ArraySlice<Element>, to path: String, for flag: String
  ) throws(RequestError) {
    try write(header: header, to: path, for: flag) { sink in elements.withUnsafeBytes { sink($0) } }
  }

  /// Writes content that is made while it is written; the file appears whole or not at all.
  /// - Parameter content: Passes bytes to its sink, which returns whether they were written; returns whether all were.
  /// - Throws: `RequestError` if the file cannot be written; no partial file is left.
  public static func write(
    header: [UInt8], to path: String, for flag: String, content: ((UnsafeRawBufferPointer) -> Bool) -> Bool
  ) throws(RequestError) {
    try prepare(header: header, to: path, for: flag, content: content).commit()
  }

  /// Writes a file completely, without giving it its final name. A device, a pipe or a file in a folder where nothing
  /// can be created is written in place.
  /// - Throws: `RequestError` if the file cannot be written; no partial file is left.
  public static func prepare(
    header: [UInt8] = [], to path: String, for flag: String, content: ((UnsafeRawBufferPointer) -> Bool) -> Bool
  ) throws(RequestError) -> PendingFile {
    let file = try OpenFile(path, flag)
    let isWhole = header.withUnsafeBytes { file.append($0) } && content { file.append($0) }
    return try file.end(failure: isWhole ? nil : OpenFile.failure)
  }

  /// Writes a file whose content is made in parts, without giving it its final name. A file that is written in place
  /// gets its parts in order, from one thread; any other file from several threads.
  /// - Parameters:
  ///   - count: The number of parts.
  ///   - content: Passes the bytes of a part to its sink, with their offset in bytes after the header.
  /// - Throws: `RequestError` if the file cannot be written; no partial file is left.
  public static func prepare(
    header: [UInt8], to path: String, for flag: String, parts count: Int, threads: Int,
    content: @Sendable (_ part: Int, _ sink: (UnsafeRawBufferPointer, _ offset: Int) -> Void) -> Void
  ) throws(RequestError) -> PendingFile {
    let file = try OpenFile(path, flag)
    let isReplaced = file.isReplaced
    let failure = Atomic<Int32>(header.withUnsafeBytes { file.append($0) } ? 0 : OpenFile.failure)
    Parallel.forEach(count, threads: isReplaced ? threads : 1) { part in
      guard failure.load(ordering: .relaxed) == 0 else { return }
      content(part) { bytes, offset in
        let isWhole = isReplaced ? file.put(bytes, at: header.count + offset) : file.append(bytes)
        if !isWhole { failure.store(OpenFile.failure, ordering: .relaxed) }
      }
    }
    let number = failure.load(ordering: .relaxed)
    return try file.end(failure: number == 0 ? nil : number)
  }

  /// Refuses a file that could not be written later, before hours of work are lost.
  /// - Throws: `RequestError` if the name is a folder or too long, the file is protected, or its folder is missing or
  ///   protected.
  public static func checkWritable(_ path: String, for flag: String) throws(RequestError) {
    _ = try FilePlace(path, flag)
  }

  /// Whether a file is written completely before it gets its name, rather than in place.
  public static func appearsWhole(_ path: String, for flag: String) throws(RequestError) -> Bool {
    try FilePlace(path, flag).isReplaced
  }

  static func unwritable(_ path: String, _ flag: String) -> RequestError {
    RequestError(
      flag, value: path, "the file cannot be written: \(String(cString: strerror(errno)))",
      remedy: "check that the folder exists, the file may be written to and there is room")
  }
}
