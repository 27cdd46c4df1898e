internal import CGSL

/// Tests of samples against distributions. Each returns a p value, 0 to 1; a small value contradicts the distribution.
public enum StatisticalTests {
  /// Pearson's chi-square test (1900) of counts in bins.
  ///
  /// GSL: `gsl_cdf_chisq_Q`. Domain: every expectation at least 10, so that the asymptotic law holds to about 1e-2 of
  /// the probability.
  /// - Parameters:
  ///   - counts: The counts, one per bin.
  ///   - expected: The expected counts, one per bin, with the same sum.
  public static func chiSquare(_ counts: [Int], expected: [Double]) throws(GSLFailure) -> Double {
    try GSL.require(
      counts.count == expected.count && counts.count > 1 && expected.allSatisfy { $0 >= 10 }, "chiSquare",
      "every bin needs an expectation of at least 10")
    let (sum, total) = (Double(counts.reduce(0, +)), expected.reduce(0, +))
    try GSL.require(abs(sum - total) < 1e-6 * total, "chiSquare", "counts and expectations must have the same sum")
    let statistic = zip(counts, expected).reduce(0) { $0 + gsl_pow_2(Double($1.0) - $1.1) / $1.1 }
    return gsl_cdf_chisq_Q(statistic, Double(counts.count - 1))
  }

  /// The test of Kolmogorov (1933) and Smirnov (1948) of a sample against a continuous distribution.
  ///
  /// GSL has no such test. The statistic is the largest distance between the two distribution functions; its tail
  /// probability is `kolmogorovTail`.
  /// - Parameters:
  ///   - sample: The sample; at least 10 values.
  ///   - distribution: The cumulative distribution function.
  public static func kolmogorovSmirnov(
    _ sample: [Double], _ distribution: (Double) -> Double
  ) throws(GSLFailure) -> Double {
    try GSL.require(sample.count >= 10, "kolmogorovSmirnov", "a sample of at least 10 is needed")
    let n = Double(sample.count)
    var distance = 0.0
    for (index, x) in sample.sorted().enumerated() {
      let probability = distribution(x)
      try GSL.require(probability.isFinite, "kolmogorovSmirnov", "the distribution function is not finite at \(x)")
      distance = max(distance, probability - Double(index) / n, Double(index + 1) / n - probability)
    }
    // The correction for finite samples of Stephens (1970).
    return kolmogorovTail(distance * (n.squareRoot() + 0.12 + 0.11 / n.squareRoot()))
  }

  /// Kolmogorov's tail probability, 2 Σ (−1)^(j−1) exp(−2 j² λ²); 0.05 at 1.3581, 0.01 at 1.6276.
  public static func kolmogorovTail(_ lambda: Double) -> Double {
    guard lambda > 0.2 else { return 1 }
    var sum = 0.0
    for j in 1...100 {
      var term = gsl_sf_result()
      guard 2 * Double(j * j) * lambda * lambda < 700,
        gsl_sf_exp_e(-2 * Double(j * j) * lambda * lambda, &term) == 0
      else { break }
      sum += (j % 2 == 1 ? 2 : -2) * term.val
    }
    return min(max(sum, 0), 1)
  }

  /// Student's test (1908) of a mean, two-sided.
  ///
  /// GSL: `gsl_stats_mean`, `gsl_stats_sd`, `gsl_cdf_tdist_Q`.
  public static func mean(_ sample: [Double], expected: Double) -> Double {
    let deviation = gsl_stats_sd(sample, 1, sample.count) / Double(sample.count).squareRoot()
    let t = abs(gsl_stats_mean(sample, 1, sample.count) - expected) / deviation
    return 2 * gsl_cdf_tdist_Q(t, Double(sample.count - 1))
  }

  /// The test of the variance of a normal sample, two-sided (GSL: `gsl_stats_variance`, `gsl_cdf_chisq_P`).
  public static func variance(_ sample: [Double], expected: Double) -> Double {
    let freedom = Double(sample.count - 1)
    let statistic = freedom * gsl_stats_variance(sample, 1, sample.count) / expected
    return 2 * min(gsl_cdf_chisq_P(statistic, freedom), gsl_cdf_chisq_Q(statistic, freedom))
  }

  /// The test of independence of neighbours in a sequence: r1·√n is standard normal, two-sided.
  ///
  /// GSL: `gsl_stats_lag1_autocorrelation`, `gsl_cdf_ugaussian_Q`.
  public static func independence(_ sample: [Double]) -> Double {
    let r = gsl_stats_lag1_autocorrelation(sample, 1, sample.count)
    return 2 * gsl_cdf_ugaussian_Q(abs(r) * Double(sample.count).squareRoot())
  }
}
