import Physics
import TestSupport
import Testing
import TraceIO
import TraceReports

/// Which rotated cell each phi step used.
@Suite(.tags(.verification, .sampling), .generousTime) struct CarryOverAuditTests {
  private static let parity = Compatibility.cParity
  private static let fresh = Compatibility.cParity.setting(.phiCarryOver, false)

  private func experiment(_ compatibility: Compatibility) throws -> Experiment {
    try Experiment(command: Scene.usual, compatibility)
  }

  private func audit(_ log: Trace?) throws -> CarryOverAudit {
    try CarryOverAudit(
      parity: try experiment(Self.parity), fresh: try experiment(Self.fresh), slow: 20, fast: 30, log: log)
  }

  @Test func theStepAtZeroTakesThePreviousRotation() throws {
    let rows = try audit(nil).rows
    #expect(rows.count == 3 * 5 && rows.allSatisfy { $0.spec.origin == .own && $0.log == nil })
    let early = rows.filter { $0.step == 0 }
    // The first pixel of a trace starts from the last step of the same pixel, as in a single-pixel render.
    #expect(early.map(\.degrees) == [0, 0, 0] && early.allSatisfy { $0.parity.origin != .own })
    #expect(rows.filter { $0.step > 0 }.allSatisfy { $0.parity.origin == .own })
  }

  @Test func logsAreAssignedToTheirRotation() throws {
    for (compatibility, verdict) in [
      (Self.parity, "the log agrees with c-parity"),
      (Self.fresh, "the log agrees with spec: every step rotates afresh"),
    ] {
      let found = try audit(try Scene.trace("", compatibility))
      #expect(found.verdicts.contains(verdict) && found.logPixel?.slow == 20)
    }
    // A log that uses the rotation of the second step for all.
    let log = try Scene.trace("", Self.fresh)
    let second = try #require(log.lines.first { $0.section == .phi && $0.integer("phi_tic") == 2 }?.real("k_frac"))
    let stuck = log.changing("k_frac", in: .phi) { _ in [second] }
    let verdicts = try audit(stuck).verdicts
    #expect(!verdicts.contains("the log agrees with c-parity") && verdicts.count == 2)
  }
}
