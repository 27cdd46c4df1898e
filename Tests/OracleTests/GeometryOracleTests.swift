import Foundation
import Oracles
import TestSupport
import Testing

/// Solid angles, absorption, polarization, rotations and cells against closed forms.
@Suite(.tags(.oracle, .geometry), .generousTime) struct GeometryOracleTests {
  @Test func solidAngles() throws {
    // A face of a cube is a sixth of the sphere; a huge square half of it.
    let face = try SolidAngleOracles.rectangle(-1...1, -1...1, distance: 1)
    expectClose(face.value, 2 * .pi / 3, within: face.error, because: "the error that the oracle states")
    try expectClose(
      SolidAngleOracles.rectangle(-1e9...1e9, -1e9...1e9, distance: 1).value, 2 * .pi, within: 1e-8,
      because: "the square leaves out 4 × 1e-9 of an angle")
    for (x, y, d) in [(0.1...0.6, -0.2...0.3, 1.0), (3...3.5, 4...4.25, 0.5), (-0.05...0.05, -0.01...0.01, 0.1)] {
      let closed = try SolidAngleOracles.rectangle(x, y, distance: d)
      let quadrature = try SolidAngleOracles.pixel(x, y, distance: d)
      expectClose(
        closed.value, quadrature.value, within: closed.error + quadrature.error,
        because: "the errors that the two routes state")
    }
    // Adjacent rectangles add up.
    let parts = [
      try SolidAngleOracles.pixel(0...0.3, 0...0.2, distance: 1).value,
      try SolidAngleOracles.pixel(0.3...0.5, 0...0.2, distance: 1).value,
    ]
    try expectClose(
      parts[0] + parts[1], SolidAngleOracles.pixel(0...0.5, 0...0.2, distance: 1).value, within: 1e-14,
      because: "adaptive quadratures to the last digits of angles below 0.1")
    #expect(throws: GSLFailure.self) { try SolidAngleOracles.pixel(0...2, 0...1, distance: 1) }
  }

  @Test func errorOfTheMidpointRule() throws {
    for angle in [0.0, 0.3, 0.684719203, 0.9] {
      for ratio in [0.02, 0.05, 0.1] {
        // The pixel is tilted about one of its edges' direction: middle at tan a, side p, distance 1.
        let radius = 1 / cos(angle)
        let side = ratio * radius
        let middle = tan(angle)
        let exact = try SolidAngleOracles.rectangle(
          middle - side / 2...middle + side / 2, -side / 2...side / 2, distance: 1)
        let law = SolidAngleOracles.midpointError(ratio: ratio, angle: angle)
        let deviation = exact.value / (side * side / (radius * radius) * cos(angle)) - 1
        // The corner form cancels: 4 ε of its largest term, relative to a solid angle of about ratio².
        expectClose(
          deviation, law.value, within: law.error + exact.error / (side * side) * 4,
          because: "the next order of the law, and the cancelling corners over the solid angle", "\(angle) \(ratio)")
      }
    }
  }

  @Test func absorption() throws {
    let whole = try SensorOracles.capture(0...1, attenuation: 1, cosine: 1)
    expectClose(whole.value, 1 - 1 / M_E, within: whole.error, because: "the error that the oracle states")
    for (depths, rate, cosine) in [(0.1...0.3, 4.0, 0.7), (0...1e-9, 2, 1), (2...3, 9, 0.4), (0...1, 60, 1)] {
      let quadrature = try SensorOracles.capture(depths, attenuation: rate, cosine: cosine)
      let closed = try SensorOracles.captureClosedForm(depths, attenuation: rate, cosine: cosine)
      expectClose(
        quadrature.value, closed.value, within: quadrature.error + closed.error,
        because: "the errors that the two routes state")
    }
    #expect(throws: GSLFailure.self) { try SensorOracles.capture(0...1, attenuation: 500, cosine: 1) }
  }

  @Test func polarization() throws {
    let (x, y, z) = (SIMD3(1.0, 0, 0), SIMD3(0.0, 1, 0), SIMD3(0.0, 0, 1))
    func factor(_ k: Double, _ d: SIMD3<Double>) throws -> Double {
      try PolarizationOracles.factor(kahnFactor: k, incident: x, diffracted: d, axis: z).value
    }
    #expect(try factor(0.4, x) == 1, "forward")
    #expect(try factor(1, z) == 0, "no dipole radiates along its axis")
    #expect(try factor(1, y) == 1)
    #expect(try factor(-1, y) == 0)
    try expectClose(
      factor(0, (y + z) / 2.0.squareRoot()), 0.5, within: 1e-15,
      because: "a few ulps of one formula in double precision")
    #expect(PolarizationOracles.azimuthalMean(cosTwoTheta: 0).value == 0.5)
    // CODATA 2018: r_e = 2.8179403262e-15 m.
    let radius = PolarizationOracles.electronRadiusSquared
    expectClose(
      radius.value / pow(2.8179403262e-15, 2), 1, within: 1e-7,
      because: "the constant is stated with eleven digits and follows from α and the Bohr radius")
    #expect(throws: GSLFailure.self) {
      try PolarizationOracles.factor(kahnFactor: 1, incident: x, diffracted: y, axis: x)
    }
    let rule = try Quadrature.GaussLegendre(12)
    let sphere = rule.integrate(-1, 1) { 2 * .pi * PolarizationOracles.azimuthalMean(cosTwoTheta: $0).value }
    expectClose(
      sphere, PolarizationOracles.sphereIntegral.value, within: 1e-14,
      because: "a few ulps of one formula in double precision")
  }

  @Test func beams() throws {
    #expect(try BeamOracles.weightedMean([1, 2, 4], weights: [1, 1, 2]).value == 2.75)
    let q = try BeamOracles.scatteringVectorLength(
      incident: SIMD3(1, 0, 0), diffracted: SIMD3(0, 0, 3), wavelength: 2)
    expectClose(
      q.value, 2.0.squareRoot() / 2, within: q.error, because: "the error that the oracle states", "90°: √2/λ")
    // 1 mm of water: 1e-9 m³ are 1e-3 g, 3.3456e19 molecules.
    let water = BeamOracles.waterBackground(thickness: 1e-3, fluence: 1)
    expectClose(
      water.value / (2.57 * 2.57 * 7.94078768e-30 * 3.34563e19), 1, within: 2e-6,
      because: "six digits of the number of molecules")
  }

  @Test func rotations() throws {
    let third = try RotationOracles.matrix(axis: SIMD3(repeating: 1 / 3.0.squareRoot()), angle: 2 * .pi / 3)
    // A third of a turn about the body diagonal takes x to y, y to z and z to x.
    for (row, expected) in try pairs(third, [SIMD3(0.0, 0, 1), SIMD3(1, 0, 0), SIMD3(0, 1, 0)]) {
      expectClose(
        LinearAlgebra.length(row - expected), 0, within: RotationOracles.matrixError,
        because: "the error that the oracle states")
    }
    #expect(try RotationOracles.orthogonalityDefect(third) < RotationOracles.matrixError)
    try expectClose(
      LinearAlgebra.determinant(rows: third).value, 1, within: 1e-13,
      because: "a matrix exponential to 1e-14 per element")
    try expectClose(
      RotationOracles.angle(of: third).value, 2 * .pi / 3, within: 1e-13,
      because: "a matrix exponential to 1e-14 per element")
    let axis = try RotationOracles.axis(of: third)
    expectClose(abs(axis.sum()), 3.0.squareRoot(), within: 1e-14, because: "a null vector to some ε")
    let twice = try RotationOracles.product([third, third])
    let inverse = try RotationOracles.matrix(axis: SIMD3(repeating: 1 / 3.0.squareRoot()), angle: -2 * .pi / 3)
    for (a, b) in try pairs(twice, inverse) {
      expectClose(
        LinearAlgebra.length(a - b), 0, within: 1e-13, because: "two matrix exponentials to 1e-14 per element")
    }
    #expect(throws: GSLFailure.self) { try RotationOracles.matrix(axis: SIMD3(0, 0, 1), angle: 7) }
  }

  @Test func cells() throws {
    let right = Double.pi / 2
    let box = try CellOracle(a: 2, b: 3, c: 5, alpha: right, beta: right, gamma: right)
    expectClose(
      box.volumeByCholesky, 30, within: 1e-13, because: "a few ulps of one formula in double precision",
      "box.volumeByCholesky")
    expectClose(
      box.reciprocalLengths[2], 0.2, within: 1e-16, because: "a few ulps of one formula in double precision",
      "box.reciprocalLengths[2]")
    let hexagonal = try CellOracle(a: 4, b: 4, c: 7, alpha: right, beta: right, gamma: 2 * .pi / 3)
    expectClose(
      hexagonal.volumeByDeterminant, 4 * 4 * 7 * 3.0.squareRoot() / 2, within: 1e-12,
      because: "cosines of angles that are rounded, times a volume of 97")
    // 1/d² of a hexagonal lattice: 4/3 (h² + hk + k²)/a² + l²/c².
    let expected = 4.0 / 3 * (4 + 2 + 1) / 16 + 9.0 / 49
    expectClose(
      hexagonal.squaredReciprocalLength(2, 1, 3), expected, within: 1e-14,
      because: "a few ulps of one formula in double precision")
    let angle = 1.2
    let rhombohedral = try CellOracle(a: 6, b: 6, c: 6, alpha: angle, beta: angle, gamma: angle)
    let volume = 216 * (1 - 3 * pow(cos(angle), 2) + 2 * pow(cos(angle), 3)).squareRoot()
    expectClose(
      rhombohedral.volumeByCholesky, volume, within: 1e-12,
      because: "cosines of angles that are rounded, times a volume of 150")
    let error = #expect(throws: GSLFailure.self) {
      try CellOracle(a: 1, b: 1, c: 1, alpha: 0.5, beta: 0.5, gamma: 1.2)
    }
    #expect(error?.code == 1, "a domain error: no such cell")
  }

  @Test func planes() throws {
    let plane = try LinearAlgebra.plane(through: [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1), SIMD3(-1, 1, 1)])
    let third = 1 / 3.0.squareRoot()
    let law = "a singular value decomposition of numbers of size 1"
    expectClose(plane.distance, third, within: 1e-15, because: law, "distance")
    expectClose(plane.residual, 0, within: 1e-15, because: law, "residual")
    expectClose(LinearAlgebra.length(plane.normal - SIMD3(repeating: third)), 0, within: 1e-15, because: law, "normal")
    let reciprocal = try LinearAlgebra.reciprocal(rows: [SIMD3(2, 0, 0), SIMD3(0, 4, 0), SIMD3(1, 0, 5)])
    for (found, expected) in try pairs(reciprocal, [SIMD3(0.5, 0, -0.1), SIMD3(0, 0.25, 0), SIMD3(0, 0, 0.2)]) {
      expectClose(
        LinearAlgebra.length(found - expected), 0, within: 2e-16, because: "pivots and quotients of small whole numbers"
      )
    }
  }

  @Test func interpolation() throws {
    for x in [-0.5, 0.2, 1.5, 3.25] {
      let ordinates = [1.0, -2, 4, 0.5]
      let (first, second) = (
        try InterpolationOracles.cubic(x, first: 0, ordinates),
        try InterpolationOracles.cubicByInterpolation(min(max(x, 0), 3), first: 0, ordinates)
      )
      if (0...3).contains(x) {
        expectClose(
          first.value, second.value, within: first.error + second.error, because: "the errors that the two routes state"
        )
      }
      let cube = try InterpolationOracles.cubic(x, first: 0, [0, 1, 8, 27])
      expectClose(cube.value, x * x * x, within: cube.error, because: "the error that the oracle states")
    }
    let product = try InterpolationOracles.tricubic(SIMD3(1.25, 1.5, 1.75), first: .zero) { Double($0 * $1 * $2) }
    expectClose(product.value, 1.25 * 1.5 * 1.75, within: product.error, because: "the error that the oracle states")
  }

  @Test func kinematics() throws {
    let (x, z) = (SIMD3(1.0, 0, 0), SIMD3(0.0, 0, 1))
    let diffracted = SIMD3(cos(0.4), sin(0.4), 0)
    let intensity = try KinematicOracles.integratedIntensity(
      wavelength: 2, spotVolume: 3, axis: z, incident: x, diffracted: diffracted)
    expectClose(
      intensity.value, 24 * (try KinematicOracles.lorentzFactor(twoTheta: 0.4).value), within: intensity.error * 2,
      because: "the errors of both")
    #expect(throws: GSLFailure.self) {
      try KinematicOracles.integratedIntensity(
        wavelength: 1, spotVolume: 1, axis: x, incident: x, diffracted: diffracted)
    }
  }
}
