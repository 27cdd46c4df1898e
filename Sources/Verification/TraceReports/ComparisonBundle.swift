import Foundation
import Provenance
import TraceIO

/// The provenance bundle of a comparison.
public struct ComparisonBundle: Sendable {
  /// The files that a bundle has, besides the digests.
  public static let files = BundleKind.comparison.files

  /// Whether a further copy of the summary may have this name.
  public static func isFree(summaryName name: String) -> Bool {
    name == "summary.md" || !(files + [ProvenanceBundle.digestFile, "attempt.log"]).contains(name)
  }

  /// A run of the comparison: command, inputs, place and time.
  public struct Attempt: Sendable {
    /// The command, word by word.
    public let command: [String]
    /// The absolute paths of the reference log and the candidate log.
    public let inputs: [String]
    /// The time at which the command was started.
    public let date: Date
    /// The version of the tool.
    public let toolVersion: String
    /// The folder in which the command was given.
    public let folder: String
    /// The revision of the working tree there.
    public let revision: Revision
    /// Further files of the bundle: the name in it, and the path.
    public var attachments: [(name: String, path: String)] = []

    /// An attempt.
    public init(
      command: [String], inputs: [String], date: Date, toolVersion: String, folder: String, revision: Revision
    ) {
      self.command = command
      self.inputs = inputs
      self.date = date
      self.toolVersion = toolVersion
      self.folder = folder
      self.revision = revision
    }

    /// The commands that repeat the attempt, as a script.
    public var script: String {
      PlainText.script(command, in: folder)
    }
  }

  /// The bundle of a comparison.
  /// - Parameters:
  ///   - report: The result of the comparison.
  ///   - tolerances: The tolerances that were requested.
  ///   - attempt: The command, its inputs and its time.
  ///   - output: The text that was printed.
  ///   - summaryName: The name of a further copy of the summary; nil for none.
  /// - Throws: The error of the system if an input cannot be read again for its digest.
  public static func bundle(
    _ report: TraceReport, tolerances: ToleranceTable, attempt: Attempt, output: String, summaryName: String? = nil
  ) throws -> ProvenanceBundle {
    let tolerance = tolerances.standard.relative
    let text = ComparisonText(report, tolerance: tolerance)
    var bundle = ProvenanceBundle()
    bundle.add("commands.txt", attempt.script)
    bundle.add("summary.md", text.markdown)
    if let summaryName, summaryName != "summary.md" { bundle.add(summaryName, text.markdown) }
    bundle.add("metrics.json", try JSONText.data(ComparisonMetrics(report, tolerance: tolerance)))
    bundle.add("run_metadata.json", try JSONText.data(RunMetadata(report, tolerances: tolerances, attempt)))
    bundle.add("trace_diff.md", text.differencePage)
    bundle.add("trace_diff_manual.patch", Data(TracePatch.text(report).utf8))
    bundle.add("env.json", try JSONText.data(Surroundings.current))
    bundle.add("cpu_info.txt", Surroundings.processorText)
    bundle.add("compare_stdout.log", output)
    bundle.add("README.md", readMe)
    for (name, path) in attempt.attachments {
      bundle.add(name, try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    return bundle
  }

  /// The bundle of a comparison that failed before a result: the command and the problem.
  public static func failure(_ attempt: Attempt, status: Int32, problem: String) -> ProvenanceBundle {
    var bundle = ProvenanceBundle()
    bundle.add("commands.txt", attempt.script)
    bundle.add(
      "attempt.log",
      "\(TimeStamp.full(attempt.date)) the comparison failed with exit status \(status)\n\(problem)\n"
        + "nothing was compared; see commands.txt for what was asked for\n")
    return bundle
  }

  private static let readMe = """
    # A comparison of two traces

    | file | what it holds |
    | --- | --- |
    | summary.md | first divergence, residuals, the nine scaling factors, the diagnosis |
    | metrics.json | the same for programs; `factors`, `first_divergence`, `num_divergent`, `diagnosis` |
    | trace_diff.md | every quantity that differs, in the order of computation |
    | trace_diff_manual.patch | the divergent lines as a unified diff: `patch -o patched.log <reference log> trace_diff_manual.patch` |
    | run_metadata.json | when, from which revision, by which command, digests of the inputs |
    | commands.txt | the command as it was given |
    | compare_stdout.log | what the command printed |
    | env.json, cpu_info.txt | the machine that compared |
    | candidate-environment-…, dialect-…, attached-… | the candidate's machine, the dialect, files that were attached |
    | sha256.txt | digests of all files: `sha256sum -c sha256.txt` |

    Relative deltas are candidate minus reference, over reference. `nbverify bundle check <this folder>` verifies it.

    """
}
