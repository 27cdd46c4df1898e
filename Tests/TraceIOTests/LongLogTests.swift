import Foundation
import Glibc
import Physics
import TestSupport
import Testing
import TraceIO

/// Logs of as many lines as are kept, and how a log is open.
@Suite(.tags(.verification, .files), .generousTime) struct LongLogTests {
  /// 100000 lines are kept, and behind them the last line of each factor of the first pixel, with its place in the log.
  @Test func linesBeyondTheLimit() throws {
    var full = TraceParser(file: "a.log")
    let line = Array("TRACE_C:a 1".utf8)
    for _ in 0..<100_000 { full.consume(line, isComplete: true) }
    func leftOut(_ count: Int) -> String { "a.log: \(count) lines after the first 100000 are left out" }
    let two = "a.log: 2 pixels end in this log; the first is read"
    let first: [String] = ["TRACE_C: polar 0.25", "TRACE_C: polar 0.5", "TRACE_C: I_pixel_final 1"]
    let second: [String] = ["TRACE_C: polar 0.75", "TRACE_C: I_pixel_final 2"]
    let rows: [(more: [String], kept: [Int], warnings: [String])] = [
      (["TRACE_C:a 1"], [], [leftOut(1)]), (["TRACE_C: stol 1", "TRACE_C_PHI x"], [], [leftOut(2)]),
      (first, [2, 3], []), (first + second, [2, 3], [leftOut(2), two]),
    ]
    for row in rows {
      var parser = full
      for text in row.more { parser.consume(Array(text.utf8), isComplete: true) }
      let trace: Trace = try parser.finish()
      #expect(trace.lines.count == 100_000 + row.kept.count && trace.warnings == row.warnings, "\(row)")
      let origins: [Trace.Origin] = Array(trace.origins[100_000...])
      #expect(origins.map(\.number) == row.kept.map { 100_000 + $0 }, "\(row)")
      #expect(origins.map(\.text) == row.kept.map { row.more[$0 - 1] }, "\(row)")
      #expect(trace.isOnePixel != row.warnings.contains(two), "\(row)")
    }
  }

  /// A trace that was not read from a log is that of one pixel.
  @Test func aTraceThatIsMadeIsOfOnePixel() {
    let made = Trace(lines: [])
    #expect(made.isOnePixel && made.author == "SWIFT" && made.warnings.isEmpty && made.origins.isEmpty)
  }

  /// Of 2000 phi or step lines, further ones are not traced, so that a step that is missing is no divergence.
  @Test func missingStepsOfCutTraces() {
    func trace(_ section: TraceSection, _ count: Int) -> Trace {
      let degrees: Double = 0.5
      let lines: [TraceLine] = (0..<count).map { (tic: Int) -> TraceLine in
        TraceLine(section, [TraceField("phi_tic", tic), TraceField("phi_deg", degrees)])
      }
      return Trace(author: "C", lines: lines)
    }
    for section in [TraceSection.phi, .step] {
      let rows: [(reference: Int, candidate: Int, outcome: TraceReport.Outcome)] = [
        (2000, 1999, .parity), (1999, 2000, .parity), (1999, 1998, .divergence), (1998, 1999, .divergence),
      ]
      for row in rows {
        let report = TraceReport(
          reference: trace(section, row.reference), candidate: trace(section, row.candidate),
          tolerances: ToleranceTable())
        #expect(report.outcome == row.outcome, "\(section) \(row)")
        #expect(report.unshared.count == (row.outcome == .parity ? 2 : 0), "\(section) \(row)")
        #expect(report.divergences.count == (row.outcome == .parity ? 0 : 2), "\(section) \(row)")
      }
    }
  }

  /// A log that is being read is not open in the programs that are started meanwhile.
  @Test func aLogIsOpenInOneProgramOnly() throws {
    let folder = try TemporaryFolder()
    let path: String = folder.url.appendingPathComponent("pipe").path
    try #require(mkfifo(path, 0o600) == 0)
    // Open for both, the pipe waits for no other side; the reader waits for its end.
    let writer: Int32 = open(path, O_RDWR | O_CLOEXEC)
    try #require(writer >= 0)
    let end = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      _ = try? TraceFile.read(path)
      end.signal()
    }
    func flags() -> [Int32] { folder.openFiles.filter { $0 != writer }.map { fcntl($0, F_GETFD) } }
    var found: [Int32] = flags()
    for _ in 0..<10_000 where found.isEmpty {
      Thread.sleep(forTimeInterval: 0.001)
      found = flags()
    }
    close(writer)
    end.wait()
    #expect(found == [FD_CLOEXEC] && folder.has("pipe"))
  }
}
