internal import CSystem
import Foundation
import Synchronization

import Glibc

/// Collects standard output and standard error of a program. Beyond a limit, only the last bytes are kept.
final class OutputCollector: @unchecked Sendable {
  /// The bytes of one stream.
  private struct Stream {
    let descriptor: Int32
    var head = Data()
    /// The last bytes beyond the limit, in which a program states why it fails.
    var tail = Data()
    var left = 0
    var isOpen = true

    mutating func take(_ bytes: UnsafeRawBufferPointer, limit: Int) {
      let room = min(limit - head.count, bytes.count)
      head.append(contentsOf: bytes[..<room])
      guard room < bytes.count else { return }
      left += bytes.count - room
      tail.append(contentsOf: bytes[room...])
      if tail.count > 2 * OutputCollector.tailLength { tail = Data(tail.suffix(OutputCollector.tailLength)) }
    }

    /// The kept bytes, with a line where bytes are left out.
    var data: Data {
      guard left > 0 else { return head }
      let end = tail.suffix(OutputCollector.tailLength)
      let lost = left - end.count
      return head + (lost > 0 ? Data("\n[\(lost) bytes are left out]\n".utf8) : Data()) + end
    }
  }

  fileprivate static let tailLength = 1 << 14

  /// The ends of the pipes to which the program writes; closed in this process once the program has started.
  let ends: (output: Int32, error: Int32)
  private var streams: [Stream]
  private let limit: Int
  private let wake: (read: Int32, write: Int32)
  private let finished = DispatchSemaphore(value: 0)

  /// Makes the pipes.
  /// - Parameter limit: The number of first bytes of each stream that are kept.
  /// - Throws: `ProgramError` if no descriptors are left.
  init(limit: Int) throws {
    var made: [Int32] = []
    for _ in 0..<3 {
      var pair: [Int32] = [-1, -1]
      guard cspawn_pipe(&pair) == 0 else {
        let reason = String(cString: strerror(errno))
        for descriptor in made { close(descriptor) }
        throw ProgramError("no program can be started: \(reason)")
      }
      made += pair
    }
    ends = (made[1], made[3])
    wake = (made[4], made[5])
    self.limit = limit
    streams = [Stream(descriptor: made[0]), Stream(descriptor: made[2])]
    for stream in streams { _ = fcntl(stream.descriptor, F_SETFL, O_NONBLOCK) }
  }

  /// Starts to read, once the program has inherited its ends of the pipes.
  func start() {
    closeEnds()
    Thread.detachNewThread { self.collect() }
  }

  /// Closes the pipes of a program that could not be started.
  func abandon() {
    closeEnds()
    for descriptor in streams.map(\.descriptor) + [wake.read, wake.write] { close(descriptor) }
  }

  private func closeEnds() {
    close(ends.output)
    close(ends.error)
  }

  /// Ends the reading after the end of the program, without waiting for other processes that still have the pipes.
  func finish() -> (output: Data, error: Data) {
    close(wake.write)
    finished.wait()
    return (streams[0].data, streams[1].data)
  }

  private func collect() {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var hasEnded = false
    while !hasEnded {
      var polled = streams.map { pollfd(fd: $0.isOpen ? $0.descriptor : -1, events: Int16(POLLIN), revents: 0) }
      polled.append(pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0))
      guard poll(&polled, nfds_t(polled.count), -1) > 0 else { continue }
      hasEnded = polled[2].revents != 0
      for index in streams.indices where polled[index].revents != 0 || hasEnded { drain(index, &chunk, hasEnded) }
    }
    for stream in streams { close(stream.descriptor) }
    close(wake.read)
    finished.signal()
  }

  /// Reads from a stream once; after the end of the program, until the pipe is empty.
  private func drain(_ index: Int, _ chunk: inout [UInt8], _ hasEnded: Bool) {
    // The limit, above the size of a pipe, ends the reading even if another process goes on writing.
    var rest = hasEnded ? 1 << 21 : chunk.count
    while streams[index].isOpen, rest > 0 {
      let count = read(streams[index].descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        if count == 0 { streams[index].isOpen = false }
        return
      }
      chunk.withUnsafeBytes { streams[index].take(UnsafeRawBufferPointer(rebasing: $0[..<count]), limit: limit) }
      rest -= count
    }
  }
}
