import Oracles
import Physics
import Testing

/// The lattice amplitudes against the GNU Scientific Library, which reaches them by other routes.
@Suite struct LatticeOracleTests {
  /// Reproducible numbers in 0..<1 (SplitMix64; Steele, Lea and Flood, 2014).
  struct Numbers {
    var state: UInt64
    mutating func next() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }
  }

  @Test func gratingAgainstGegenbauerPolynomial() throws {
    var numbers = Numbers(state: 1)
    var worst = 0.0
    for _ in 0..<10_000 {
      let count = 1 + Int(numbers.next() * 200)
      let h = (numbers.next() - 0.5) * 60
      let offset = max(abs(h - h.rounded()), 1e-300)
      let oracle = try LatticeOracles.grating(.pi * h, count: count)
      let ours = InterferenceFunctions.grating(.pi * h, count: Double(count))
      // Law of the quotient of two unreduced sines: its error is at most 1.2 ε |h|/|h − h0| per scatterer.
      let conditioning = 1.2 * Double.ulpOfOne * max(abs(h), 1) / offset * Double(count)
      let allowed = oracle.error + conditioning + 4 * Double.ulpOfOne * Double(count)
      worst = max(worst, abs(ours - oracle.value) / allowed)
      #expect(abs(ours - oracle.value) <= allowed, "N = \(count), h = \(h)")
    }
    print("grating factor: worst deviation \(worst) of the tolerance over 10000 cases")
  }

  @Test func sphereAgainstBesselFunction() throws {
    var numbers = Numbers(state: 2)
    var worst = 0.0
    for _ in 0..<10_000 {
      let x = exp(-7 + 12 * numbers.next())
      let oracle = try LatticeOracles.sphere(x)
      // sin x/x − cos x cancels for small x: the absolute error is at most 3 ε/x² there.
      let allowed = oracle.error + Double.ulpOfOne * (3 / (x * x) + 4)
      let deviation = abs(InterferenceFunctions.sphere(x) - oracle.value)
      worst = max(worst, deviation / allowed)
      #expect(deviation <= allowed, "x = \(x)")
    }
    print("sphere amplitude: worst deviation \(worst) of the tolerance over 10000 cases")
  }

  @Test func oraclesAgreeWithClosedForms() throws {
    // U_1(cos x) = 2 cos x and U_2 = 4 cos² x − 1; 3 j1(π)/π = 3/π².
    let x = 0.7
    let (second, third) = (try LatticeOracles.grating(x, count: 2), try LatticeOracles.grating(x, count: 3))
    #expect(abs(second.value - 2 * cos(x)) <= second.error)
    #expect(abs(third.value - (4 * cos(x) * cos(x) - 1)) <= third.error)
    let sphere = try LatticeOracles.sphere(.pi)
    #expect(abs(sphere.value - 3 / (.pi * .pi)) <= sphere.error + 2 * Double.ulpOfOne)
  }

  @Test func errorsOfTheLibraryAreThrown() {
    #expect(throws: GSLFailure.self) { try LatticeOracles.grating(0.5, count: -3) }
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
