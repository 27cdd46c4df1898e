import Foundation
import Subprocess
import Synchronization

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

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

  /// The programs that are running: leaders of sessions of their own.
  private static let leaders = Mutex(Set<Int32>())

  /// Ends every program that is running, with everything that it started, as before an end of this process.
  public static func endAll() {
    for leader in leaders.withLock({ $0 }) { kill(-leader, SIGKILL) }
  }

  /// Runs a program.
  ///
  /// Output goes through files, so that processes that outlive the program cannot hold it up. The program is the leader
  /// of a session of its own; when the time is up, the whole session is ended.
  /// - Parameters:
  ///   - program: A path with a slash, or a name that is looked up in `PATH`.
  ///   - arguments: Its arguments.
  ///   - folder: The folder that it runs in; by default the current one.
  ///   - environment: Variables to set in addition.
  ///   - limit: The time limit in seconds.
  /// - Throws: The error of the system if the program cannot be started.
  public static func run(
    _ program: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
    limit: Double = 3600
  ) async throws -> ProgramRun {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let files = ["output", "error"].map { scratch.url.appendingPathComponent($0) }
    let descriptors = try files.map {
      try FileDescriptor.open($0.path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    }
    var options = PlatformOptions()
    options.createSession = true
    let updates = Dictionary(
      uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) })
    let clock = Deadline()
    let start = ContinuousClock.now
    let result = try await Subprocess.run(
      program.contains("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(arguments),
      environment: .inherit.updating(updates), workingDirectory: folder.map { FilePath($0) }, platformOptions: options,
      input: .none, output: .fileDescriptor(descriptors[0], closeAfterSpawningProcess: true),
      error: .fileDescriptor(descriptors[1], closeAfterSpawningProcess: true)
    ) { execution in
      let leader = execution.processIdentifier.value
      Self.leaders.withLock { _ = $0.insert(leader) }
      return Task {
        try await Task.sleep(for: .seconds(limit))
        clock.hasPassed.withLock { $0 = true }
        kill(-leader, SIGKILL)
      }
    }
    result.closureResult.cancel()
    leaders.withLock { _ = $0.remove(result.processIdentifier.value) }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let ending: Ending =
      switch result.terminationStatus {
      case _ where clock.hasPassed.withLock({ $0 }): .timedOut(seconds: limit)
      case .exited(let status): .exited(Int(status))
      case .signaled(let signal): .signalled(Int(signal))
      }
    return ProgramRun(
      ending: ending, output: try Data(contentsOf: files[0]), error: try Data(contentsOf: files[1]), seconds: seconds)
  }
}

/// Whether the time limit of a program has passed.
private final class Deadline: Sendable {
  let hasPassed = Mutex(false)
}
