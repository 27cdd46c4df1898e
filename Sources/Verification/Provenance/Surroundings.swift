import Foundation
import Subprocesses

import Glibc

/// The machine and the environment in which a report was made.
public struct Surroundings: Sendable, Codable, Hashable {
  /// The operating system.
  public let system: String
  /// The kernel and its version.
  public let kernel: String
  /// The instruction set.
  public let architecture: String
  /// The C library and its version.
  public let library: String
  /// The compiler that built this program, by its minor version.
  public let compiler: String
  /// The build configuration of this program: `debug` or `release`.
  public let build: String
  /// The model of the processor.
  public let processor: String
  /// The number of processors that this process may use.
  public let processors: Int
  /// The environment variables that affect the programs or their output.
  public let variables: [String: String]

  /// The surroundings of this process.
  public static var current: Surroundings {
    var name = utsname()
    uname(&name)
    func text(_ field: some Any) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    let relevant = ProcessInfo.processInfo.environment.filter { name, _ in
      name.hasPrefix("NB_") || name.hasPrefix("OMP_") || ["LANG", "LC_ALL", "TZ"].contains(name)
    }
    return Surroundings(
      system: ProcessInfo.processInfo.operatingSystemVersionString,
      kernel: text(name.sysname) + " " + text(name.release),
      architecture: text(name.machine), library: libraryVersion, compiler: "Swift \(compilerVersion)",
      build: buildKind, processor: processorModel, processors: ProcessInfo.processInfo.activeProcessorCount,
      variables: relevant)
  }

  /// A key that is equal for machines whose timings may be compared: processor model, number of processors, operating
  /// system.
  public var machineKind: String {
    "\(processor), \(processors) processors, \(kernel.prefix { $0 != " " }) \(architecture)"
  }

  /// The lines of `/proc/cpuinfo`, each once, without values that change over time or differ between cores.
  public static var processorText: String {
    let changing = ["cpu MHz", "bogomips", "processor", "apicid", "initial apicid", "core id", "physical id"]
    let lines = processorLines.filter { line in !changing.contains { line.hasPrefix($0) } }
    var seen: Set<String> = []
    let distinct = lines.filter { !$0.isEmpty && seen.insert($0).inserted }
    let count = ProcessInfo.processInfo.processorCount
    return PlainText.ascii("processors: \(count)\n" + distinct.map { "\($0)\n" }.joined())
  }

  private static var processorLines: [String] {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return [] }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private static var processorModel: String {
    guard let line = processorLines.first(where: { $0.hasPrefix("model name") }), let colon = line.firstIndex(of: ":")
    else { return "unknown" }
    return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
  }

  private static var libraryVersion: String {
    var buffer = [CChar](repeating: 0, count: 128)
    confstr(Int32(_CS_GNU_LIBC_VERSION), &buffer, buffer.count)
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static var compilerVersion: String {
    #if swift(>=6.4)
      "6.4 or later"
    #elseif swift(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  private static var buildKind: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }
}

/// The state of a working tree.
public struct Revision: Sendable, Codable, Hashable {
  /// The commit; nil outside a repository.
  public let commit: String?
  /// Whether tracked files differ from the commit, or untracked files exist; nil outside the checkout of this program.
  public let isDirty: Bool?
  /// The reason for which the commit is unknown, with a remedy; nil if the commit is known.
  public let problem: String?

  enum CodingKeys: String, CodingKey {
    case commit, problem
    case isDirty = "dirty"
  }

  /// The path that `git rev-parse --show-toplevel` has to give for the checkout of this program.
  private static let ownCheckout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().resolvingSymlinksInPath().path

  /// The revision of the working tree around a folder.
  ///
  /// `git status` is run only in the checkout that this program was built from: the settings of a foreign repository
  /// may name programs that `git status` runs.
  public static func current(in folder: String? = nil) async -> Revision {
    func git(_ arguments: String...) async -> Result<String, Problem> {
      let run: ProgramRun
      do { run = try await ProgramRun.run("git", arguments, in: folder, limit: 60) } catch {
        return .failure(Problem(text: "git cannot be run; install it"))
      }
      func text(_ data: Data) -> String {
        String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      }
      return run.isSuccess ? .success(text(run.output)) : .failure(Problem(git: text(run.error)))
    }
    switch await git("rev-parse", "HEAD") {
    case .failure(let problem): return Revision(commit: nil, isDirty: nil, problem: problem.text)
    case .success(let commit):
      let top = try? await git("rev-parse", "--show-toplevel").get()
      let isOwn = top.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path == ownCheckout } ?? false
      let status = isOwn ? try? await git("-c", "core.fsmonitor=false", "status", "--porcelain").get() : nil
      return Revision(commit: commit, isDirty: status.map { !$0.isEmpty }, problem: nil)
    }
  }

  /// The reason for which git gives no revision.
  private struct Problem: Error {
    let text: String

    init(text: String) { self.text = text }

    /// git's message, with a remedy where one is known.
    init(git message: String) {
      let first = message.split(separator: "\n").first.map(String.init) ?? "git says nothing"
      if message.contains("dubious ownership") {
        text =
          "the checkout belongs to another user, so that git refuses it; mend it with: "
          + "git config --global --add safe.directory <the checkout>"
      } else {
        text = first
      }
    }
  }

  /// Writes nil as null, so that the keys are always there.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(commit, forKey: .commit)
    try container.encode(isDirty, forKey: .isDirty)
    try container.encode(problem, forKey: .problem)
  }
}
