internal import CGSL

/// Polarization of scattered X-rays (Kahn et al., 1982), from the dipole pattern of each of two electric vectors.
public enum PolarizationOracles {
  /// The polarization factor as the mean of two dipole patterns:
  /// (1 + K)/2 · (1 − (d·E)²) + (1 − K)/2 · (1 − (d·B)²), with E the unit vector of `axis` across the beam, B = k × E.
  ///
  /// This form needs no azimuth, hence no inverse tangent. GSL: `gsl_blas_dgemm`, `gsl_hypot3`. Accuracy: 16 ε
  /// absolute, plus
  /// 4 ε over the sine of the angle between axis and beam.
  /// - Parameters:
  ///   - kahnFactor: K in −1...1.
  ///   - incident: Direction of the beam; any length but zero.
  ///   - diffracted: Direction of the ray.
  ///   - axis: Nominal electric vector; not parallel to the beam.
  public static func factor(
    kahnFactor: Double, incident: SIMD3<Double>, diffracted: SIMD3<Double>, axis: SIMD3<Double>
  ) throws(GSLFailure) -> OracleValue {
    func unit(_ v: SIMD3<Double>) -> SIMD3<Double> { v / LinearAlgebra.length(v) }
    let (k, d, a) = (unit(incident), unit(diffracted), unit(axis))
    let cosine = try LinearAlgebra.gram([k, a])[0][1]
    let across = a - cosine * k
    let sine = LinearAlgebra.length(across)
    try GSL.require(sine > 1e-7, "PolarizationOracles.factor", "the axis is parallel to the beam")
    let e = across / sine
    let b = SIMD3(k.y * e.z - k.z * e.y, k.z * e.x - k.x * e.z, k.x * e.y - k.y * e.x)
    let products = try LinearAlgebra.gram([d, e, b])[0]
    let (alongE, alongB) = (1 - products[1] * products[1], 1 - products[2] * products[2])
    return OracleValue(
      value: (1 + kahnFactor) / 2 * alongE + (1 - kahnFactor) / 2 * alongB,
      error: (16 + 4 / sine) * .ulpOfOne)
  }

  /// The mean of the polarization factor over the azimuth at a scattering angle: (1 + c²)/2 for every Kahn factor.
  public static func azimuthalMean(cosTwoTheta c: Double) -> OracleValue {
    OracleValue(value: (1 + c * c) / 2, error: .ulpOfOne)
  }

  /// The integral of the polarization factor over all directions: 8π/3 for every Kahn factor (Thomson, 1906).
  public static var sphereIntegral: OracleValue { OracleValue(value: 8 * .pi / 3, error: 4 * .ulpOfOne) }

  /// The classical radius of the electron squared, from the library's Thomson cross-section 8π/3·r_e², in m².
  ///
  /// GSL: `GSL_CONST_MKSA_THOMSON_CROSS_SECTION`, of an older adjustment than CODATA 2018, from which it differs by
  /// 3e-8: the bound is 4e-8 relative.
  public static var electronRadiusSquared: OracleValue {
    let value = GSL_CONST_MKSA_THOMSON_CROSS_SECTION * 3 / (8 * .pi)
    return OracleValue(value: value, error: 4e-8 * value)
  }
}

/// Sources, wavelengths and the background of the beam.
public enum BeamOracles {
  /// The weighted mean (GSL: `gsl_stats_wmean`). Accuracy: 4 n ε times the largest of n values.
  public static func weightedMean(_ values: [Double], weights: [Double]) throws(GSLFailure) -> OracleValue {
    try GSL.require(values.count == weights.count && !values.isEmpty, "gsl_stats_wmean", "as many weights as values")
    let mean = gsl_stats_wmean(weights, 1, values, 1, values.count)
    return OracleValue(
      value: mean, error: 4 * .ulpOfOne * Double(values.count) * (values.map(abs).max() ?? 0))
  }

  /// The length of the scattering vector by the law of Bragg: 2 sin θ/λ, with sin θ from the half angle between the
  /// rays.
  ///
  /// The angle is 2 atan2(|d − i|, |d + i|) (Kahan, 2006). GSL: `gsl_hypot3`, `gsl_sf_rect_to_polar`, `gsl_sf_sin_e`.
  /// Accuracy: 8 ε/λ absolute, the rounding of the two unit vectors.
  public static func scatteringVectorLength(
    incident: SIMD3<Double>, diffracted: SIMD3<Double>, wavelength: Double
  ) throws(GSLFailure) -> OracleValue {
    let (i, d) = (incident / LinearAlgebra.length(incident), diffracted / LinearAlgebra.length(diffracted))
    var (radius, theta) = (gsl_sf_result(), gsl_sf_result())
    GSL.prepare()
    try GSL.check(
      gsl_sf_rect_to_polar(LinearAlgebra.length(d + i), LinearAlgebra.length(d - i), &radius, &theta),
      "gsl_sf_rect_to_polar")
    let sine = try GSL.evaluate("gsl_sf_sin_e") { gsl_sf_sin_e(theta.val, $0) }.value
    let value = 2 * sine / wavelength
    return OracleValue(value: value, error: 8 * .ulpOfOne / wavelength)
  }

  /// The diffuse scattering of a cube of water, in photons per steradian and polarization factor of 1:
  /// F² r_e² Φ · (t³ · 10⁶ g/m³ · N_A/M), with 2.57 electrons and 18 g/mol (docs/reference/50-pixel-loop.md §1).
  ///
  /// GSL: `GSL_CONST_MKSA_THOMSON_CROSS_SECTION` and `GSL_CONST_NUM_AVOGADRO`'s value are older adjustments: 1e-6.
  /// - Parameters:
  ///   - thickness: The edge of the cube t, in m.
  ///   - fluence: Φ, in photons/m².
  public static func waterBackground(thickness: Double, fluence: Double) -> OracleValue {
    let molecules = gsl_pow_3(thickness) * 1e6 / 18 * GSL_CONST_NUM_AVOGADRO
    let value = gsl_pow_2(2.57) * PolarizationOracles.electronRadiusSquared.value * fluence * molecules
    return OracleValue(value: value, error: 2e-6 * value)
  }
}
