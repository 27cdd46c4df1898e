/// The kind of a bundle; `run_metadata.json` names it by its raw value.
public enum BundleKind: String, Sendable, Codable, CaseIterable {
  /// A comparison of two traces.
  case comparison
  /// A comparison of two images.
  case images
  /// A night of the gate, or a part of one.
  case night

  /// The files that every bundle of the kind has, besides logs and digests.
  public var files: [String] {
    switch self {
    case .comparison:
      [
        "README.md", "commands.txt", "compare_stdout.log", "cpu_info.txt", "env.json", "metrics.json",
        "run_metadata.json", "summary.md", "trace_diff.md", "trace_diff_manual.patch",
      ]
    case .images:
      [
        "README.md", "candidate.png", "commands.txt", "difference.png", "env.json", "images_stdout.log",
        "reference.png", "run_metadata.json", "summary.json",
      ]
    case .night:
      [
        "README.md", "commands.txt", "cpu_info.txt", "env.json", "junit.xml", "metrics.json", "night.json",
        "report.html", "run_metadata.json", "summary.md",
      ]
    }
  }
}
