import CommandLineSupport

/// The options by subject, with what was found.
enum OptionMatrix {
  static func rows(_ state: JudgeState, _ findings: [FindingRecord], lacks: Set<String>) -> [Verdict.OptionVerdict] {
    FlagTable.parts.filter { $0.section != .own }.flatMap { part in
      part.flags.filter { flag in DrawnOptions.all.item(flag.names[0]) != nil }.map { flag in
        let name = flag.names[0]
        var row = Verdict.OptionVerdict(subject: subject(name, part.section), option: name)
        (row.lines, row.differing) = (state.tried[name] ?? 0, state.differing[name] ?? 0)
        row.findings = findings.filter { FindingPass.essential($0.line).contains(name) }.map(\.number)
        row.verdict =
          lacks.contains(name)
          ? "lacks" : !row.findings.isEmpty ? "findings" : row.lines == 0 ? "not tried" : "agrees"
        return row
      }
    }
  }

  private static let response: Set<String> = [
    "-detector_abs", "-detector_thick", "-detector_thicksteps", "-curved_det", "-point_pixel", "-oversample_thick",
    "-oversample_polar", "-oversample_omega", "-adc", "-scale", "-pgmscale",
  ]
  private static let files: Set<String> = [
    "-mat", "-hkl", "-dump", "-sourcefile", "-img", "-mask", "-stol", "-4stol", "-Q",
  ]

  /// The subject under which an option is shown.
  private static func subject(_ option: String, _ section: Flag.Section) -> String {
    if response.contains(option) { return "detector response" }
    if files.contains(option) { return "files" }
    switch section {
    case .geometry: return "geometry"
    case .crystal: return "crystal"
    case .beam: return "beam"
    case .sampling: return "sampling"
    case .output, .own: return "statistics"
    }
  }
}
