import Foundation
import Oracles
import Testing

/// The lattice oracles against closed forms, tables and each other.
@Suite struct LatticeOracleTests {
  @Test func gratingPolynomials() throws {
    // U_1(cos x) = 2 cos x, U_2 = 4 cos² x − 1 (Abramowitz and Stegun, 22.3.7); U_(N−1)(±1) = N·(±1)^(N−1).
    for x in [0.0, 0.7, 2.9, -1.3] {
      let (second, third) = (try LatticeOracles.grating(x, count: 2), try LatticeOracles.grating(x, count: 3))
      #expect(abs(second.value - 2 * cos(x)) <= second.error)
      #expect(abs(third.value - (4 * cos(x) * cos(x) - 1)) <= third.error)
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
      #expect(abs(polynomial.value - sum.value) <= polynomial.error + sum.error + phase, "h = \(index)")
    }
  }

  @Test func sphereRoutesAgree() throws {
    // Abramowitz and Stegun, table 10.1: j1(1) = 0.30116 86789 39757, j1(5) = −0.09508 94080 79171.
    #expect(abs(try LatticeOracles.sphere(1).value - 3 * 0.301168678939757) < 4e-15)
    #expect(abs(try LatticeOracles.sphere(5).value - 3 * -0.0950894080791708 / 5) < 4e-16)
    #expect(abs(try LatticeOracles.sphere(.pi).value - 3 / (.pi * .pi)) < 2e-16)
    for x in [0, 1e-6, 0.3, 2, 4.4934, 17, 40] {
      let bessel = try LatticeOracles.sphere(x)
      let quadrature = try LatticeOracles.sphereByQuadrature(x)
      #expect(abs(bessel.value - quadrature.value) <= bessel.error + quadrature.error, "x = \(x)")
    }
    let random = try LatticeOracles.sphereByMonteCarlo(3, seed: 7)
    // Six standard deviations of the sampling.
    #expect(abs(random.value - (try LatticeOracles.sphere(3).value)) <= 6 * random.error && random.error < 1e-3)
  }

  @Test func spotVolumes() throws {
    for fudge in [0.5, 1, 2.7] {
      let closed = pow(0.315 * .pi / fudge, 1.5)
      for oracle in [
        try SpotVolumeOracles.gaussian(fudge: fudge), try SpotVolumeOracles.gaussianByHermite(fudge: fudge),
      ] {
        #expect(abs(oracle.value - closed) <= oracle.error + 4e-16)
      }
      let ball = try SpotVolumeOracles.topHat(fudge: fudge)
      #expect(abs(ball.value - 4 * .pi / 3 * pow(0.63, 3) / pow(fudge, 1.5)) <= ball.error + 4e-15)
      let round = try SpotVolumeOracles.round(fudge: fudge)
      #expect(abs(round.value - pow(fudge, -1.5)) <= round.error, "Parseval")
    }
    #expect(abs(try SpotVolumeOracles.gaussian(fudge: 1).value - 0.98444) < 5e-6)
    #expect(abs(try SpotVolumeOracles.topHat(fudge: 1).value - 1.04739) < 5e-6)
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
@Suite struct QuadratureTests {
  @Test func rulesReproduceKnownIntegrals() throws {
    let adaptive = try Quadrature.adaptive(0...Double.pi) { sin($0) }
    #expect(abs(adaptive.value - 2) <= max(adaptive.error, 1e-14))
    let smooth = try Quadrature.smooth(0...1) { exp($0) }
    #expect(abs(smooth.value - (M_E - 1)) <= max(smooth.error, 4e-16))
    let tail = try Quadrature.adaptive(from: 0) { exp(-$0) }
    #expect(abs(tail.value - 1) <= max(tail.error, 1e-14))
    let step = try Quadrature.adaptive(through: [0, 0.3, 1]) { $0 < 0.3 ? 0 : 1 }
    #expect(abs(step.value - 0.7) <= max(step.error, 1e-14))
    let gauss = try Quadrature.GaussLegendre(5)
    #expect(
      abs(gauss.integrate(-2, 3) { pow($0, 9) } - (pow(3.0, 10) - pow(2, 10)) / 10) < 1e-11, "degree 2n − 1 is exact")
    #expect(abs(gauss.weights.reduce(0, +) - 2) < 1e-15)
    let hermite = try Quadrature.hermite(8, exponent: 2) { $0 * $0 }
    #expect(abs(hermite.value - (Double.pi / 2).squareRoot() / 4) < 1e-15)
  }

  @Test func errorsOfTheIntegrandComeBack() {
    struct Trouble: Error {}
    #expect(throws: Trouble.self) { try Quadrature.adaptive(0...1) { if $0 > 0.5 { throw Trouble() } else { $0 } } }
    let error = #expect(throws: GSLFailure.self) { try Quadrature.adaptive(0...1) { 1 / $0 } }
    #expect(error?.value != nil, "the estimate comes with the error")
    #expect(throws: GSLFailure.self) { try Quadrature.smooth(0...1) { ($0 - 0.3).magnitude.squareRoot() } }
  }
}
