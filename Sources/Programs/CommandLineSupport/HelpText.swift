/// The help text, made from the table of flags.
public enum HelpText {
  /// The text that `nanobragg` prints if the request is incomplete.
  public static let usage = """
    usage: nanobragg -hkl FILE | -default_F F   -mat FILE | -cell a b c alpha beta gamma   [options]
    example: nanobragg -default_F 100 -cell 100 100 100 90 90 90 -N 5 -distance 100 -detpixels 64
    """

  /// The help text with all options, by subject.
  public static var full: String {
    var lines = [
      "nanobragg: X-ray diffraction of a nanocrystal on an area detector, as nanoBragg.c computes it", "", usage,
    ]
    for section in Flag.Section.allCases {
      lines += ["", section.rawValue]
      for flag in FlagTable.flags(in: section) { lines += Self.lines(of: flag) }
    }
    lines += [
      "", "Exit status: 0 done; 2 a request that cannot be carried out; 9 no crystal or no structure factors given.",
      "Options are read as the C program reads them: the last one wins, integers are cut off at the point.",
    ]
    return lines.joined(separator: "\n")
  }

  private static func lines(of flag: Flag) -> [String] {
    let call = ([flag.names.joined(separator: ", ")] + flag.values).joined(separator: " ")
    let indented = "  " + call
    if indented.count < 34 {
      return [indented + String(repeating: " ", count: 34 - indented.count) + flag.summary]
    }
    return [indented, String(repeating: " ", count: 34) + flag.summary]
  }

  /// A text for a cell of a table in Markdown.
  private static func escaped(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }

  /// The table of options as a page of the documentation, in Markdown.
  public static var markdown: String {
    var lines = [
      "# Options of nanobragg", "", "Made from the table that parses them: `nbverify flags > docs/options.md`.",
    ]
    for section in Flag.Section.allCases {
      lines += ["", "## \(section.rawValue)", "", "| option | values | meaning |", "| --- | --- | --- |"]
      for flag in FlagTable.flags(in: section) {
        let names = flag.names.map { "`\($0)`" }.joined(separator: " ")
        lines.append("| \(names) | \(escaped(flag.values.joined(separator: " "))) | \(escaped(flag.summary)) |")
      }
    }
    return lines.joined(separator: "\n")
  }
}
