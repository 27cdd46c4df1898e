internal import CGSL

/// Measures of the agreement of two images. A correlation alone is a weak measure: a wrong scale or offset leaves it at
/// 1.
public enum ImageOracles {
  /// Pearson's correlation coefficient (GSL: `gsl_stats_correlation`). Accuracy: 1e-12 for well-scaled values.
  public static func correlation(_ first: [Double], _ second: [Double]) throws(GSLFailure) -> OracleValue {
    try GSL.require(first.count == second.count && first.count > 1, "gsl_stats_correlation", "two lists of one length")
    return OracleValue(value: gsl_stats_correlation(first, 1, second, 1, first.count), error: 1e-12)
  }

  /// Spearman's rank correlation (GSL: `gsl_stats_spearman`). Accuracy: 1e-12.
  public static func rankCorrelation(_ first: [Double], _ second: [Double]) throws(GSLFailure) -> OracleValue {
    try GSL.require(first.count == second.count && first.count > 1, "gsl_stats_spearman", "two lists of one length")
    var work = [Double](repeating: 0, count: 2 * first.count)
    return OracleValue(value: gsl_stats_spearman(first, 1, second, 1, first.count, &work), error: 1e-12)
  }

  /// The line y = c0 + c1 x through points, with the standard errors of c0 and c1 (GSL: `gsl_fit_linear`).
  public static func line(
    _ x: [Double], _ y: [Double]
  ) throws(GSLFailure) -> (intercept: OracleValue, slope: OracleValue) {
    try GSL.require(
      x.count == y.count && x.count > 2, "gsl_fit_linear", "two lists of one length, three points or more")
    var (c0, c1, cov00, cov01, cov11, sum) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    try GSL.check(gsl_fit_linear(x, 1, y, 1, x.count, &c0, &c1, &cov00, &cov01, &cov11, &sum), "gsl_fit_linear")
    return (
      OracleValue(value: c0, error: max(cov00, 0).squareRoot()),
      OracleValue(value: c1, error: max(cov11, 0).squareRoot())
    )
  }

  /// The largest absolute difference and its index, and the ratio of the sums, second to first.
  ///
  /// GSL: `gsl_blas_daxpy`, `gsl_blas_idamax`, `gsl_stats_mean`. Accuracy: ε of the values; 4 n ε of the ratio.
  public static func difference(
    _ first: [Double], _ second: [Double]
  ) throws(GSLFailure) -> (largest: Double, index: Int, sumRatio: OracleValue) {
    try GSL.require(first.count == second.count && first.count > 0, "gsl_blas_daxpy", "two lists of one length")
    GSL.prepare()
    var (x, y) = (first, second)
    let index = x.withUnsafeMutableBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        var from = gsl_vector_view_array(x.baseAddress, x.count).vector
        var to = gsl_vector_view_array(y.baseAddress, y.count).vector
        gsl_blas_daxpy(-1, &from, &to)
        return Int(gsl_blas_idamax(&to))
      }
    }
    let ratio = gsl_stats_mean(second, 1, second.count) / gsl_stats_mean(first, 1, first.count)
    return (abs(y[index]), index, OracleValue(value: ratio, error: 4 * .ulpOfOne * Double(first.count) * abs(ratio)))
  }

  /// Mean and sample standard deviation (GSL: `gsl_stats_mean`, `gsl_stats_sd`).
  public static func moments(_ values: [Double]) throws(GSLFailure) -> (mean: Double, deviation: Double) {
    try GSL.require(values.count > 1, "gsl_stats_sd", "at least two values are needed")
    return (gsl_stats_mean(values, 1, values.count), gsl_stats_sd(values, 1, values.count))
  }
}

/// Limits, orders of convergence and derivatives of any function.
public enum ConvergenceOracles {
  /// The order of a method: the slope of log |error| over log step (GSL: `gsl_fit_linear`), with its standard error.
  public static func order(steps: [Double], errors: [Double]) throws(GSLFailure) -> OracleValue {
    func logarithms(_ values: [Double]) throws(GSLFailure) -> [Double] {
      var result: [Double] = []
      for value in values {
        result.append(try GSL.evaluate("gsl_sf_log_e") { gsl_sf_log_e(value, $0) }.value)
      }
      return result
    }
    return try ImageOracles.line(try logarithms(steps), try logarithms(errors)).slope
  }

  /// The limit of a sequence of partial sums (GSL: `gsl_sum_levin_utrunc_accel`; Levin, 1973).
  /// - Parameter terms: The terms of the series, ten or more.
  public static func sum(_ terms: [Double]) throws(GSLFailure) -> OracleValue {
    GSL.prepare()
    try GSL.require(terms.count >= 10, "gsl_sum_levin_utrunc_accel", "ten terms are needed")
    guard let workspace = gsl_sum_levin_utrunc_alloc(terms.count) else {
      throw GSLFailure(code: 8, function: "gsl_sum_levin_utrunc_alloc", reason: "no memory", value: nil)
    }
    defer { gsl_sum_levin_utrunc_free(workspace) }
    var (value, error) = (0.0, 0.0)
    try GSL.check(
      gsl_sum_levin_utrunc_accel(terms, terms.count, workspace, &value, &error), "gsl_sum_levin_utrunc_accel")
    return OracleValue(value: value, error: error)
  }

  /// The derivative of a function at a point (GSL: `gsl_deriv_central`).
  public static func derivative(
    at x: Double, step: Double, _ function: (Double) throws -> Double
  ) throws -> OracleValue {
    try FunctionBox.with(function) { cFunction in
      var (value, error) = (0.0, 0.0)
      try GSL.check(gsl_deriv_central(cFunction, x, step, &value, &error), "gsl_deriv_central")
      return OracleValue(value: value, error: error)
    }
  }
}
