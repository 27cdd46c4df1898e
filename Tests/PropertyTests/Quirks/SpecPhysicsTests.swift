import Physics
import Testing
import TraceIO

/// The corrected physics of spec mode against closed forms.
@Suite struct SpecPhysicsTests {
  @Test func layersAddUpToTheWholeSensor() throws {
    // Thin against the distance, so that the depth of a layer does not move the spots.
    let plain = try image("\(base32) -distance 1000 -pixel 1", .spec)
    for layers in [1, 2, 5, 40] {
      let sensor = try image(
        "\(base32) -distance 1000 -pixel 1 -detector_thick 4.5 -detector_abs 2.34 -thicksteps \(layers)", .spec)
      // Beer and Lambert for normal incidence; obliquity is at most 1.6 % off at 18 mrad, to second order 2e-4.
      #expect(abs(sensor.total / plain.total - (1 - exp(-4.5 / 2.34))) < 2e-4, "\(layers) layers")
    }
  }

  @Test func oversamplingFlagsHardlyMatter() throws {
    let plain = try image("\(base16) -oversample 4", .spec).total
    for flag in ["-oversample_omega", "-oversample_polar", "-oversample_thick"] {
      // Pixels of 0.1 mm at 100 mm: factors vary by 1e-6 within a pixel.
      #expect(abs(try image("\(base16) -oversample 4 \(flag)", .spec).total / plain - 1) < 1e-5, "\(flag)")
    }
  }

  @Test func backgroundDoesNotDependOnTheSampling() throws {
    let command = "\(base16) -default_F 1e-20 -water 10 -fluence 1e24"
    let reference = try image("\(command) -oversample 1", .spec)
    let volume = 1e-5 * 1e-5 * 1e-5
    let perSteradian = 2.57 * 2.57 * 7.94079248018965e-30 * 1e24 * volume * 1e6 * 6.02214179e23 / 18
    #expect(abs(Double(reference[slow: 8, fast: 8]) / (perSteradian * 1e-6) - 1) < 1e-3)
    for extra in [
      "-oversample 2", "-oversample 4", "-oversample 1 -mosaic 1 -mosaic_domains 3", "-oversample 1 -osc 1",
    ] {
      #expect(try image("\(command) \(extra)", .spec).deviation(from: reference) <= singlePrecision, "\(extra)")
    }
    let sensor = try image("\(command) -oversample 1 -detector_thick 4.5 -detector_abs 2.34 -thicksteps 4", .spec)
    // Near the beam the rays are normal to the sensor; layers lie at most 4.5 µm deeper at 100 mm.
    let captured = Double(sensor[slow: 8, fast: 8] / reference[slow: 8, fast: 8])
    #expect(abs(captured - (1 - exp(-4.5 / 2.34))) < 1e-4, "the background is captured as any other photon")
    let cut = try image("\(command) -oversample 1 -dmin 1000", .spec)
    #expect(cut.deviation(from: reference) <= singlePrecision, "the resolution limit leaves the background (Q-38)")
  }

  @Test func parityBackgroundIsThatOfTheRegister() throws {
    for (oversample, expected) in [(1, 1.3934e-2), (2, 3.4835e-3), (4, 8.7087e-4)] {
      let rendered = try image("\(base16) -default_F 1e-20 -water 10 -fluence 1e24 -oversample \(oversample)")
      #expect(abs(Double(rendered[slow: 8, fast: 8]) / expected - 1) < 2e-4, "five digits, pixel near the centre")
    }
  }

  @Test func gaussianSpotsNeedNoSpecialCell() throws {
    // In spec the width is that of N cells per axis: the total stays near that of the square crystal.
    let square = try image("\(base32) -N 10 -oversample 4", .spec).total
    let gauss = try image("\(base32) -N 10 -gauss_xtal -oversample 4", .spec).total
    #expect(abs(gauss / square - 1) < 0.2, "the same volume of the spots, sampled by one Ewald sphere")
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
    let folder = FileManager.default.temporaryDirectory
    let path = folder.appendingPathComponent("weights-\(UUID().uuidString).txt").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "-10 0 0 1 1e-10\n-10 0.02 0 3 1e-10\n".write(toFile: path, atomically: true, encoding: .utf8)
    func single(_ line: String) throws -> FloatImage {
      try line.write(toFile: path + ".one", atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(atPath: path + ".one") }
      return try image("\(base16) -oversample 1 -sourcefile \(path).one", .spec)
    }
    let (first, second) = (try single("-10 0 0 1 1e-10\n"), try single("-10 0.02 0 3 1e-10\n"))
    let both = try image("\(base16) -oversample 1 -sourcefile \(path)", .spec)
    let expected = zip(first.pixels, second.pixels).map { Float((Double($0) + 3 * Double($1)) / 4) }
    #expect(
      both.deviation(from: FloatImage(fastPixels: 16, slowPixels: 16, pixels: expected)) <= singlePrecision)
    let parity = try image("\(base16) -oversample 1 -sourcefile \(path)")
    #expect(parity.deviation(from: both) > 1e-3, "in c-parity the weights do not count (Q-19)")
  }

  @Test func aGivenOriginPlacesTheDetector() throws {
    for (flag, factor) in [("-pix0_vector", 1.0), ("-pix0_vector_mm", 1000)] {
      let origin = Vector3(0.1, 0.0016, -0.0016)
      let command = "\(base16) \(flag) \(factor * origin.x) \(factor * origin.y) \(factor * origin.z)"
      for pivot in ["sample", "beam"] {
        let pose = try experiment("\(command) -pivot \(pivot)", .spec).detector.pose
        #expect((pose.origin - origin).length < 1e-15)
        #expect(abs(pose.closeDistance - 0.1) < 1e-15)
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
      #expect((beam.origin - sample.origin).length < 1e-15, "\(centre)")
    }
    let oblique =
      convention == "-mosflm" || convention == "-denzo" ? "-beam_vector 1 0.1 0.2" : "-beam_vector 0.1 0.2 1"
    for pivot in ["beam", "sample"] {
      let near = try pose("\(oblique) -Xclose 0.4 -Yclose 0.7 -pivot \(pivot)").nearPoint
      #expect(abs(near.fast - 0.0004) < 1e-15 && abs(near.slow - 0.0007) < 1e-15, "\(pivot)")
      let centred = try pose("\(oblique) -Xbeam 0.4 -Ybeam 0.5 -pivot \(pivot)")
      let straight = try pose("-Xbeam 0.4 -Ybeam 0.5 -pivot \(pivot)")
      #expect(abs(centred.beamCentre.fast - straight.beamCentre.fast) < 1e-15)
      #expect(abs(centred.beamCentre.slow - straight.beamCentre.slow) < 1e-15)
      #expect(abs(centred.distance - 0.1) < 1e-15)
    }
  }

  @Test func pixelsOfACurvedDetectorFaceTheSample() throws {
    for extra in ["", "-twotheta 30", "-detector_roty 30"] {
      let experiment = try experiment("\(base16) -oversample 1 -curved_det \(extra)", .spec)
      let trace = Trace(lines: try PixelTracer(experiment).trace(PixelIndex(slow: 3, fast: 4)))
      #expect(abs(try #require(trace.number("omega_pixel")) / 1e-6 - 1) < 1e-12, "px²/R² with R = 100 mm, \(extra)")
    }
  }

  @Test func distanceAndBeamCentreUnderTwoTheta() throws {
    let pose = try experiment("\(base32) -twotheta 10", .spec).detector.pose
    #expect(abs(pose.distance - 0.1) < 1e-12 && abs(pose.beamCentre.slow - 0.0017) < 1e-12, "the true values of Q-15")
    let parity = try experiment("\(base32) -twotheta 10").detector.pose
    #expect(abs(parity.distance - 0.0984808) < 5e-8 && abs(parity.beamCentre.slow - 0.00196381) < 5e-9)
  }
}

import Foundation
