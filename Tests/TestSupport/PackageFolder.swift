import Foundation

/// Where the package lies whose tests run.
public enum PackageFolder {
  /// The folder of Package.swift.
  public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The files that tests read.
  public static let fixtures = root.appendingPathComponent("fixtures")

  /// The text of a file.
  /// - Parameter path: The path from the folder of the package on.
  public static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }
}
