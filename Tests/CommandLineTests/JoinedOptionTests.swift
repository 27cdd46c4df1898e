import CommandLineSupport
import Physics
import TestSupport
import Testing

/// Options that are read in one argument, and angles as they are printed.
@Suite(.tags(.commandLine)) struct JoinedOptionTests {
  /// In c-parity an argument is every option whose name it contains, with or without a value; in the table no option
  /// in front of these ends the search.
  @Test func anArgumentMayBeTwoOptions() throws {
    for line in ["-seed-nopgm 5", "-nopolar-nopgm"] {
      let argument: String = line.words[0]
      let request = try CommandLineParser(line.words).parse()
      #expect(!request.outputs.writesGreyMap, "\(line)")
      let note = "\(argument) is also read as -nopgm, as by the C program"
      #expect(request.notes.contains(note), "\(request.notes)")
      #expect(throws: (any Error).self) { _ = try CommandLineParser(line.words, compatibility: .spec).parse() }
    }
  }

  /// Spindle angles are doubles: the nearest float to 100.0004998° would be printed as 100.001.
  @Test func spindleAnglesAreDoubles() throws {
    for (angle, wanted) in [("100.0004998", "100"), ("100.0005002", "100.001")] {
      let line = "-cell 50 -default_F 1 -N 1 -detpixels 1 -oversample 1 -phi \(angle)"
      let request = try CommandLineParser(line.words).parse()
      let text = Report.setUp(try request.experiment(clockSeed: 1), request, cache: nil)
      let lines: [String] = text.split(separator: "\n").map { String($0) }
      #expect(lines.contains { $0.hasPrefix("  1 phi steps from \(wanted) to ") }, "\(angle)")
      #expect(lines.contains("phi0 = \(wanted)"), "\(angle)")
    }
  }
}
