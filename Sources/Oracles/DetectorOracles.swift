internal import CGSL

/// Solid angles, in sr, of rectangles on a plane, seen from a point at distance `d`. Coordinates start at the foot of
/// the normal, in the unit of `d`.
public enum SolidAngleOracles {
  /// The solid angle of a rectangle by quadrature of d (d² + x² + y²)^(−3/2), 16 points each way.
  ///
  /// GSL: `gsl_integration_glfixed_point`, `gsl_pow_3`. Domain: sides up to the distance. Accuracy: relative 1e-13 for
  /// sides up to a tenth of the distance, the difference to 14 points otherwise.
  public static func pixel(
    _ x: ClosedRange<Double>, _ y: ClosedRange<Double>, distance d: Double
  ) throws(GSLFailure) -> OracleValue {
    let side = max(x.upperBound - x.lowerBound, y.upperBound - y.lowerBound)
    try GSL.require(d > 0 && side <= d, "SolidAngleOracles.pixel", "the sides must not exceed the distance")
    let fine = try quadrature(x, y, d, points: 16)
    let coarse = try quadrature(x, y, d, points: 14)
    return OracleValue(value: fine, error: max(1e-13 * fine, abs(fine - coarse)))
  }

  private static func quadrature(
    _ x: ClosedRange<Double>, _ y: ClosedRange<Double>, _ d: Double, points: Int
  ) throws(GSLFailure) -> Double {
    let rule = try Quadrature.GaussLegendre(points)
    return rule.integrate(x.lowerBound, x.upperBound) { x in
      rule.integrate(y.lowerBound, y.upperBound) { y in d / gsl_pow_3(gsl_hypot3(x, y, d)) }
    }
  }

  /// The solid angle of a rectangle in closed form: four corner terms atan2(x y, d √(d² + x² + y²)) (Khadjavi,
  /// 1968).
  ///
  /// Meant for large rectangles: for small ones the terms cancel. Accuracy: 16 ε times the largest term.
  /// GSL: `gsl_hypot3`, `gsl_sf_rect_to_polar`.
  public static func rectangle(
    _ x: ClosedRange<Double>, _ y: ClosedRange<Double>, distance d: Double
  ) throws(GSLFailure) -> OracleValue {
    try GSL.require(d > 0, "SolidAngleOracles.rectangle", "the distance must be positive")
    func corner(_ x: Double, _ y: Double) throws(GSLFailure) -> Double {
      try arcTangent(x * y, d * gsl_hypot3(x, y, d))
    }
    let terms = [
      try corner(x.upperBound, y.upperBound), -(try corner(x.upperBound, y.lowerBound)),
      -(try corner(x.lowerBound, y.upperBound)), try corner(x.lowerBound, y.lowerBound),
    ]
    return OracleValue(
      value: terms.reduce(0, +), error: 16 * .ulpOfOne * (terms.map(abs).max() ?? 0))
  }

  /// The polar angle of (x, y), x > 0 (GSL: `gsl_sf_rect_to_polar`).
  private static func arcTangent(_ y: Double, _ x: Double) throws(GSLFailure) -> Double {
    GSL.prepare()
    var (radius, angle) = (gsl_sf_result(), gsl_sf_result())
    try GSL.check(gsl_sf_rect_to_polar(x, y, &radius, &angle), "gsl_sf_rect_to_polar")
    return angle.val
  }

  /// The leading term of the error of p²/R²·cos a for a square pixel: exact/approximate − 1 =
  /// (p/R)² (15 sin² a − 6)/24, with a remainder of at most 0.15 (p/R)⁴.
  /// - Parameters:
  ///   - ratio: p/R, the side over the distance of its middle.
  ///   - angle: a, the angle between the ray and the normal, up to 55°, in radians.
  public static func midpointError(ratio: Double, angle: Double) -> OracleValue {
    let sine = sineOf(angle)
    let square = ratio * ratio
    return OracleValue(value: square * (15 * sine * sine - 6) / 24, error: 0.15 * square * square)
  }

  private static func sineOf(_ angle: Double) -> Double {
    var result = gsl_sf_result()
    return gsl_sf_sin_e(angle, &result) == 0 ? result.val : .nan
  }
}

/// Absorption in a layered sensor by the law of Beer and Lambert.
public enum SensorOracles {
  /// The fraction of a ray that a slab between two depths captures: the integral of (µ/c) exp(−µ z/c).
  ///
  /// GSL: `gsl_integration_qng`, and `gsl_integration_qag` where that does not converge. Domain: µ·(to − from)/c up to
  /// 100. Accuracy: 1e-13 relative for the smooth rule, the library's estimate otherwise.
  /// - Parameters:
  ///   - depths: Front and back of the slab, in m.
  ///   - attenuation: µ, in 1/m.
  ///   - cosine: c, between the ray and the normal; 0 < c ≤ 1.
  public static func capture(
    _ depths: ClosedRange<Double>, attenuation: Double, cosine: Double
  ) throws -> OracleValue {
    let rate = attenuation / cosine
    try GSL.require(
      cosine > 0 && cosine <= 1 && rate * (depths.upperBound - depths.lowerBound) <= 100, "SensorOracles.capture",
      "the cosine must be above 0 and at most 1, µ times the slanted thickness at most 100")
    func density(_ z: Double) throws -> Double {
      if rate * z > 700 { return 0 }
      return rate * (try GSL.evaluate("gsl_sf_exp_e") { gsl_sf_exp_e(-rate * z, $0) }.value)
    }
    do {
      let value = try Quadrature.smooth(depths, density)
      return OracleValue(value: value.value, error: max(value.error, 1e-13 * value.value))
    } catch is GSLFailure {
      return try Quadrature.adaptive(depths, absolute: 1e-15, density)
    }
  }

  /// The fraction that a slab from z0 to z1 captures, in closed form without cancellation: −exp(−µ z0/c)·expm1(−µ (z1 −
  /// z0)/c).
  ///
  /// GSL: `gsl_expm1`, `gsl_sf_exp_e`. Accuracy: relative 8 ε (1 + µ z0/c), for the rounding of the exponent.
  public static func captureClosedForm(
    _ depths: ClosedRange<Double>, attenuation: Double, cosine: Double
  ) throws(GSLFailure) -> OracleValue {
    let rate = attenuation / cosine
    let reach = rate * depths.lowerBound
    let front = reach > 700 ? 0 : try GSL.evaluate("gsl_sf_exp_e") { gsl_sf_exp_e(-reach, $0) }.value
    let value = -front * gsl_expm1(-rate * (depths.upperBound - depths.lowerBound))
    return OracleValue(value: value, error: 8 * .ulpOfOne * (1 + reach) * value)
  }
}
