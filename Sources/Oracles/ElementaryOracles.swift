internal import CGSL

/// Elementary functions in the forms that inner loops use.
public enum ElementaryOracles {
  /// sin(πx)/π, computed as x times sin(πx)/(πx).
  ///
  /// GSL: `gsl_sf_sinc_e`. Accuracy: the library's bound, and ε|x| for the rounding of πx, which the bound leaves out.
  /// - Throws: `GSLFailure` if the library reports one.
  public static func sinePi(_ x: Double) throws(GSLFailure) -> OracleValue {
    let result = try GSL.evaluate("gsl_sf_sinc_e") { gsl_sf_sinc_e(x, $0) }
    return OracleValue(value: x * result.value, error: abs(x) * (result.error + Double.ulpOfOne))
  }

  /// cos(πx) as 1 − 2 sin²(πx/2), which takes π from the library.
  ///
  /// GSL: `gsl_sf_sinc_e`. Accuracy: four times the library's bound, and 4 ε|x| for the rounding of πx.
  /// - Throws: `GSLFailure` if the library reports one.
  public static func cosinePi(_ x: Double) throws(GSLFailure) -> OracleValue {
    let result = try GSL.evaluate("gsl_sf_sinc_e") { gsl_sf_sinc_e(x / 2, $0) }
    let sine = result.value * x * Double.pi / 2
    return OracleValue(
      value: 1 - 2 * sine * sine, error: 4 * (abs(x * result.error) * 2 + Double.ulpOfOne * (1 + abs(x))))
  }

  /// 2⁻ˣ as an exponential.
  ///
  /// GSL: `gsl_sf_exp_e`. Domain: |x| up to 1000. Accuracy: the library's bound, and the rounding of x ln 2.
  /// - Throws: `GSLFailure` if the library reports a failure, as for underflow.
  public static func halving(_ x: Double) throws(GSLFailure) -> OracleValue {
    let exponent = -x * 0.693147180559945309
    let result = try GSL.evaluate("gsl_sf_exp_e") { gsl_sf_exp_e(exponent, $0) }
    return OracleValue(
      value: result.value, error: result.error + 2 * Double.ulpOfOne * abs(exponent) * result.value)
  }
}
