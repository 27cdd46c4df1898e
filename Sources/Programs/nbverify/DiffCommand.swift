import ArgumentParser
import CommandLineSupport
import Foundation
import ToolSupport
import TraceIO
import TraceReports

/// Shows the differing quantities of two logs as a table.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show the quantities in which two logs differ, in the order of computation.",
    discussion: """
      Exit status: 0 nothing diverges, 1 something does, 2 usage, 3 unreadable or malformed input, 4 the traces are not of
      the same pixel.

      Examples:
        nbverify diff --c c_trace.log --py candidate.log
        nbverify diff --c c_trace.log --py candidate.log --all --markdown > diff.md
        nanobragg -trace_pixel 10 12 … | nbverify diff --c c_trace.log --py -
      """)

  @OptionGroup var logs: LogOptions
  @ArgumentParser.Flag(help: "Show the quantities that are the same, too.") var all = false
  @ArgumentParser.Flag(help: "Print a Markdown table.") var markdown = false

  func run() throws {
    let tolerances = try logs.table()
    let (report, rounding) = try logs.report(tolerances)
    let table = report.differenceTable(all: all)
    let paint = Terminal.hasColour ? Terminal.paint : { padded, _ in padded }
    if table.isEmpty {
      Terminal.show("no quantity differs\n")
    } else {
      Terminal.show(markdown ? table.markdown : table.plain(paint: paint))
    }
    if let rounding { Terminal.show(rounding.text(isMarkdown: markdown)) }
    let text = ComparisonText(report, tolerance: tolerances.standard.relative)
    var notes = text.notes + [text.verdict]
    if let line = text.pixelLine, report.pixels.areDifferent { notes.insert(line, at: 0) }
    for note in notes { Terminal.error("nbverify: note: \(note)\n") }
    if report.outcome != .parity { throw ExitCode(Int32(report.outcome.rawValue)) }
  }
}
