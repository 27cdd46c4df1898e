import Physics
import Synchronization
import TestSupport
import Testing
import TraceIO

/// What holds in spec mode and, where a quirk acts, not in parity with the C program.
@Suite(.tags(.quirk), .generousTime) struct SpecModeTests {
  @Test func phiModeOverridesTheCarryOverAlone() throws {
    let command = "\(base32) -N 20 -oversample 1 -spindle_axis 1 0 0 -phi 0 -osc 0.9 -phisteps 3"
    let parity = try image(command)
    let phiOnly = try image(command, Compatibility.cParity.setting(.phiCarryOver, false))
    let spec = try image(command, .spec)
    expectClose(parity.total, 17620.3, within: 0.05, because: "printed with six digits")
    expectClose(
      phiOnly.total, 9094.0, within: 0.05,
      because: "printed with five digits; the total that the C program gives from 1e-12 degrees on")
    #expect(phiOnly.deviation(from: spec) <= singlePrecision)
  }

  @Test func tracesOfSpecHaveTheRotatedReciprocalVectors() throws {
    let command = "\(base16) -phi 30 -oversample 1"
    let lines = try PixelTracer(experiment(command, .spec)).trace(PixelIndex(slow: 3, fast: 4))
    let trace = Trace(lines: lines)
    for (star, direct) in [("a", "a"), ("b", "b"), ("c", "c")] {
      let reciprocal = try #require(trace.vector("rotated_\(star)_star_A_inv"))
      let axis = try #require(trace.vector("rot_\(direct)_angstroms"))
      expectClose(
        reciprocal.dot(axis), 1, within: 1e-14,
        because: "three products of numbers up to 100, over an area; a·a* = 1 holds for the rotated vectors only")
    }
    let atRest = try #require(trace.vector("rot_b_star_A_inv"))
    #expect(abs(atRest.dot(try #require(trace.vector("rot_b_angstroms"))) - 1) > 0.1, "Q-55")
    let parity = try PixelTracer(experiment(command)).trace(PixelIndex(slow: 3, fast: 4))
    #expect(Trace(lines: parity).vector("rotated_a_star_A_inv") == nil)
  }

  @Test func renderingCanBeCancelled() throws {
    let simulator = Simulator(try experiment(base32))
    let rows = Mutex(0)
    #expect(throws: Simulator.Cancelled.self) {
      try simulator.render(threads: 2) { done, total in
        rows.withLock { $0 = max($0, done) }
        #expect(total == 32)
        return done < 3
      }
    }
    #expect(rows.withLock { $0 } < 10, "rendering stops soon after")
  }
}
