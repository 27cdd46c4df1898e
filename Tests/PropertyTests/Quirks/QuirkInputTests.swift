import CommandLineSupport
import Foundation
import Physics
import Testing

/// Quirks that act on files, and those that show in something else than the image.
@Suite struct QuirkInputTests {
  private final class Folder: Sendable {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("quirks-\(UUID().uuidString)")
    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
      let path = url.appendingPathComponent(name)
      try Data(bytes).write(to: path)
      return path.path
    }
  }

  private let folder: Folder

  init() throws { folder = try Folder() }

  private func text(_ name: String, _ content: String) throws -> String { try folder.file(name, Array(content.utf8)) }

  /// An SMV image of 16 × 16 pixels, all 1 but for a block of zeros.
  private func smv(_ keys: String, pixel: (Int) -> [UInt8] = { $0 < 100 ? [0, 0] : [1, 0] }) throws -> String {
    var bytes = Array("{\nHEADER_BYTES=512;\nSIZE1=16;\nSIZE2=16;\nPIXEL_SIZE=0.1;\n\(keys)}".utf8)
    bytes += [UInt8](repeating: 32, count: 512 - bytes.count)
    return try folder.file("smv.img", bytes + (0..<256).flatMap(pixel))
  }

  private func reflections(_ range: ClosedRange<Int>) throws -> String {
    var lines = ""
    for h in range {
      for k in range {
        for l in range { lines += "\(h) \(k) \(l) \(20 + (h * h + 2 * k * k + 3 * l * l) % 17)\n" }
      }
    }
    return try text("a.hkl", lines)
  }

  /// Whether taking one quirk out of c-parity changes what is read off an experiment.
  private func acts<Value: Equatable>(
    _ quirk: Quirk, on command: String, _ value: (Experiment) throws -> Value
  ) throws -> Bool {
    let with = try value(experiment(command))
    let without = try value(experiment(command, Compatibility.cParity.setting(quirk, false)))
    return with != without
  }

  private func rendered(_ experiment: Experiment) throws -> FloatImage { try Simulator(experiment).render().image }

  @Test func headers() throws {
    let substring = try smv("COMMENT=PHI;\nFOO=33;\n")
    #expect(try acts(.headerKeysAreSubstrings, on: "\(base16) -img \(substring)") { $0.sampling.phi })
    let turned = try smv("TWOTHETA=20;\n")
    #expect(try acts(.headerTwoThetaIgnored, on: "\(base16) -img \(turned)") { $0.detector.twoTheta })
    let still = try smv("OSC_RANGE=0;\n")
    #expect(try acts(.zeroOscillationTwice, on: "\(base16) -img \(still)") { $0.sampling.phi.count })
    #expect(try acts(.zeroOscillationTwice, on: "\(base16) -osc 0") { $0.sampling.phi.count })
  }

  @Test func masks() throws {
    let flipped = try smv("BEAM_CENTER_Y=0.6;\n")
    #expect(try acts(.maskFlipsBeamCentre, on: "\(base16) -mask \(flipped)") { $0.detector.pose.origin })
    // 0x0100 in big-endian order is 1; read the other way round it is 256: the mask stays, the value does not.
    let swapped = try smv("BYTE_ORDER=big_endian;\n") { _ in [0, 1] }
    #expect(try experiment("\(base16) -mask \(swapped)").mask == experiment("\(base16) -mask \(swapped)", .spec).mask)
    let half = try smv("")
    #expect(
      try acts(.statisticsPopulations, on: "\(base16) -mask \(half)") {
        try Simulator($0).render().statistics.rmsd
      })
  }

  @Test func reflectionLists() throws {
    let stream = try text("s.hkl", "0 0 0 50\n1.0 0 0 60\n0 1 0 70\n")
    #expect(try acts(.reflectionStream, on: "\(base16) -hkl \(stream)") { $0.structureFactors })
    let small =
      "-default_F 5 -cell 100 -N 2 -distance 100 -pixel 0.2 -detpixels 40 -oversample 1 -hkl \(try reflections(-4...4))"
    #expect(try acts(.interpolationSwitchesOff, on: small, rendered), "Q-28")
    let sized = "-cell 100 -xtalsize 0.0001 -detpixels 8 -hkl \(try reflections(-2...2))"
    #expect(try acts(.interpolationBeforeSize, on: sized) { $0.interpolates }, "Q-29")
  }

  @Test func sourceLists() throws {
    let weighted = try text("w.txt", "-10 0 0 1 1e-10\n-10 0.02 0 3 1e-10\n")
    #expect(try acts(.sourceWeightsIgnored, on: "\(base16) -oversample 1 -sourcefile \(weighted)", rendered))
    let open = try text("o.txt", "-10 0 0")
    #expect(throws: RequestError.self) { try experiment("\(base16) -sourcefile \(open)") }
    let without = Compatibility.cParity.setting(.sourceLineEndings, false)
    #expect(try experiment("\(base16) -sourcefile \(open)", without).beam.sources.count == 1)
  }

  @Test func matrixAndCell() throws {
    let matrix = try text("a.mat", "0.02 0 0\n0 0.02 0\n0 0 0.02\n")
    #expect(try acts(.cellAndMatrixMix, on: "\(base16) -mat \(matrix)") { $0.crystal.lattice })
  }

  @Test func namesAndText() throws {
    #expect(try experiment("\(base16) --cell 50").crystal.lattice.direct.a.length < 6e-9)
    let exact = Compatibility.cParity.setting(.optionsAreSubstrings, false)
    #expect(throws: RequestError.self) { try experiment("\(base16) --cell 50", exact) }
    let layers = "\(base16) -detector_thick 450"
    #expect(
      try acts(.solidAngleDividedBySteps, on: layers) { try Simulator($0).render().statistics.solidAngle }, "Q-53")
    let traced = "\(base16) -phi 30 -oversample 1"
    #expect(
      try acts(.reciprocalTracedAtRest, on: traced) { try PixelTracer($0).trace(PixelIndex(slow: 1, fast: 1)).count },
      "Q-55")
    let behind = "\(base16) -close_distance -100 -oversample 1"
    #expect(try Simulator(experiment(behind)).render().image.total < 0)
    #expect(throws: RequestError.self) {
      try experiment(behind, Compatibility.cParity.setting(.negativeDistance, false))
    }
  }
}
