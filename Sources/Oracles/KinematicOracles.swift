internal import CGSL

/// The intensity of a Bragg reflection integrated over rotation and solid angle, in the kinematic theory (Darwin, 1914).
public enum KinematicOracles {
  /// The integral of |F_latt|² over rotation angle and solid angle: λ³ S L, S the squared amplitude integrated over
  /// reciprocal space and L = 1/|u·(s1 × s0)| the Lorentz factor for a rotation about u.
  ///
  /// It follows from d³r* = dΩ dφ |u·(s1 × s0)|/λ³. Domain: spots narrow against |r*|. The curvature of the Ewald
  /// sphere adds a relative error of the order of (width/|r*|)², which is not in the bound.
  /// - Parameters:
  ///   - wavelength: λ, in the inverse of the unit of reciprocal space.
  ///   - spotVolume: S, in the cube of the unit of reciprocal space.
  ///   - axis: The unit vector u along the rotation axis.
  ///   - incident: The unit vector s0 along the beam.
  ///   - diffracted: The unit vector s1 at the reflection's middle.
  /// - Throws: `GSLFailure` if the reflection does not cross the Ewald sphere at a finite rate.
  public static func integratedIntensity(
    wavelength: Double, spotVolume: Double, axis: SIMD3<Double>, incident: SIMD3<Double>, diffracted: SIMD3<Double>
  ) throws(GSLFailure) -> OracleValue {
    // u·(s1 × s0) is the determinant of the three as rows.
    let rate = try LinearAlgebra.determinant(rows: [axis, diffracted, incident])
    try GSL.require(abs(rate.value) > 1e-6, "integratedIntensity", "the reflection only touches the Ewald sphere")
    let value = gsl_pow_3(wavelength) * spotVolume / abs(rate.value)
    return OracleValue(value: value, error: value * (8 * .ulpOfOne + rate.error / abs(rate.value)))
  }

  /// The Lorentz factor 1/sin 2θ for an axis normal to the plane of scattering.
  public static func lorentzFactor(twoTheta: Double) throws(GSLFailure) -> OracleValue {
    let sine = try GSL.evaluate("gsl_sf_sin_e") { gsl_sf_sin_e(twoTheta, $0) }
    return OracleValue(value: 1 / sine.value, error: 4 * .ulpOfOne / abs(sine.value))
  }
}
