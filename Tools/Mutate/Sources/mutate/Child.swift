import Foundation
import Glibc

/// Child processes whose time is measured, and whose output is looked at as it comes.
enum Child {
  /// The largest address space of a child, in KiB: a mutant that asks for memory without end must not take all of it.
  private static let addressSpace = 16 * 1024 * 1024

  /// Runs a program until it ends, a line of its output is a failure, or the limit is reached. The process and its
  /// children are a group of their own and end together.
  static func run(
    _ path: String, _ arguments: [String], folder: URL, environment: [String: String], limit: Double,
    failure: (String) -> String?
  ) throws -> TestRun {
    let started = ContinuousClock.now
    // Processor time is bounded, too: a child that loops must end when the tool itself is ended.
    let processorLimit = Int(limit) * ProcessInfo.processInfo.activeProcessorCount + 5
    let script = "cd \"$1\"; ulimit -v \(addressSpace); ulimit -c 0; ulimit -t \(processorLimit); shift; exec \"$@\""
    let command = ["/bin/sh", "-c", script, "sh", folder.path, path] + arguments
    let (child, output) = try lock.withLock { try spawn(command, environment: environment) }
    defer { close(output) }
    var run = TestRun(failures: [], wall: 0, processor: 0)
    read(output, until: started.advanced(by: .seconds(limit)), into: &run, failure)
    if !run.passed { kill(-child, SIGKILL) }
    var status: Int32 = 0
    var usage = rusage()
    while wait4(child, &status, 0, &usage) < 0 && errno == EINTR {}
    kill(-child, SIGKILL)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    run.processor = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    run.wall = (ContinuousClock.now - started) / .seconds(1)
    if run.passed, status != 0 {
      run.failures = [status & 0x7F == 0 ? "exit status \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"]
    }
    return run
  }

  private static func read(
    _ descriptor: Int32, until end: ContinuousClock.Instant, into run: inout TestRun, _ failure: (String) -> String?
  ) {
    var rest: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let left = (end - ContinuousClock.now) / .milliseconds(1)
      guard left > 0 else {
        run.timedOut = true
        return
      }
      var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard Glibc.poll(&poll, 1, Int32(min(left, 60000)) + 1) > 0 else { continue }
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return }
      rest.append(contentsOf: buffer[..<count])
      while let newline = rest.firstIndex(of: 0x0A) {
        let line = String(decoding: rest[..<newline], as: UTF8.self)
        rest.removeFirst(newline + 1)
        if run.output.utf8.count < 20_000 { run.output += line + "\n" }
        if let name = failure(line) {
          run.failures = [name]
          run.line = line
          return
        }
      }
    }
  }

  /// One child is started at a time: no other may inherit the end of a pipe before it is marked.
  private static let lock = NSLock()

  /// - Returns: The process, and what it writes to both outputs.
  private static func spawn(_ command: [String], environment: [String: String]) throws -> (pid_t, Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Trouble("no pipe can be opened") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    var words = command.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, command[0], &actions, &attributes, &words, &variables)
    guard code == 0 else { throw Trouble("\(command[0]) cannot be started: \(String(cString: strerror(code)))") }
    return (child, ends[0])
  }
}
