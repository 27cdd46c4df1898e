import Foundation

extension InstrumentedPackage {
  /// Copies the package. Instrumented files are written later, so that unchanged ones keep their time.
  func synchronise() throws {
    try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
    let kept: Set = [".build", "Package.resolved", "Package.swift", "MutateRuntime", "MutateSupport"]
    let copier = FolderCopy(
      from: package, to: copy, left: Set(files.map(\.path)).union(kept).union([".git", "reports", "Tools"]))
    try copier.synchronise()
    let original = try String(contentsOf: package.appendingPathComponent("Package.swift"), encoding: .utf8)
    try replace(copy.appendingPathComponent("Package.swift"), original + RuntimeSources.manifest(targets: targets()))
    for folder in ["MutateRuntime/include", "MutateSupport"] {
      try FileManager.default.createDirectory(
        at: copy.appendingPathComponent(folder), withIntermediateDirectories: true)
    }
    try replace(copy.appendingPathComponent("MutateRuntime/include/MutateRuntime.h"), RuntimeSources.header)
    try replace(
      copy.appendingPathComponent("MutateRuntime/MutateRuntime.c"), RuntimeSources.code(places: firstBodies.last! + 1))
    try replace(copy.appendingPathComponent("MutateSupport/MutateSupport.swift"), RuntimeSources.support)
  }

  private func replace(_ file: URL, _ text: String) throws {
    if (try? String(contentsOf: file, encoding: .utf8)) != text {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
  }

  /// The targets that hold an instrumented file, by itself or by a link.
  private func targets() throws -> [String] {
    struct Description: Decodable {
      struct Target: Decodable {
        var name: String
        var path: String
        var sources: [String]?
      }
      var targets: [Target]
    }
    let result = try Shell.run("swift", ["package", "describe", "--type", "json"], at: package, limit: 600)
    guard result.code == 0, let start = result.output.firstIndex(of: "{"),
      let description = try? JSONDecoder().decode(
        Description.self, from: Data(result.output[start...].utf8))
    else { throw Trouble("`swift package describe` fails: \(result.output)") }
    let instrumented = Set(files.map(\.path))
    let root = package.resolvingSymlinksInPath().path + "/"
    return description.targets.filter { target in
      (target.sources ?? []).contains { source in
        let path = package.appendingPathComponent("\(target.path)/\(source)").resolvingSymlinksInPath().path
        return path.hasPrefix(root) && instrumented.contains(String(path.dropFirst(root.count)))
      }
    }.map(\.name)
  }
}
