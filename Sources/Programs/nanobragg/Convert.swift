import CommandLineSupport

import Glibc

/// `nanobragg convert` runs the program `nanobragg-convert` from the folder of this program, so that a simulation does
/// not load code that only conversions need.
enum Convert {
  private static let program = "nanobragg-convert"

  /// Replaces this process by `nanobragg-convert`.
  /// - Returns: The exit status 2 if the program cannot be run; otherwise the call does not return.
  static func run() -> Int32 {
    let path = besideThisProgram()
    var arguments = ([path] + CommandLine.arguments.dropFirst(2)).map { strdup($0) } + [nil]
    execv(path, &arguments)
    Terminal.error(
      "nanobragg: error: \(path) cannot be run: \(String(cString: strerror(errno))); build it beside nanobragg with "
        + "swift build -c release --product \(program)\n")
    return 2
  }

  private static func besideThisProgram() -> String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX) + 1)
    let length = buffer.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!, Int(PATH_MAX)) }
    let own = length > 0 ? String(decoding: buffer[..<length], as: UTF8.self) : CommandLine.arguments[0]
    let folder = own.lastIndex(of: "/").map { own[...$0] } ?? ""
    return folder + program
  }
}
