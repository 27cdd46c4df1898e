import Foundation
import KernelTypes
import Physics
import TestSupport
import Testing

/// The last bits of what blocks of pixels sum up, before the image rounds it to single precision, which hides most of them.
/// Properties compare the images with those of the scalar formulas; the digests, of our own numbers, tell that a rounding
/// changed that they let pass.
@Suite(.tags(.sampling), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct BlockPinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/blocks.json")

  private static let samplings =
    TracePinTests.samplings + [
      "-oversample 2 -oversample_polar -water 31", "-oversample 3 -oversample_omega -water 17 -dmin 3.3",
      "-oversample 2 -oversample_thick -phi 3.1 -osc 2.2 -phisteps 2 -water 9",
      "-oversample 2 -oversample_polar -oversample_thick -oversample_omega -dmin 2.7 -water 13",
    ]
  private static let sensors = [
    "", "-detector_thick 290 -detector_abs 211 -detector_thicksteps 2 -pixel 0.83",
    "-detector_thick 410 -detector_abs 307 -detector_thicksteps 3 -curved_det",
    "-detector_thick 510 -detector_abs 333 -detector_thicksteps 6 -detpixels_f 16", "-detpixels_f 24",
  ]

  /// Beside those of traces some whose numbers of cells single precision does not tell apart, and long cells.
  private static let crystals =
    TracePinTests.crystals + [
      "-cell 31 37 41 90 95 90 -Na 301 -Nb 303 -Nc 305", "-cell 31 37 41 90 95 90 -Na 301 -Nb 303 -Nc 305 -round_xtal",
      "-cell 31 37 541 90 95 90 -Na 301 -Nb 303 -Nc 305 -gauss_xtal",
      "-cell 531 37 41 80 95 90 -Na 4099 -Nb 4103 -Nc 4101 -tophat_spots",
      "-cell 31 737 41 90 90 90 -N 3", "-cell 1000000 1200000 900000 80 95 100 -misset 1 2 3 -N 3",
    ]

  /// Command lines of one part each.
  private static let lines: [String] = (0..<140).map { number in
    [
      crystals[number % crystals.count], TracePinTests.beams[number * 3 % 7],
      TracePinTests.detectors[number * 5 / 2 % 6], samplings[number * 7 / 3 % samplings.count],
      sensors[number * 11 / 5 % 5], "-default_F 71.3",
    ].joined(separator: " ")
  }

  @Test(arguments: Compatibility.examined) func lastBitsAreThoseRecorded(mode: Compatibility) throws {
    let recorded = try JSONDecoder().decode([String: [String]].self, from: Data(contentsOf: Self.file))
    for set in [InstructionSet.baseline, .v3] where set.isAvailable {
      let name = "\(mode.name), \(set == .baseline ? "unfused" : "fused")"
      let digests = try Self.lines.map { try digest($0, mode, set) }
      let wanted = try #require(recorded[name])
      #expect(wanted.count == digests.count && digests.count { $0 != "scalar" } > digests.count / 2)
      for (number, (digest, wanted)) in zip(digests, wanted).enumerated() where digest != wanted {
        Issue.record(
          "\(name), \(number): other bits; record \(digest) if that is meant, not \(wanted); \(Self.lines[number])")
      }
    }
  }

  /// What the block of three rows has; `scalar` for a scene that blocks do not render.
  private func digest(_ line: String, _ mode: Compatibility, _ set: InstructionSet) throws -> String {
    let table = PackageFolder.fixtures.appendingPathComponent("check-values/a.hkl").path
    let experiment = try Experiment(words: line.words.map { $0 == "HKL" ? table : $0 }, mode)
    let count = experiment.detector.slowPixels
    return BitDigest.ofBlocks(experiment, set, rows: [0, count / 2, count - 1])?.text ?? "scalar"
  }
}

extension BitDigest {
  /// What blocks of pixels sum up in some rows of an experiment; nil if blocks do not render it.
  static func ofBlocks(_ experiment: Experiment, _ set: InstructionSet, rows: some Sequence<Int>) -> BitDigest? {
    guard let plan = Simulator(experiment, instructions: set).plan else { return nil }
    let renderer = BlockRenderer(plan)
    let scratch = renderer.scratch
    scratch.states.update(repeating: .interpolates)
    let fast = experiment.region.fast
    let photons = UnsafeMutableBufferPointer<Float>.allocate(capacity: fast.count)
    defer { photons.deallocate() }
    var digest = BitDigest()
    digest.add("\(plan.lattice)")
    for slow in rows {
      renderer.render(slow: slow, fast: fast, into: photons)
      let arrays = [
        scratch.sums, scratch.photonSums, scratch.background, scratch.capture, scratch.polarization,
        scratch.solidAngle, scratch.total,
      ]
      for array in arrays { for i in 0..<fast.count { digest.add(array[i].bitPattern) } }
      for photons in photons { digest.add(UInt64(photons.bitPattern)) }
    }
    return digest
  }
}

/// Blocks where a resolution limit passes through them.
@Suite(.tags(.sampling)) struct BlockLimitTests {
  /// A resolution limit between any two pixels, for one wavelength and not for the other, takes the same pixels as the
  /// scalar formulas: which of a block are known to be polarized is noted pixel by pixel.
  @Test(arguments: [Compatibility.cParity, .spec]) func limitsBetweenPixels(mode: Compatibility) throws {
    let scene =
      "-cell 50 60 70 80 90 100 -misset 10 20 30 -N 2 -default_F 100 -lambda 1 -dispersion 4 -dispsteps 2 -water 20"
      + " -distance 30 -detpixels_f 16 -detpixels_s 1 -pixel 1 -oversample 1 -detector_thick 200 -detector_abs 300"
    for centre in [-3.0, 20] {
      for step in 0..<60 {
        let line = "\(scene) -Xbeam \(centre) -Ybeam 0.3 -dmin \(1 + 0.09 * Double(step))"
        let experiment = try Experiment(command: line, mode)
        let image = try Simulator(experiment, instructions: .baseline).render().image.pixels
        let wanted = try Simulator(experiment, instructions: .scalar).render().image.pixels
        // Sums in another order may round to the next number of single precision.
        let isClose = zip(image, wanted).allSatisfy { abs($0 - $1) <= 2 * Float.ulpOfOne * max(abs($0), abs($1)) }
        #expect(isClose, "\(line): \(image) for \(wanted)")
      }
    }
  }
}
