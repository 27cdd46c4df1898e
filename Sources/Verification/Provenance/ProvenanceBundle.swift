import Digests
import Foundation
import Subprocesses

import Glibc

/// A bundle that cannot be written or is incomplete.
public struct BundleError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The problem, its place and its remedy.
  public let description: String

  /// An error with its description.
  public init(_ description: String) {
    self.description = description
  }
}

/// The destination of a bundle.
public enum BundleTarget: Sendable {
  /// This folder, which has to be new or empty.
  case folder(URL)
  /// A new folder in a parent folder, named after the time.
  case fresh(in: URL, at: Date)

  /// Refuses a folder that a bundle would overwrite.
  /// - Throws: `BundleError` if the path exists and is not an empty folder.
  public func check() throws(BundleError) {
    if case .folder(let url) = self { try ProvenanceBundle.check(isFree: url) }
  }

  /// The folder that a bundle will be written to, unless another process takes the name before.
  public var folder: URL {
    switch self {
    case .folder(let url): return url
    case .fresh(let parent, var date):
      while true {
        let url = parent.appendingPathComponent(TimeStamp.compact(date))
        // A killed run may have left its work under this name with another ending.
        let isTaken = [url.path, url.path + ".unfinished"].contains { FileManager.default.fileExists(atPath: $0) }
        if !isTaken { return url }
        date += 1
      }
    }
  }

  /// Writes a bundle.
  /// - Parameter replaces: Whether an existing bundle is replaced; it is removed once the new bundle is complete.
  /// - Throws: `BundleError` if the bundle cannot be written; an existing bundle is restored then.
  public func write(_ bundle: ProvenanceBundle, replaces: Bool) throws(BundleError) -> URL {
    guard replaces, case .folder(let url) = self, FileManager.default.fileExists(atPath: url.path) else {
      return try write(bundle)
    }
    let aside = url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).replaced")
    try? FileManager.default.removeItem(at: aside)
    guard rename(url.path, aside.path) == 0 else {
      throw BundleError("\(url.path): the old bundle cannot be moved aside: \(String(cString: strerror(errno)))")
    }
    do {
      let folder = try write(bundle)
      try? FileManager.default.removeItem(at: aside)
      return folder
    } catch {
      _ = rename(aside.path, url.path)
      throw error
    }
  }

  /// Writes a bundle.
  /// - Returns: The folder of the bundle.
  /// - Throws: `BundleError` if the folder is not free or cannot be written; nothing is left then.
  public func write(_ bundle: ProvenanceBundle, digests: Bool = true) throws(BundleError) -> URL {
    switch self {
    case .folder(let url):
      try bundle.write(to: url, digests: digests)
      return url
    case .fresh(let parent, var date):
      while true {
        let url = parent.appendingPathComponent(TimeStamp.compact(date))
        // Another process may take the name at any moment.
        do {
          try bundle.write(to: url, digests: digests)
          return url
        } catch {
          guard FileManager.default.fileExists(atPath: url.path) else { throw error }
          date += 1
        }
      }
    }
  }
}

/// A folder of files that appears whole or not at all, and is never overwritten.
public struct ProvenanceBundle: Sendable {
  /// The file with the digests of all others, in the format of `sha256sum`.
  public static let digestFile = "sha256.txt"

  private var files: [(name: String, data: Data)] = []

  /// An empty bundle.
  public init() {}

  /// Adds a text; characters outside ASCII are escaped.
  public mutating func add(_ name: String, _ text: String) {
    add(name, Data(PlainText.ascii(text).utf8))
  }

  /// Adds a file whose bytes are stored unchanged.
  public mutating func add(_ name: String, _ data: Data) {
    precondition(!files.contains { $0.name == name }, "a bundle has each file once")
    files.append((name, data))
  }

  /// Refuses a folder that a bundle would overwrite.
  /// - Throws: `BundleError` if the path exists and is not an empty folder.
  public static func check(isFree folder: URL) throws(BundleError) {
    var status = stat()
    guard lstat(folder.path, &status) == 0 else { return }
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    guard let names, names.isEmpty else {
      throw BundleError(
        "\(folder.path): \(names == nil ? "it is not a folder" : "the folder is not empty"), and a bundle is never "
          + "overwritten; name another folder, or remove this one")
    }
  }

  /// Writes all files and their digests to a hidden folder beside the wanted one, then renames that folder.
  /// - Parameters:
  ///   - folder: The wanted folder, which must be new or empty.
  ///   - digests: Whether the digests of the files are written, too.
  /// - Throws: `BundleError` if the folder is not free or cannot be written; nothing is left then.
  public func write(to folder: URL, digests wantsDigests: Bool = true) throws(BundleError) {
    let folder = folder.standardizedFileURL
    try Self.check(isFree: folder)
    let parent = folder.deletingLastPathComponent()
    let partial = parent.appendingPathComponent(".\(folder.lastPathComponent).\(Abandoned.host).\(getpid()).partial")
    do {
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
      Self.removeAbandoned(in: parent)
      try FileManager.default.createDirectory(at: partial, withIntermediateDirectories: false)
      var digests = ""
      for (name, data) in files.sorted(by: { $0.name < $1.name }) {
        let file = partial.appendingPathComponent(name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
        digests += Self.line(Digest.sha256(data), name)
      }
      if wantsDigests { try Data(digests.utf8).write(to: partial.appendingPathComponent(Self.digestFile)) }
      guard rename(partial.path, folder.path) == 0 else {
        throw BundleError(String(cString: strerror(errno)))
      }
    } catch {
      try? FileManager.default.removeItem(at: partial)
      throw BundleError(
        "\(folder.path): the bundle cannot be written (\(error)); check that the parent folder may be written to and has room"
      )
    }
  }

  /// The list of the digests of files, by name.
  package static func digests(of files: [String: Data]) -> Data {
    Data(files.sorted { $0.key < $1.key }.map { line(Digest.sha256($0.value), $0.key) }.joined().utf8)
  }

  /// Removes partial folders of processes on this machine that no longer exist.
  private static func removeAbandoned(in parent: URL) {
    Abandoned.remove(in: parent) { parts in
      guard parts.count >= 5, parts[0].isEmpty, parts[parts.count - 1] == "partial" else { return nil }
      return (host: parts[parts.count - 3], process: parts[parts.count - 2])
    }
  }

  /// Problems of a bundle on disk, one line each; empty if it is complete and unchanged.
  /// - Parameters:
  ///   - folder: The bundle.
  ///   - required: The files that the bundle must have.
  public static func problems(of folder: URL, required: [String]) -> [String] {
    guard let text = try? String(contentsOf: folder.appendingPathComponent(digestFile), encoding: .utf8) else {
      return ["\(digestFile) is missing or cannot be read: this is no bundle"]
    }
    var problems: [String] = []
    var listed: Set<String> = [digestFile]
    for line in text.split(separator: "\n") {
      guard let (digest, name) = Self.entry(line) else {
        problems.append("\(digestFile): no digest and name: \(line)")
        continue
      }
      listed.insert(name)
      if let problem = Self.problem(ofName: name, in: folder) {
        problems.append(problem)
        continue
      }
      guard let data = try? Data(contentsOf: folder.appendingPathComponent(name)) else {
        problems.append("\(name) is missing or cannot be read")
        continue
      }
      if Digest.sha256(data) != digest { problems.append("\(name) has been changed: its digest is another") }
    }
    for name in required where !listed.contains(name) { problems.append("\(name) is not part of the bundle") }
    for name in FileManager.default.subpaths(atPath: folder.path) ?? [] where !listed.contains(name) {
      var status = stat()
      // A link counts as an added file, even if it leads to a folder.
      guard lstat(folder.appendingPathComponent(name).path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
        continue
      }
      problems.append("\(name) was added later: it has no digest")
    }
    return problems
  }

  /// A line of the digests. As `sha256sum` does, a name with a backslash or a line break is escaped, and the line begins
  /// with a backslash.
  private static func line(_ digest: String, _ name: String) -> String {
    let escaped = name.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\r", with: "\\r")
    return "\(escaped == name ? "" : "\\")\(digest)  \(escaped)\n"
  }

  private static func entry(_ line: Substring) -> (digest: Substring, name: String)? {
    let isEscaped = line.first == "\\"
    let rest = isEscaped ? line.dropFirst() : line
    guard rest.count > 66, rest.prefix(64).allSatisfy(\.isHexDigit), rest.dropFirst(64).first == " " else { return nil }
    let text = String(rest.dropFirst(66))
    guard isEscaped else { return (rest.prefix(64), text) }
    var (name, isMarked) = ("", false)
    for character in text {
      if isMarked {
        name.append(character == "n" ? "\n" : character == "r" ? "\r" : character)
        isMarked = false
      } else if character == "\\" {
        isMarked = true
      } else {
        name.append(character)
      }
    }
    return (rest.prefix(64), name)
  }

  /// The reason for which a name cannot be a file of a bundle: it leads out of the folder, or is a link or no file. Nil
  /// for a file, and for a missing one.
  private static func problem(ofName name: String, in folder: URL) -> String? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
      return "\(name) leads out of the bundle"
    }
    var place = folder
    for (index, part) in parts.enumerated() {
      place.appendPathComponent(String(part))
      var status = stat()
      guard lstat(place.path, &status) == 0 else { return nil }
      guard status.st_mode & S_IFMT == (index == parts.count - 1 ? S_IFREG : S_IFDIR) else {
        return "\(name) is no file of the bundle: a link, or something else, stands there"
      }
    }
    return nil
  }
}
