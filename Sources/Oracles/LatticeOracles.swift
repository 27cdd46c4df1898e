internal import CGSL

/// Reference values of the one-dimensional lattice amplitudes, by routes that share nothing with the simulator.
public enum LatticeOracles {
  /// The grating amplitude sin(N x)/sin(x) as the Gegenbauer polynomial C_(N−1) of order 1, which is the Chebyshev
  /// polynomial of the second kind U_(N−1)(cos x) (Abramowitz and Stegun, 1964, 22.3.16).
  ///
  /// GSL: `gsl_sf_gegenpoly_n_e`. Domain: N from 1 to 1000, any finite x. Accuracy: 80 ε N² absolute.
  /// - Parameters:
  ///   - x: The phase, in radians.
  ///   - count: The number of scatterers N.
  /// - Throws: `GSLFailure` outside the domain.
  public static func grating(_ x: Double, count: Int) throws(GSLFailure) -> OracleValue {
    let cosine = cosineOf(x)
    let result = try GSL.evaluate("gsl_sf_gegenpoly_n_e") { gsl_sf_gegenpoly_n_e(Int32(count - 1), 1.0, cosine, $0) }
    let bound = 80 * Double.ulpOfOne * Double(count * count)
    return OracleValue(value: result.value, error: max(result.error, bound))
  }

  /// The amplitude of a uniform sphere, 3 j1(x)/x with the spherical Bessel function (Abramowitz and Stegun, 10.1.11).
  ///
  /// GSL: `gsl_sf_bessel_j1_e`. Domain: finite x. Accuracy: relative 2 ε.
  /// - Parameter x: π times the diameter in index units.
  /// - Throws: `GSLFailure` outside the domain.
  public static func sphere(_ x: Double) throws(GSLFailure) -> OracleValue {
    guard x != 0 else { return OracleValue(value: 1, error: 0) }
    let result = try GSL.evaluate("gsl_sf_bessel_j1_e") { gsl_sf_bessel_j1_e(x, $0) }
    return OracleValue(value: 3 * result.value / x, error: 3 * result.error / abs(x))
  }

  private static func cosineOf(_ x: Double) -> Double {
    var result = gsl_sf_result()
    return gsl_sf_cos_e(x, &result) == 0 ? result.val : .nan
  }
}
