import Foundation

/// The result of testing a mutant.
struct Verdict: Sendable, Codable {
  enum Result: String, Sendable, Codable {
    case killed, survived, notCompiling = "not compiling"
  }

  var site: Site
  var result: Result
  /// The tests that failed, or `time limit`.
  var by: [String]
  var seconds: Double
}

/// A copy of the package in which mutants are built and tested.
struct Laboratory {
  let package: URL
  let copy: URL
  let timeLimit: Int

  /// Copies the package without build products, and checks that the unchanged copy builds and passes its tests.
  func prepare() throws {
    for name in ["Package.swift", "Sources", "Tests", "fixtures"] { try synchronise(name) }
    let build = try run("swift", ["build", "--build-tests"], at: copy, limit: 3600)
    guard build.code == 0 else { throw Trouble("the package does not build unchanged:\n\(build.output.suffix(3000))") }
    let test = try run("swift", ["test", "--skip-build"], at: copy, limit: 3600)
    guard test.code == 0 else { throw Trouble("the tests fail unchanged:\n\(Self.failures(test.output))") }
  }

  /// Copies a file or folder of the package to the copy. Unchanged files are not touched, so that builds stay
  /// incremental. A symbolic link is copied as a link: the kernels of the other instruction sets are links to one
  /// source, and a mutant of that source has to reach all of them.
  private func synchronise(_ name: String) throws {
    let manager = FileManager.default
    let (from, to) = (package.appendingPathComponent(name), copy.appendingPathComponent(name))
    if let target = try? manager.destinationOfSymbolicLink(atPath: from.path) {
      guard (try? manager.destinationOfSymbolicLink(atPath: to.path)) != target else { return }
      try? manager.removeItem(at: to)
      return try manager.createSymbolicLink(atPath: to.path, withDestinationPath: target)
    }
    var isFolder: ObjCBool = false
    let exists = manager.fileExists(atPath: from.path, isDirectory: &isFolder)
    if !exists {
      try manager.removeItem(at: to)
    } else if isFolder.boolValue {
      try manager.createDirectory(at: to, withIntermediateDirectories: true)
      let names = Set(try manager.contentsOfDirectory(atPath: from.path))
        .union(try manager.contentsOfDirectory(atPath: to.path))
      for inner in names { try synchronise("\(name)/\(inner)") }
    } else if (try? manager.destinationOfSymbolicLink(atPath: to.path)) != nil {
      try manager.removeItem(at: to)
      try Data(contentsOf: from).write(to: to)
    } else if !manager.contentsEqual(atPath: from.path, andPath: to.path) {
      try manager.createDirectory(at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(contentsOf: from).write(to: to)
    }
  }

  /// Builds and tests one mutant: first with all tests except the golden traces, then, if it survives, with these.
  func examine(_ site: Site) throws -> Verdict {
    let started = Date()
    let file = copy.appendingPathComponent(site.file)
    let original = try String(contentsOf: file, encoding: .utf8)
    try site.applied(to: original).write(to: file, atomically: true, encoding: .utf8)
    defer { try? original.write(to: file, atomically: true, encoding: .utf8) }
    func verdict(_ result: Verdict.Result, _ by: [String] = []) -> Verdict {
      Verdict(site: site, result: result, by: by, seconds: Date().timeIntervalSince(started))
    }
    let build = try run("swift", ["build", "--build-tests"], at: copy)
    if [124, 137].contains(build.code) { return verdict(.killed, ["time limit"]) }
    guard build.code == 0 else { return verdict(.notCompiling) }
    for arguments in [["--skip", "GoldenTraces"], ["--filter", "GoldenTraces"]] {
      let test = try run("swift", ["test", "--skip-build"] + arguments, at: copy)
      if [124, 137].contains(test.code) { return verdict(.killed, ["time limit"]) }
      guard test.code != 0 else { continue }
      let failures = Self.failures(test.output)
      return verdict(.killed, failures.isEmpty ? ["crash"] : failures)
    }
    return verdict(.survived)
  }

  /// The names of failed tests in the output of `swift test`.
  static func failures(_ output: String) -> [String] {
    var names: [String] = []
    for line in output.split(separator: "\n") where line.hasPrefix("✘ Test ") && line.contains(" recorded an issue") {
      let test = line.dropFirst("✘ Test ".count).prefix { $0 != "(" }
      let file = line.components(separatedBy: " at ").last?.prefix { $0 != "." } ?? ""
      let name = "\(file).\(test)"
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// Runs a command, then kills tests of the copy that are still running after the time limit, which could run for ever
  /// and block the caller.
  private static let script = """
    limit=$1; strays=$2; shift 2
    timeout --kill-after=5 "$limit" "$@"
    code=$?
    [ $code -lt 124 ] || pkill -KILL -f "$strays"
    exit $code
    """

  /// Runs a command within the time limit.
  private func run(
    _ command: String, _ arguments: [String], at folder: URL, limit: Int? = nil
  ) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let strays = "^" + copy.appendingPathComponent(".build").path
    process.arguments = ["-c", Self.script, "sh", "\(limit ?? timeLimit)", strays, command] + arguments
    process.currentDirectoryURL = folder
    // Variables meant for other runs, as for a report or a seed, must not reach the tests of mutants.
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("NB_") }
    let log = copy.appendingPathComponent("../output.log").standardizedFileURL
    try Data().write(to: log)
    let output = try FileHandle(forWritingTo: log)
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try output.close()
    return (process.terminationStatus, String(decoding: try Data(contentsOf: log), as: UTF8.self))
  }

  struct Trouble: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }
}
