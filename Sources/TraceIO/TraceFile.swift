import DescriptorIO
import Gzip
import Physics

import Glibc

/// Reads a log from a file in pieces, so that memory does not grow with the size of the log.
public enum TraceFile {
  /// The longest line that is parsed, in bytes from its marker on; a longer one is an error. Of a long line without
  /// marker only the end is kept.
  static let longestLine = 1 << 20

  /// Reads a log.
  /// - Parameters:
  ///   - path: The file, or `-` for standard input.
  ///   - author: The author to read; nil for the one with most lines of known quantities.
  ///   - dialect: The translation of names in the log.
  /// - Throws: `TraceError` if the file cannot be read, is compressed by another program than gzip, has a malformed
  ///   value, or has no trace line.
  public static func read(
    _ path: String, author: String? = nil, dialect: TraceDialect = TraceDialect()
  ) throws(TraceError) -> Trace {
    let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard path == "-" || fstat(descriptor, &status) == 0 && [S_IFREG, S_IFIFO].contains(status.st_mode & S_IFMT) else {
      throw TraceError(file: path, line: 0, "it is no ordinary file; name the log itself")
    }
    let name = path == "-" ? "standard input" : path
    var lines = LineFeeder(TraceParser(file: name, author: author, dialect: dialect))
    var encoding: TextEncoding?
    var packed: Gunzip?
    var isFirst = true
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let read = chunk.withUnsafeMutableBytes { DescriptorIO.read(into: $0, from: descriptor) }
      guard let count = read else { throw unreadable(path) }
      if count == 0 { break }
      func take(_ piece: ArraySlice<UInt8>) throws(TraceError) {
        if encoding == nil { encoding = try TextEncoding(piece, file: name) }
        try lines.feed(encoding?.narrowed(piece) ?? piece, of: path)
      }
      if isFirst && Gunzip.isPacked(chunk[0..<count]) { packed = Gunzip() }
      isFirst = false
      do {
        if let packed { try packed.unpack(chunk[0..<count], take) } else { try take(chunk[0..<count]) }
      } catch {
        throw error as? TraceError ?? TraceError(file: name, line: 0, "\(error); compress the file anew")
      }
    }
    do { try packed?.finish() } catch { throw TraceError(file: name, line: 0, "\(error); compress the file anew") }
    return try lines.finish()
  }

  private static func unreadable(_ path: String) -> TraceError {
    TraceError(
      file: path, line: 0,
      "the file cannot be read: \(String(cString: strerror(errno))); check the name and the permissions")
  }
}

/// The encoding of the characters of a log. Trace lines are ASCII, so that one byte of each wider character is enough.
private struct TextEncoding {
  /// The distance between the bytes that are kept, and the offset of the first such byte in the next piece.
  private let width: Int
  private var next: Int

  /// Determines the encoding from the first piece of a file.
  /// - Throws: `TraceError` for a file that another program than gzip compressed.
  init(_ bytes: ArraySlice<UInt8>, file: String) throws(TraceError) {
    let packed: [(String, [UInt8], String)] = [
      ("zstd", [0x28, 0xb5, 0x2f, 0xfd], "zstd -dc"),
      ("xz", [0xfd, 0x37, 0x7a, 0x58], "xz -dc"), ("bzip2", [0x42, 0x5a, 0x68], "bzip2 -dc"),
      ("zip", [0x50, 0x4b, 0x03, 0x04], "unzip -p"),
    ]
    if let (kind, _, command) = packed.first(where: { bytes.starts(with: $0.1) }) {
      throw TraceError(file: file, line: 0, "the file is compressed (\(kind)); unpack it first: \(command) \(file)")
    }
    let start = bytes.prefix(400)
    let zeros = (
      even: start.indices.count { $0 % 2 == 0 && start[$0] == 0 },
      odd: start.indices.count { $0 % 2 == 1 && start[$0] == 0 }
    )
    switch true {
    case bytes.starts(with: [0xff, 0xfe, 0, 0]): (width, next) = (4, 4)
    case bytes.starts(with: [0xff, 0xfe]): (width, next) = (2, 2)
    case bytes.starts(with: [0xfe, 0xff]): (width, next) = (2, 3)
    // Without a byte order mark, every other byte of ASCII text in 16-bit characters is zero.
    case 3 * zeros.odd > start.count && zeros.even == 0: (width, next) = (2, 0)
    case 3 * zeros.even > start.count && zeros.odd == 0: (width, next) = (2, 1)
    default: (width, next) = (1, 0)
    }
  }

  /// One byte of each character of a piece; all bytes for one-byte characters.
  mutating func narrowed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard width > 1 else { return bytes }
    var kept: [UInt8] = []
    var place = next
    while place < bytes.count {
      kept.append(bytes[bytes.startIndex + place])
      place += width
    }
    next = place - bytes.count
    return kept[...]
  }
}

/// Cuts pieces of text into lines.
private struct LineFeeder {
  private var parser: TraceParser
  private var rest: [UInt8] = []
  private var lineNumber = 1
  /// Whether the start of the present line was dropped.
  private var isShortened = false

  init(_ parser: TraceParser) {
    self.parser = parser
  }

  mutating func feed(_ bytes: ArraySlice<UInt8>, of path: String) throws(TraceError) {
    var start = bytes.startIndex
    while let end = Self.newline(in: bytes, from: start) {
      let hasMarker = rest.isEmpty ? Self.mayHoldMarker(bytes, start, end) : true
      if hasMarker {
        rest += bytes[start..<end]
        try checkLength(path)
        parser.consume(rest, isComplete: true)
        rest.removeAll(keepingCapacity: true)
        isShortened = false
      } else {
        parser.skip(lines: 1)
      }
      lineNumber += 1
      start = end + 1
    }
    rest += bytes[start...]
    try checkLength(path)
  }

  /// Refuses a line that is longer than any of a trace, and drops what stands in front of a marker in a long line, or
  /// all but the end if there is no marker yet.
  private mutating func checkLength(_ path: String) throws(TraceError) {
    guard isShortened || rest.count > TraceFile.longestLine else { return }
    let marker = TraceMarker.find(in: rest)
    let first = marker?.begin ?? max(rest.count - 256, 0)
    guard marker == nil || rest.count - first <= TraceFile.longestLine else {
      throw TraceError(
        file: path, line: lineNumber,
        "the line is longer than \(TraceFile.longestLine) bytes; this is no log, check the name")
    }
    // A blank stands for what is dropped, so that the rest does not look like the start of a line.
    if first > 0 { rest.replaceSubrange(..<first, with: [32]) }
    isShortened = true
  }

  func finish() throws(TraceError) -> Trace {
    var parser = parser
    if !rest.isEmpty { parser.consume(rest, isComplete: false) }
    return try parser.finish()
  }

  private static func newline(in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
    bytes.withUnsafeBufferPointer { buffer in
      let offset = start - bytes.startIndex
      guard offset < buffer.count, let base = buffer.baseAddress,
        let found = memchr(base + offset, 10, buffer.count - offset)
      else { return nil }
      return bytes.startIndex + (UnsafeRawPointer(found) - UnsafeRawPointer(base))
    }
  }

  /// Whether a line contains `TRACE_`. This test is fast, because nearly all lines of some logs are foreign.
  private static func mayHoldMarker(_ bytes: ArraySlice<UInt8>, _ start: Int, _ end: Int) -> Bool {
    bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return false }
      var place = start - bytes.startIndex
      let last = end - bytes.startIndex - TraceMarker.start.count
      while place < last, let found = memchr(base + place, Int32(TraceMarker.start[0]), last - place) {
        place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
        if memcmp(base + place, TraceMarker.start, TraceMarker.start.count) == 0 { return true }
        place += 1
      }
      return false
    }
  }
}
