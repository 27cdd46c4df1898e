import Foundation
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/BeamProperties.swift")

/// Sources: the grid of divergence and dispersion, recomputed from docs/reference/40-beam-and-sampling.md §2 with
/// rotations by matrix exponentials.
@Suite(.tags(.beam, .oracle, .property), .generousTime) struct BeamProperties {
  /// A divergence in mrad: a range, and as many steps as fill it, or fewer.
  private struct Divergence: Sendable, Equatable {
    var range: Double
    var count: Int
    var step: Double

    func apply(to request: inout DivergenceRequest) {
      (request.range, request.count, request.step) = (range, count, step)
    }

    /// The angles in radians: from minus half the range in c-parity, centred in spec.
    func angles(centred: Bool) -> [Double] {
      (0..<count).map { index in
        let start = centred ? step * Double(count - 1) : range
        return (step * Double(index) - start / 2) / 1000
      }
    }

    /// What an angle contributes to the elliptical trim.
    func excess(_ angle: Double) -> Double {
      let half = count % 2 == 0 ? step / 2000 : 0
      return (angle * angle - half * half) / pow(range / 1000, 2)
    }
  }

  private let divergence = zip(
    Generator<Double>.logUniform(in: 0.01...30), Generator<Int>.integer(in: 1...6),
    Generator<Double>.double(in: 0.1...1)
  ).map { Divergence(range: $0, count: $1, step: $0 * $2 / Double(max($1 - 1, 1))) }

  @Test("Sources are a trimmed grid of divergence and dispersion") func sourcesAreATrimmedGrid() {
    forAll(
      "sources are a trimmed grid of divergence and dispersion", divergence, divergence,
      zip(.double(in: 0.1...10), .integer(in: 2...4)), .bool, .bool,
      require: [.atLeast(10, "trimmed"), .atLeast(30, "whole")]
    ) { check, horizontal, vertical, dispersion, square, parity in
      var request = SimulationRequest.minimal
      horizontal.apply(to: &request.horizontal)
      vertical.apply(to: &request.vertical)
      request.squareDivergence = square
      (request.dispersion, request.dispersionSteps, request.wavelength) = (dispersion.0, dispersion.1, .angstroms(1.5))
      let (h, v) = (horizontal.angles(centred: !parity), vertical.angles(centred: !parity))
      var expected: [(h: Double, v: Double)] = []
      for a in h {
        for b in v {
          let excess = 4 * (horizontal.excess(a) + vertical.excess(b))
          // On the border rounding decides.
          try check.assume(square || abs(excess - 1.1) > 1e-9)
          if square || excess <= 1.1 { expected.append((a, b)) }
        }
      }
      check.label("trimmed", expected.count < h.count * v.count)
      check.label("whole", expected.count == h.count * v.count)
      try check.assume(!expected.isEmpty)
      let beam = try Experiment(resolving: request, compatibility: parity ? .cParity : .spec).beam
      try check.equal(beam.sources.count, expected.count * dispersion.1, "the number of sources")
      let axis = beam.direction.cross(beam.polarizationAxis).normalized
      for (index, source) in beam.sources.enumerated() {
        let angles = expected[index / dispersion.1]
        let turned = try RotationOracles.product([
          try RotationOracles.matrix(axis: axis.simd, angle: angles.h),
          try RotationOracles.matrix(axis: beam.polarizationAxis.simd, angle: angles.v),
        ]).map { ($0 * beam.direction.simd).sum() }
        let wanted = Vector3(turned[0], turned[1], turned[2])
        try check.close(
          (source.direction - wanted).length, 0, within: 4 * RotationOracles.matrixError,
          because: "two matrix exponentials")
        let steps = Double(dispersion.1 - 1)
        let factor = 1 + dispersion.0 / 100 * (Double(index % dispersion.1) / steps - 0.5)
        try check.close(source.wavelength, 1.5e-10 * factor, within: 4 * eps * 1.5e-10, because: "three products")
      }
    }
  }

  @Test("The elliptical trim ends at 1.1, as exactly as can be told") func theTrimEndsAtElevenTenths() {
    forAll(
      "the elliptical trim ends at 1.1, as exactly as can be told", .logUniform(in: 0.01...30),
      .element(of: [-1e-8, 1e-8])
    ) {
      check, range, offset in
      var request = SimulationRequest.minimal
      // One vertical point, at zero; without a vertical range nothing would be trimmed at all.
      (request.vertical.range, request.vertical.count, request.vertical.step) = (range, 1, range)
      request.horizontal.range = range
      request.horizontal.count = 3
      // In spec the outer points lie at ± one step: 4 step²/range² is the excess.
      request.horizontal.step = range / 2 * (1.1 + offset).squareRoot()
      let sources = try Experiment(resolving: request, compatibility: .spec).beam.sources
      try check.equal(sources.count, offset < 0 ? 3 : 1)
    }
  }

  @Test("The mean wavelength is the nominal one, the weights sum to 1 (oracle)") func meanWavelength() {
    forAll(
      "oracle: the mean wavelength is the nominal one, the weights sum to 1", .double(in: 0.1...20),
      .integer(in: 2...9), .double(in: 0.5...3)
    ) {
      check, dispersion, count, wavelength in
      var request = SimulationRequest.minimal
      (request.dispersion, request.dispersionSteps, request.wavelength) = (dispersion, count, .angstroms(wavelength))
      let sources = try Experiment(resolving: request, compatibility: .spec).beam.sources
      try check.equal(sources.count, count)
      let mean = try BeamOracles.weightedMean(sources.map(\.wavelength), weights: sources.map(\.weight))
      try check.close(
        mean.value, wavelength * 1e-10, within: mean.error + 8 * eps * wavelength * 1e-10, because: "a symmetric comb")
      try check.close(
        sources.reduce(0) { $0 + $1.weight }, 1, within: Double(count) * eps, because: "a sum of quotients")
    }
  }

  @Test("Columns that a source list lacks take the nominal beam") func lackingColumnsTakeTheNominalBeam() {
    forAll("columns that a source list lacks take the nominal beam", .scene(), .double(in: 0.1...9)) {
      check, scene, weight in
      let lines = [SourceLine(), SourceLine(weight: weight), SourceLine(wavelength: 2e-10)]
      let beam = try scene.experiment { $0.sources = lines }.beam
      for source in beam.sources { try check.equal(source.direction, beam.direction) }
      try check.equal(beam.sources.map(\.weight), [1, weight, 1])
      try check.equal(beam.sources.map(\.wavelength), [beam.wavelength, beam.wavelength, 2e-10])
    }
  }

  @Test("Sub-pixels resolve a third of the smallest fringe of the largest side") func automaticOversampling() {
    forAll("sub-pixels resolve a third of the smallest fringe of the largest side", .scene()) { check, scene in
      let experiment = try scene.experiment {
        $0.oversample = nil
        $0.place(.twoTheta(0))
      }
      let extent = zip(scene.cell.lengths, scene.cells).map { $0 * Double($1) }.max() ?? 0
      let expected = 3 * extent * scene.pose.pixel / (scene.wavelength * experiment.detector.pose.distance * 1000)
      try check.assume(abs(expected - expected.rounded()) > 1e-9 && expected < 1000)
      try check.equal(experiment.sampling.oversample, max(Int(expected.rounded(.up)), 1))
    }
  }

  @Test func edges() throws {
    var (first, second) = (UniformDeviates(), UniformDeviates())
    var (zero, one) = (0, -1)
    #expect(first.next(&zero) == second.next(&one), "a seed of zero counts as one")
    // The first deviate of this seed is 2147483602/2147483647, which is 1 in single precision.
    var (third, high) = (UniformDeviates(), -21_277_353)
    #expect(third.next(&high) == Float(1 - 1.2e-7), "never 1")
    var request = SimulationRequest.minimal
    (request.shape, request.fudge, request.cellsA) = (.round, 0, 5)
    (request.pixelsFast, request.pixelsSlow) = (8, 8)
    let flat = try Experiment(resolving: request, compatibility: .spec)
    let image = try Simulator(flat).render().image
    let all = 5 * (Double.pi / 6).squareRoot() * 10
    // At the middle of the detector the polarization is 1 and the solid angle p²/D², both to 1e-5.
    let middle = Double(image[slow: flat.detector.slowPixels / 2, fast: flat.detector.fastPixels / 2])
    let solidAngle = pow(flat.detector.pixelSize / flat.detector.pose.distance, 2)
    expectClose(
      middle / (all * all * solidAngle), 1, within: 1e-4,
      because: "the polarization is 1 and the solid angle p²/D² to 1e-5 each; no fudge: every cell in phase")
    request.fudge = -1
    #expect(throws: ExperimentError.self) { try Experiment(resolving: request, compatibility: .spec) }
  }
}
