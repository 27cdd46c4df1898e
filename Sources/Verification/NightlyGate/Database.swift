internal import CSQLite
import Foundation
import Provenance

/// A Swift type that a column of a database can store.
protocol DatabaseValue {
  /// The value as an argument of a statement.
  var stored: Database.Value { get }
  /// Reads the value of a column; nil if the column holds another kind.
  init?(stored: Database.Value)
}

extension Int64: DatabaseValue {
  var stored: Database.Value { .integer(self) }
  init?(stored: Database.Value) { if case .integer(let value) = stored { self = value } else { return nil } }
}

extension Int: DatabaseValue {
  var stored: Database.Value { .integer(Int64(self)) }
  init?(stored: Database.Value) { if case .integer(let value) = stored { self = Int(value) } else { return nil } }
}

extension Bool: DatabaseValue {
  var stored: Database.Value { .integer(self ? 1 : 0) }
  init?(stored: Database.Value) { if case .integer(let value) = stored { self = value != 0 } else { return nil } }
}

extension Double: DatabaseValue {
  // SQLite stores infinities, but converts not-a-number to null; it is therefore stored as text.
  var stored: Database.Value { isNaN ? .text("nan") : .real(self) }
  init?(stored: Database.Value) {
    switch stored {
    case .text("nan"): self = .nan
    case .real(let value): self = value
    case .integer(let value): self = Double(value)
    default: return nil
    }
  }
}

extension String: DatabaseValue {
  var stored: Database.Value { .text(self) }
  init?(stored: Database.Value) { if case .text(let value) = stored { self = value } else { return nil } }
}

extension Optional: DatabaseValue where Wrapped: DatabaseValue {
  var stored: Database.Value { self?.stored ?? .null }
  init?(stored: Database.Value) { self = Wrapped(stored: stored) }
}

/// A file of SQLite, with the functions that the history needs. It has one connection, which runs one statement at a
/// time.
final class Database: @unchecked Sendable {
  /// A value in a column of SQLite.
  enum Value {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
  }

  /// A row that a query finds: its columns by name.
  struct Row {
    fileprivate let values: [String: Value]

    /// The value of a column.
    /// - Throws: `BundleError` if the column holds another kind, as in a damaged file.
    subscript<Kind: DatabaseValue>(_ name: String) -> Kind {
      get throws {
        guard let value = Kind(stored: values[name] ?? .null) else {
          throw BundleError("the column \(name) holds \(values[name] ?? .null), no \(Kind.self)")
        }
        return value
      }
    }
  }

  private let connection: OpaquePointer
  private let lock = NSRecursiveLock()

  /// Opens a file, and creates it if it does not exist. A statement waits for up to a minute if the file is locked.
  /// - Throws: `BundleError` with SQLite's message.
  init(path: String) throws {
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      defer { sqlite3_close_v2(opened) }
      throw BundleError(String(cString: sqlite3_errstr(code)))
    }
    connection = opened
    sqlite3_busy_timeout(connection, 60_000)
    try run("PRAGMA foreign_keys = ON")
  }

  deinit { sqlite3_close_v2(connection) }

  /// Runs a statement.
  /// - Parameters:
  ///   - sql: One statement, with `?` for arguments.
  ///   - arguments: The arguments in order.
  /// - Returns: The rows that the statement finds.
  /// - Throws: `BundleError` with SQLite's message.
  @discardableResult
  func run(_ sql: String, _ arguments: [any DatabaseValue] = []) throws -> [Row] {
    try lock.withLock {
      var prepared: OpaquePointer?
      try check(sqlite3_prepare_v2(connection, sql, -1, &prepared, nil))
      defer { sqlite3_finalize(prepared) }
      for (index, argument) in arguments.enumerated() { try bind(prepared, Int32(index + 1), argument.stored) }
      var rows: [Row] = []
      while true {
        switch sqlite3_step(prepared) {
        case SQLITE_ROW: rows.append(Self.row(prepared))
        case SQLITE_DONE: return rows
        case let code: try check(code)
        }
      }
    }
  }

  /// The number of the last inserted row.
  var lastInserted: Int64 { sqlite3_last_insert_rowid(connection) }

  /// Runs statements as one transaction, which is stored whole or not at all; other writers wait.
  /// - Throws: The error of the statements, after which the transaction is undone.
  func transaction<Value>(_ work: () throws -> Value) throws -> Value {
    try lock.withLock {
      try run("BEGIN IMMEDIATE")
      do {
        let value = try work()
        try run("COMMIT")
        return value
      } catch {
        _ = try? run("ROLLBACK")
        throw error
      }
    }
  }

  private func check(_ code: Int32) throws {
    guard code != SQLITE_OK else { return }
    throw BundleError("\(String(cString: sqlite3_errmsg(connection))) (SQLite \(code))")
  }

  private func bind(_ statement: OpaquePointer?, _ index: Int32, _ value: Value) throws {
    switch value {
    case .null: try check(sqlite3_bind_null(statement, index))
    case .integer(let number): try check(sqlite3_bind_int64(statement, index, number))
    case .real(let number): try check(sqlite3_bind_double(statement, index, number))
    case .text(let text):
      // The destructor -1 makes SQLite copy the text.
      let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
      try check(sqlite3_bind_text(statement, index, text, Int32(text.utf8.count), copies))
    }
  }

  private static func row(_ statement: OpaquePointer?) -> Row {
    var values: [String: Value] = [:]
    for index in 0..<sqlite3_column_count(statement) {
      let value: Value =
        switch sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: .integer(sqlite3_column_int64(statement, index))
        case SQLITE_FLOAT: .real(sqlite3_column_double(statement, index))
        case SQLITE_TEXT: .text(String(cString: sqlite3_column_text(statement, index)))
        default: .null
        }
      values[String(cString: sqlite3_column_name(statement, index))] = value
    }
    return Row(values: values)
  }
}
