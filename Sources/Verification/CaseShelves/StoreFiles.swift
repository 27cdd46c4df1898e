import CSystem
import Foundation
import Glibc

/// The operations on files by which decisions on cases are stored. Each happens whole or not at all, so that a process can
/// be killed between any two.
package protocol StoreFiles: Sendable {
  /// The content of a file; nil if it cannot be read.
  func read(_ path: String) -> Data?
  /// Writes a file, in place of one that is there.
  func write(_ data: Data, to path: String) throws
  /// Makes a folder with files, by name; its folders may be missing.
  func writeFolder(_ contents: [String: Data], to path: String) throws
  /// The files of a folder and of the folders in it, by name.
  func contents(of folder: String) -> [String: Data]
  /// Moves a folder to a free place, whose folder may be missing.
  func move(_ from: String, to: String) throws
  /// Exchanges two folders in one step.
  func exchange(_ first: String, _ second: String) throws
  /// Removes a file or folder if it is there.
  func remove(_ path: String) throws
  /// The names in a folder, sorted.
  func names(in folder: String) -> [String]
  /// Whether a file or folder is there.
  func exists(_ path: String) -> Bool
}

/// The files of the disk.
package struct DiskFiles: StoreFiles {
  package init() {}

  package func read(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

  package func write(_ data: Data, to path: String) throws {
    try makeFolder(of: path)
    try data.write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  package func writeFolder(_ contents: [String: Data], to path: String) throws {
    for (name, data) in contents.sorted(by: { $0.key < $1.key }) {
      let file = "\(path)/\(name)"
      try makeFolder(of: file)
      try data.write(to: URL(fileURLWithPath: file))
    }
  }

  package func contents(of folder: String) -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in FileManager.default.subpaths(atPath: folder) ?? [] {
      var isFolder: ObjCBool = false
      let path = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
      contents[name] = FileManager.default.contents(atPath: path)
    }
    return contents
  }

  package func move(_ from: String, to: String) throws {
    try makeFolder(of: to)
    guard rename(from, to) == 0 else { throw StoreError.immovable(from) }
  }

  package func exchange(_ first: String, _ second: String) throws {
    guard exchangeFolders(first, second) == 0 else { throw StoreError.immovable(first) }
  }

  package func remove(_ path: String) throws {
    guard exists(path) else { return }
    try FileManager.default.removeItem(atPath: path)
  }

  package func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  package func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private func makeFolder(of path: String) throws {
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
  }
}

/// Why a decision was not stored.
package struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }

  static func immovable(_ folder: String) -> StoreError {
    StoreError(
      "\(folder): the folder cannot be moved: \(String(cString: strerror(errno))); check the permissions of the corpus")
  }
}
