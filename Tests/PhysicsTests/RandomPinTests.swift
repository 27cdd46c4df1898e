import Foundation
import Physics
import TestSupport
import Testing

/// The last bits of random numbers, as digests of our own numbers: other tests compare some of them with those of the C
/// program, or their distribution. The elementary functions are those of the C library, so the digests hold with the library
/// of the recording only.
@Suite(.tags(.statistics), .enabled(if: RecordingLibrary.isPresent)) struct RandomPinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/random.json")

  private func digest(_ numbers: [Double]) -> String {
    var digest = BitDigest()
    for number in numbers { digest.add(number.bitPattern) }
    return digest.text
  }

  @Test func lastBitsAreThoseRecorded() throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    for (name, numbers) in sequences {
      let digest = digest(numbers)
      #expect(digest == recorded[name], "\(name): other bits; record \(digest) if that is meant")
    }
    #expect(sequences.count == recorded.count)
  }

  private var sequences: [(String, [Double])] {
    [
      ("uniform", stream { generator, state in [Double(generator.next(&state))] }),
      ("normal, mixed", stream { generator, state in [Double(generator.nextGaussian(&state, .mixed))] }),
      ("normal, single", stream { generator, state in [Double(generator.nextGaussian(&state, .single))] }),
      ("counts, mixed", counts(.mixed)), ("counts, single", counts(.single)), ("whole counts", wholeCounts),
      ("rotations", rotations), ("log gamma", (1...4000).map { Double(PoissonDeviates.logGamma(Float($0) * 0.37)) }),
    ]
  }

  private func stream(_ draw: (inout UniformDeviates, inout Int) -> [Double]) -> [Double] {
    var generator = UniformDeviates()
    var state = -20_261_129
    return (0..<20_000).flatMap { _ in draw(&generator, &state) }
  }

  private static let means: [Double] = [
    0, 1e-3, 0.5, 3, 11.999, 12, 12.001, 17, 40, 1234.5, 99_999, 999_999.5, 1_000_000, 1_000_000.1, 1_000_001, 5e8,
  ]

  private func counts(_ precision: RandomPrecision) -> [Double] {
    var generator = UniformDeviates()
    var state = -7
    return Self.means.flatMap { mean in
      (0..<1500).map { _ in
        Double(PoissonDeviates.draw(mean: Float(mean), from: &generator, stream: &state, precision))
      }
    }
  }

  private var wholeCounts: [Double] {
    var generator = UniformDeviates()
    var state = -7
    return (Self.means + [-1, .infinity]).flatMap { mean in
      (0..<1500).map { _ in PoissonDeviates.drawWhole(mean: mean, from: &generator, stream: &state) }
    }
  }

  private var rotations: [Double] {
    var generator = UniformDeviates()
    var state = -3
    return (0..<2000).flatMap { number -> [Double] in
      let matrix: Matrix3 = CapRotation.draw(
        limit: number % 2 == 0 ? Double.pi / 2 : 0.01, from: &generator, stream: &state)
      let rows = matrix.row1.components + matrix.row2.components + matrix.row3.components
      return rows + CapRotation.missetAngles(of: matrix).components
    }
  }
}
