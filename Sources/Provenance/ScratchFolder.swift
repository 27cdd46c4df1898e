import Foundation

/// A folder for files that nobody keeps.
public struct ScratchFolder: Sendable {
  /// The folder.
  public let url: URL

  /// Creates a folder among the temporary files.
  /// - Throws: The error of the system if it cannot be created.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("nbverify-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  /// The path of a file in it.
  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Removes it with all files.
  public func remove() { try? FileManager.default.removeItem(at: url) }
}
