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

  /// Runs a program.
  ///
  /// Output goes through files, so that processes that outlive the program cannot hold it up. The program leads a
  /// group of processes of its own; when the time is up, the whole group is ended.
  /// - Parameters:
  ///   - program: A path with a slash, or a name that is looked up in `PATH`.
  ///   - arguments: Its arguments.
  ///   - folder: The folder that it runs in; by default the current one.
  ///   - environment: Variables to set.
  ///   - inherits: Whether the program has the variables of this process, too.
  ///   - limit: The time limit in seconds.
  /// - Throws: The error of the system if the program cannot be started.
  public static func run(
    _ program: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
    inherits: Bool = true, limit: Double = 3600
  ) async throws -> ProgramRun {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let files = ["output", "error"].map { scratch.url.appendingPathComponent($0) }
    for file in files { try Data().write(to: file) }
    let process = Process()
    process.executableURL = try executable(program)
    process.arguments = arguments
    process.environment = (inherits ? ProcessInfo.processInfo.environment : [:]).merging(environment) { _, new in new }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    let (end, ended) = AsyncStream.makeStream(of: Void.self)
    process.terminationHandler = { _ in ended.finish() }
    let hasPassed = Mutex(false)
    let start = ContinuousClock.now
    try process.run()
    // The program leads a group of processes.
    let leader = process.processIdentifier
    leaders.withLock { _ = $0.insert(leader) }
    let deadline = Task {
      try await Task.sleep(for: .seconds(limit))
      hasPassed.withLock { $0 = true }
      kill(-leader, SIGKILL)
    }
    for await _ in end {}
    deadline.cancel()
    leaders.withLock { _ = $0.remove(leader) }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let status = Int(process.terminationStatus)
    let ending: Ending =
      hasPassed.withLock { $0 }
      ? .timedOut(seconds: limit) : process.terminationReason == .exit ? .exited(status) : .signalled(status)
    return ProgramRun(
      ending: ending, output: try Data(contentsOf: files[0]), error: try Data(contentsOf: files[1]), seconds: seconds)
  }

  /// A program by its path, or by its name in the folders of `PATH`.
  private static func executable(_ program: String) throws -> URL {
    if program.contains("/") { return URL(fileURLWithPath: program) }
    for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
      let path = "\(folder)/\(program)"
      if FileManager.default.isExecutableFile(atPath: path) { return URL(fileURLWithPath: path) }
    }
    throw BundleError("\(program) is not in a folder of PATH; install it")
  }
}
