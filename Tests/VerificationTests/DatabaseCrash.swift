import CSQLite
import Foundation
import Glibc

/// The end of a process at one of SQLite's operations on files, for the thread that asks for it. Either the process is really
/// killed, or every later operation fails, so that the files stay as the process would have left them.
///
/// SQLite lets its calls of the system be exchanged (sqlite3_vfs.xSetSystemCall). The exchanged ones act as before on threads
/// that ask for nothing.
final class DatabaseCrash {
  /// The number of operations before the end.
  private var rest: Int
  /// Whether half of a last write still reaches the file.
  private let isTorn: Bool
  /// Whether the process is killed.
  private let kills: Bool
  /// Whether the end has come.
  private(set) var isDead = false

  init(after rest: Int, isTorn: Bool, kills: Bool = false) {
    (self.rest, self.isTorn, self.kills) = (rest, isTorn, kills)
  }

  /// Does work that ends at the operation; operations after the work are as usual.
  func during<Value>(_ work: () throws -> Value) rethrows -> Value {
    Self.install
    pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
    defer { pthread_setspecific(Self.key, nil) }
    return try work()
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  private static var current: DatabaseCrash? {
    pthread_getspecific(key).map { Unmanaged<DatabaseCrash>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Counts an operation, and tells whether it can happen. The last words of a process are torn.
  private static func canGoOn(_ lastWords: () -> Void = {}) -> Bool {
    guard let crash = current else { return true }
    if crash.isDead {
      errno = EIO
      return false
    }
    crash.rest -= 1
    guard crash.rest < 0 else { return true }
    if crash.isTorn { lastWords() }
    if crash.kills { kill(getpid(), SIGKILL) }
    crash.isDead = true
    errno = EIO
    return false
  }

  private static let install: Void = {
    let files = sqlite3_vfs_find(nil)!
    func set(_ name: String, _ call: UnsafeRawPointer) {
      _ = files.pointee.xSetSystemCall(files, name, unsafeBitCast(call, to: sqlite3_syscall_ptr.self))
    }
    typealias Write = @convention(c) (CInt, UnsafeRawPointer?, Int) -> Int
    let write: Write = { file, bytes, count in
      canGoOn { _ = Glibc.write(file, bytes, count / 2) } ? Glibc.write(file, bytes, count) : -1
    }
    typealias WriteAt = @convention(c) (CInt, UnsafeRawPointer?, Int, off_t) -> Int
    let writeAt: WriteAt = { file, bytes, count, place in
      canGoOn { _ = pwrite(file, bytes, count / 2, place) } ? pwrite(file, bytes, count, place) : -1
    }
    typealias Truncate = @convention(c) (CInt, off_t) -> CInt
    let truncate: Truncate = { file, size in canGoOn() ? ftruncate(file, size) : -1 }
    typealias Unlink = @convention(c) (UnsafePointer<CChar>) -> CInt
    let unlink: Unlink = { path in canGoOn() ? Glibc.unlink(path) : -1 }
    set("write", unsafeBitCast(write, to: UnsafeRawPointer.self))
    for name in ["pwrite", "pwrite64"] { set(name, unsafeBitCast(writeAt, to: UnsafeRawPointer.self)) }
    set("ftruncate", unsafeBitCast(truncate, to: UnsafeRawPointer.self))
    set("unlink", unsafeBitCast(unlink, to: UnsafeRawPointer.self))
  }()
}

/// Every row of a database, in order, without the column of dates.
/// - Throws: `DatabaseProblem` with SQLite's message.
func rows(ofDatabase path: String) throws -> [String] {
  var opened: OpaquePointer?
  defer { sqlite3_close_v2(opened) }
  guard sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
    throw DatabaseProblem("\(path) cannot be opened")
  }
  func query(_ sql: String) throws -> [[String]] {
    var (found, statement): ([[String]], OpaquePointer?) = ([], nil)
    guard sqlite3_prepare_v2(opened, sql, -1, &statement, nil) == SQLITE_OK else {
      throw DatabaseProblem(String(cString: sqlite3_errmsg(opened)))
    }
    defer { sqlite3_finalize(statement) }
    while sqlite3_step(statement) == SQLITE_ROW {
      found.append(
        (0..<sqlite3_column_count(statement)).filter { String(cString: sqlite3_column_name(statement, $0)) != "date" }
          .map { sqlite3_column_text(statement, $0).map { String(cString: $0) } ?? "null" })
    }
    return found
  }
  var all = try query("PRAGMA integrity_check").map { "integrity: " + $0.joined() }
  for table in try query("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name") {
    all.append(table.joined(separator: " "))
    all += try query("SELECT * FROM \(table[0]) ORDER BY rowid").map { "\(table[0]): " + $0.joined(separator: "|") }
  }
  return all
}

/// Why a database cannot be read.
struct DatabaseProblem: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
