import Foundation
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/LatticeFactorProperties.swift")

/// A fractional index: whole numbers, their neighbours, halves, zeros of the grating, and anything between.
private let index = Generator<Double>.weighted(
  (2, zip(.integer(in: -30...30), .logUniform(in: 1e-12...0.5), .bool).map { Double($0) + ($2 ? -$1 : $1) }),
  (1, Generator<Int>.integer(in: -60...60).map { Double($0) / 2 }.ulpNeighbours(3)),
  (3, .double(in: -30...30)))

/// Numbers of cells: few, many, primes.
private let count = Generator<Int>.weighted(
  (3, .integer(in: 1...30)), (1, .integer(in: 1...500)), (1, .element(of: [2, 3, 11, 97])))

private func grating(_ h: Double, _ n: Int) -> Double {
  InterferenceFunctions.grating(.pi * h, count: Double(n))
}

/// How far the quotient sin(π h N)/sin(π h) may be off.
///
/// π·h carries the rounding of π (0.18 ε) and of the product (ε/2), π·h·N another ε/2: the numerator's phase is off by
/// 1.2 ε π |h| N, the denominator's by 0.7 ε π |h|. Where that reaches the denominator itself nothing can be said.
private func conditioning(_ h: Double, _ n: Int) -> Double {
  let phase = eps * .pi * abs(h)
  let denominator = abs(sin(.pi * (h - h.rounded()))) - 0.7 * phase
  guard h != 0 else { return 0 }
  return denominator > 0 ? Double(n) * (1.9 * phase / denominator + 4 * eps) : .infinity
}

/// What sin x/x − cos x loses below x = 1, in units of ε, times 3: the C library's sine is off by 0.55 units in its last
/// place, up to 0.55 ε of it, the quotient and the cosine lie below 1 and are off by 0.25 ε and 0.28 ε.
private let sphereCancellation = 3 * (0.55 + 0.25 + 0.28)

private let law = "rounding of the phases π h N and π h over sin(π h)"

/// The grating and sphere amplitudes.
@Suite(.tags(.crystal, .oracle, .property), .generousTime) struct LatticeFactorProperties {
  @Test("The grating factor is a Gegenbauer polynomial (oracle)") func gegenbauerPolynomial() {
    forAll(
      "oracle: grating factor as a Gegenbauer polynomial", index, count,
      require: [.atLeast(15, "next to an integer"), .atLeast(10, "many cells")]
    ) { check, h, n in
      check.label("next to an integer", abs(h - h.rounded()) < 1e-3)
      check.label("many cells", n > 30)
      try check.assume(h == 0 || h != h.rounded())
      let oracle = try LatticeOracles.grating(.pi * h, count: n)
      // The polynomial's slope N² times the rounding of the phase, which both share, does not count.
      try check.close(grating(h, n), oracle.value, within: oracle.error + conditioning(h, n), because: law)
    }
  }

  @Test("The grating factor is a sum of phases (oracle)") func phaseSum() {
    forAll("oracle: grating factor as a sum of phases", index, .integer(in: 1...60)) { check, h, n in
      try check.assume(h == 0 || h != h.rounded())
      let oracle = try LatticeOracles.gratingPhaseSum(index: h, count: n)
      // The sum reduces h exactly; π·h is rounded in ours: a phase error of π |h| ε/2, times the slope.
      let slope = 0.6 * Double(n) * Double(n) * .pi * abs(h) * eps
      try check.close(grating(h, n), oracle.value, within: oracle.error + conditioning(h, n) + slope, because: law)
    }
  }

  @Test("A few ulp from a whole number the factor obeys the law, not the bound N") func withinUlpsOfIntegers() {
    forAll(
      "a few ulp from a whole number the factor obeys the law, not the bound N", .integer(in: 1...40),
      .integer(in: 1...40), .integer(in: 1...50), require: [.atLeast(80, "bounded"), .atLeast(5, "out of bounds")]
    ) { check, h0, ulps, n in
      var h = Double(h0)
      for _ in 0..<ulps { h = h.nextUp }
      let oracle = try LatticeOracles.gratingPhaseSum(index: h, count: n)
      check.label("bounded", conditioning(h, n).isFinite)
      check.label("out of bounds", abs(grating(h, n)) > Double(n) * (1 + 1e-9))
      try check.close(grating(h, n), oracle.value, within: oracle.error + conditioning(h, n), because: law)
    }
  }

  @Test("At the origin the grating factor is N exactly") func theOriginHasAllCells() {
    forAll("at the origin the factor is N exactly", count) { check, n in
      try check.identical(grating(0, n), Double(n))
    }
  }

  @Test("The grating is even to the last bit") func theGratingIsEven() {
    forAll("the grating is even to the last bit", index, count) { check, h, n in
      try check.identical(grating(-h, n), grating(h, n))
    }
  }

  @Test("A whole number added to the index changes at most the sign of the grating") func periodOfTheGrating() {
    forAll("a whole number added changes at most the sign", .double(in: -0.5...0.5), .integer(in: -20...20), count) {
      check, delta, m, n in
      let shifted = delta + Double(m)
      try check.assume(shifted != shifted.rounded())
      let sign = m.isMultiple(of: 2) || n % 2 == 1 ? 1.0 : -1
      let back = shifted - Double(m)  // exact: what the addition has left of delta
      try check.close(
        grating(shifted, n), sign * grating(back, n),
        within: conditioning(shifted, n) + conditioning(back, n)
          + 2 * Double(n * n) * eps * .pi * abs(shifted), because: law)
    }
  }

  @Test("The magnitude of the grating never exceeds N beyond rounding") func boundOfTheGrating() {
    forAll("the magnitude never exceeds N beyond rounding", index, count) { check, h, n in
      try check.assume(h == 0 || h != h.rounded())
      try check.that(abs(grating(h, n)) <= Double(n) + conditioning(h, n), "|F| = \(abs(grating(h, n))), N = \(n)")
    }
  }

  @Test("The grating vanishes at multiples of 1/N that are not whole") func zerosOfTheGrating() {
    forAll("the grating vanishes at multiples of 1/N that are not whole", .integer(in: 2...100), .integer(in: 1...300))
    {
      check, n, k in
      try check.assume(k % n != 0)
      let h = Double(k) / Double(n)
      // h is rounded by ε/2 |h|; the slope at a zero is π N/|sin(π h)|.
      let slope = Double.pi * Double(n) / abs(sin(.pi * h))
      try check.close(grating(h, n), 0, within: 1.5 * slope * eps * max(h, 1), because: "rounding of k/N and of π·h·N")
    }
  }

  @Test("Between its zeros the grating alternates") func theGratingAlternates() {
    forAll("between its zeros the grating alternates", .integer(in: 3...60)) { check, n in
      for k in 1..<n - 1 {
        let h = (Double(k) + 0.5) / Double(n)
        try check.that(grating(h, n) * (k % 2 == 0 ? 1 : -1) > 0, "side maximum \(k) of N = \(n)")
      }
    }
  }

  @Test("The power of the grating over one period is N (oracle)") func parseval() {
    forAll("oracle: power of the grating over one period is N", .integer(in: 1...60), .integer(in: -3...3), cost: .dear)
    {
      check, n, start in
      // Breaks at whole numbers are the ends of the interval, where the quotient is ill conditioned.
      let power = try Quadrature.adaptive(Double(start) + 0.0...Double(start) + 1.0, relative: 1e-11) {
        let value = grating($0, n)
        return value * value
      }
      let expected = LatticeOracles.gratingPower(count: n)
      try check.close(
        power.value, expected.value, within: 2e-11 * Double(n), because: "quadrature to 1e-11 of N")
    }
  }

  private let argument = Generator<Double>.logUniform(in: 1e-3...200)

  @Test("The sphere amplitude is a Bessel function (oracle)") func sphereByBesselFunction() {
    forAll("oracle: sphere amplitude by a Bessel function", argument) { check, x in
      let oracle = try LatticeOracles.sphere(x)
      try check.close(
        InterferenceFunctions.sphere(x), oracle.value, within: oracle.error + eps * (sphereCancellation / (x * x) + 4),
        because: "sin x/x − cos x cancels: 3.3 ε/x²")
    }
  }

  @Test("The sphere amplitude is an integral over the ball (oracle)") func sphereByQuadrature() {
    forAll("oracle: sphere amplitude by quadrature over the ball", .logUniform(in: 0.01...40), cost: .dear) {
      check, x in
      let oracle = try LatticeOracles.sphereByQuadrature(x)
      try check.close(
        InterferenceFunctions.sphere(x), oracle.value, within: oracle.error + eps * (sphereCancellation / (x * x) + 4),
        because: "sin x/x − cos x cancels: 3.3 ε/x²")
    }
  }

  @Test("The sphere amplitude lies within its envelope") func envelopeOfTheSphere() {
    forAll("the sphere amplitude lies within its envelope", argument) { check, x in
      let value = InterferenceFunctions.sphere(x)
      try check.that(abs(value) <= min(1 + 3 * eps / (x * x), 3 / (x * x) * (1 + 1 / x)), "x = \(x): \(value)")
    }
  }

  @Test("The grating factor of the reduced phase is right at whole indices, too (oracle)") func reducedPhases() {
    let any = Generator<Double>.weighted((3, index), (1, Generator<Int>.integer(in: -60...60).map(Double.init)))
    forAll("oracle: grating factor of the reduced phase, whole indices included", any, .integer(in: 1...60)) {
      check, h, n in
      let oracle = try LatticeOracles.gratingPhaseSum(index: h, count: n)
      let node = ceil(h - 0.5)
      let ours = InterferenceFunctions.grating(offset: h - node, node: node, count: Double(n))
      try check.close(
        ours, oracle.value, within: oracle.error + Double(n) * eps * (4 + 2 * Double(n)),
        because: "π N δ is rounded once")
      try check.that(abs(ours) <= Double(n) * (1 + 4 * eps), "the bound N holds")
    }
  }

  @Test("The sphere amplitude by its series is right down to nothing (oracle)") func sphereBySeries() {
    forAll(
      "oracle: sphere amplitude by its series, down to nothing",
      Generator<Double>.logUniform(in: 1e-20...200).mixing([0])
    ) {
      check, x in
      let oracle = try LatticeOracles.sphere(x)
      try check.close(
        InterferenceFunctions.sphereBySeries(x), oracle.value, within: oracle.error + 8 * eps,
        because: "from x = 1 on the cancellation costs 3 ε")
    }
  }
}
