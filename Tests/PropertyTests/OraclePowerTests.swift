import Foundation
import Oracles
import Physics
import TestSupport
import Testing

/// Every oracle must notice a wrong factor: what agrees within its tolerance must not agree when it is off by `wrong`.
@Suite(.tags(.oracle), .generousTime) struct OraclePowerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var wrong = 1e-6
    var ours: Double
    var oracle: OracleValue
    /// What the simulator's own arithmetic may add to the error of the oracle.
    var rounding: Double
  }

  private static func cases() throws -> [Case] {
    let eps = Double.ulpOfOne
    let axis = Vector3(1, 2, 2).normalized
    let rotated = Rotation.aboutAxis(Vector3(0, 0, 1), axis: axis, angle: 1).x
    let matrix = try RotationOracles.matrix(axis: SIMD3(1, 2, 2) / 3, angle: 1)
    let cell = try UnitCell([50, 60, 70, 80, 95, 105])
    let metric = try CellOracle(a: 50, b: 60, c: 70, alpha: cell.alpha, beta: cell.beta, gamma: cell.gamma)
    let diffracted = Vector3(0.6, 0.48, 0.64)
    let polarization = Polarization(
      kahnFactor: 0.7, incident: Vector3(1, 0, 0), diffracted: diffracted, axis: Vector3(0, 0, 1)
    ).factor
    let cubic = LagrangeCubic.value(1.3, first: 0, 3, -1, 4, 1)
    return [
      Case(
        testDescription: "Gegenbauer", ours: InterferenceFunctions.grating(0.7, count: 9),
        oracle: try LatticeOracles.grating(0.7, count: 9), rounding: 20 * eps),
      Case(
        testDescription: "phase sum", ours: InterferenceFunctions.grating(.pi * 0.23, count: 9),
        oracle: try LatticeOracles.gratingPhaseSum(index: 0.23, count: 9), rounding: 200 * eps),
      Case(
        testDescription: "Bessel", ours: InterferenceFunctions.sphere(2), oracle: try LatticeOracles.sphere(2),
        rounding: 8 * eps),
      Case(
        testDescription: "ball", ours: InterferenceFunctions.sphere(2),
        oracle: try LatticeOracles.sphereByQuadrature(2),
        rounding: 8 * eps),
      Case(
        testDescription: "rotation", ours: rotated,
        oracle: OracleValue(value: matrix[0].z, error: RotationOracles.matrixError), rounding: 8 * eps),
      Case(
        testDescription: "volume", ours: cell.volume,
        oracle: OracleValue(value: metric.volumeByCholesky, error: metric.relativeError * metric.volumeByCholesky),
        rounding: 16 * eps * cell.volume),
      Case(
        testDescription: "polarization", ours: polarization,
        oracle: try PolarizationOracles.factor(
          kahnFactor: 0.7, incident: SIMD3(1, 0, 0), diffracted: diffracted.simd, axis: SIMD3(0, 0, 1)),
        rounding: 16 * eps),
      Case(
        testDescription: "cubic", ours: cubic, oracle: try InterpolationOracles.cubic(1.3, first: 0, [3, -1, 4, 1]),
        rounding: 64 * eps),
      Case(
        testDescription: "absorption", ours: exp(-0.5) - exp(-0.8),
        oracle: try SensorOracles.capture(0.5...0.8, attenuation: 1, cosine: 1), rounding: 4 * eps),
      Case(
        testDescription: "electron radius", wrong: 2e-6, ours: Constants.electronRadiusSquared,
        oracle: PolarizationOracles.electronRadiusSquared,
        // The reference program's constant is 6e-7 above CODATA 2018.
        rounding: 6.2e-7 * Constants.electronRadiusSquared),
      Case(
        testDescription: "log gamma", wrong: 1e-5, ours: Double(PoissonDeviates.logGamma(50)),
        oracle: try Distributions.logGamma(50), rounding: 1.2e-7 * 150),
    ]
  }

  @Test(arguments: try cases())
  func aWrongFactorIsNoticed(item: Case) {
    let allowed = item.oracle.error + item.rounding
    expectClose(
      item.ours, item.oracle.value, within: allowed,
      because: "the error of the oracle and the rounding that the case states")
    #expect(abs(item.ours * (1 + item.wrong) - item.oracle.value) > allowed)
    #expect(abs(item.ours * (1 - item.wrong) - item.oracle.value) > allowed)
  }

  /// The power of a round crystal within one index cell falls short of N³ by about half of 1/N (Parseval, cut at the cell).
  @Test(arguments: [5, 10])
  func powerOfARoundCrystal(count: Int) throws {
    let n = Double(count)
    let form = CrystalForm(
      shape: .round, cells: Vector3(n, n, n), fudge: 1,
      reciprocal: ReciprocalBasis(a: Vector3(1, 0, 0), b: Vector3(0, 1, 0), c: Vector3(0, 0, 1)),
      widthFromProduct: false,
      unreducedPhases: false)
    let cube = DirectCell(a: Vector3(1, 0, 0), b: Vector3(0, 1, 0), c: Vector3(0, 0, 1))
    let rule = try Quadrature.GaussLegendre(32)
    // An octant of the cell, 32³ points.
    let power = rule.integrate(0, 0.5) { x in
      rule.integrate(0, 0.5) { y in
        rule.integrate(0, 0.5) { z in
          let value = form.latticeFactor(MillerIndices(cell: cube, scatteringVector: Vector3(x, y, z))).value
          return 8 * value * value
        }
      }
    }
    let whole = try SpotVolumeOracles.round(fudge: 1)
    expectClose(
      power / (n * n * n), whole.value - 0.5 / n, within: 0.15 / (n * n), because: "the next order of the tail, 1/N²")
  }

  @Test func slopeOfTheGrating() throws {
    // d/dx Σ cos((2j − N + 1) x) = −Σ (2j − N + 1) sin((2j − N + 1) x).
    for (x, count) in [(0.4, 5), (1.7, 12), (2.9, 3)] {
      let slope = try ConvergenceOracles.derivative(at: x, step: 1e-3) {
        InterferenceFunctions.grating($0, count: Double(count))
      }
      let exact = (0..<count).reduce(0.0) { sum, j in
        let order = Double(2 * j - count + 1)
        return sum - order * sin(order * x)
      }
      expectClose(
        slope.value, exact, within: slope.error + 1e-9 * Double(count * count),
        because: "the error of the derivative, and 1e-9 of its bound N²")
    }
  }
}
