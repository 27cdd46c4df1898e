import Foundation
import Physics
import TestSupport
import Testing

/// The traces of command lines to the last bit, in c-parity and in the documented physics, as digests of our own numbers.
/// Golden cases judge c-parity and properties judge the physics, within tolerances; the digests tell that a number changed
/// that they would have let pass. The elementary functions are those of the C library, so the digests hold with the library
/// of the recording only.
@Suite(.tags(.verification), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct TracePinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/traces.json")

  private static let table = PackageFolder.fixtures.appendingPathComponent("check-values/a.hkl").path

  static let crystals = [
    "-cell 50.3 60.7 70.1 80.2 91.3 102.4 -misset 11.3 -21.7 33.1 -Na 3 -Nb 4 -Nc 5",
    "-cell 40.1 -misset_seed 7 -misset random -Na 2 -Nb 1 -Nc 6 -round_xtal",
    "-cell 33.3 44.4 55.5 90 117.3 90 -misset 1 2 3 -N 4 -gauss_xtal -fudge 0.83",
    "-cell 61.7 61.7 93.1 90 90 120 -misset 70 80 -20 -N 3 -tophat_spots -fudge 1.31",
    "-cell 78 79.1 38.3 90 90 90 -misset 5 6 7 -sample_x 0.00003 -sample_y 0.00002 -sample_z 0.00001",
  ]
  static let beams = [
    "-lambda 1.0371", "-energy 12398.42",
    "-lambda 0.9 -dispersion 1.3 -dispsteps 3 -flux 3e11 -exposure 0.7 -beamsize 0.13",
    "-lambda 1.3 -hdivrange 3.1 -hdivsteps 3 -vdivrange 2.3 -vdivsteps 2 -polar 0.93",
    "-lambda 1.1 -fluence 3.7e15 -polar -0.4",
    "-lambda 1.2 -hdivrange 2 -vdivrange 2 -hdivstep 0.7 -vdivstep 0.9 -round_div", "-lambda 1 -nopolar",
  ]
  static let detectors = [
    "-mosflm -distance 71.3 -detpixels 31 -pixel 0.73 -Xbeam 10.9 -Ybeam 12.1 -detector_rotx 3.1 -detector_roty -4.7 -detector_rotz 7.3",
    "-xds -distance 63.1 -detpixels_x 29 -detpixels_y 23 -pixel 0.61 -ORGX 13.3 -ORGY 11.9 -twotheta 17.3 -detector_rotx 2.3",
    "-adxv -close_distance 55.7 -detpixels 27 -pixel 0.67 -twotheta 11.1 -detector_roty 5.3 -curved_det",
    "-denzo -distance 91.7 -detsize 21.3 -pixel 0.57 -point_pixel -twotheta -7.7",
    "-dials -distance 47.9 -detpixels 33 -pixel 0.41 -detector_thick 331 -detector_abs 197 -detector_thicksteps 3 -detector_rotz 9.1",
    "-distance 83 -detpixels 25 -pixel 0.5 -beam_vector 0.1 0.2 0.97 -fdet_vector 1 0.01 0.02 -sdet_vector 0.03 -1 0.1"
      + " -odet_vector 0.05 0.1 1 -spindle_axis 0.1 1 0.2 -polar_vector 0.3 1 0.1 -Xclose 6.1 -Yclose 5.9",
  ]
  static let samplings = [
    "-oversample 1", "-oversample 2 -phi 13.7 -osc 1.9 -phisteps 3",
    "-oversample 1 -mosaic 1.7 -mosaic_domains 4 -mosaic_seed 5",
    "-oversample 2 -oversample_omega", "-oversample 2 -oversample_polar -oversample_thick",
    "-oversample 1 -water 73 -dmin 2.1",
    "-oversample 1 -hkl HKL -interpolate", "-oversample 1 -hkl HKL -nointerpolate -water 5",
  ]

  /// A command line of one part each; all parts of a list occur, each beside several of the others.
  static let lines: [String] = (0..<42).map { number in
    [
      crystals[number % crystals.count], beams[number * 3 % beams.count], detectors[number * 5 / 2 % detectors.count],
      samplings[number * 7 / 3 % samplings.count], "-default_F 103.7",
    ].joined(separator: " ")
  }

  @Test(arguments: Compatibility.examined) func lastBitsAreThoseRecorded(mode: Compatibility) throws {
    let recorded = try JSONDecoder().decode([String: [String]].self, from: Data(contentsOf: Self.file))
    let wanted = try #require(recorded[mode.name])
    #expect(wanted.count == Self.lines.count)
    for (number, line) in Self.lines.enumerated() {
      let digest: String
      do { digest = try self.digest(line, mode) } catch {
        Issue.record("\(mode.name) \(number): \(error); \(line)")
        continue
      }
      #expect(
        number < wanted.count && digest == wanted[number],
        "\(mode.name) \(number): other bits; record \(digest) if that is meant; \(line)")
    }
  }

  /// What the program prints of every pixel, with pixels that evaluate nothing and take the values of those before.
  @Test func printedValuesAreThoseRecorded() throws {
    let recorded = try JSONDecoder().decode([String: [String]].self, from: Data(contentsOf: Self.file))
    var digest = BitDigest()
    for (number, line) in Self.lines.enumerated() where number % 3 == 0 {
      let options = ["-dmin 2.9 -roi 3 19 2 17", "-roi 0 11 5 22", ""][number / 3 % 3]
      let words = "\(line) -detpixels 23 \(options)".words.map { $0 == "HKL" ? Self.table : $0 }
      let simulator = Simulator(try Experiment(words: words, number % 2 == 0 ? .cParity : .spec), instructions: .scalar)
      let rendering = try simulator.render()
      simulator.forEachPixel(only: nil, of: rendering) { digest.add("\($0)") }
      simulator.forEachPixel(only: PixelIndex(slow: 9, fast: 7), of: rendering) { digest.add("\($0)") }
    }
    #expect([digest.text] == recorded["printed"], "other bits; record \(digest.text) if that is meant")
  }

  /// Interpolated structure factors: few traced pixels have one, and only its first.
  @Test func interpolatedAmplitudesAreThoseRecorded() throws {
    let recorded = try JSONDecoder().decode([String: [String]].self, from: Data(contentsOf: Self.file))
    var reflections: [Reflection] = []
    for h in -5...5 {
      for k in -4...6 {
        for l in -7...3 {
          let size = (h * 7 + k * 13 + l * 29 + 400) % 53
          reflections.append(Reflection(h: h, k: k, l: l, amplitude: Double(size) / 7))
        }
      }
    }
    let list = try #require(ReflectionList(reflections))
    let table = try StructureFactors(list, defaultAmplitude: 0, source: "test")
    var sum = BitDigest()
    for number in 0..<4000 {
      let t = Double(number)
      let place = Vector3(3 * Double.sine(t), 1 + 3 * Double.sine(1.7 * t), -2 + 3 * Double.sine(2.3 * t))
      guard table.canInterpolate(place) else { continue }
      sum.add(table.interpolated(place).bitPattern)
    }
    let digest = sum.text
    #expect([digest] == recorded["interpolated"], "other bits; record \(digest) if that is meant")
  }

  /// The set-up, all lines of some pixels and the photons of the whole image.
  private func digest(_ line: String, _ mode: Compatibility) throws -> String {
    let experiment = try Experiment(words: line.words.map { $0 == "HKL" ? Self.table : $0 }, mode)
    let tracer = PixelTracer(experiment)
    let detector = experiment.detector
    // A number is printed with as many digits as tell it from its neighbours.
    var digest = BitDigest()
    for line in tracer.setupLines() { digest.add("\(line)") }
    for (slow, fast) in [(0, 0), (detector.slowPixels / 2, detector.fastPixels / 3), (detector.slowPixels - 2, 5)] {
      for line in try tracer.pixelLines(PixelIndex(slow: slow, fast: fast)) { digest.add("\(line)") }
    }
    let rendering = try Simulator(experiment, instructions: .scalar).render()
    for pixel in rendering.image.pixels { digest.add("\(pixel)") }
    digest.add("\(rendering.statistics)")
    return digest.text
  }
}
