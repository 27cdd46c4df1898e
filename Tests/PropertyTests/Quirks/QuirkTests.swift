import FrameIO
import Physics
import TestSupport
import Testing
import TraceIO

/// The register of quirks (docs/reference/80-quirks.md): observed totals of the C program, and that each quirk acts
/// where it should.
@Suite(.tags(.quirk), .generousTime) struct QuirkTests {
  /// Commands and the sum of the float image that the C program gives, with the digits that the register states.
  static let totals: [(String, String)] = [
    (base32, "5685.0457"), (base16, "796.4639"), ("\(base16) -oversample 1", "775.6828"),
    ("\(base32) -twotheta 10 -twotheta_axis 0 1 0", "5673.58"),
    ("\(base32) -twotheta_axis 0 1 0 -twotheta 10", "189.38"),
    ("\(base32) -N 20 -oversample 1 -spindle_axis 1 0 0 -phi 0 -osc 0.9 -phisteps 3", "17620.3"),
    ("\(base16) -oversample 1 -oversample_omega", "775.683"), ("\(base16) -oversample 2 -oversample_omega", "184.740"),
    ("\(base16) -oversample 4 -oversample_omega", "45.7635"), ("\(base16) -oversample 4", "801.216"),
    ("\(base32) -nopolar -oversample_polar", "5684.4524"), ("\(base32) -oversample_polar", "5684.4524"),
    ("\(base32) -nopolar", "5685.4412"), ("\(base32) -xds -Xbeam 1 -Ybeam 1", "5673.5758"),
    ("\(base32) -xds", "5673.5758"),
    ("\(base32) -mosflm -ORGX 10 -ORGY 12", "5685.0457"), ("\(base32) -pix0_vector 0.1 0.002 -0.002", "5673.5758"),
    ("\(base32) -gauss_xtal", "75873.3"), ("\(base32) -tophat_spots", "121952.3"),
    ("\(base32) -gauss_xtal -N 20", "16634.9"), ("\(base32) -tophat_spots -N 20", "0"),
    ("\(base32) -curved_det -xds -nointerpolate", "2263.5"), ("\(base32) -point_pixel", "5.6854e11"),
    ("\(base32) -hdivsteps 1", "121.03"), ("\(base32) -hdivsteps 3", "63.89"),
    ("\(base32) -detector_thick 450 -detector_abs 234", "2689.32"),
    ("\(base32) -detector_thick 450 -detector_abs 234 -thicksteps 1", "1423.41"),
    ("\(base32) -detector_thick 450 -detector_abs 234 -thicksteps 5", "1590.80"),
    ("\(base32) -detector_thick 450 -detector_abs 234 -thicksteps 5 -oversample_thick", "84.389"),
    ("\(base32) -oversample_thick", "0"), ("\(base32) -detector_abs inf -detector_thick 450", "0"),
    ("\(base32) -detector_thick 450 -detector_abs inf", "5685.0457"), ("\(base32) -curved_det", "5685.0457"),
    ("\(base16) -close_distance -100 -oversample 1", "-775.683"), ("\(base32) -mosaic 0.5", "5670.50"),
  ]

  @Test(arguments: totals)
  func totalOfTheCProgram(command: String, text: String) throws {
    let total = try image(command).total
    let expected = try #require(Double(text))
    // The register prints four to eight significant digits: half a unit of the last one given.
    let digits = text.split(separator: "e")[0].filter(\.isNumber).count
    let unit = expected == 0 ? 0 : pow(10, floor(log10(abs(expected))) - Double(digits - 1))
    expectClose(total, expected, within: 0.51 * unit, because: "half a unit of the last digit that the register states")
  }

  /// For each quirk a command on which it acts: taking it alone out of c-parity changes the image.
  static let triggers: [(Quirk, String)] = [
    (.twoThetaAxisSetsAngle, "\(base32) -twotheta_axis 20 0 0"),
    (.phiCarryOver, "\(base32) -phi 0 -osc 1 -phisteps 3"),
    (.closeDistanceAlwaysWins, "\(base32) -close_distance 90 -distance 100"),
    (.runningSum, "\(base32) -detector_thick 450"),
    (.oversamplePolarDefeatsNoPolar, "\(base32) -nopolar -oversample_polar"),
    (.vectorOptionsReplaceConvention, "\(base32) -xds -spindle_axis 0 1 0 -phi 10"),
    (.conventionForcesPivot, "\(base32) -mosflm -detector_rotx 5 -Ybeam 1 -pivot sample"),
    (.foreignCentreIgnored, "\(base32) -xds -Xbeam 1 -Ybeam 1"),
    (.originIgnored, "\(base32) -pix0_vector 0.1 0.002 -0.0018"),
    (.twoThetaAxisNotNormalised, "\(base32) -twotheta_axis 5 0 0"),
    (.distanceIgnoresTwoTheta, "\(base32) -twotheta 30 -curved_det -nointerpolate"),
    (.cellVolumeRatio, "\(base32) -cell 60 60 60 70 75 80"),
    (.spotWidthFromProduct, "\(base32) -gauss_xtal"),
    (.curvedInLaboratoryFrame, "\(base32) -curved_det -xds"),
    (.pointPixelWithoutArea, "\(base32) -point_pixel"),
    (.divergenceCountSpansRadian, "\(base32) -hdivsteps 3"),
    (.layersExceedSensor, "\(base32) -detector_thick 450 -thicksteps 5"),
    (.thickWithoutThickness, "\(base32) -oversample_thick"),
    (.infiniteAttenuationOrder, "\(base32) -detector_abs inf -detector_thick 450"),
    (.zeroPhiSteps, "\(base32) -osc 0 -phistep 1"),
    (.stepReplacesCount, "\(base32) -phi 1 -phisteps 5 -phistep 0.1"),
    (.gridNotCentred, "\(base32) -hdivrange 1 -hdivstep 0.3"),
    (.curvedNeedsFollower, "\(base32) -xds -curved_det"),
    (.fluxOverridesFluence, "\(base32) -flux 1e12 -fluence 5e28"),
    (.layersAtFrontFace, "\(base32) -detector_thick 4500 -detector_abs 4500"),
    (.unreducedPhases, "\(base16) -oversample 1 -round_xtal -Xbeam 0.7000000001 -Ybeam 0.7000000001"),
    (.negativeSeeds, "\(base32) -mosaic 0.5 -mosaic_domains 3 -misset_seed 5 -misset random -mosaic_seed -5"),
    (.missetSeedFromClock, "\(base32) -seed 7 -misset random"),
  ]

  @Test(arguments: triggers)
  func everyQuirkActsOnItsTrigger(quirk: Quirk, command: String) throws {
    let with = try image(command)
    let without = try image(command, Compatibility.cParity.setting(quirk, false))
    #expect(!with.isSame(as: without), "\(quirk.rawValue)")
  }

  /// Taking a quirk out changes nothing on a command that none of them concerns.
  @Test(arguments: Quirk.allCases)
  func noQuirkActsWithoutTrigger(quirk: Quirk) throws {
    let command = "\(base16) -oversample 1 -phi 5 -osc 1 -phisteps 3 -mosaic 0.3 -mosaic_domains 2"
    // Without the running sum, solid angle and polarization are taken at (f + ½)·p, and without unreduced phases the
    // lattice factor is better by 1e-13: one rounding of a float apart.
    let allowed = [.runningSum, .unreducedPhases].contains(quirk) ? 1.2e-7 : 0
    let without = try image(command, Compatibility.cParity.setting(quirk, false))
    let deviation = try image(command).deviation(from: without)
    #expect(deviation <= allowed)
  }

  @Test func solidAngleAndStatistics() throws {
    let layers = "\(base32) -detector_thick 450 -detector_abs 234"
    try expectClose(
      statistics(layers, .cParity).solidAngle, 2.04747e-3, within: 5e-9,
      because: "printed with six digits; two layers count twice (Q-53)")
    try expectClose(
      statistics(layers, .spec).solidAngle, 1.02373e-3, within: 1e-5,
      because: "layers lie up to 0.3 mm deeper: a solid angle smaller by up to 0.6 %")
    let plain = try statistics(base32, .cParity)
    expectClose(plain.maximum, 97.2806, within: 5e-5, because: "printed with six digits", "plain.maximum")
    expectClose(plain.mean, 5.5518, within: 5e-5, because: "printed with six digits", "plain.mean")
    expectClose(plain.rms, 18.7158, within: 5e-5, because: "printed with six digits", "plain.rms")
    expectClose(plain.rmsd, 17.8726, within: 5e-5, because: "printed with six digits", "plain.rmsd")
    expectClose(
      plain.maximumFast, 0.001775, within: 1e-9, because: "printed with four digits; the place of the last sub-pixel")
  }

  private func statistics(_ command: String, _ mode: Compatibility) throws -> ImageStatistics {
    try Simulator(experiment(command, mode)).render().statistics
  }

  /// The polarization factor normalises the diffracted vector once more, and later sources see it
  /// (docs/reference/40-beam-and-sampling.md §7).
  @Test func laterSourcesSeeTheVectorNormalisedTwice() throws {
    let experiment = try experiment("\(base16) -oversample 1 -dispersion 1 -polar 0.5")
    let tracer = PixelTracer(experiment)
    let second = experiment.beam.sources[1]
    let cell = experiment.crystal.lattice.direct
    var changed = 0
    for slow in 0..<16 {
      for fast in 0..<16 {
        let trace = Trace(lines: try tracer.trace(PixelIndex(slow: slow, fast: fast)))
        let once = try #require(trace.vector("diffracted_vec"))
        let twice = once.normalized
        changed += once == twice ? 0 : 1
        let difference = twice - second.direction
        let q = Vector3(
          difference.x / second.wavelength, difference.y / second.wavelength, difference.z / second.wavelength)
        let step = try #require(trace.lines.first { $0.section == .step && $0.integer("source") == 1 })
        #expect(step.real("h") == cell.a.dot(q) && step.real("k") == cell.b.dot(q) && step.real("l") == cell.c.dot(q))
      }
    }
    #expect(changed > 10, "normalising twice must matter somewhere, or this test shows nothing")
  }

  @Test func negativeDistancesAreRefusedInSpec() {
    #expect(throws: RequestError.self) { try experiment("\(base16) -close_distance -100", .spec) }
    #expect(throws: RequestError.self) { try experiment("\(base16) -distance -100", .spec) }
  }
}

import Glibc
