import Foundation
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing
import TraceIO

private let forAll = PropertyFamily("PropertyTests/PolarizationProperties.swift")

/// Polarization, and the scattering vector.
@Suite(.tags(.beam, .oracle, .property), .generousTime) struct PolarizationProperties {
  private let kahn = Generator<Double>.double(in: -1...1).mixing([-1, 0, 1])

  private func factor(_ k: Double, _ incident: Vector3, _ diffracted: Vector3, _ axis: Vector3) -> Double {
    Polarization(kahnFactor: k, incident: incident, diffracted: diffracted, axis: axis).factor
  }

  @Test("The polarization factor is that of two dipole patterns (oracle)") func dipolePatterns() {
    forAll("oracle: polarization as two dipole patterns", kahn, .direction, .direction, .vector(length: 0.1...10)) {
      check, k, incident, diffracted, axis in
      let sine = axis.normalized.cross(incident).length
      try check.assume(sine > 1e-3)
      let oracle = try PolarizationOracles.factor(
        kahnFactor: k, incident: incident.simd, diffracted: diffracted.simd, axis: axis.simd)
      try check.close(
        factor(k, incident, diffracted, axis), oracle.value, within: oracle.error + (16 + 4 / sine) * eps,
        because: "the azimuth is as good as the angle between axis and beam")
    }
  }

  @Test("The polarization factor lies between 0 and 1, without polarization from ½ on") func boundsOfTheFactor() {
    forAll("the factor lies between 0 and 1, without polarization from ½ on", kahn, .direction, .direction, .direction)
    {
      check, k, incident, diffracted, axis in
      let p = factor(k, incident, diffracted, axis)
      try check.that(p >= -4 * eps && p <= 1 + 4 * eps, "P = \(p)")
      let c = incident.dot(diffracted)
      let plain = factor(0, incident, diffracted, axis)
      try check.close(plain, (1 + c * c) / 2, within: 8 * eps, because: "the definition")
    }
  }

  @Test("The polarization factor is linear in the Kahn factor") func linearInTheKahnFactor() {
    forAll("the factor is linear in the Kahn factor", kahn, .direction, .direction, .direction) {
      check, k, incident, diffracted, axis in
      let (low, high) = (factor(-1, incident, diffracted, axis), factor(1, incident, diffracted, axis))
      // With K = 0 the azimuth is not computed; the pole of the axis has none.
      try check.close(
        factor(k, incident, diffracted, axis), ((1 - k) * low + (1 + k) * high) / 2, within: 8 * eps,
        because: "a product")
    }
  }

  @Test("Turning everything together leaves the polarization factor alone") func rotationsLeaveTheFactorAlone() {
    forAll(
      "turning everything together leaves the factor alone", kahn, .direction, .direction, .direction,
      Generator<Turn>.uniform
    ) {
      check, k, incident, diffracted, axis, turn in
      let sine = axis.cross(incident).length
      try check.assume(sine > 1e-3)
      try check.close(
        factor(k, turn(incident), turn(diffracted), turn(axis)), factor(k, incident, diffracted, axis),
        within: (32 + 32 / sine) * eps, because: "rotations of unit vectors")
    }
  }

  @Test("The polarization factor has its mean over the azimuth (oracle)") func meanOverTheAzimuth() {
    forAll("oracle: mean over the azimuth", kahn, .direction, .double(in: 0...Double.pi), .direction, cost: .dear) {
      check, k, incident, twoTheta, axis in
      try check.assume(axis.cross(incident).length > 1e-3)
      let across = axis.cross(incident).normalized
      let along = incident.cross(across)
      let mean = try Quadrature.adaptive(0...2 * Double.pi, relative: 1e-12) { psi in
        let side = cos(psi) * across + sin(psi) * along
        return factor(k, incident, cos(twoTheta) * incident + sin(twoTheta) * side, axis)
      }
      let oracle = PolarizationOracles.azimuthalMean(cosTwoTheta: cos(twoTheta))
      try check.close(
        mean.value / (2 * .pi), oracle.value, within: oracle.error + 1e-13,
        because: "quadrature of a trigonometric polynomial, exact but for rounding")
    }
  }

  @Test("The polarization factor has its integral over all directions (oracle)") func integralOverAllDirections() {
    forAll("oracle: integral over all directions", kahn, .direction, .direction, cost: .dear) {
      check, k, incident, axis in
      try check.assume(axis.cross(incident).length > 1e-3)
      let rule = try Quadrature.GaussLegendre(8)
      let across = axis.cross(incident).normalized
      let along = incident.cross(across)
      // Of degree 2 in the cosine, and in the azimuth a multiple of cos 2ψ, which 8 points sum exactly.
      let total = rule.integrate(-1, 1) { c in
        (0..<8).reduce(0.0) { sum, step in
          let psi = Double(step) * .pi / 4
          let s = (1 - c * c).squareRoot()
          return sum + factor(k, incident, c * incident + s * (cos(psi) * across + sin(psi) * along), axis) * .pi / 4
        }
      }
      let oracle = PolarizationOracles.sphereIntegral
      try check.close(
        total, oracle.value, within: oracle.error + 1e3 * eps, because: "64 values near the poles of the azimuth")
    }
  }

  @Test func constants() {
    let radius = PolarizationOracles.electronRadiusSquared
    // The reference program's constant is 6e-7 above CODATA 2018.
    expectClose(
      Constants.electronRadiusSquared, radius.value, within: radius.error + 6.2e-7 * radius.value,
      because: "the reference program's constant is 6e-7 above CODATA 2018")
    expectClose(
      Constants.electronRadiusSquared * Constants.defaultFluence, 1, within: 2 * eps,
      because: "a product of two decimals; one photon per electron")
  }

  @Test("The background of water is that of Thomson scattering (oracle)") func waterBackground() {
    forAll("oracle: water background", .logUniform(in: 1...1000), .logUniform(in: 1e10...1e30)) {
      check, water, fluence in
      var request = SimulationRequest.minimal
      (request.water, request.photons) = (water, [.fluence(fluence)])
      let background = try Experiment(resolving: request, compatibility: .spec).crystal.background
      let oracle = BeamOracles.waterBackground(thickness: water * 1e-6, fluence: fluence)
      try check.close(background, oracle.value, within: oracle.error, because: "older constants: 2e-6")
    }
  }

  @Test("A flux over a beam is a fluence") func fluxOverABeamIsAFluence() {
    forAll(
      "a flux over a beam is a fluence", .logUniform(in: 1e6...1e14), .logUniform(in: 1e-3...100),
      .logUniform(in: 1e-3...1)
    ) {
      check, flux, exposure, size in
      var request = SimulationRequest.minimal
      (request.photons, request.exposure, request.beamSize) = ([.flux(flux)], exposure, size)
      let fluence = try Experiment(resolving: request, compatibility: .spec).beam.fluence
      let expected = flux * exposure / (size * size * 1e-6)
      try check.close(fluence, expected, within: 8 * eps * expected, because: "four products")
      // Beside a fluence: the flux wins in c-parity, the later of the two in spec.
      for (last, mode, wins) in [
        (true, Compatibility.cParity, expected), (false, .cParity, expected), (true, .spec, 2 * expected),
        (false, .spec, expected),
      ] {
        let both: [PhotonStatement] = [.flux(flux), .fluence(2 * expected)]
        request.photons = last ? both : both.reversed()
        let found = try Experiment(resolving: request, compatibility: mode).beam.fluence
        try check.close(found, wins, within: 8 * eps * wins, because: "four products", "fluence last: \(last)")
      }
    }
  }
}

/// Scattering vectors as traces show them.
@Suite(.tags(.geometry, .oracle, .property), .generousTime) struct ScatteringProperties {
  private let scene = zip(Generator<Scene>.scene(), .integer(in: 0...7), .integer(in: 0...7)).map {
    (scene: $0, slow: $1 % $0.pose.slowPixels, fast: $2 % $0.pose.fastPixels)
  }

  private func trace(
    _ scene: Scene, _ slow: Int, _ fast: Int, _ mode: Compatibility = .spec,
    _ change: (inout SimulationRequest) -> Void = { _ in }
  ) throws -> Trace {
    Trace(lines: try PixelTracer(try scene.experiment(mode, change)).trace(PixelIndex(slow: slow, fast: fast)))
  }

  private func vector(_ check: Check, _ trace: Trace, _ name: String) throws -> Vector3 {
    try check.some(trace.vector(name), name)
  }

  @Test("The scattering vector has length 2 sin θ/λ (oracle)") func lengthOfTheScatteringVector() {
    forAll("oracle: the scattering vector has length 2 sin θ/λ", scene) { check, place in
      let trace = try trace(place.scene, place.slow, place.fast)
      let (s0, s1) = (try vector(check, trace, "incident_vec"), try vector(check, trace, "diffracted_vec"))
      let q = try vector(check, trace, "scattering_vec_A_inv")
      let wavelength = try check.some(trace.number("lambda_meters"))
      let oracle = try BeamOracles.scatteringVectorLength(
        incident: s0.simd, diffracted: s1.simd, wavelength: wavelength)
      try check.close(
        q.length, oracle.value, within: oracle.error + 4 * eps / wavelength, because: "a difference of unit vectors")
      try check.close(s1.length, 1, within: 4 * eps, because: "normalised")
      try check.close(
        try check.some(trace.number("stol")), q.length / 2, within: 2 * eps * q.length, because: "sin θ/λ")
    }
  }

  @Test("The first indices are those of the first orientation") func firstIndices() {
    forAll("the first indices are those of the first orientation", scene) { check, place in
      let trace = try trace(place.scene, place.slow, place.fast)
      let q = try vector(check, trace, "scattering_vec_A_inv")
      let indices = try vector(check, trace, "hkl_frac")
      let axes = try ["rot_a_angstroms", "rot_b_angstroms", "rot_c_angstroms"].map { try vector(check, trace, $0) }
      for (index, axis) in try pairs(indices.components, axes) {
        try check.close(
          index, 1e-10 * axis.dot(q), within: 8 * eps * 1e-10 * axis.length * q.length, because: "ångström and metre")
      }
    }
  }

  @Test("All lengths of the detector doubled leave the image alone, to the last bit") func doubledDetector() {
    forAll(
      "all lengths of the detector doubled leave the image alone, to the last bit", .scene(), .bool, require: [.lit],
      cost: .dear
    ) { check, scene, parity in
      let mode = parity ? Compatibility.cParity : .spec
      var doubled = scene
      (doubled.pose.pixel, doubled.pose.distance) = (2 * scene.pose.pixel, 2 * scene.pose.distance)
      let image = try scene.image(mode)
      check.label(lit: image)
      try check.equal(image, try doubled.image(mode), "images")
    }
  }

  @Test("Wavelength and cell doubled leave indices and image alone, to the last bit") func doubledWavelengthAndCell() {
    forAll(
      "wavelength and cell doubled leave indices and image alone, to the last bit", .scene(shapes: [.square, .round]),
      .bool, require: [.lit], cost: .dear
    ) { check, scene, parity in
      let mode = parity ? Compatibility.cParity : .spec
      var doubled = scene
      doubled.wavelength = 2 * scene.wavelength
      (doubled.cell.a, doubled.cell.b, doubled.cell.c) = (2 * scene.cell.a, 2 * scene.cell.b, 2 * scene.cell.c)
      // 1e-10·λ is rounded the same way for λ and 2λ.
      let image = try scene.image(mode)
      check.label(lit: image)
      try check.equal(image, try doubled.image(mode), "images")
    }
  }
}
