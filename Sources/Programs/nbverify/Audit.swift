import ArgumentParser
import CommandLineSupport
import Physics
import ToolSupport
import TraceIO
import TraceReports

/// Audits of single mechanisms.
struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Audit single mechanisms of the calculation.", subcommands: [CarryOver.self])

  /// Shows the rotated cell that each phi step of a pixel used.
  struct CarryOver: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "carryover",
      abstract: "Show which rotated cell each phi step of a pixel and its neighbours used.",
      discussion: """
        The C program uses at a phi of exactly zero the vectors that the step before left. The table shows the index k of
        every phi step with and without that, and whose rotation it is; with --log also that of another program's log.

        Examples:
          nbverify audit carryover --pixel 20 30 -- -cell 70 80 90 75 85 95 -default_F 100 -N 4 -osc 1 -phisteps 3
          nbverify audit carryover --pixel 20 30 --log candidate.log -- -mat A.mat -hkl list.hkl -osc 1 -phisteps 3
        """)

    @Option(parsing: .upToNextOption, help: "The pixel: slow, then fast index.") var pixel: [Int]
    @Option(help: "A log of another program, of this pixel or a neighbour.") var log: String?
    @ArgumentParser.Flag(help: "Print a Markdown table.") var markdown = false
    @Argument(parsing: .postTerminator, help: "The arguments of the simulator.") var arguments: [String] = []

    func validate() throws {
      guard pixel.count == 2 else { throw ValidationError("--pixel takes two indices: slow, then fast") }
    }

    func run() throws {
      let trace = try log.map { try TraceFile.read($0) }
      if let trace, let log, !CarryOverAudit.tellsSteps(trace) {
        throw Failure(
          3,
          "\(log): there are neither PHI lines nor STEP lines nor hkl_frac in it, so that the cells of its phi steps "
            + "cannot be told; trace one of them")
      }
      let experiments = try [true, false].map { carries in
        let compatibility = Compatibility.cParity.setting(.phiCarryOver, carries)
        return try CommandLineParser(arguments, compatibility: compatibility).parse().readingStrayCache().experiment(
          clockSeed: 1)
      }
      for note in experiments[0].notes { Terminal.error("nbverify: note: \(note)\n") }
      let audit = try CarryOverAudit(
        parity: experiments[0], fresh: experiments[1], slow: pixel[0], fast: pixel[1], log: trace)
      Terminal.show(markdown ? audit.table.markdown : audit.table.plain())
      for line in audit.verdicts { Terminal.show("\(line)\n") }
      if trace != nil, audit.rows.allSatisfy({ $0.log == nil || $0.step == 0 }),
        audit.rows.contains(where: { $0.log != nil })
      {
        Terminal.error("nbverify: note: the log tells of the first phi step alone\n")
      }
      if let found = audit.logPixel, !audit.rows.contains(where: { $0.log != nil }) {
        throw Failure(4, "the log is of pixel \(found), not of \(pixel[0]) \(pixel[1]) or a neighbour")
      }
    }
  }
}
