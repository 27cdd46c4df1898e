import Foundation
import Oracles
import TestSupport
import Testing

/// Distributions against tables, and tests against samples of known origin.
@Suite(.tags(.oracle, .statistics), .generousTime) struct StatisticalOracleTests {
  @Test func distributions() throws {
    // Abramowitz and Stegun, tables 26.1 and 26.5; closed forms otherwise.
    expectClose(Distributions.normal(1.959963984540054), 0.975, within: 1e-15, because: "the table has fifteen digits")
    expectClose(
      Distributions.exponential(1), 1 - 1 / M_E, within: 1e-15, because: "a few ulps of one formula in double precision"
    )
    expectClose(Distributions.cauchy(1), 0.75, within: 1e-15, because: "a few ulps of one formula in double precision")
    try expectClose(
      Distributions.poisson(2, mean: 2), 5 * exp(-2), within: 1e-15,
      because: "a few ulps of one formula in double precision")
    try expectClose(
      Distributions.poissonDensity(3, mean: 2), 4.0 / 3 * exp(-2), within: 1e-15,
      because: "a few ulps of one formula in double precision")
    #expect(throws: GSLFailure.self) { try Distributions.poisson(-1, mean: 2) }
    #expect(throws: GSLFailure.self) { try Distributions.poisson(1, mean: 0) }
    // Half of a cap lies beyond the mean of the cosines of edge and pole.
    try expectClose(
      Distributions.capCosine((1 + cos(0.4)) / 2, halfAngle: 0.4), 0.5, within: 1e-14,
      because: "cosines near 1 cancel: ε over 0.08")
    try expectClose(
      Distributions.logGamma(5).value, log(24), within: 1e-15, because: "a few ulps of one formula in double precision")
    #expect(Distributions.uniform(0.5, in: -1...1) == 0.75)
    #expect(Distributions.triangle(-0.5) == 0.125 && Distributions.triangle(0.5) == 0.875)
    expectClose(
      Distributions.rotationAngle(.pi / 2), 0.5 - 1 / .pi, within: 1e-15,
      because: "a few ulps of one formula in double precision")
    expectClose(
      Distributions.rotationAngle(.pi), 1, within: 1e-15, because: "a few ulps of one formula in double precision")
    #expect(Distributions.mosaicAngle(2, limit: 2) == 1)
    expectClose(
      Distributions.mosaicAngle(1, limit: 2), 1 - (7.0 / 8).squareRoot(), within: 1e-15,
      because: "a few ulps of one formula in double precision")
    // Beta(½, 3/2): (2/π)(√(x (1 − x)) + arcsin √x) at x = ½ is 1/π + ½.
    expectClose(
      Distributions.squaredQuaternionComponent(0.5), 1 / .pi + 0.5, within: 1e-14,
      because: "a continued fraction to some ε")
  }

  @Test func kolmogorovsTail() {
    // Smirnov (1948): the 5 % and 1 % points of the limiting distribution.
    expectClose(
      StatisticalTests.kolmogorovTail(1.3581), 0.05, within: 1e-5, because: "Smirnov's points have five digits")
    expectClose(
      StatisticalTests.kolmogorovTail(1.6276), 0.01, within: 1e-5, because: "Smirnov's points have five digits")
    #expect(StatisticalTests.kolmogorovTail(0.1) == 1 && StatisticalTests.kolmogorovTail(30) < 1e-300)
  }

  /// Van der Corput's sequence (1935): more even than random numbers.
  private func even(_ count: Int) -> [Double] {
    (1...count).map { index in
      var (value, weight, rest) = (0.0, 0.5, index)
      while rest > 0 {
        value += Double(rest % 2) * weight
        weight /= 2
        rest /= 2
      }
      return value
    }
  }

  @Test func goodnessOfFit() throws {
    let sample = even(2000)
    #expect(try StatisticalTests.kolmogorovSmirnov(sample) { Distributions.uniform($0, in: 0...1) } > 0.99)
    #expect(try StatisticalTests.kolmogorovSmirnov(sample) { Distributions.uniform($0, in: 0...1.1) } < 1e-6)
    #expect(
      try StatisticalTests.kolmogorovSmirnov(sample.map { $0 * $0 }) { Distributions.uniform($0, in: 0...1) } < 1e-9)
    // χ² = 10 with one degree of freedom: p = 0.001565 (Abramowitz and Stegun, table 26.7).
    try expectClose(
      StatisticalTests.chiSquare([550, 450], expected: [500, 500]), 0.001565, within: 1e-6,
      because: "the table has four digits")
    #expect(try StatisticalTests.chiSquare([500, 500], expected: [500, 500]) == 1)
    #expect(throws: GSLFailure.self) { try StatisticalTests.chiSquare([5, 5], expected: [5, 5]) }
    #expect(throws: GSLFailure.self) { try StatisticalTests.kolmogorovSmirnov([1, 2]) { $0 } }
  }

  @Test func momentsAndIndependence() {
    let sample = even(1000).map { $0 - 0.5 }
    #expect(StatisticalTests.mean(sample, expected: 0) > 0.9 && StatisticalTests.mean(sample, expected: 0.05) < 1e-6)
    #expect(StatisticalTests.variance(sample, expected: 1.0 / 12) > 0.9)
    #expect(StatisticalTests.variance(sample, expected: 0.11) < 1e-6)
    #expect(StatisticalTests.independence(sample.sorted()) < 1e-9, "a sorted sample depends on itself")
    #expect(StatisticalTests.independence(sample) < 1e-9, "and van der Corput's sequence alternates")
  }

  @Test func images() throws {
    let x = even(500)
    let y = x.map { 3 * $0 + 2 }
    try expectClose(ImageOracles.correlation(x, y).value, 1, within: 1e-12, because: "sums of 500 terms")
    try expectClose(
      ImageOracles.correlation(x.map { $0 + 1e6 }, y).value, 1, within: 1e-9,
      because: "a large offset of 1e6 costs twelve digits of the variance and leaves four of its squares")
    try expectClose(
      ImageOracles.rankCorrelation(x, x.map { exp(5 * $0) }).value, 1, within: 1e-12, because: "sums of 500 terms")
    let line = try ImageOracles.line(x, y)
    expectClose(line.slope.value, 3, within: 1e-13, because: "sums of 500 terms", "line.slope.value")
    expectClose(line.intercept.value, 2, within: 1e-13, because: "sums of 500 terms", "line.intercept.value")
    let moments = try ImageOracles.moments([1, 2, 3, 4])
    #expect(moments.mean == 2.5)
    expectClose(moments.deviation, (5.0 / 3).squareRoot(), within: 1e-15, because: "a quotient and a root")
    let difference = try ImageOracles.difference([1, 2, 3], [1, 2.5, 2.75])
    #expect(difference.largest == 0.5 && difference.index == 1)
    expectClose(difference.sumRatio.value, 6.25 / 6, within: 1e-15, because: "two exact sums and a quotient")
    #expect(throws: GSLFailure.self) { try ImageOracles.correlation([1, 2], [1]) }
    #expect(throws: GSLFailure.self) { try ImageOracles.line([1, 2], [1, 2]) }
  }

  @Test func convergence() throws {
    let steps = [0.1, 0.05, 0.025, 0.0125]
    let order = try ConvergenceOracles.order(steps: steps, errors: steps.map { 7e-9 * $0 * $0 })
    expectClose(order.value, 2, within: 1e-12, because: "a straight line through logarithms that are exact to ε")
    #expect(throws: GSLFailure.self) { try ConvergenceOracles.order(steps: [1, 2], errors: [0, 1]) }
    let series = try ConvergenceOracles.sum((1...20).map { 1 / Double($0 * $0) })
    expectClose(series.value, .pi * .pi / 6, within: 1e-9, because: "twenty terms, accelerated by Levin")
    let slope = try ConvergenceOracles.derivative(at: 1, step: 1e-3) { sin($0) }
    expectClose(
      slope.value, cos(1), within: slope.error + 1e-11,
      because: "the error that the oracle states and the rounding of differences over 1e-3")
    #expect(OracleLibrary.version.hasPrefix("2."))
  }
}
