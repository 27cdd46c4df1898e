import ArgumentParser
import CommandLineSupport
import Foundation
import Provenance
import ToolSupport

/// The commands on provenance bundles.
struct BundleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle", abstract: "Verify provenance bundles.", subcommands: [Check.self])

  /// Verifies one bundle.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Verify that a bundle is whole and unchanged.",
      discussion: """
        Exit status: 0 whole, 1 not, 2 usage.

        Example: nbverify bundle check reports/20260301T120000Z
        """)

    @Argument(help: "The folder.") var folder: String

    func run() throws {
      let url = URL(fileURLWithPath: folder)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
        throw Failure(2, "\(folder): there is no such folder")
      }
      let files = Self.files(of: url)
      var problems = ProvenanceBundle.problems(of: url, required: files ?? [])
      if files == nil { problems.append("run_metadata.json does not tell a kind of bundle that is known") }
      guard problems.isEmpty else {
        throw Failure(1, "\(folder): the bundle is not whole\n" + problems.map { "  \($0)" }.joined(separator: "\n"))
      }
      Terminal.show("\(folder): the bundle is whole\n")
    }

    private struct Metadata: Decodable {
      let bundle: BundleKind
    }

    /// The required files of the bundle's kind; nil if `run_metadata.json` names no known kind.
    private static func files(of folder: URL) -> [String]? {
      let data = FileManager.default.contents(atPath: folder.appendingPathComponent("run_metadata.json").path)
      return data.flatMap { try? JSONDecoder().decode(Metadata.self, from: $0) }?.bundle.files
    }
  }
}
