import Foundation
import Physics
import TestSupport
import Testing

/// Random numbers on the border of a decision: a mean next to which the deviate of a stream is another one, states of a
/// stream that give a radius of exactly 0 or 1. The borders are digests of our own numbers.
@Suite(.tags(.statistics), .generousTime, .enabled(if: RecordingLibrary.isPresent)) struct DrawBorderTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/random-borders.json")

  /// The mean between two others, next to which the deviate changes from that of the lower one; 0 if both are the same.
  private func border<Number: BinaryFloatingPoint>(
    _ low: Number, _ high: Number, _ draw: (Number) -> Double
  ) -> Number {
    var (a, b) = (low, high)
    let first = draw(low)
    guard draw(high) != first else { return 0 }
    while true {
      let middle = (a + b) / 2
      guard middle != a, middle != b else { return a }
      if draw(middle) == first { a = middle } else { b = middle }
    }
  }

  private func single(_ mean: Float, _ seed: Int) -> Double {
    var (generator, stream) = (UniformDeviates(), -seed)
    return Double(PoissonDeviates.draw(mean: mean, from: &generator, stream: &stream))
  }

  private func whole(_ mean: Double, _ seed: Int) -> Double {
    var (generator, stream) = (UniformDeviates(), -seed)
    return PoissonDeviates.drawWhole(mean: mean, from: &generator, stream: &stream)
  }

  @Test func bordersAreThoseRecorded() throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    var intervals: [(Double, Double)] = []
    for mean in 0...12 {
      let low = Double(mean)
      intervals.append((low, min(2 * low + 1, 11.99)))
    }
    for mean in 12...42 { intervals.append((Double(mean), Double(mean + 3))) }
    var (floats, doubles) = (BitDigest(), BitDigest())
    for seed in 1...(RecordingLibrary.comparesAll ? 400 : 60) {
      let (low, high) = intervals[seed % intervals.count]
      floats.add(UInt64(border(Float(low), Float(high)) { single($0, seed) }.bitPattern))
      doubles.add(border(low, high) { whole($0, seed) }.bitPattern)
    }
    for (name, digest) in [("floats", floats.text), ("doubles", doubles.text)] {
      let key = RecordingLibrary.comparesAll ? "all \(name)" : name
      #expect(recorded[key] == digest, "\(key): other borders; record \(digest) if that is meant")
    }
  }

  @Test func drawsOnABorder() {
    #expect(single(24.62890625, 10_853_537) == 23 && single(12.21484375, 18_063_415) == 12)
    #expect(whole(14.664258620197261, 1722) == 19 && whole(13.25937903044454, 1891) == 8)
    var (generator, stream) = (UniformDeviates(), -1_844_491_881)
    #expect(generator.next(&stream) == 0.358_112_16)
    #expect(PoissonDeviates.logGamma(Float(bitPattern: 0x3fee_9415)).bitPattern == 0xbd52_80ff)
  }

  /// Two uniform deviates of one half each have no direction, one of 2⁻³¹ and one half are on the circle: both pairs are
  /// drawn anew. The states are those that write 2³⁰ and 1 into the table of the generator.
  @Test func radiiOfZeroAndOne() {
    let (half, one) = (703_838_500, 1_407_677_000)
    var (generator, stream) = (UniformDeviates(), -1)
    _ = generator.next(&stream)
    for _ in 0..<200 {
      stream = half
      _ = generator.next(&stream)
    }
    var copy = generator
    stream = half
    #expect(copy.nextGaussian(&stream).isFinite)
    for _ in 0..<3 {
      stream = one
      _ = generator.next(&stream)
      for _ in 0..<201 {
        stream = half
        _ = generator.next(&stream)
      }
    }
    stream = one
    _ = generator.next(&stream)
    stream = half
    #expect(generator.nextGaussian(&stream) != 0)
  }

  /// A quarter turn but for 1e-5: the first of the angles is zero.
  @Test func anglesOfAMatrixNextToAQuarterTurn() {
    let matrix: Matrix3 = CapRotation.matrix(axis: Vector3(0, 1, 0), angle: .pi / 2 - 1e-5)
    #expect(CapRotation.missetAngles(of: matrix).x == 0)
  }

  /// A count is a number of photons times a gain and an offset, and whole numbers are cut.
  @Test func countsAreCut() throws {
    let experiment = try Experiment(
      command: "-cell 50 -default_F 1 -N 2 -oversample 1 -detpixels 20 -seed 3", .spec)
    let image = FloatImage(fastPixels: 20, slowPixels: 20, pixels: [Float](repeating: 7, count: 400))
    let cut = NoiseImage(image, of: experiment, offset: 10.499_999_9)
    #expect(cut.counts == NoiseImage(image, of: experiment, offset: 10).counts)
    let small = try Experiment(command: "-cell 50 -default_F 1 -N 2 -oversample 1 -detpixels 1")
    let pixel = NoiselessImage(
      FloatImage(fastPixels: 1, slowPixels: 1, pixels: [1]), region: small.region, scale: 0.499_999_96, offset: 0)
    #expect(pixel.counts.pixels == [0])
  }
}
