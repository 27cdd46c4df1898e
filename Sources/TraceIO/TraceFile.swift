import Physics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads a log from a file in pieces: memory does not grow with the size of the log.
public enum TraceFile {
  /// The longest line that is looked at; of a longer one without marker only the end is kept.
  static let longestLine = 1 << 20

  /// Reads a log.
  /// - Parameters:
  ///   - path: The file, or `-` for standard input.
  ///   - author: The author to read; nil for the one with most lines of known quantities.
  /// - Throws: `TraceError` if the file cannot be read, has a malformed value, or no trace line at all.
  public static func read(_ path: String, author: String? = nil) throws(TraceError) -> Trace {
    let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var lines = LineFeeder(TraceParser(file: path == "-" ? "standard input" : path, author: author))
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { break }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw unreadable(path)
      }
      try lines.feed(chunk[0..<count], of: path)
    }
    return try lines.finish()
  }

  private static func unreadable(_ path: String) -> TraceError {
    TraceError(
      file: path, line: 0,
      "the file cannot be read: \(String(cString: strerror(errno))); check the name and the permissions")
  }
}

/// Cuts pieces of text into lines.
private struct LineFeeder {
  private var parser: TraceParser
  private var rest: [UInt8] = []
  private var lineNumber = 1

  init(_ parser: TraceParser) {
    self.parser = parser
  }

  mutating func feed(_ bytes: ArraySlice<UInt8>, of path: String) throws(TraceError) {
    var start = bytes.startIndex
    while let end = Self.newline(in: bytes, from: start) {
      let hasMarker = rest.isEmpty ? Self.mayHoldMarker(bytes, start, end) : true
      if hasMarker {
        rest += bytes[start..<end]
        parser.consume(rest, isComplete: true)
        rest.removeAll(keepingCapacity: true)
      } else {
        parser.skip(lines: 1)
      }
      lineNumber += 1
      start = end + 1
    }
    rest += bytes[start...]
    guard rest.count > TraceFile.longestLine else { return }
    guard TraceMarker.find(in: rest) == nil else {
      throw TraceError(
        file: path, line: lineNumber,
        "the line is longer than \(TraceFile.longestLine) bytes; this is no log, check the name")
    }
    rest.removeFirst(rest.count - 256)
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

  /// Whether `TRACE_` stands in a line; quick, for logs of which nearly all lines are foreign.
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
