internal import CSystem
import Dispatch
import Foundation
import Synchronization

import Glibc

/// A program that stays and answers lines: one line in on its standard input, one line out on its standard output.
public final class Conversation: @unchecked Sendable {
  private let leader: pid_t
  private let input: Int32
  private let output: Int32
  /// Bytes that were read and belong to later lines.
  private var rest = Data()
  /// The folder that holds what the program says on standard error.
  private let errors: ScratchFolder
  private let isOver = Mutex(false)

  /// The longest line that is accepted, in bytes.
  public static let longestLine = 1 << 28

  /// Starts a program that leads a session of its own.
  /// - Parameters:
  ///   - program: A path with a slash, or a name that is looked up in `PATH`.
  ///   - arguments: Its arguments.
  ///   - folder: The folder that it runs in; nil for the current one.
  ///   - environment: Environment variables to set in addition to those of this process.
  /// - Throws: `ProgramError` if the program cannot be started.
  public init(
    _ program: String, _ arguments: [String], in folder: String?, environment: [String: String]
  ) throws {
    EndingSignals.install()
    let path = try ProgramRun.executable(program)
    errors = try ScratchFolder()
    let complaints = open(errors.path("errors"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    var (there, back): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    guard complaints >= 0, cspawn_pipe(&there) == 0, cspawn_pipe(&back) == 0 else {
      throw ProgramError("\(program) cannot be started: \(String(cString: strerror(errno)))")
    }
    let variables = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    defer { for descriptor in [there[0], back[1], complaints] { close(descriptor) } }
    do {
      leader = try Spawn(
        executable: path, arguments: [program] + arguments, environment: variables.map { "\($0.key)=\($0.value)" },
        folder: folder, output: back[1], error: complaints, input: there[0]
      ).start()
    } catch {
      for descriptor in [there[1], back[0]] { close(descriptor) }
      errors.remove()
      throw error
    }
    (input, output) = (there[1], back[0])
    _ = fcntl(output, F_SETFL, O_NONBLOCK)
    signal(SIGPIPE, SIG_IGN)
    _ = ProgramRun.leaders.withLock { $0.insert(leader) }
  }

  deinit { end() }

  /// The end of what the program said on standard error.
  public var complaints: String {
    let data = FileManager.default.contents(atPath: errors.path("errors")) ?? Data()
    return String(decoding: data.suffix(1000), as: UTF8.self)
  }

  /// Ends the program with all processes of its group.
  public func end() {
    guard
      isOver.withLock({ over in
        defer { over = true }
        return !over
      })
    else { return }
    kill(-leader, SIGKILL)
    var status: Int32 = 0
    while waitpid(leader, &status, 0) < 0 && errno == EINTR {}
    _ = ProgramRun.leaders.withLock { $0.remove(leader) }
    close(input)
    close(output)
    errors.remove()
  }

  /// How a question failed.
  public enum Silence: Error, Sendable, Hashable {
    /// The program did not answer in time.
    case tooSlow
    /// The program closed its output.
    case gone
    /// The answer is longer than `longestLine`.
    case tooLong
  }

  /// Sends a line and waits for the answer; an empty question only waits.
  /// - Throws: `Silence`; the program is then of no further use.
  public func ask(_ line: String, limit: Double) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try self.answer(line, limit: limit) })
      }
    }
  }

  private func answer(_ line: String, limit: Double) throws -> String {
    let deadline = ContinuousClock.now + .seconds(limit)
    if !line.isEmpty {
      guard Array((line + "\n").utf8).withUnsafeBytes({ write(whole: $0) }) else { throw Silence.gone }
    }
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        let text = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
        rest = Data(rest[(end + 1)...])
        return text
      }
      guard rest.count < Self.longestLine else { throw Silence.tooLong }
      let left = (deadline - ContinuousClock.now) / .milliseconds(1)
      guard left > 0 else { throw Silence.tooSlow }
      var polled = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&polled, 1, Int32(min(left, 1e6).rounded(.up))) > 0 else { continue }
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(output, &chunk, chunk.count)
      if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
      guard count > 0 else { throw Silence.gone }
      rest.append(contentsOf: chunk[..<count])
    }
  }

  private func write(whole bytes: UnsafeRawBufferPointer) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(input, bytes.baseAddress! + done, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}
