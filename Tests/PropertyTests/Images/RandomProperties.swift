import Foundation
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/RandomProperties.swift")

/// Random deviates, mosaic domains and the generators of these tests against the distributions they should have.
///
/// Each test gives one probability. Fixed seeds make them deterministic locally; over all of them, and all seeds of a
/// night, the budget of false alarms is 1e-3: with fewer than a thousand probabilities per night each is refused
/// below 1e-6.
@Suite(.tags(.statistics, .oracle, .property), .generousTime) struct RandomProperties {
  private static let budget = 1e-6

  /// Seeds of the reference program's generator, several per run, more of them at night.
  private var seeds: [Int] {
    get throws {
      let settings = try Settings.current
      let base = Int(settings.seed % 1_000_000) * 50 + 1
      return (0..<(settings.profile == .nightly ? 20 : 3)).map { base + 7919 * $0 }
    }
  }

  private func sample<Value>(
    _ seed: Int, _ count: Int, _ draw: (inout UniformDeviates, inout Int) -> Value
  ) -> [Value] {
    var generator = UniformDeviates()
    var stream = -seed
    return (0..<count).map { _ in draw(&generator, &stream) }
  }

  private func expect(_ probability: Double, _ what: String, _ seed: Int, _ location: SourceLocation = #_sourceLocation)
  {
    #expect(probability > Self.budget, "\(what), seed \(seed): p = \(probability)", sourceLocation: location)
  }

  @Test func uniformDeviates() throws {
    for seed in try seeds {
      let values = sample(seed, 20_000) { Double($0.next(&$1)) }
      expect(try StatisticalTests.kolmogorovSmirnov(values) { Distributions.uniform($0, in: 0...1) }, "uniform", seed)
      var bins = [Int](repeating: 0, count: 100)
      for value in values { bins[min(Int(value * 100), 99)] += 1 }
      expect(try StatisticalTests.chiSquare(bins, expected: [Double](repeating: 200, count: 100)), "bins", seed)
      // Pairs of neighbours in a 10 × 10 square: the shuffle is to remove what ties them.
      var pairs = [Int](repeating: 0, count: 100)
      for index in stride(from: 0, to: values.count, by: 2) {
        pairs[min(Int(values[index] * 10), 9) * 10 + min(Int(values[index + 1] * 10), 9)] += 1
      }
      expect(try StatisticalTests.chiSquare(pairs, expected: [Double](repeating: 100, count: 100)), "pairs", seed)
      expect(StatisticalTests.independence(values), "neighbours", seed)
      expect(StatisticalTests.mean(values, expected: 0.5), "mean", seed)
    }
  }

  @Test func normalDeviates() throws {
    for seed in try seeds {
      let values = sample(seed, 20_000) { Double($0.nextGaussian(&$1)) }
      let (even, odd) = (
        stride(from: 0, to: values.count, by: 2).map { values[$0] },
        stride(from: 1, to: values.count, by: 2).map { values[$0] }
      )
      for (name, part) in [("all", values), ("even", even), ("odd", odd)] {
        expect(try StatisticalTests.kolmogorovSmirnov(part, Distributions.normal), "normal, \(name)", seed)
        expect(StatisticalTests.mean(part, expected: 0), "mean, \(name)", seed)
        expect(StatisticalTests.variance(part, expected: 1), "variance, \(name)", seed)
      }
      // The two of a pair are independent of each other.
      expect(StatisticalTests.independence(values), "neighbours", seed)
    }
  }

  @Test(arguments: [0.3, 4, 11.9, 12.1, 40, 900] as [Float])
  func poissonDeviates(mean: Float) throws {
    for seed in try seeds {
      let values = sample(seed, 10_000) { PoissonDeviates.draw(mean: mean, from: &$0, stream: &$1) }
      #expect(values.allSatisfy { $0 == $0.rounded() && $0 >= 0 })
      let probability = try chiSquare(values.map { Int($0) }, mean: Double(mean))
      expect(probability, "Poisson of mean \(mean)", seed)
    }
  }

  /// Chi-square of counts, the tails gathered so that every bin is expected at least 10 times.
  private func chiSquare(_ values: [Int], mean: Double) throws -> Double {
    let total = Double(values.count)
    let reach = Int(mean + 6 * mean.squareRoot() + 10)
    var edges: [Int] = []  // last count of each bin
    var gathered = 0.0
    for count in 0...reach {
      gathered += try Distributions.poissonDensity(count, mean: mean) * total
      if gathered >= 20 {
        edges.append(count)
        gathered = 0
      }
    }
    edges[edges.count - 1] = .max
    var (bins, expected) = ([Int](repeating: 0, count: edges.count), [Double]())
    for value in values { bins[edges.firstIndex { value <= $0 } ?? 0] += 1 }
    var below = 0.0
    for edge in edges {
      let cumulative = edge == .max ? 1 : try Distributions.poisson(edge, mean: mean)
      expected.append((cumulative - below) * total)
      below = cumulative
    }
    return try StatisticalTests.chiSquare(bins, expected: expected)
  }

  @Test func largePoissonDeviatesAreNormal() throws {
    let mean: Float = 4e6
    for seed in try seeds {
      let values = sample(seed, 10_000) { PoissonDeviates.draw(mean: mean, from: &$0, stream: &$1) }
      let standardised = values.map { (Double($0) - Double(mean)) / Double(mean).squareRoot() }
      // Floats of 4 million are multiples of ¼ or ½: an eighth of a thousandth of a standard deviation.
      expect(try StatisticalTests.kolmogorovSmirnov(standardised, Distributions.normal), "normal law", seed)
    }
  }

  @Test func mosaicDomains() throws {
    let limit = 0.7 / Constants.degreesPerRadian
    for seed in try seeds {
      var request = SimulationRequest.minimal
      (request.mosaicSpread, request.mosaicDomains, request.mosaicSeed) = (0.7, 4001, seed)
      let domains = try Experiment(resolving: request, compatibility: .spec).crystal.domains
      #expect(domains[0] == .identity)
      let turns = domains.dropFirst().map(Self.turn)
      let angles = turns.map(\.angle)
      #expect(angles.allSatisfy { $0 <= limit * (1 + 1e-6) }, "inside the cap")
      expect(
        try StatisticalTests.kolmogorovSmirnov(angles) { Distributions.mosaicAngle($0, limit: limit) }, "angles", seed)
      let ball = try StatisticalTests.kolmogorovSmirnov(angles) { pow(min($0 / limit, 1), 3) }
      #expect(ball < 1e-12, "the domains are not uniform in the cap, as one might think (REF-009)")
      for (name, coordinate) in [("x", turns.map(\.axis.x)), ("y", turns.map(\.axis.y)), ("z", turns.map(\.axis.z))] {
        expect(
          try StatisticalTests.kolmogorovSmirnov(coordinate) { Distributions.uniform($0, in: -1...1) },
          "axis \(name)", seed)
      }
      let azimuths = turns.map { atan2($0.axis.y, $0.axis.x) }
      expect(
        try StatisticalTests.kolmogorovSmirnov(azimuths) { Distributions.uniform($0, in: -.pi ... .pi) }, "azimuth",
        seed)
    }
  }

  /// Axis and angle of a matrix of a small rotation, from its antisymmetric part.
  private static func turn(_ matrix: Matrix3) -> Turn {
    let vector =
      0.5
      * Vector3(
        matrix.row3.y - matrix.row2.z, matrix.row1.z - matrix.row3.x, matrix.row2.x - matrix.row1.y)
    return Turn(axis: vector.normalized, angle: asin(min(vector.length, 1)))
  }

  /// The misset of the C program takes 90 for radians: its law is known to be far from uniform (REF-010).
  @Test func randomOrientationsOfTheReferenceAreNotUniform() throws {
    for seed in try seeds {
      let angles = (0..<2000).map { index in
        var generator = UniformDeviates()
        var stream = -(seed + index)
        let matrix = CapRotation.draw(limit: 90, from: &generator, stream: &stream)
        let trace = matrix.row1.x + matrix.row2.y + matrix.row3.z
        return acos(min(max((trace - 1) / 2, -1), 1))
      }
      #expect(try StatisticalTests.kolmogorovSmirnov(angles, Distributions.rotationAngle) < 1e-12, "seed \(seed)")
    }
  }

  @Test func rotationsOfTheTestsAreUniform() throws {
    let seed = try Settings.current.seed
    let turns = try (0..<10_000).map { index in
      var choices = Choices(seed: seed &* 1_000_003 &+ UInt64(index))
      return try Generator<Turn>.uniform.generate(&choices)
    }
    // One uniform number in eight has only four bits, one in eight 24: KS sees the steps of the first of 1/16.
    let angles = turns.map { $0.angle > .pi ? 2 * .pi - $0.angle : $0.angle }
    #expect(try StatisticalTests.kolmogorovSmirnov(angles, Distributions.rotationAngle) > Self.budget)
    let squares = turns.map { pow(cos($0.angle / 2), 2) }
    #expect(try StatisticalTests.kolmogorovSmirnov(squares, Distributions.squaredQuaternionComponent) > Self.budget)
    for axis in [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)] {
      let images = turns.map { $0(Vector3(1, 2, 2).normalized).dot(axis) }
      #expect(try StatisticalTests.kolmogorovSmirnov(images) { Distributions.uniform($0, in: -1...1) } > Self.budget)
    }
  }

  @Test("Deviates lie strictly between 0 and 1, the same for the same seed") func deviatesOfASeed() {
    forAll("deviates lie strictly between 0 and 1, the same for the same seed", .integer(in: 1...2_000_000_000)) {
      check, seed in
      let (first, second) = (sample(seed, 50) { $0.next(&$1) }, sample(seed, 50) { $0.next(&$1) })
      try check.equal(first, second)
      try check.that(first.allSatisfy { $0 > 0 && $0 < 1 }, "\(first)")
    }
  }

  @Test("A mosaic domain takes three deviates and is a rotation") func mosaicDomainsAreRotations() {
    forAll("a mosaic domain takes three deviates and is a rotation", .integer(in: 1...1_000_000), .double(in: 0...1)) {
      check, seed, limit in
      var (drawn, counted) = (UniformDeviates(), UniformDeviates())
      var (stream, other) = (-seed, -seed)
      let matrix = CapRotation.draw(limit: limit, from: &drawn, stream: &stream)
      let deviates = (0..<3).map { _ in 2 * Double(counted.next(&other)) - 1 }
      try check.equal(drawn.next(&stream), counted.next(&other), "the next deviate")
      let defect = try RotationOracles.orthogonalityDefect(matrix.rows)
      try check.close(defect, 0, within: 24 * Double.ulpOfOne, because: "elements of 8 ε")
      // The angle is computed in single precision: limit·(1 − r²)^⅓.
      let expected = limit * pow(1 - deviates[2] * deviates[2], 1 / 3.0)
      let trace = matrix.row1.x + matrix.row2.y + matrix.row3.z
      try check.close(
        trace, 1 + 2 * cos(expected), within: 6e-7 * expected * expected + 8 * Double.ulpOfOne,
        because: "2 a² times the relative error of a: three roundings to a float, powf to an ulp of one")
    }
  }

  @Test("The logarithm of the gamma function is right to single precision (oracle)") func logarithmOfTheGammaFunction()
  {
    forAll("oracle: logarithm of the gamma function, in single precision", .logUniform(in: 1...1e6)) { check, x in
      let argument = Float(x)
      let expected = try Distributions.logGamma(Double(argument)).value
      try check.close(
        Double(PoissonDeviates.logGamma(argument)), expected, within: 1.2e-7 * max(abs(expected), 1),
        because: "rounded to a float; Lanczos' series is good to 2e-10")
    }
  }
}
