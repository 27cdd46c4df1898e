internal import CSystem
import Foundation

import Glibc

/// A program to be started by `posix_spawn`: in a session of its own, and with its output in pipes. Its signals are
/// neither blocked nor ignored, although the threads of tasks in this process block nearly all.
struct Spawn {
  let executable: String
  let arguments: [String]
  let environment: [String]
  let folder: String?
  let output: Int32
  let error: Int32
  /// The descriptor that the program reads as standard input; nil for an empty one.
  var input: Int32?

  /// Starts the program.
  /// - Returns: The process number, which is also that of its group; the caller has to wait for the process.
  /// - Throws: `ProgramError` with the system's message if the program cannot be started.
  func start() throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, error, 2)
    if let folder { cspawn_add_folder(&actions, folder) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | cspawn_new_session())
    var process: pid_t = 0
    let code = Self.withPointers(arguments) { words in
      Self.withPointers(environment) { variables in
        posix_spawn(&process, executable, &actions, &attributes, words, variables)
      }
    }
    guard code == 0 else {
      throw ProgramError("\(executable) cannot be started: \(String(cString: strerror(code)))")
    }
    return process
  }

  private static func withPointers<Value>(
    _ texts: [String], _ work: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
  ) -> Value {
    var pointers = texts.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { work($0.baseAddress!) }
  }
}
