import Foundation
import KernelTypes
import Physics
import PropertyTesting
import TestSupport
import Testing

/// All numbers of random scenes to the last bit, by the scalar formulas and by blocks, as digests of our own numbers.
/// Golden cases, properties and oracles judge the numbers within tolerances and mostly after the image has rounded them.
@Suite(.tags(.sampling), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct ScenePinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/scenes.json")
  private static let list = PackageFolder.fixtures.appendingPathComponent("check-values/a.hkl").path
  private static let part = 50

  /// Parts of the scenes; by day the first ones.
  private static let parts = 0..<(RecordingLibrary.comparesAll ? 30 : 3)

  private func expect(_ name: String, _ digest: BitDigest) throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    #expect(recorded[name] == digest.text, "\(name): other bits; record \(digest.text) if that is meant")
  }

  /// Calls a body with each scene of a part; a scene that is refused adds its refusal.
  private func forEach(
    _ part: Int, _ mode: Compatibility, _ digest: inout BitDigest,
    _ body: (Experiment, inout BitDigest) throws -> Void
  ) throws {
    var refused = 0
    for number in part * Self.part..<(part + 1) * Self.part {
      let words = RandomLine(number).text(list: Self.list)
      do {
        try body(Experiment(words: words, mode), &digest)
      } catch {
        refused += 1
        digest.add("\(error)")
      }
    }
    #expect(refused < Self.part / 4, "most scenes can be simulated")
  }

  @Test(arguments: parts, Compatibility.examined)
  func scalarNumbersAreThoseRecorded(part: Int, mode: Compatibility) throws {
    var digest = BitDigest()
    try forEach(part, mode, &digest) { experiment, digest in
      let simulator = Simulator(experiment, instructions: .scalar)
      let rendering = try simulator.render()
      simulator.forEachPixel(only: nil, of: rendering) { values in
        let vectors = [values.position, values.fractional, values.rounded, values.cell.a, values.cell.b, values.cell.c]
        let numbers =
          vectors.flatMap(\.components) + [
            values.stol, values.amplitude, values.latticeFactor, values.sum, values.polarization, values.solidAngle,
            values.captureFraction,
          ]
        for number in numbers { digest.add(number.bitPattern) }
        digest.add(UInt64(values.photons.bitPattern))
      }
      digest.add("\(rendering.statistics)")
    }
    try expect("scalar \(part), \(mode.name)", digest)
  }

  @Test(arguments: parts.prefix(5), Compatibility.examined)
  func tracesAreThoseRecorded(part: Int, mode: Compatibility) throws {
    var digest = BitDigest()
    try forEach(part, mode, &digest) { experiment, digest in
      let tracer = PixelTracer(experiment)
      for line in tracer.setupLines() { digest.add("\(line)") }
      let region = experiment.region
      let pixel = PixelIndex(slow: region.slow.last ?? 0, fast: region.fast.first ?? 0)
      for line in try tracer.pixelLines(pixel) { digest.add("\(line)") }
      // The values of a pixel by itself are those that the pixels before it have left.
      let simulator = Simulator(experiment, instructions: .scalar)
      simulator.forEachPixel(only: pixel, of: try simulator.render()) { digest.add("\($0)") }
    }
    try expect("traces \(part), \(mode.name)", digest)
  }

  @Test(arguments: parts, Compatibility.examined)
  func sumsOfBlocksAreThoseRecorded(part: Int, mode: Compatibility) throws {
    for set in [InstructionSet.baseline, .v3] {
      var digest = BitDigest()
      try forEach(part, mode, &digest) { experiment, digest in
        digest.add(BitDigest.ofBlocks(experiment, set, rows: experiment.region.slow)?.text ?? "scalar")
      }
      try expect("\(set == .baseline ? "unfused" : "fused") \(part), \(mode.name)", digest)
    }
  }
}
