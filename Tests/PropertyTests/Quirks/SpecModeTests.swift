import Physics
import Synchronization
import Testing
import TraceIO

/// What holds in spec mode and, where a quirk acts, not in parity with the C program.
@Suite struct SpecModeTests {
  @Test func phiModeOverridesTheCarryOverAlone() throws {
    let command = "\(base32) -N 20 -oversample 1 -spindle_axis 1 0 0 -phi 0 -osc 0.9 -phisteps 3"
    let parity = try image(command)
    let phiOnly = try image(command, Compatibility.cParity.setting(.phiCarryOver, false))
    let spec = try image(command, .spec)
    #expect(abs(parity.total - 17620.3) < 0.05)
    #expect(abs(phiOnly.total - 9094.0) < 0.05, "the total that the C program gives from 1e-12 degrees on")
    #expect(phiOnly.deviation(from: spec) <= singlePrecision)
  }

  @Test(arguments: [1, 2, 7])
  func imagesDoNotDependOnTheNumberOfThreads(threads: Int) throws {
    for command in [
      "\(base32) -phi 0 -osc 0.9 -phisteps 3 -oversample 1 -dmin 40",
      "\(base32) -mosaic 0.4 -mosaic_domains 3 -dispersion 2 -dispsteps 3",
    ] {
      for mode in [Compatibility.cParity, .spec] {
        let one = try Simulator(experiment(command, mode)).render(threads: 1)
        let many = try Simulator(experiment(command, mode)).render(threads: threads)
        #expect(many.image.isSame(as: one.image))
        #expect(many.statistics.solidAngle == one.statistics.solidAngle)
      }
    }
  }

  @Test func tracesOfSpecHaveTheRotatedReciprocalVectors() throws {
    let command = "\(base16) -phi 30 -oversample 1"
    let lines = try PixelTracer(experiment(command, .spec)).trace(PixelIndex(slow: 3, fast: 4))
    let trace = Trace(lines: lines)
    for (star, direct) in [("a", "a"), ("b", "b"), ("c", "c")] {
      let reciprocal = try #require(trace.vector("rotated_\(star)_star_A_inv"))
      let axis = try #require(trace.vector("rot_\(direct)_angstroms"))
      #expect(abs(reciprocal.dot(axis) - 1) < 1e-14, "a·a* = 1 holds for the rotated vectors only")
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
