import Dispatch
import Foundation
import Synchronization

/// The result of a program that was run to its end.
public struct ProgramRun: Sendable {
  /// The way in which a program ended.
  public enum Ending: Sendable, Hashable, CustomStringConvertible {
    /// The program exited with a status.
    case exited(Int)
    /// A signal ended the program.
    case signalled(Int)
    /// The program exceeded the time limit and was ended with all processes of its group.
    case timedOut(seconds: Double)

    /// The status, signal or time limit in words.
    public var description: String {
      switch self {
      case .exited(let status): "exit status \(status)"
      case .signalled(let signal): "signal \(signal)"
      case .timedOut(let seconds): "ended after the time limit of \(seconds) s"
      }
    }
  }

  /// The way in which the program ended.
  public let ending: Ending
  /// Standard output, up to the limit.
  public let output: Data
  /// Standard error, up to the limit.
  public let error: Data
  /// Wall-clock time from start to end, in seconds.
  public let seconds: Double

  /// Whether the program exited with status 0.
  public var isSuccess: Bool { ending == .exited(0) }

  /// The process numbers of the running programs, each the leader of a process group.
  static let leaders = Mutex(Set<Int32>())

  /// Ends all running programs with their process groups, before this process ends.
  public static func endAll() {
    for leader in leaders.withLock({ $0 }) { kill(-leader, SIGKILL) }
  }

  /// The default number of first bytes of each output that are kept; of the rest, only the end is kept.
  public static let usualOutputLimit = 1 << 26

  /// Runs a program.
  ///
  /// The program leads a session of its own. When it ends or exceeds the time limit, its process group is ended, so
  /// that processes it left cannot block the caller.
  /// - Parameters:
  ///   - program: A path with a slash, or a name that is looked up in `PATH`.
  ///   - arguments: Its arguments.
  ///   - folder: The folder that it runs in; nil for the current one.
  ///   - environment: Environment variables to set.
  ///   - inherits: Whether the program gets the environment variables of this process, too.
  ///   - limit: The time limit in seconds.
  ///   - outputLimit: The number of first bytes of each output that are kept.
  /// - Throws: `ProgramError` if the program cannot be started.
  public static func run(
    _ program: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
    inherits: Bool = true, limit: Double = 3600, outputLimit: Int = usualOutputLimit
  ) async throws -> ProgramRun {
    EndingSignals.install()
    let path = try executable(program)
    let collector = try OutputCollector(limit: outputLimit)
    let variables = (inherits ? ProcessInfo.processInfo.environment : [:]).merging(environment) { _, new in new }
    let start = ContinuousClock.now
    let leader: pid_t
    do {
      leader = try Spawn(
        executable: path, arguments: [program] + arguments,
        environment: variables.map { "\($0.key)=\($0.value)" }, folder: folder, output: collector.ends.output,
        error: collector.ends.error
      ).start()
    } catch {
      collector.abandon()
      throw error
    }
    collector.start()
    leaders.withLock { _ = $0.insert(leader) }
    let hasPassed = Mutex(false)
    // A thread of its own: tasks share few threads, and one that waits for long would hold the time limit up.
    nonisolated(unsafe) let deadline = DispatchWorkItem {
      hasPassed.withLock { $0 = true }
      kill(-leader, SIGKILL)
    }
    DispatchQueue(label: "time limit").asyncAfter(deadline: .now() + limit, execute: deadline)
    let (status, end) = await Self.end(of: leader) { deadline.cancel() }
    await EndingSignals.waitIfEnding()
    let seconds = (end - start) / .seconds(1)
    // The low seven bits are the signal, the next eight the exit status.
    let ending: Ending =
      hasPassed.withLock { $0 }
      ? .timedOut(seconds: limit)
      : status & 0x7f == 0 ? .exited(Int(status >> 8) & 0xff) : .signalled(Int(status & 0x7f))
    let (output, error) = collector.finish()
    return ProgramRun(ending: ending, output: output, error: error, seconds: seconds)
  }

  /// Waits for a program in a separate thread, because tasks share few threads: the task may be resumed long after the
  /// end, and the time limit must not pass meanwhile.
  private static func end(
    of leader: pid_t, _ hasEnded: @escaping @Sendable () -> Void
  ) async -> (status: Int32, time: ContinuousClock.Instant) {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var information = siginfo_t()
        while waitid(P_PID, id_t(leader), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
        hasEnded()
        let time = ContinuousClock.now
        // Before `waitpid` the number still belongs to the program; processes that it left in its group are ended.
        kill(-leader, SIGKILL)
        var status: Int32 = 0
        while waitpid(leader, &status, 0) < 0 && errno == EINTR {}
        // From now on the system may give the number to another process.
        leaders.withLock { _ = $0.remove(leader) }
        continuation.resume(returning: (status, time))
      }
    }
  }

  /// The path of a program that is given by its path, or by its name in the folders of `PATH`.
  static func executable(_ program: String) throws -> String {
    if program.contains("/") { return URL(fileURLWithPath: program).path }
    for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
      let path = "\(folder)/\(program)"
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw ProgramError("\(program) is not in a folder of PATH; install it")
  }
}

/// A program that cannot be run.
public struct ProgramError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The program, the problem and its remedy.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
