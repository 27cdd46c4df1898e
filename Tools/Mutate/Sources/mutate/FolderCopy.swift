import Foundation

/// Makes a folder like another. Unchanged files are not touched, so that builds stay incremental; links stay links.
struct FolderCopy {
  let from: URL
  let to: URL
  /// Paths relative to both folders that are left as they are.
  let left: Set<String>

  func synchronise() throws {
    let manager = FileManager.default
    let names = try Set(manager.contentsOfDirectory(atPath: from.path))
      .union(manager.contentsOfDirectory(atPath: to.path))
    for name in names { try synchronise(name) }
  }

  private func synchronise(_ name: String) throws {
    guard !left.contains(name) else { return }
    let manager = FileManager.default
    let (source, target) = (from.appendingPathComponent(name), to.appendingPathComponent(name))
    if let link = try? manager.destinationOfSymbolicLink(atPath: source.path) {
      guard (try? manager.destinationOfSymbolicLink(atPath: target.path)) != link else { return }
      try? manager.removeItem(at: target)
      return try manager.createSymbolicLink(atPath: target.path, withDestinationPath: link)
    }
    var isFolder: ObjCBool = false
    if !manager.fileExists(atPath: source.path, isDirectory: &isFolder) {
      try manager.removeItem(at: target)
    } else if isFolder.boolValue {
      try manager.createDirectory(at: target, withIntermediateDirectories: true)
      let names = try Set(manager.contentsOfDirectory(atPath: source.path))
        .union(manager.contentsOfDirectory(atPath: target.path))
      for inner in names { try synchronise("\(name)/\(inner)") }
    } else if !manager.contentsEqual(atPath: source.path, andPath: target.path) {
      try? manager.removeItem(at: target)
      try manager.copyItem(at: source, to: target)
    }
  }
}
