import Physics

/// Writes traces in the grammar of docs/reference/90-trace-points.md §6.
public enum TraceWriter {
  /// The text of trace lines, each ended by a newline.
  /// - Parameters:
  ///   - lines: The lines.
  ///   - author: The program that writes the trace: the part of the marker after `TRACE_`, `SWIFT` for this program.
  public static func text(_ lines: [TraceLine], author: String = "SWIFT") -> String {
    var text = ""
    for line in lines {
      text += Self.text(line, author: author)
      text += "\n"
    }
    return text
  }

  /// The text of one line, without newline.
  public static func text(_ line: TraceLine, author: String = "SWIFT") -> String {
    switch line.section {
    case .setup, .pixel:
      let marker = line.section == .setup ? "TRACE_\(author)_SETUP:" : "TRACE_\(author):"
      let words = line.fields.flatMap { [$0.name] + $0.values.map(text) }
      return ([marker] + words).joined(separator: " ")
    case .phi, .step:
      let marker = line.section == .phi ? "TRACE_\(author)_PHI" : "TRACE_\(author)_STEP"
      let pairs = line.fields.map { "\($0.name)=" + $0.values.map(text).joined(separator: ",") }
      return ([marker] + pairs).joined(separator: " ")
    }
  }

  /// A real number with 17 significant digits, as the C format `%.17g` writes it; a whole number or a word unchanged.
  public static func text(_ value: TraceValue) -> String {
    switch value {
    case .word(let word): word
    case .integer(let number): String(number)
    case .real(let number): NumberText.text("%.17g", number)
    }
  }
}
