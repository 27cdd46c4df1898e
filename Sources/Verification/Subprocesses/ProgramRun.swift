import Foundation
import Synchronization

/// A program that was run to its end.
public struct ProgramRun: Sendable {
  /// How it ended.
  public enum Ending: Sendable, Hashable, CustomStringConvertible {
    /// By itself, with a status.
    case exited(Int)
    /// By a signal.
    case signalled(Int)
    /// It took too long and was ended, with everything that it had started.
    case timedOut(seconds: Double)

    /// The status or signal, in words.
    public var description: String {
      switch self {
      case .exited(let status): "exit status \(status)"
      case .signalled(let signal): "signal \(signal)"
      case .timedOut(let seconds): "ended after the time limit of \(seconds) s"
      }
    }
  }

  /// How it ended.
  public let ending: Ending
  /// Standard output.
  public let output: Data
  /// Standard error.
  public let error: Data
  /// Wall-clock time from start to end, in seconds.
  public let seconds: Double

  /// Whether it ended by itself with status 0.
  public var isSuccess: Bool { ending == .exited(0) }

  /// The programs that are running: leaders of groups of their own.
  private static let leaders = Mutex(Set<Int32>())

  /// Ends every program that is running, with everything that it started, as before an end of this process.
  public static func endAll() {
    for leader in leaders.withLock({ $0 }) { kill(-leader, SIGKILL) }
  }

  /// How much of each output is kept, in bytes; the rest is counted, and its end kept.
  public static let usualOutputLimit = 1 << 26

  /// Runs a program.
  ///
  /// The program leads a session of its own. When it ends or the time is up, its group of processes is ended: what it
  /// leaves behind cannot hold up its caller.
  /// - Parameters:
  ///   - program: A path with a slash, or a name that is looked up in `PATH`.
  ///   - arguments: Its arguments.
  ///   - folder: The folder that it runs in; by default the current one.
  ///   - environment: Variables to set.
  ///   - inherits: Whether the program has the variables of this process, too.
  ///   - limit: The time limit in seconds.
  ///   - outputLimit: How much of each output is kept, in bytes.
  /// - Throws: The error of the system if the program cannot be started.
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
    let deadline = Task {
      try await Task.sleep(for: .seconds(limit))
      hasPassed.withLock { $0 = true }
      kill(-leader, SIGKILL)
    }
    let status = await Self.end(of: leader)
    await EndingSignals.waitIfEnding()
    deadline.cancel()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    // The low seven bits are the signal, the next eight the exit status.
    let ending: Ending =
      hasPassed.withLock { $0 }
      ? .timedOut(seconds: limit)
      : status & 0x7f == 0 ? .exited(Int(status >> 8) & 0xff) : .signalled(Int(status & 0x7f))
    let (output, error) = collector.finish()
    return ProgramRun(ending: ending, output: output, error: error, seconds: seconds)
  }

  /// Waits for a program in a thread of its own: tasks share few.
  private static func end(of leader: pid_t) async -> Int32 {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var information = siginfo_t()
        while waitid(P_PID, id_t(leader), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
        // The number is still the program's: what it left behind in its group ends with it.
        kill(-leader, SIGKILL)
        var status: Int32 = 0
        while waitpid(leader, &status, 0) < 0 && errno == EINTR {}
        // From now on the number may be another program's.
        leaders.withLock { _ = $0.remove(leader) }
        continuation.resume(returning: status)
      }
    }
  }

  /// A program by its path, or by its name in the folders of `PATH`.
  private static func executable(_ program: String) throws -> String {
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
  /// Which program, what is wrong, and how to mend it.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
