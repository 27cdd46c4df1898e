import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing

/// Scenes on the borders of what blocks do otherwise than the scalar formulas: pixels next to a node, sensors that a ray
/// passes along, limits through a block, factors that overflow. Blocks and scalar formulas must agree.
@Suite(.tags(.sampling), .generousTime) struct BlockBorderTests {
  private static let list = PackageFolder.fixtures.appendingPathComponent("check-values/a.hkl").path
  private static let crystal = "-cell 50 60 70 80 90 100 -misset 10 20 30 -N 3 -default_F 100 -lambda 1"
  private static let cube =
    "-cell 100 100 100 90 90 90 -misset 0 0 30 -N 3 -hkl HKL -interpolate -default_F 3 -lambda 1 -xds -distance 100 -pixel 0.1"
    + " -oversample 1"
  private static let vectors =
    "-beam_vector 0 0 1 -fdet_vector 1 0 0 -sdet_vector 0 1 0 -spindle_axis 1 0 0 -polar_vector 1 0 0"
  private static let row = "\(crystal) -detpixels_f 8 -detpixels_s 1 -oversample 1"

  private static let inParity: [String] = {
    var lines = [
      // Steps that repeat a cell, once in the order of the steps and once not.
      "\(crystal) -distance 100 -detpixels 8 -pixel 1 -oversample 1 -oversample_omega -osc 0 -phisteps 3",
      // A limit that some pixels of a block pass, with steps that count several times.
      "\(crystal) -xds -distance 30 -detpixels_f 16 -detpixels_s 3 -pixel 1 -oversample 1 -dmin 2.5 -ORGX -3 -ORGY 1 -osc 0 -phisteps 2",
      // Layers that absorb all but nothing, whose share is computed again.
      "\(crystal) -xds -detpixels_f 8 -detpixels_s 1 -pixel 100 -distance 1 -ORGX 3.75 -ORGY 5 -detector_thick 1 -detector_abs 0.781043 -detector_thicksteps 2 -oversample 2 -fluence 1e290 -default_F 1e20",
      // Rays from behind, along and through the edge of the sensor.
      "\(row) -pixel 1 -close_distance -50 -detector_thick 800 -detector_abs 1 -detector_thicksteps 2",
      "\(row) \(vectors) -pixel 1 -odet_vector -0.6 0 0.8 -Xbeam 0 -Ybeam 0.5 -distance 5 -detector_thick 50 -detector_abs 1 -detector_thicksteps 2",
      "\(row) \(vectors) -pixel 1 -odet_vector 0.6 0 0.8 -Xbeam 8 -Ybeam 0.5 -distance 5 -detector_thick 50 -detector_abs 1 -detector_thicksteps 2",
      "\(row) \(vectors) -pixel 125 -odet_vector -0.8 0 0.6 -Xbeam 562.5 -Ybeam 62.5 -distance 500 -detector_thick 50 -detector_abs 10 -detector_thicksteps 2 -oversample_thick",
      // A square of a factor that is a number times a multiplicity that is none.
      "-cell 50 60 70 80 90 100 -misset 10 20 30 -N 30 -tophat_spots -fudge 50 -default_F 1.2e154 -lambda 1 -distance 100 -detpixels 8 -pixel 1 -oversample 1 -osc 0 -phisteps 2",
      // The first sweep and a cutoff, with a region that begins in the image.
      "\(cube) -detpixels_f 14 -detpixels_s 30 -ORGX .5 -ORGY .5 -phi 0 -osc 0.01 -phisteps 2 -roi 0 13 18 29",
      "\(cube) -detpixels_f 14 -detpixels_s 30 -ORGX .5 -ORGY .5 -phi 0 -osc 0.01 -phisteps 2 -roi 1 13 16 29",
      "\(cube) -detpixels_f 24 -detpixels_s 30 -ORGX 12.5 -ORGY 4.5 -phi 0 -osc 0.01 -phisteps 2 -roi 4 23 24 29",
    ]
    // Pixels next to a reflection of a round crystal, where the scalar law has large errors.
    for more in ["", "-oversample_omega", "-hkl HKL -nointerpolate"] {
      lines.append(
        "\(crystal) -round_xtal -xds -distance 100 -detpixels 8 -pixel 0.1 -oversample 1 -ORGX 4.00001 -ORGY 4.000007 \(more)"
      )
    }
    return lines
  }()

  private static let inSpec = ["\(row) -pixel 1 -distance 50 -detector_abs 300"]

  private func compare(_ line: String, _ mode: Compatibility) throws {
    let experiment = try Experiment(words: line.words.map { $0 == "HKL" ? Self.list : $0 }, mode)
    let wanted = try Simulator(experiment, instructions: .scalar).render()
    let found = try Simulator(experiment, instructions: .baseline).render()
    let isClose = zip(found.image.pixels, wanted.image.pixels).allSatisfy {
      $0 == $1 || ($0.isNaN && $1.isNaN) || abs($0 - $1) <= 1e-6 * max(abs($0), abs($1))
    }
    #expect(isClose, "\(line): \(found.image.pixels.prefix(40)) for \(wanted.image.pixels.prefix(40))")
    #expect(found.interpolationCutoff == wanted.interpolationCutoff, "\(line)")
  }

  @Test(arguments: inParity) func agreesInParity(line: String) throws { try compare(line, .cParity) }

  @Test(arguments: inSpec) func agreesInSpec(line: String) throws { try compare(line, .spec) }

  /// Limits through a block, for sources of two wavelengths or directions.
  @Test(arguments: [0.3, 15.2], ["-dispersion 4 -dispsteps 2", "-hdivrange 40 -hdivsteps 2"])
  func limitsThroughABlock(centre: Double, sources: String) throws {
    let scene =
      "-cell 50 60 70 80 90 100 -misset 10 20 30 -N 2 -default_F 100 -lambda 1 \(sources) -water 20 -distance 30"
      + " -detpixels_f 16 -detpixels_s 1 -pixel 1 -oversample 1 -detector_thick 200 -detector_abs 300 -Xbeam -3"
    for step in 0..<60 { try compare("\(scene) -Ybeam \(centre) -dmin \(2 + 0.03 * Double(step))", .cParity) }
  }

  /// Amplitudes next to the largest whose square is a number, with steps and weights that count several times.
  @Test(arguments: ["-tophat_spots -fudge 50", "", "-gauss_xtal", "-round_xtal"])
  func squaresNextToTheLargest(shape: String) throws {
    for amplitude in ["1e153", "4e153", "9e153", "1.2e154", "1.3e154", "1.34e154", "1.35e154", "1e155"] {
      for more in ["-osc 0 -phisteps 2", "-phi 0 -osc 1 -phisteps 3", "-hdivrange 9 -hdivsteps 2"] {
        try compare(
          "-cell 50 60 70 80 90 100 -misset 10 20 30 -N 30 \(shape) -default_F \(amplitude) -lambda 1 -distance 100 -detpixels 6"
            + " -pixel 1 -oversample 1 \(more)", .cParity)
      }
    }
  }

  /// A round crystal whose spots are much wider or narrower than usual. Between, the phase of far terms is rounded: a radius
  /// of 1e8 has an error of 1e-8. Beyond 2⁵⁰ it has no fraction, and blocks leave the crystal to the scalar formulas.
  @Test(arguments: [Compatibility.cParity, .spec]) func roundCrystalsOfAnyWidth(mode: Compatibility) throws {
    for power in [-20, -9, -4, -1, 1, 4, 8, 31, 36, 40] {
      try compare(
        "\(Self.crystal) -round_xtal -fudge 1e\(power) -distance 100 -detpixels 6 -pixel 1 -oversample 1", mode)
    }
  }

  /// Blocks are filled up to whole vectors, and end at the most that one holds.
  @Test(arguments: [(1, 8), (7, 8), (8, 8), (9, 16), (16, 16), (255, 256), (256, 256), (300, 256)])
  func blocksAreWholeVectors(width: Int, expected: Int) throws {
    let experiment = try Experiment(
      command: "\(Self.crystal) -detpixels_f \(width) -detpixels_s 1 -pixel 0.01 -distance 100 -oversample 1")
    let plan = try #require(Simulator(experiment, instructions: .baseline).plan)
    #expect(BlockRenderer(plan).scratch.sums.count == expected)
  }

  /// One amplitude for all needs a square that is a number; a table has its own.
  @Test func aTableMayHaveALargeDefault() throws {
    func hasBlocks(_ words: String) throws -> Bool {
      let line = words.words.map { $0 == "HKL" ? Self.list : $0 }
      return Simulator(try Experiment(words: line), instructions: .baseline).plan != nil
    }
    let scene = "-cell 50 60 70 80 90 100 -N 3 -lambda 1 -detpixels 4 -oversample 1 -nointerpolate"
    #expect(try !hasBlocks("\(scene) -default_F 1e160") && hasBlocks("\(scene) -default_F 1e150"))
    #expect(try hasBlocks("\(scene) -default_F 1e160 -hkl HKL"))
  }

  /// Parts after a cutoff are handed out once more, those before it once.
  @Test(arguments: [14, 56, 70, 420]) func partsBeforeACutoffAreHandedOutOnce(size: Int) throws {
    let line = "\(Self.cube) -detpixels_f 14 -detpixels_s 30 -ORGX .5 -ORGY .5"
    let experiment = try Experiment(words: line.words.map { $0 == "HKL" ? Self.list : $0 })
    let received = ReceivedPixels(count: 14 * 30)
    let rendering = try Simulator(experiment, instructions: .baseline).render(
      threads: 1, startingAtLastRow: true, receiver: { received.take($0, $1) }, partSize: size)
    #expect(received.pixels == rendering.image.pixels)
    let cutoff = try #require(rendering.interpolationCutoff) / 14
    #expect(cutoff > 2)
    let rows = max(1, size / 14)
    let parts = (30 + rows - 1) / rows
    #expect(received.counts.count == parts + parts - cutoff / rows)
  }

  /// Pixels are handed out in parts of a quarter of a million, from the first row on.
  @Test func partsAreOfAQuarterOfAMillion() throws {
    let experiment = try Experiment(
      command:
        "\(Self.crystal) -detpixels_f 131072 -detpixels_s 5 -pixel 0.001 -distance 100 -oversample 1 -roi 0 0 0 4")
    let received = ReceivedPixels(count: 131_072 * 5)
    _ = try Simulator(experiment).render(receiver: { received.take($0, $1) })
    #expect(received.firsts == [0, 262_144, 524_288])
  }

  /// Without a number of threads the caller's does everything.
  @Test func oneThreadUnlessToldOtherwise() throws {
    let experiment = try Experiment(
      command: "\(Self.crystal) -detpixels_f 4 -detpixels_s 50 -distance 100 -oversample 1")
    let caller = UInt64(pthread_self())
    _ = try Simulator(experiment).render(progress: { _, _ in
      usleep(1000)
      #expect(UInt64(pthread_self()) == caller)
      return true
    })
  }

  /// Memory of all but four megabytes is filled in two pieces.
  @Test func anArrayOfOnePageLess() {
    let array = [UInt8](large: (1 << 22) - 1) { $0.initialize(repeating: 3) }
    #expect(array.allSatisfy { $0 == 3 })
  }
}
