import Arithmetics
import Foundation
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/OracleEnclosureProperties.swift")

/// The interval that an oracle states around its estimate contains the exact value.
@Suite(.tags(.oracle, .verification, .property), .generousTime) struct OracleEnclosureProperties {
  /// Claims that the enclosure lies within the oracle's interval.
  private func claim(
    _ check: Check, _ oracle: OracleValue, _ exact: () -> Enclosure, _ what: String
  ) throws {
    let context = ArithmeticContext(precision: 200)
    let (distance, radius) = context.run {
      let enclosure = exact()
      return (enclosure.distance(from: oracle.value), enclosure.radius)
    }
    try check.that(radius <= 1e-25 * max(abs(oracle.value), 1e-30), "\(what): the enclosure is narrow: \(radius)")
    try check.close(
      distance, 0, within: oracle.error + .leastNonzeroMagnitude,
      because: "the error that the oracle states, and the last place of the smallest numbers", "\(what) \(oracle.value)"
    )
  }

  @Test("Elementary functions and lattice factors") func functionsOfOneVariable() {
    forAll(
      "elementary functions and lattice factors", .double(in: -60...60).mixing([0, 0.5, 1, 7], every: 8),
      .integer(in: 1...200)
    ) { check, x, count in
      try claim(check, try ElementaryOracles.sinePi(x), { AnalyticEnclosures.sinePi(x) }, "sin(πx)/π")
      try claim(check, try ElementaryOracles.cosinePi(x), { AnalyticEnclosures.cosinePi(x) }, "cos(πx)")
      try claim(
        check, try LatticeOracles.grating(x, count: count), { AnalyticEnclosures.grating(x, count: count) }, "grating")
      // GSL calls the Bessel function of the smallest numbers an underflow.
      guard x == 0 || abs(x) > 1e-300 else { return }
      try claim(check, try LatticeOracles.sphere(abs(x)), { AnalyticEnclosures.sphere(abs(x)) }, "sphere")
    }
  }

  @Test("Solid angles and absorption") func detector() {
    forAll(
      "solid angles and absorption", .double(in: -3...3), .double(in: -3...3), .logUniform(in: 1e-2...3),
      .logUniform(in: 1e-1...10), .double(in: 0.05...1)
    ) { check, x, y, size, distance, cosine in
      try claim(
        check, try SolidAngleOracles.rectangle(x...x + size, y...y + size, distance: distance),
        { AnalyticEnclosures.rectangle(x...x + size, y...y + size, distance: distance) }, "solid angle")
      try claim(
        check,
        try SensorOracles.captureClosedForm(abs(x)...abs(x) + size, attenuation: distance, cosine: cosine),
        { AnalyticEnclosures.capture(abs(x)...abs(x) + size, attenuation: distance, cosine: cosine) }, "capture")
    }
  }

  @Test("Polarization, scattering vectors and the Lorentz factor") func beam() {
    forAll(
      "polarization, scattering vectors and the Lorentz factor", Generator<Vector3>.direction,
      Generator<Vector3>.direction, Generator<Vector3>.direction, .double(in: -1...1), .double(in: 0.5...2)
    ) { check, i, d, a, kahnFactor, wavelength in
      try check.assume(i.cross(a).length > 1e-3 && (d - i).length > 1e-6)
      try claim(
        check,
        try PolarizationOracles.factor(kahnFactor: kahnFactor, incident: i.simd, diffracted: d.simd, axis: a.simd),
        {
          AnalyticEnclosures.polarization(
            kahnFactor: kahnFactor, incident: i.simd, diffracted: d.simd, axis: a.simd)
        }, "polarization")
      try claim(
        check, try BeamOracles.scatteringVectorLength(incident: i.simd, diffracted: d.simd, wavelength: wavelength),
        { AnalyticEnclosures.scatteringVectorLength(incident: i.simd, diffracted: d.simd, wavelength: wavelength) },
        "scattering vector")
      let twoTheta = acos(min(max(i.dot(d), -1), 1))
      try check.assume(sin(twoTheta) > 1e-3)
      try claim(
        check, try KinematicOracles.lorentzFactor(twoTheta: twoTheta),
        { AnalyticEnclosures.lorentzFactor(twoTheta: twoTheta) }, "Lorentz factor")
    }
  }
}
