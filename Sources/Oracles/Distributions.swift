internal import CGSL

/// Cumulative distribution functions: the probability of a value not above x.
public enum Distributions {
  /// Uniform on an interval (GSL: `gsl_cdf_flat_P`).
  public static func uniform(_ x: Double, in range: ClosedRange<Double>) -> Double {
    gsl_cdf_flat_P(x, range.lowerBound, range.upperBound)
  }

  /// Standard normal (GSL: `gsl_cdf_ugaussian_P`).
  public static func normal(_ x: Double) -> Double { gsl_cdf_ugaussian_P(x) }

  /// Poisson: the probability of `count` or fewer (GSL: `gsl_cdf_poisson_P`). Domain: a positive mean, counts of 32 bits.
  public static func poisson(_ count: Int, mean: Double) throws(GSLFailure) -> Double {
    try requireCount(count, mean)
    return gsl_cdf_poisson_P(UInt32(count), mean)
  }

  /// Poisson: the probability of exactly `count` (GSL: `gsl_ran_poisson_pdf`).
  public static func poissonDensity(_ count: Int, mean: Double) throws(GSLFailure) -> Double {
    try requireCount(count, mean)
    return gsl_ran_poisson_pdf(UInt32(count), mean)
  }

  private static func requireCount(_ count: Int, _ mean: Double) throws(GSLFailure) {
    GSL.prepare()
    try GSL.require(
      mean > 0 && UInt32(exactly: count) != nil, "gsl_cdf_poisson_P",
      "a positive mean and a count of 32 bits are needed")
  }

  /// The logarithm of the gamma function, which the Poisson law needs (GSL: `gsl_sf_lngamma_e`). Domain: x > 0.
  public static func logGamma(_ x: Double) throws(GSLFailure) -> OracleValue {
    try GSL.evaluate("gsl_sf_lngamma_e") { gsl_sf_lngamma_e(x, $0) }
  }

  /// Exponential of mean 1 (GSL: `gsl_cdf_exponential_P`).
  public static func exponential(_ x: Double) -> Double { gsl_cdf_exponential_P(x, 1) }

  /// Cauchy of half width 1 (GSL: `gsl_cdf_cauchy_P`).
  public static func cauchy(_ x: Double) -> Double { gsl_cdf_cauchy_P(x, 1) }

  /// The symmetric triangle on −1...1.
  public static func triangle(_ x: Double) -> Double {
    if x <= -1 { return 0 }
    if x >= 1 { return 1 }
    return x < 0 ? (1 + x) * (1 + x) / 2 : 1 - (1 - x) * (1 - x) / 2
  }

  /// The angle of a rotation that is uniform on SO(3): (t − sin t)/π on 0...π (Miles, 1965).
  public static func rotationAngle(_ angle: Double) -> Double {
    var sine = gsl_sf_result()
    guard gsl_sf_sin_e(angle, &sine) == 0 else { return .nan }
    return min(max((angle - sine.val) / .pi, 0), 1)
  }

  /// A squared component of a unit quaternion that is uniform on its sphere (GSL: `gsl_cdf_beta_P`, ½ and 3/2).
  public static func squaredQuaternionComponent(_ x: Double) -> Double { gsl_cdf_beta_P(x, 0.5, 1.5) }

  /// The cosine to the axis of directions that are uniform in a spherical cap: uniform from cos m to 1
  /// (GSL: `gsl_cdf_flat_P`; Archimedes' hat-box theorem).
  public static func capCosine(_ cosine: Double, halfAngle: Double) throws(GSLFailure) -> Double {
    let edge = try GSL.evaluate("gsl_sf_cos_e") { gsl_sf_cos_e(halfAngle, $0) }.value
    return gsl_cdf_flat_P(cosine, edge, 1)
  }

  /// The angle of the reference program's mosaic domains: 1 − √(1 − (a/m)³) on 0...m.
  ///
  /// It follows from the angle m (1 − r²)^⅓ with r uniform on (−1, 1); a uniform ball would have (a/m)³.
  public static func mosaicAngle(_ angle: Double, limit: Double) -> Double {
    let ratio = min(max(angle / limit, 0), 1)
    return 1 - (1 - gsl_pow_3(ratio)).squareRoot()
  }
}
