import Foundation
import Provenance

import Glibc

/// The record of a night, or a part of one, while it runs: `<bundle>.unfinished/journal.jsonl`.
///
/// Every finished item is one line, written by one system call. A run that was killed is resumed after the last line,
/// and a merge can report the items that were running. The folder is removed once the bundle is written.
final class Journal: @unchecked Sendable {
  /// The first line: the plan, the items and the surroundings of the run.
  struct Header: Codable {
    let identity: String
    let shard: Shard
    let plan: NightRecord.Plan
    let revision: Revision
    let surroundings: Surroundings
    let program: NightRecord.ProgramRecord?
    let host: String
    let started: String
    let items: [WorkItem]
  }

  /// One line of the journal; exactly one of the optional fields is set.
  private struct Line: Codable {
    var header: Header?
    var begun: WorkItem?
    var ended: WorkResult?
    var stopped: String?
    /// Seconds since the reference date of Foundation.
    var time = Date().timeIntervalSinceReferenceDate
  }

  /// The contents of a journal.
  struct Contents {
    var header: Header
    var results: [WorkItem: WorkResult] = [:]
    /// The items that were begun and not ended.
    var open: [WorkItem] = []
    /// The recorded reason for which the run stopped; nil if none was recorded.
    var stopped: String?
    /// The working time of the run and its resumptions in seconds, without the pauses between them.
    var seconds = 0.0
  }

  static let fileName = "journal.jsonl"

  /// Whether a running process has locked the journal of a folder.
  static func isOpen(_ folder: URL) -> Bool {
    let descriptor = open(folder.appendingPathComponent(fileName).path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // A lock that was obtained here ends when the descriptor is closed.
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  /// The folder of the journal and logs of the run that makes a bundle.
  static func folder(for bundle: URL) -> URL {
    bundle.deletingLastPathComponent().appendingPathComponent(bundle.lastPathComponent + ".unfinished")
  }

  let folder: URL
  private let descriptor: Int32
  private let lock = NSLock()
  /// Whether the run has been stopped. Items that end afterwards were ended by force and are not recorded.
  private var isStopped = false
  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }()

  /// Opens the journal of a bundle for writing, and creates it if it does not exist.
  /// - Throws: `BundleError` if it cannot be written, or another process works on the same bundle.
  init(for bundle: URL) throws(BundleError) {
    folder = Self.folder(for: bundle)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw BundleError("\(folder.path): the folder cannot be made (\(error)); check that its parent may be written to")
    }
    let path = folder.appendingPathComponent(Self.fileName).path
    descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw BundleError("\(path): the journal cannot be written (\(String(cString: strerror(errno))))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw BundleError("\(folder.path): another process is at work on this night; wait for it, or name another --out")
    }
  }

  deinit { close(descriptor) }

  func write(_ header: Header) { append(Line(header: header)) }
  func begin(_ item: WorkItem) { append(Line(begun: item)) }
  func end(_ result: WorkResult) { append(Line(ended: result)) }
  func stop(_ reason: String) { append(Line(stopped: reason)) }

  private func append(_ line: Line) {
    guard let data = try? Self.encoder.encode(line) else { return }
    lock.withLock {
      guard !isStopped else { return }
      isStopped = line.stopped != nil
      // A line that a crash cut off gets its newline first.
      var last: UInt8 = 10
      let size = lseek(descriptor, 0, SEEK_END)
      if size > 0 { _ = pread(descriptor, &last, 1, size - 1) }
      let bytes = (last == 10 ? Data() : Data([10])) + data + Data([10])
      bytes.withUnsafeBytes { _ = Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
  }

  /// Reads a journal; lines that a crash cut off are skipped.
  /// - Returns: The contents; nil if the journal does not exist or has no header.
  static func read(_ folder: URL) -> Contents? {
    guard let data = FileManager.default.contents(atPath: folder.appendingPathComponent(fileName).path) else {
      return nil
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var contents: Contents?
    var last = 0.0
    for text in data.split(separator: 10) {
      guard let line = try? decoder.decode(Line.self, from: Data(text)) else { continue }
      if let header = line.header {
        if contents == nil { contents = Contents(header: header) }
        contents?.open = []
      } else {
        contents?.seconds += max(0, line.time - last)
      }
      last = line.time
      if let item = line.begun { contents?.open.append(item) }
      if let result = line.ended {
        contents?.open.removeAll { $0 == result.item }
        contents?.results[result.item] = result
      }
      contents?.stopped = line.stopped
    }
    return contents
  }
}
