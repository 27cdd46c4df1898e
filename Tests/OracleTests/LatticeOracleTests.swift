import Foundation
import Oracles
import TestSupport
import Testing

/// The lattice oracles against closed forms, tables and each other.
@Suite(.tags(.oracle, .crystal), .generousTime) struct LatticeOracleTests {
  @Test func gratingPolynomials() throws {
    // U_1(cos x) = 2 cos x, U_2 = 4 cos² x − 1 (Abramowitz and Stegun, 22.3.7); U_(N−1)(±1) = N·(±1)^(N−1).
    for x in [0.0, 0.7, 2.9, -1.3] {
      let (second, third) = (try LatticeOracles.grating(x, count: 2), try LatticeOracles.grating(x, count: 3))
      expectClose(second.value, 2 * cos(x), within: second.error, because: "the error that the oracle states")
      expectClose(
        third.value, 4 * cos(x) * cos(x) - 1, within: third.error, because: "the error that the oracle states")
    }
    for count in [1, 2, 11, 200] {
      #expect(try LatticeOracles.grating(0, count: count).value == Double(count))
      #expect(abs(try LatticeOracles.grating(.pi, count: count).value) == Double(count))
    }
  }

  @Test(arguments: [1, 2, 3, 10, 11, 100, 1000])
  func gratingRoutesAgree(count: Int) throws {
    for index in [0.0, 0.31, 1 + 1e-9, -2.5, 7.123456, 3] {
      let polynomial = try LatticeOracles.grating(.pi * index, count: count)
      let sum = try LatticeOracles.gratingPhaseSum(index: index, count: count)
      // The polynomial takes the cosine of the rounded product π·h: a phase error of |h| π ε, times the slope N².
      let phase = Double.pi * abs(index) * .ulpOfOne * Double(count * count)
      expectClose(
        polynomial.value, sum.value, within: polynomial.error + sum.error + phase,
        because: "the errors that the two routes state and the rounding of π h, times the slope N²", "h = \(index)")
    }
  }

  @Test func sphereRoutesAgree() throws {
    // Abramowitz and Stegun, table 10.1: j1(1) = 0.30116 86789 39757, j1(5) = −0.09508 94080 79171.
    try expectClose(
      LatticeOracles.sphere(1).value, 3 * 0.301168678939757, within: 4e-15, because: "the table has fifteen digits")
    try expectClose(
      LatticeOracles.sphere(5).value, 3 * -0.0950894080791708 / 5, within: 4e-16,
      because: "the table has fifteen digits")
    try expectClose(
      LatticeOracles.sphere(.pi).value, 3 / (.pi * .pi), within: 2e-16,
      because: "a few ulps of one formula in double precision")
    for x in [0, 1e-6, 0.3, 2, 4.4934, 17, 40] {
      let bessel = try LatticeOracles.sphere(x)
      let quadrature = try LatticeOracles.sphereByQuadrature(x)
      expectClose(
        bessel.value, quadrature.value, within: bessel.error + quadrature.error,
        because: "the errors that the two routes state", "x = \(x)")
    }
    let random = try LatticeOracles.sphereByMonteCarlo(3, seed: 7)
    #expect(random.error < 1e-3)
    expectClose(
      random.value, try LatticeOracles.sphere(3).value, within: 6 * random.error,
      because: "six standard deviations of the sampling")
  }

  @Test func spotVolumes() throws {
    for fudge in [0.5, 1, 2.7] {
      let closed = pow(0.315 * .pi / fudge, 1.5)
      for oracle in [
        try SpotVolumeOracles.gaussian(fudge: fudge), try SpotVolumeOracles.gaussianByHermite(fudge: fudge),
      ] {
        expectClose(
          oracle.value, closed, within: oracle.error + 4e-16,
          because: "the error that the oracle states and the rounding of the closed form")
      }
      let ball = try SpotVolumeOracles.topHat(fudge: fudge)
      expectClose(
        ball.value, 4 * .pi / 3 * pow(0.63, 3) / pow(fudge, 1.5), within: ball.error + 4e-15,
        because: "the error that the oracle states and the rounding of the closed form")
      let round = try SpotVolumeOracles.round(fudge: fudge)
      expectClose(
        round.value, pow(fudge, -1.5), within: round.error, because: "the error that the oracle states", "Parseval")
    }
    try expectClose(
      SpotVolumeOracles.gaussian(fudge: 1).value, 0.98444, within: 5e-6,
      because: "half a unit of the fifth digit of the specification")
    try expectClose(
      SpotVolumeOracles.topHat(fudge: 1).value, 1.04739, within: 5e-6,
      because: "half a unit of the fifth digit of the specification")
  }

  @Test func errorsOfTheLibraryAreThrown() {
    #expect(throws: GSLFailure.self) { try LatticeOracles.grating(0.5, count: -3) }
    #expect(throws: GSLFailure.self) { try LatticeOracles.gratingPhaseSum(index: 0.5, count: 1001) }
    #expect(throws: GSLFailure.self) { try LatticeOracles.sphereByQuadrature(41) }
    let error = #expect(throws: GSLFailure.self) { try Quadrature.GaussLegendre(38) }
    #expect(error?.description.contains("not tabulated") == true)
  }
}

/// The integration rules.
@Suite(.tags(.oracle), .generousTime) struct QuadratureTests {
  @Test func rulesReproduceKnownIntegrals() throws {
    let adaptive = try Quadrature.adaptive(0...Double.pi) { sin($0) }
    expectClose(adaptive.value, 2, within: max(adaptive.error, 1e-14), because: "the error that the oracle states")
    let smooth = try Quadrature.smooth(0...1) { exp($0) }
    expectClose(smooth.value, M_E - 1, within: max(smooth.error, 4e-16), because: "the error that the oracle states")
    let tail = try Quadrature.adaptive(from: 0) { exp(-$0) }
    expectClose(tail.value, 1, within: max(tail.error, 1e-14), because: "the error that the oracle states")
    let step = try Quadrature.adaptive(through: [0, 0.3, 1]) { $0 < 0.3 ? 0 : 1 }
    expectClose(step.value, 0.7, within: max(step.error, 1e-14), because: "the error that the oracle states")
    let gauss = try Quadrature.GaussLegendre(5)
    expectClose(
      gauss.integrate(-2, 3) { pow($0, 9) }, (pow(3.0, 10) - pow(2, 10)) / 10, within: 1e-11,
      because: "ε of 3¹⁰; degree 2n − 1 is exact")
    expectClose(gauss.weights.reduce(0, +), 2, within: 1e-15, because: "tabulated weights")
    let hermite = try Quadrature.hermite(8, exponent: 2) { $0 * $0 }
    expectClose(
      hermite.value, (Double.pi / 2).squareRoot() / 4, within: 1e-15,
      because: "a few ulps of one formula in double precision")
  }

  @Test func errorsOfTheIntegrandComeBack() {
    struct Trouble: Error {}
    #expect(throws: Trouble.self) { try Quadrature.adaptive(0...1) { if $0 > 0.5 { throw Trouble() } else { $0 } } }
    let error = #expect(throws: GSLFailure.self) { try Quadrature.adaptive(0...1) { 1 / $0 } }
    #expect(error?.value != nil, "the estimate comes with the error")
    #expect(throws: GSLFailure.self) { try Quadrature.smooth(0...1) { ($0 - 0.3).magnitude.squareRoot() } }
  }
}
