extension TraceQuantity {
  /// The page docs/quantities.md: every quantity of a trace with its unit, stage, sources and tolerance.
  public static var markdown: String {
    let groups: [(title: String, quantities: [TraceQuantity])] = [
      ("Set-up lines", setup), ("Pixel lines: the first sub-pixel and step", firstStep), ("PHI lines", phi),
      ("STEP lines", step), ("Pixel lines: the whole pixel", scaling),
    ]
    let introduction = """
      # The quantities of a trace

      Each row is a quantity, in the order in which the simulation computes them. *Follows from* names the quantities that
      enter its calculation. *Stage* is what a first divergence there points to. How far a number may be from a recorded one
      is computed for each command line (numbers.md). Older names are those of other programs' logs.

      """
    return ([introduction] + groups.map { section($0.title, $0.quantities) }).joined(separator: "\n")
  }

  private static func section(_ title: String, _ quantities: [TraceQuantity]) -> String {
    let head =
      "## \(title)\n\n| name | values | what | follows from | stage |\n| --- | --- | --- | --- | --- |\n"
    return head + quantities.map { $0.row + "\n" }.joined()
  }

  private var row: String {
    let values =
      switch kind {
      case .word: "word"
      case .real(let unit, let count): "\(count == 1 ? "real" : "\(count) reals"), \(unit)"
      case .whole(let unit, let count): "\(count == 1 ? "whole" : "\(count) whole"), \(unit)"
      }
    let older = olderNames.map { "`\($0)`" }.joined(separator: ", ")
    let what = meaning + (older.isEmpty ? "" : "; older: \(older)")
    let from = sources.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    // An unescaped bar inside a cell would end the cell.
    let cells = [
      "`\(name)`", values, String(what.flatMap { $0 == "|" ? "\\|" : "\($0)" }), from, "\(stage)",
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }
}
