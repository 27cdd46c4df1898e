import Foundation
import Synchronization

import Glibc

/// A folder for files that nobody keeps.
public struct ScratchFolder: Sendable {
  /// The folder.
  public let url: URL

  private static let prefix = "nbverify."

  /// Creates a folder among the temporary files. The first one of a process removes those that killed processes of this
  /// machine left.
  /// - Throws: The error of the system if it cannot be created.
  public init() throws {
    EndingSignals.install()
    _ = Self.isSwept
    let name = "\(Self.prefix)\(Abandoned.host).\(getpid()).\(UUID().uuidString)"
    url = FileManager.default.temporaryDirectory.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    Self.present.withLock { [url] in _ = $0.insert(url) }
  }

  /// The folders of this process.
  private static let present = Mutex(Set<URL>())

  /// Removes all of them, as before an end of this process.
  static func removeAll() {
    for url in present.withLock({ $0 }) { try? FileManager.default.removeItem(at: url) }
  }

  /// Removes what killed processes of this machine left among the temporary files, once in a process.
  public static func sweep() { _ = isSwept }

  private static let isSwept: Bool = {
    Abandoned.remove(in: FileManager.default.temporaryDirectory) { parts in
      parts.count == 4 && parts[0] + "." == prefix ? (host: parts[1], process: parts[2]) : nil
    }
    return true
  }()

  /// The path of a file in it.
  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Removes it with all files.
  public func remove() {
    try? FileManager.default.removeItem(at: url)
    Self.present.withLock { _ = $0.remove(url) }
  }
}

/// What killed processes left, told by names that carry machine and process.
package enum Abandoned {
  /// The name of this machine without dots: folders may be shared with others, whose processes cannot be seen.
  package static let host = ProcessInfo.processInfo.hostName.replacing(".", with: "-")

  /// Removes what processes of this machine left that no longer exist.
  /// - Parameter owner: Machine and process that the parts of a name between dots tell; nil if the name is not one of ours.
  package static func remove(in folder: URL, owner: ([String]) -> (host: String, process: String)?) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard let owner = owner(parts), owner.host == host, let process = Int32(owner.process), kill(process, 0) != 0,
        errno == ESRCH
      else { continue }
      try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
    }
  }
}
