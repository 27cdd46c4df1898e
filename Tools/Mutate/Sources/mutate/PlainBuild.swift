import Foundation

/// Mutants as an editor would make them: a copy of the package without choices, in which one place is changed, built and
/// tested. Slow; for places that take no choice, and to see that a mutant that was noticed is noticed so, too.
final class PlainBuild {
  private let copy: URL
  private let package: URL
  private let campaign: Campaign
  private let examiner: Examiner
  private var changed: URL?

  init(_ campaign: Campaign, _ examiner: Examiner) throws {
    (self.campaign, self.examiner) = (campaign, examiner)
    package = campaign.root
    copy = campaign.work.appendingPathComponent("plain")
    try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
    try FolderCopy(from: package, to: copy, left: [".build", "Package.resolved", ".git", "reports", "Tools"])
      .synchronise()
  }

  /// Whether a change needs no support at run time, which a build without choices lacks.
  static func canMake(_ mutant: Mutant) -> Bool { !plain(mutant.replacement).hasPrefix("mutate_") }

  private static func plain(_ replacement: String) -> String {
    replacement.hasPrefix("mutate_real(") ? String(replacement.dropFirst("mutate_real".count)) : replacement
  }

  /// Changes one place, builds, and runs the tests that reach the place.
  func examine(_ mutant: Mutant, in file: SourceFile) throws -> Verdict {
    try restore()
    let target = copy.appendingPathComponent(file.path)
    var bytes = file.bytes
    let text = Self.plain(mutant.replacement) + (mutant.original.isEmpty ? "\n" : "")
    bytes.replaceSubrange(mutant.range, with: Array(text.utf8))
    try Data(bytes).write(to: target, options: .atomic)
    changed = target
    let started = Date()
    let arguments = ["build", "-c", "release"] + campaign.configuration.buildArguments
    for extra in [[], ["--build-tests"]] {
      let result = try Shell.run("swift", arguments + extra, at: copy, limit: 3600)
      guard result.code == 0 else {
        let message = Diagnostics.errors(result.output).first?.text ?? String(result.output.suffix(200))
        return Verdict(mutant: mutant, status: .notCompiling, by: [message])
      }
    }
    note("#\(mutant.id) built by itself in \(Int(Date().timeIntervalSince(started))) s")
    return try examiner.examine(
      mutant, built: TestProcess(package: copy, environment: campaign.configuration.environment))
  }

  /// Takes the last change back.
  func restore() throws {
    guard let changed else { return }
    let path = changed.path.dropFirst(copy.path.count + 1)
    try Data(contentsOf: package.appendingPathComponent(String(path))).write(to: changed, options: .atomic)
    self.changed = nil
  }
}
