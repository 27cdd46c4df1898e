import Foundation

/// Runs commands to their end.
enum Shell {
  /// The exit status, 124 or 137 beyond the limit in seconds, and what was written to both outputs.
  static func run(
    _ command: String, _ arguments: [String], at folder: URL, limit: Int
  ) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "--kill-after=5", "\(limit)", command] + arguments
    process.currentDirectoryURL = folder
    let log = FileManager.default.temporaryDirectory.appendingPathComponent("mutate-\(UUID().uuidString).log")
    try Data().write(to: log)
    defer { try? FileManager.default.removeItem(at: log) }
    let output = try FileHandle(forWritingTo: log)
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try output.close()
    return (process.terminationStatus, String(decoding: try Data(contentsOf: log), as: UTF8.self))
  }
}
