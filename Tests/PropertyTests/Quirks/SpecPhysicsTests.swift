import Oracles
import Physics
import TestSupport
import Testing
import TraceIO

/// The corrected physics of spec mode against closed forms.
@Suite(.tags(.quirk), .generousTime) struct SpecPhysicsTests {
  @Test func layersAddUpToTheWholeSensor() throws {
    // Thin against the distance, so that the depth of a layer does not move the spots.
    let plain = try image("\(base32) -distance 1000 -pixel 1", .spec)
    for layers in [1, 2, 5, 40] {
      let sensor = try image(
        "\(base32) -distance 1000 -pixel 1 -detector_thick 4.5 -detector_abs 2.34 -thicksteps \(layers)", .spec)
      // Beer and Lambert for normal incidence; obliquity is at most 1.6 % off at 18 mrad, to second order 2e-4.
      expectClose(
        sensor.total / plain.total, 1 - exp(-4.5 / 2.34), within: 2e-4,
        because: "obliquity is at most 1.6 % off at 18 mrad, to second order 2e-4", "\(layers) layers")
    }
  }

  @Test func oversamplingFlagsHardlyMatter() throws {
    let plain = try image("\(base16) -oversample 4", .spec).total
    for flag in ["-oversample_omega", "-oversample_polar", "-oversample_thick"] {
      // Pixels of 0.1 mm at 100 mm: factors vary by 1e-6 within a pixel.
      try expectClose(
        image("\(base16) -oversample 4 \(flag)", .spec).total / plain, 1, within: 1e-5,
        because: "factors vary by 1e-6 within a pixel of 0.1 mm at 100 mm", "\(flag)")
    }
  }

  @Test func backgroundDoesNotDependOnTheSampling() throws {
    let command = "\(base16) -default_F 1e-20 -water 10 -fluence 1e24"
    let reference = try image("\(command) -oversample 1", .spec)
    let volume = 1e-5 * 1e-5 * 1e-5
    let perSteradian = 2.57 * 2.57 * 7.94079248018965e-30 * 1e24 * volume * 1e6 * 6.02214179e23 / 18
    expectClose(
      Double(reference[slow: 8, fast: 8]) / (perSteradian * 1e-6), 1, within: 1e-5,
      because: "0.07 mm off the beam at 100 mm: solid angle and polarization fall by less than 1e-6")
    for extra in [
      "-oversample 2", "-oversample 4", "-oversample 1 -mosaic 1 -mosaic_domains 3", "-oversample 1 -osc 1",
    ] {
      #expect(try image("\(command) \(extra)", .spec).deviation(from: reference) <= singlePrecision, "\(extra)")
    }
    let sensor = try image("\(command) -oversample 1 -detector_thick 4.5 -detector_abs 2.34 -thicksteps 4", .spec)
    // Near the beam the rays are normal to the sensor; layers lie at most 4.5 µm deeper at 100 mm.
    let captured = Double(sensor[slow: 8, fast: 8] / reference[slow: 8, fast: 8])
    expectClose(
      captured, 1 - exp(-4.5 / 2.34), within: 1e-4,
      because: "layers lie up to 4.5 µm deeper at 100 mm: twice 4.5e-5; the background is captured as any other photon")
    let cut = try image("\(command) -oversample 1 -dmin 1000", .spec)
    #expect(cut.deviation(from: reference) <= singlePrecision, "the resolution limit leaves the background (Q-38)")
  }

  @Test func parityBackgroundIsThatOfTheRegister() throws {
    for (oversample, expected) in [(1, 1.3934e-2), (2, 3.4835e-3), (4, 8.7087e-4)] {
      let rendered = try image("\(base16) -default_F 1e-20 -water 10 -fluence 1e24 -oversample \(oversample)")
      expectClose(
        Double(rendered[slow: 8, fast: 8]) / expected, 1, within: 2e-4, because: "five digits, pixel near the centre")
    }
  }

  @Test func gaussianSpotsNeedNoSpecialCell() throws {
    // In spec the width is that of N cells per axis: totals have the ratio of the volumes of the spots.
    let square = try image("\(base32) -N 10 -oversample 4", .spec).total
    let gauss = try image("\(base32) -N 10 -gauss_xtal -oversample 4", .spec).total
    expectClose(
      gauss / square, try SpotVolumeOracles.gaussian(fudge: 1).value, within: 0.02,
      because: "the Ewald sphere cuts slices, whose areas have the ratio 0.990; tails reach beyond the image")
  }

  @Test func theCurvedDetectorKeepsItsImageNearTheBeam() throws {
    for convention in ["-mosflm", "-adxv", "-denzo", "-xds", "-dials"] {
      let flat = try image("\(base32) \(convention) -misset 1 2 3", .spec)
      let curved = try image("\(base32) \(convention) -misset 1 2 3 -curved_det", .spec)
      // 1.6 mm at 100 mm: arc and tangent differ by 1.4e-7 m, a thousandth of a pixel.
      #expect(curved.deviation(from: flat) < 0.01, "\(convention)")
    }
  }

  @Test func sourcesCountByWeight() throws {
    let folder = try TemporaryFolder()
    func image(_ lines: String, _ mode: Compatibility) throws -> FloatImage {
      let path = try folder.file("sources.txt", lines)
      return try PropertyTests.image("\(base16) -oversample 1 -sourcefile \(path)", mode)
    }
    let lines = "-10 0 0 1 1e-10\n-10 0.02 0 3 1e-10\n"
    let (first, second) = (try image("-10 0 0 1 1e-10\n", .spec), try image("-10 0.02 0 3 1e-10\n", .spec))
    let both = try image(lines, .spec)
    let expected = try pairs(first.pixels, second.pixels).map { Float((Double($0) + 3 * Double($1)) / 4) }
    #expect(
      both.deviation(from: FloatImage(fastPixels: 16, slowPixels: 16, pixels: expected)) <= singlePrecision)
    let parity = try image(lines, .cParity)
    #expect(parity.deviation(from: both) > 1e-3, "in c-parity the weights do not count (Q-19)")
  }

  @Test func aGivenOriginPlacesTheDetector() throws {
    for (flag, factor) in [("-pix0_vector", 1.0), ("-pix0_vector_mm", 1000)] {
      let origin = Vector3(0.1, 0.0016, -0.0016)
      let command = "\(base16) \(flag) \(factor * origin.x) \(factor * origin.y) \(factor * origin.z)"
      for pivot in ["sample", "beam"] {
        let pose = try experiment("\(command) -pivot \(pivot)", .spec).detector.pose
        expectClose(
          (pose.origin - origin).length, 0, within: 1e-15, because: "lengths of 0.1 m: some ε of them", "\(pivot)")
        expectClose(pose.closeDistance, 0.1, within: 1e-15, because: "lengths of 0.1 m: some ε of them")
      }
    }
  }

  /// With nothing rotated the pivot makes no difference; a beam centre and a near point mean what they say.
  @Test(arguments: ["-mosflm", "-adxv", "-denzo", "-xds", "-dials"])
  func centresMeanWhatTheySay(convention: String) throws {
    func pose(_ extra: String) throws -> DetectorPose {
      try experiment("\(base16) \(convention) -detpixels_x 20 \(extra)", .spec).detector.pose
    }
    for centre in ["", "-Xbeam 0.4 -Ybeam 0.5", "-ORGX 5", "-ORGX 5 -ORGY 3", "-Xclose 0.4 -Yclose 0.7"] {
      let (beam, sample) = (try pose("\(centre) -pivot beam"), try pose("\(centre) -pivot sample"))
      expectClose(
        (beam.origin - sample.origin).length, 0, within: 1e-15, because: "lengths of 0.1 m: some ε of them", "\(centre)"
      )
    }
    let oblique =
      convention == "-mosflm" || convention == "-denzo" ? "-beam_vector 1 0.1 0.2" : "-beam_vector 0.1 0.2 1"
    for pivot in ["beam", "sample"] {
      let near = try pose("\(oblique) -Xclose 0.4 -Yclose 0.7 -pivot \(pivot)").nearPoint
      expectClose(near.fast, 0.0004, within: 1e-15, because: "lengths of 0.1 m: some ε of them", "\(pivot)")
      expectClose(near.slow, 0.0007, within: 1e-15, because: "lengths of 0.1 m: some ε of them", "\(pivot)")
      let centred = try pose("\(oblique) -Xbeam 0.4 -Ybeam 0.5 -pivot \(pivot)")
      let straight = try pose("-Xbeam 0.4 -Ybeam 0.5 -pivot \(pivot)")
      expectClose(
        centred.beamCentre.fast, straight.beamCentre.fast, within: 1e-15, because: "lengths of 0.1 m: some ε of them")
      expectClose(
        centred.beamCentre.slow, straight.beamCentre.slow, within: 1e-15, because: "lengths of 0.1 m: some ε of them")
      expectClose(centred.distance, 0.1, within: 1e-15, because: "lengths of 0.1 m: some ε of them")
    }
  }

  @Test func pixelsOfACurvedDetectorFaceTheSample() throws {
    for extra in ["", "-twotheta 30", "-detector_roty 30"] {
      let experiment = try experiment("\(base16) -oversample 1 -curved_det \(extra)", .spec)
      let trace = Trace(lines: try PixelTracer(experiment).trace(PixelIndex(slow: 3, fast: 4)))
      try expectClose(
        #require(trace.number("omega_pixel")) / 1e-6, 1, within: 1e-12, because: "p²/R² of a few products",
        "px²/R² with R = 100 mm, \(extra)")
    }
  }

  @Test func distanceAndBeamCentreUnderTwoTheta() throws {
    let pose = try experiment("\(base32) -twotheta 10", .spec).detector.pose
    expectClose(
      pose.distance, 0.1, within: 1e-12, because: "sums of lengths of 0.1 m, rotated; the true values of Q-15",
      "pose.distance")
    expectClose(
      pose.beamCentre.slow, 0.0017, within: 1e-12,
      because: "sums of lengths of 0.1 m, rotated; the true values of Q-15", "pose.beamCentre.slow")
    let parity = try experiment("\(base32) -twotheta 10").detector.pose
    expectClose(
      parity.distance, 0.0984808, within: 5e-8, because: "printed by the C program with six digits", "parity.distance")
    expectClose(
      parity.beamCentre.slow, 0.00196381, within: 5e-9, because: "printed by the C program with six digits",
      "parity.beamCentre.slow")
  }
}

import Foundation
