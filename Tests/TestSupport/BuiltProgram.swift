import Foundation

/// A program of this package as it was built, or another one.
public struct BuiltProgram: Sendable {
  /// Where it is.
  public let url: URL

  /// The shell.
  public static let shell = BuiltProgram(url: URL(fileURLWithPath: "/bin/sh"))

  /// Whether a program of this package was not found where the tests were built.
  private let isMissing: Bool

  private init(url: URL, isMissing: Bool = false) {
    self.url = url
    self.isMissing = isMissing
  }

  /// Any program.
  /// - Parameter path: A path, also relative to the current folder.
  public init(at path: String) { self.init(url: URL(fileURLWithPath: path)) }

  /// A program of this package: it lies beside the bundle of the tests. Where it does not, starting it fails with the
  /// command that builds it.
  public init(named name: String) {
    let starts =
      [Bundle.main.bundleURL] + CommandLine.arguments.filter { $0.contains("/") }.map { URL(fileURLWithPath: $0) }
    for start in starts {
      var folder = start
      for _ in 0..<4 {
        let program = folder.appendingPathComponent(name)
        if FileManager.default.isExecutableFile(atPath: program.path), !program.hasDirectoryPath {
          self.init(url: program)
          return
        }
        folder.deleteLastPathComponent()
      }
    }
    self.init(url: URL(fileURLWithPath: name), isMissing: true)
  }

  /// What a run came to.
  public struct Outcome: Sendable {
    /// The exit status.
    public let status: Int32
    /// Standard output.
    public let output: String
    /// Standard error.
    public let errors: String
  }

  /// Runs the program; its output goes to files, so that it is never held up.
  public func run(
    _ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:]
  ) throws -> Outcome {
    let collected = try TemporaryFolder()
    let files = try ["output", "errors"].map { FileHandle(forWritingAtPath: try collected.file($0, "")) }
    let process = try start(arguments, in: folder, environment: environment, output: files[0], errors: files[1])
    process.waitUntilExit()
    let texts = try ["output", "errors"].map { String(decoding: try collected.data($0), as: UTF8.self) }
    return Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }

  /// Starts the program and does not wait for it.
  public func start(
    _ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:], output: FileHandle? = nil,
    errors: FileHandle? = nil
  ) throws -> Process {
    guard !isMissing else { throw MissingProgram(name: url.lastPathComponent) }
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    process.standardOutput = output ?? FileHandle.nullDevice
    process.standardError = errors ?? FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Starts the program again and again and kills it at moments that are spread evenly over 1.2 times a whole run's time.
  /// - Parameters:
  ///   - tries: How often.
  ///   - arguments: The arguments of a try.
  ///   - afterwards: What is looked at after each.
  public func kill(
    _ tries: Int, in folder: TemporaryFolder, _ arguments: (Int) -> [String], afterwards: (Int) throws -> Void
  ) async throws {
    let start = ContinuousClock.now
    try self.start(arguments(tries), in: folder).waitUntilExit()
    let whole = (ContinuousClock.now - start) / .microseconds(1)
    for number in 0..<tries {
      // Multiples of the golden section: any few of them in a row are spread evenly, too.
      let share = (Double(number) * 0.618_033_988_75).truncatingRemainder(dividingBy: 1)
      let process = try self.start(arguments(number), in: folder)
      try await Task.sleep(for: .microseconds(share * 1.2 * whole))
      Foundation.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      try afterwards(number)
    }
  }
}

/// A program of this package has not been built.
public struct MissingProgram: Error, CustomStringConvertible {
  /// The name of the program.
  public let name: String

  /// The name, and the command that builds it.
  public var description: String {
    "\(name) does not lie beside the tests: build it first with `swift build -c release`, which `make build` does"
  }
}
