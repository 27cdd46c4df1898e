import Physics
import Synchronization
import Testing
import TraceIO

/// What holds in spec mode and, where a quirk acts, not in parity with the C program.
@Suite struct SpecModeTests {
  /// A float32 image of n averaged images: each rounding costs half an ulp, 6e-8 relative.
  private let singlePrecision = 3e-7

  private static func crystal(_ numbers: inout Numbers) -> String {
    func r(_ low: Double, _ high: Double) -> String { "\(numbers.real(low...high))" }
    return "-cell \(r(30, 90)) \(r(30, 90)) \(r(30, 90)) \(r(80, 100)) \(r(80, 100)) \(r(80, 100)) -default_F 50 "
      + "-misset \(r(-90, 90)) \(r(-90, 90)) \(r(-90, 90)) -N \(numbers.integer(2...6)) -lambda \(r(0.8, 1.6)) "
      + "-detpixels 9 -pixel 1 -distance \(r(60, 120)) -oversample 1"
  }

  @Test(arguments: 1...20)
  func aPhiSweepIsTheMeanOfItsSteps(seed: Int) throws {
    var numbers = Numbers(seed: UInt64(seed))
    let crystal = Self.crystal(&numbers)
    let steps = numbers.integer(2...4)
    let step = numbers.real(0.1...1)
    let sweep = "\(crystal) -phi 0 -osc \(step * Double(steps)) -phisteps \(steps)"
    let singles = try (0..<steps).map { try image("\(crystal) -phi \(step * Double($0))", .spec) }
    let mean = FloatImage(
      fastPixels: 9, slowPixels: 9,
      pixels: (0..<81).map { index in
        Float(singles.reduce(0) { $0 + Double($1.pixels[index]) } / Double(steps))
      })
    #expect(try image(sweep, .spec).deviation(from: mean) <= singlePrecision)
    #expect(try image(sweep).deviation(from: mean) > 1e-4, "in c-parity the first step repeats the last (Q-03)")
  }

  @Test(arguments: 1...20)
  func pixelsDoNotDependOnTheRegion(seed: Int) throws {
    var numbers = Numbers(seed: UInt64(100 + seed))
    let command = "\(Self.crystal(&numbers)) -phi 0 -osc 1 -phisteps 3 -mosaic 0.5 -mosaic_domains 2"
    let (f0, s0) = (numbers.integer(1...4), numbers.integer(1...4))
    let (f1, s1) = (numbers.integer(f0...8), numbers.integer(s0...8))
    let whole = try image(command, .spec)
    let part = try image("\(command) -roi \(f0) \(f1) \(s0) \(s1)", .spec)
    for slow in 0..<9 {
      for fast in 0..<9 {
        let inside = (f0...f1).contains(fast) && (s0...s1).contains(slow)
        #expect(part[slow: slow, fast: fast] == (inside ? whole[slow: slow, fast: fast] : 0))
      }
    }
    let parity = try image(command)
    let parityPart = try image("\(command) -roi \(f0) \(f1) \(s0) \(s1)")
    #expect(
      parity[slow: s0, fast: f0] != parityPart[slow: s0, fast: f0],
      "in c-parity the first rendered pixel sees the unrotated cell (Q-03)")
  }

  @Test(arguments: 1...20)
  func withoutTriggersBothModesAgree(seed: Int) throws {
    var numbers = Numbers(seed: UInt64(200 + seed))
    // Right angles but one, so that the cell defect does not act; phi away from zero; one sub-pixel.
    let convention = numbers.pick(["-mosflm", "-adxv", "-denzo", "-xds", "-dials"])
    let command =
      "-cell 40 50 60 90 \(numbers.real(80...110)) 90 -default_F 50 -N 4 -misset 10 20 \(numbers.real(0...90)) "
      + "-detpixels 9 -pixel 1 -distance 80 -oversample 1 -phi 3 -osc 1 -phisteps 3 -mosaic 0.3 -mosaic_domains 3 "
      + "\(convention) -detector_rotx \(numbers.real(-10...10)) -polar \(numbers.real(-1...1))"
    // The middle of a pixel is computed as (f + ½)·p or as f·p + p/2: one rounding apart.
    #expect(try image(command).deviation(from: image(command, .spec)) <= singlePrecision)
  }

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
    let lines = try PixelTracer(experiment(command, .spec)).trace(slow: 3, fast: 4)
    let trace = Trace(lines: lines)
    for (star, direct) in [("a", "a"), ("b", "b"), ("c", "c")] {
      let reciprocal = try #require(trace.vector("rotated_\(star)_star_A_inv"))
      let axis = try #require(trace.vector("rot_\(direct)_angstroms"))
      #expect(abs(reciprocal.dot(axis) - 1) < 1e-14, "a·a* = 1 holds for the rotated vectors only")
    }
    let atRest = try #require(trace.vector("rot_b_star_A_inv"))
    #expect(abs(atRest.dot(try #require(trace.vector("rot_b_angstroms"))) - 1) > 0.1, "Q-55")
    let parity = try PixelTracer(experiment(command)).trace(slow: 3, fast: 4)
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
