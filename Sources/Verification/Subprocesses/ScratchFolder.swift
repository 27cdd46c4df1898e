import Foundation
import Synchronization

import Glibc

/// A folder for temporary files.
public struct ScratchFolder: Sendable {
  /// The folder.
  public let url: URL

  private static let prefix = "nbverify."

  /// Creates a folder in the system's temporary folder. The first call in a process removes the scratch folders of
  /// killed processes of this machine.
  /// - Throws: The error of the system if the folder cannot be created.
  public init() throws {
    EndingSignals.install()
    _ = Self.isSwept
    let name = "\(Self.prefix)\(Abandoned.host).\(getpid()).\(UUID().uuidString)"
    url = FileManager.default.temporaryDirectory.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    Self.present.withLock { [url] in _ = $0.insert(url) }
  }

  /// The scratch folders of this process.
  private static let present = Mutex(Set<URL>())

  /// Removes all scratch folders of this process, before it ends.
  static func removeAll() {
    for url in present.withLock({ $0 }) { try? FileManager.default.removeItem(at: url) }
  }

  /// Removes the scratch folders of killed processes of this machine, once in a process.
  public static func sweep() { _ = isSwept }

  private static let isSwept: Bool = {
    Abandoned.remove(in: FileManager.default.temporaryDirectory) { parts in
      parts.count == 4 && parts[0] + "." == prefix ? (host: parts[1], process: parts[2]) : nil
    }
    return true
  }()

  /// The path of a file in the folder.
  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Removes the folder with all files.
  public func remove() {
    try? FileManager.default.removeItem(at: url)
    Self.present.withLock { _ = $0.remove(url) }
  }
}

/// Finds folders that killed processes left, by names that contain machine and process number.
package enum Abandoned {
  /// The name of this machine with hyphens for dots: folders may be shared with other machines.
  package static let host = ProcessInfo.processInfo.hostName.replacing(".", with: "-")

  /// Removes files and folders of processes of this machine that no longer exist.
  /// - Parameter owner: Finds machine and process in the parts of a name between dots; nil for names of another kind.
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
