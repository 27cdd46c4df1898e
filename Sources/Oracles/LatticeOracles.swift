internal import CGSL

/// Reference values of lattice amplitudes, by formulas that the simulator does not use.
public enum LatticeOracles {
  /// The grating amplitude sin(N x)/sin(x) as the Gegenbauer polynomial C_(N−1) of order 1, which is the Chebyshev
  /// polynomial of the second kind U_(N−1)(cos x) (Abramowitz and Stegun, 1964, 22.3.16).
  ///
  /// GSL: `gsl_sf_cos_e`, `gsl_sf_gegenpoly_n_e`. Domain: N from 1 to 1000, |x| up to 300 π. Accuracy: ε min(4 N³/3, 8
  /// N/sin² x) absolute. The cosine is known to 2 ε, as GSL states, and the polynomial's slope is at most N³/3 (Markov,
  /// 1889) and 2 N/sin² x; a step of the recurrence rounds by 4 ε |U_k|, which the steps after it multiply by at most
  /// |U_(N−k)|, in all min(N³/6, N/sin² x).
  /// - Parameters:
  ///   - x: The phase, in radians.
  ///   - count: The number of scatterers N.
  /// - Throws: `GSLFailure` outside the domain.
  public static func grating(_ x: Double, count: Int) throws(GSLFailure) -> OracleValue {
    try GSL.require(
      (1...1000).contains(count) && abs(x) <= 300 * .pi, "gsl_sf_gegenpoly_n_e", "N must be 1 to 1000, |x| up to 300 π")
    let cosine = try GSL.evaluate("gsl_sf_cos_e") { gsl_sf_cos_e(x, $0) }.value
    let result = try GSL.evaluate("gsl_sf_gegenpoly_n_e") { gsl_sf_gegenpoly_n_e(Int32(count - 1), 1.0, cosine, $0) }
    let sine = try GSL.evaluate("gsl_sf_sin_e") { gsl_sf_sin_e(x, $0) }.value
    let n = Double(count)
    let bound = Double.ulpOfOne * min(4 * n * n * n / 3, 8 * n / (sine * sine))
    return OracleValue(value: result.value, error: max(result.error, bound))
  }

  /// The grating amplitude as the sum of its phases, Σ cos((2j − N + 1) π h), j = 0 … N − 1.
  ///
  /// The argument is reduced to the nearest integer first: h = n + δ gives (−1)^(n (N − 1)) times the sum for δ.
  /// GSL: `gsl_sf_cos_e`. Domain: N from 1 to 1000, |h| below 2^50. Accuracy: N ε (4 + 3 N π |δ|) absolute.
  /// - Parameters:
  ///   - index: The fractional index h.
  ///   - count: The number of scatterers N.
  public static func gratingPhaseSum(index: Double, count: Int) throws(GSLFailure) -> OracleValue {
    try GSL.require(
      (1...1000).contains(count) && abs(index) < 0x1p50, "gratingPhaseSum", "N must be 1 to 1000 and |h| below 2^50")
    let whole = index.rounded()
    let delta = index - whole
    var sum = 0.0
    for j in 0..<count {
      let phase = Double(2 * j - count + 1) * Double.pi * delta
      sum += try GSL.evaluate("gsl_sf_cos_e") { gsl_sf_cos_e(phase, $0) }.value
    }
    let isOdd = whole.truncatingRemainder(dividingBy: 2) != 0 && count % 2 == 0
    let n = Double(count)
    return OracleValue(value: isOdd ? -sum : sum, error: n * .ulpOfOne * (4 + 3 * n * .pi * abs(delta)))
  }

  /// The integral of the squared grating amplitude over one period of the index: N (Parseval).
  public static func gratingPower(count: Int) -> OracleValue {
    OracleValue(value: Double(count), error: 0)
  }

  /// The amplitude of a uniform sphere, 3 j1(x)/x with the spherical Bessel function (Abramowitz and Stegun, 10.1.11).
  ///
  /// GSL: `gsl_sf_bessel_j1_e`. Domain: |x| up to 10⁶. Accuracy: the library's bound, some ε absolute.
  /// - Parameter x: π times the diameter in index units.
  /// - Throws: `GSLFailure` outside the domain.
  public static func sphere(_ x: Double) throws(GSLFailure) -> OracleValue {
    guard x != 0 else { return OracleValue(value: 1, error: 0) }
    try GSL.require(abs(x) <= 1e6, "gsl_sf_bessel_j1_e", "|x| must be up to 10⁶")
    let result = try GSL.evaluate("gsl_sf_bessel_j1_e") { gsl_sf_bessel_j1_e(x, $0) }
    return OracleValue(value: 3 * result.value / x, error: 3 * result.error / abs(x))
  }

  /// The amplitude of a uniform sphere from its definition: the mean of exp(i x·u) over the unit ball.
  ///
  /// By nested quadrature in radius and polar cosine, 64 points each (GSL: `gsl_integration_glfixed_point`).
  /// Domain: 0 ≤ x ≤ 40. Accuracy: 1e-14 absolute.
  public static func sphereByQuadrature(_ x: Double) throws(GSLFailure) -> OracleValue {
    try GSL.require((0...40).contains(x), "sphereByQuadrature", "x must be 0 to 40")
    let rule = try Quadrature.GaussLegendre(64)
    var failure: GSLFailure?
    let value = rule.integrate(0, 1) { radius in
      1.5 * radius * radius
        * rule.integrate(-1, 1) { cosine in
          do {
            return try GSL.evaluate("gsl_sf_cos_e") { gsl_sf_cos_e(x * radius * cosine, $0) }.value
          } catch {
            failure = error as? GSLFailure
            return .nan
          }
        }
    }
    if let failure { throw failure }
    return OracleValue(value: value, error: 1e-14)
  }

  /// The amplitude of a uniform sphere by Monte Carlo integration of its definition, to check the other two oracles.
  ///
  /// GSL: `gsl_monte_vegas_integrate` (Lepage, 1978). Accuracy: the statistical error returned, about 1e-3.
  public static func sphereByMonteCarlo(_ x: Double, seed: UInt) throws(GSLFailure) -> OracleValue {
    GSL.prepare()
    guard let random = gsl_rng_alloc(cgsl_mersenne_twister()), let state = gsl_monte_vegas_alloc(2) else {
      throw GSLFailure(code: 8, function: "gsl_monte_vegas_alloc", reason: "no memory", value: nil)
    }
    defer {
      gsl_monte_vegas_free(state)
      gsl_rng_free(random)
    }
    gsl_rng_set(random, seed)
    var x = x
    var (value, error) = (0.0, 0.0)
    let status = withUnsafeMutablePointer(to: &x) { parameter in
      var function = gsl_monte_function(
        f: { point, _, parameter in
          guard let point, let parameter else { return .nan }
          let x = parameter.assumingMemoryBound(to: Double.self).pointee
          var cosine = gsl_sf_result()
          guard gsl_sf_cos_e(x * point[0] * point[1], &cosine) == 0 else { return .nan }
          return 1.5 * point[0] * point[0] * cosine.val
        }, dim: 2, params: parameter)
      var (low, high) = ([0.0, -1.0], [1.0, 1.0])
      return gsl_monte_vegas_integrate(&function, &low, &high, 2, 20_000, random, state, &value, &error)
    }
    try GSL.check(status, "gsl_monte_vegas_integrate")
    return OracleValue(value: value, error: error)
  }
}

/// Volumes of the spots of the smooth crystal shapes: squared amplitudes integrated over reciprocal space
/// (docs/reference/30-crystal.md §12).
///
/// The amplitude of the Gaussian shape is Ntot·exp(−r² f/0.63) and that of the top-hat shape Ntot where r² f < 0.3969,
/// with the fudge factor f. The definition of r sets the space of the volume: index space for r² = Σ (Ni δi)²,
/// reciprocal space for r = Ntot·|Δr*|.
public enum SpotVolumeOracles {
  /// The integral of exp(−2 r² f/0.63) over three dimensions of r: (0.315 π/f)^(3/2).
  ///
  /// By quadrature of 4π r² exp(…) from 0 to infinity (GSL: `gsl_integration_qagiu`). Accuracy: relative 1e-12.
  public static func gaussian(fudge: Double) throws -> OracleValue {
    let scale = (0.315 / fudge).squareRoot()
    let unit = try Quadrature.adaptive(from: 0) { x in 4 * .pi * x * x * exponential(-x * x) }
    return OracleValue(value: unit.value * scale * scale * scale, error: unit.error * scale * scale * scale)
  }

  /// The integral of exp(−2 r² f/0.63) over three dimensions of r, by the cube of the rule of Gauss and Hermite in one
  /// dimension (GSL: `gsl_integration_fixed`). Accuracy: relative 3e-14.
  public static func gaussianByHermite(fudge: Double) throws -> OracleValue {
    let one = try Quadrature.hermite(16, exponent: fudge / 0.315) { _ in 1 }
    let value = one.value * one.value * one.value
    return OracleValue(value: value, error: 3e-14 * value)
  }

  /// The volume of the ball r² f < 0.3969, (4π/3)·0.63³/f^(3/2).
  ///
  /// By quadrature of 4π r² with the radius as break point (GSL: `gsl_integration_qagp`). Accuracy: relative 1e-12.
  public static func topHat(fudge: Double) throws -> OracleValue {
    let radius = 0.63 / fudge.squareRoot()
    return try Quadrature.adaptive(through: [0, radius, 2 * radius]) { r in
      r < radius ? 4 * .pi * r * r : 0
    }
  }

  /// The integral of the squared amplitude of the round shape over all index space, in units of Ntot: 1/f^(3/2).
  ///
  /// Parseval for a sphere of diameter 1: (√(π/6))² times the integral of (3 j1(π r √f)/(π r √f))² over three
  /// dimensions of r. The tail beyond x = 400 falls off as 1/x² and is added by its mean value
  /// (GSL: `gsl_integration_qag`, `gsl_sf_bessel_j1_e`). Accuracy: relative 1e-5.
  public static func round(fudge: Double) throws -> OracleValue {
    let limit = 400.0
    let core = try Quadrature.adaptive(0...limit, relative: 1e-10) { x in
      let amplitude = try LatticeOracles.sphere(x).value
      return x * x * amplitude * amplitude
    }
    // x²·(3 j1/x)² → 9 cos² x/x²: the mean beyond the limit is 4.5/limit.
    let factor = .pi / 6 * 4 * .pi / (.pi * .pi * .pi) / (fudge * fudge.squareRoot())
    let value = factor * (core.value + 4.5 / limit)
    return OracleValue(value: value, error: 1e-5 * value)
  }

  private static func exponential(_ x: Double) -> Double {
    var result = gsl_sf_result()
    return x < -700 ? 0 : gsl_sf_exp_e(x, &result) == 0 ? result.val : .nan
  }
}
