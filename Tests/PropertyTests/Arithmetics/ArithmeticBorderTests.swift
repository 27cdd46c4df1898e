import Arithmetics
import Physics
import PropertyTesting
import TestSupport
import Testing

/// Formulas where only another arithmetic than that of doubles tells two ways apart.
@Suite(.tags(.verification)) struct ArithmeticBorderTests {
  /// The series of a sphere has terms enough for thirty digits, and ends where the closed form begins.
  @Test func theSeriesOfASphereMeetsTheClosedForm() {
    #expect(InterferenceFunctions.sphereBySeries(DoubleDouble(1)) == InterferenceFunctions.sphere(DoubleDouble(1)))
    let x = DoubleDouble(0.99)
    let gap = InterferenceFunctions.sphereBySeries(x) - InterferenceFunctions.sphere(x)
    #expect(abs(gap.approximation) < 1e-20, "nine terms leave 3e-21, eight 1e-18")
  }

  /// An enclosure of one whose middle is one keeps its width: it may lie below the limit.
  @Test func anEnclosureOfTheLimitKeepsItsWidth() throws {
    ArithmeticContext().run {
      let tenth = Enclosure(decimal: "0.1")
      #expect(tenth != nil)
      if let tenth { #expect((tenth * 10).limitedToOne.radius > 0) }
    }
  }

  /// With random roundings axes repeat after three and more factors, too.
  @Test(arguments: 1...4) func axesOfRandomRoundingsRepeat(seed: UInt64) {
    var random = SplitMix64(state: seed)
    func number() -> Perturbed { Perturbed(Double(random.next() >> 11) * 0x1p-52 - 1) }
    ArithmeticContext(seed: seed, perturbation: .everything).run {
      for _ in 0..<200 {
        var axis = Formulas<Perturbed>.Vector3(number(), number(), number()).normalized
        let axes = Formulas<Perturbed>.PolarizationAxis(axis)
        for call in 0..<60 {
          axis = axis.normalized
          #expect(axes[call].normalized.approximation == axis.approximation)
        }
      }
    }
  }
}
