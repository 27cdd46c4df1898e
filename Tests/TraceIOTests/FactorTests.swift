import Foundation
import Physics
import Testing
import TestSupport
import TraceIO
import TraceReports

/// The nine scaling factors, held against numbers worked out by hand.
@Suite(.tags(.verification), .generousTime) struct FactorTests {
  private func report(_ reference: String, _ candidate: String, _ relative: Double = 1e-6) throws -> TraceReport {
    compare(
      try TraceParser.parse(reference, file: "c.log"), try TraceParser.parse(candidate, file: "py.log"),
      relative: relative)
  }

  @Test func theTableDigitForDigit() throws {
    let report = try report(DisagreeingLogs.reference, DisagreeingLogs.candidate)
    // The digits are those of the same subtractions and divisions in Python.
    let squeezed = report.factorTable.plain().replacing(/[ ]+/, with: " ")
    #expect(
      squeezed == """
        Factor Reference Candidate Delta Relative Status
        I_before_scaling 943654.80923755 943654.80923755 0.0 0.0 PASS
        r_e_sqr 7.94079248018965e-30 7.94079248018965e-30 0.0 0.0 PASS
        fluence_photons_per_m2 1e+24 1e+24 0.0 0.0 PASS
        steps 10.0 5.0 -5.0 -0.5 CRITICAL
        capture_fraction 0.0 1e-31 1e-31 0.0 PASS
        polar 0.5 0.50001 9.99999999995449e-06 1.999999999990898e-05 MINOR
        omega_pixel 4e-07 4.01e-07 1.0000000000000222e-09 0.0025000000000000556 DIVERGENT
        cos_2theta 0.75 - - - MISSING
        I_pixel_final 2.5e-07 2.5000002e-07 2.0000000019610315e-14 8.000000007844126e-08 PASS

        """)
    #expect(report.firstDivergentFactor?.factor.name == "steps")
    #expect(report.factors.count(where: \.status.isFailing) == 4 && report.first == "steps")
    #expect(report.outcome == .divergence)
  }

  /// Reference, candidate and status; the type is given, as the compiler needs eight seconds to find it.
  private static let pairs: [(Double, Double, FactorStatus)] = [
    (1.0, 1.0, FactorStatus.pass), (1, 1 + 0.9e-6, .pass), (1, 1 + 1.1e-6, .minor), (1, 1 - 0.99e-4, .minor),
    (1, 1.000101, .divergent), (1, 1.0099, .divergent), (1, 1.0101, .critical), (-1, 1, .critical),
    (0, 0, .pass), (1e-31, -1e-31, .pass), (0, 1e-29, .divergent), (1e-31, 5, .divergent), (5, 0, .critical),
    (.nan, .nan, .pass), (1, .nan, .critical), (.nan, 1, .critical), (.infinity, .infinity, .pass),
    (1, .infinity, .critical),
  ]

  @Test(arguments: pairs)
  func statuses(reference: Double, candidate: Double, status: FactorStatus) {
    let factor = FactorComparison(
      ScalingFactor.all[0], reference: reference, candidate: candidate,
      tolerance: Tolerance(relative: 1e-6, because: "test"))
    #expect(factor.status == status)
    if abs(reference) < 1e-30, abs(candidate) > 1e-30 { #expect(factor.relative == nil) }
  }

  @Test func missingFactors() throws {
    let report = try report("TRACE_C: polar 0.5\nTRACE_C: steps 3\n", "TRACE_PY: polar 0.5\n")
    #expect(report.factors.count { $0.status == .missing } == 1 && report.factors.count { $0.status == .untraced } == 7)
    #expect(report.outcome == .divergence && report.firstDivergence == nil && report.first == "steps")
    #expect(try self.report("TRACE_C: polar 0.5\n", "TRACE_PY: steps 5\n").outcome == .differentSubjects)
  }

  /// Whatever a log has: held against itself it agrees.
  @Test(arguments: [
    "TRACE_C: polar 0.5\n", "TRACE_PY_PHI phi_tic=0 k_frac=-0.6\nTRACE_PY_PHI phi_tic=1 k_frac=-0.5\n",
    "TRACE_C: polar 0.5\nTRACE_C: polar 0.75\nTRACE_C: I_pixel_final 3\n",
    "TRACE_C: polar 0.5\nTRACE_C: I_pixel_final 3\nTRACE_C: polar 0.75\nTRACE_C: I_pixel_final 4\n",
    "TRACE_C: polar nan\nTRACE_C: omega_pixel -inf\n",
  ])
  func aLogAgreesWithItself(log: String) throws {
    let report = try report(log, log)
    let text = ComparisonText(report, tolerance: 1e-6)
    #expect(report.outcome == .parity && report.first == nil && text.firstLine == "none")
    #expect(text.firstFactorLine == "none" && text.firstQuantityLine == "none")
  }

  /// The table of factors and the list of quantities look at the same numbers.
  @Test func repeatedFactorsCountOnce() throws {
    let reference =
      "TRACE_C: polar 0.5\nTRACE_C: polar 0.75\nTRACE_C: I_pixel_final 3\nTRACE_C: polar 9\nTRACE_C: I_pixel_final 9\n"
    let report = try report(reference, "TRACE_C: polar 0.75\nTRACE_C: I_pixel_final 3\n")
    #expect(report.outcome == .parity && report.items.count == 2)
    let other = try self.report(reference, "TRACE_C: polar 0.5\nTRACE_C: I_pixel_final 3\n")
    #expect(other.first == "polar" && other.firstDivergentFactor?.factor.name == "polar")
  }

  @Test func tolerancesOfSingleQuantities() throws {
    let json = #"{"default": {"relative": 1e-3}, "quantities": {"polar": {"relative": 1e-9, "because": "test"}}}"#
    let table = try ToleranceTable(json: Data(json.utf8), file: "t.json", relative: 1e-6)
    let (reference, candidate) = (
      "TRACE_C: polar 0.5\nTRACE_C: stol 1\n", "TRACE_C: polar 0.50000001\nTRACE_C: stol 1.0001\n"
    )
    let report = TraceReport(
      reference: try TraceParser.parse(reference, file: "r"), candidate: try TraceParser.parse(candidate, file: "c"),
      tolerances: table)
    #expect(report.firstDivergence?.place.name == "polar" && report.divergences.count == 1)
    #expect(report.factors.first { $0.factor.name == "polar" }?.status == .minor)
  }

  @Test func anAbsoluteToleranceCountsForTheFactor() throws {
    let json = #"{"quantities": {"polar": {"absolute": 0.1, "because": "test"}}}"#
    let table = try ToleranceTable(json: Data(json.utf8), file: "t.json", relative: 1e-6)
    func outcome(_ candidate: String) throws -> FactorStatus? {
      TraceReport(
        reference: try TraceParser.parse("TRACE_C: polar 0.5\n", file: "r"),
        candidate: try TraceParser.parse("TRACE_C: polar \(candidate)\n", file: "c"), tolerances: table
      ).factors.first { $0.factor.name == "polar" }?.status
    }
    #expect(try outcome("0.59") == .pass && outcome("0.61") == .critical)
  }

  /// The length of a vector is formed without squares that overflow or vanish.
  @Test func hugeAndTinyNumbersAreToldApart() throws {
    let huge = try report("TRACE_C: F_cell 1e200\n", "TRACE_C: F_cell 9e250\n")
    #expect(huge.firstDivergence?.place.name == "F_cell")
    #expect([TraceValue.real(3e200), .real(-4e200)].vectorLength.isNearly(5e200))
    #expect([TraceValue.real(3e-200), .real(4e-200)].vectorLength.isNearly(5e-200))
  }

  @Test func whatIsNotComparedIsSaid() throws {
    let some = try report("TRACE_C: polar 0.5\nTRACE_C: stol 1\n", "TRACE_C: polar 0.5\n")
    let notes = ComparisonText(some, tolerance: 1e-6).notes
    #expect(notes.contains("1 of 2 quantities stand in both traces") && notes.contains("only in the reference: stol"))
    let two = try report("TRACE_C: I_pixel_final 1\nTRACE_C: I_pixel_final 2\n", "TRACE_C: I_pixel_final 2\n")
    #expect(ComparisonText(two, tolerance: 1e-6).notes.contains { $0.contains("2 pixels end in this log") })
  }

  @Test(arguments: [
    "", "[]", #"{"quantities": {"polar": {"relative": 1e-9}}}"#, #"{"default": {"relative": -1}}"#,
    #"{"quantities": {"polar": {"relative": "x", "because": "y"}}}"#, #"{"quantity": {}}"#,
    #"{"quantities": {"polar": {"relativ": 1, "because": "y"}}}"#,
  ])
  func badTolerancesAreRefused(json: String) {
    #expect(throws: TraceError.self) { try ToleranceTable(json: Data(json.utf8), file: "t.json", relative: 1e-6) }
  }
}

extension Double {
  /// Whether two numbers are the same but for rounding.
  fileprivate func isNearly(_ other: Double) -> Bool { abs(self - other) <= 4 * other.ulp }
}
