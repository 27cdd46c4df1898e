import Arithmetics
import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/NumberProperties.swift")

/// The laws of the arithmetics that the formulas are evaluated with.
@Suite(.tags(.verification, .property), .generousTime) struct NumberProperties {
  private let number = Generator<Double>.double(in: -100...100).mixing([0, 1, -1, 0.5, 3], every: 6)
  private let width = Generator<Double>.logUniform(in: 1e-18...1)
  private let part = Generator<Double>.double(in: 0...1)

  /// A number of an interval.
  private func inside(_ interval: Interval, _ part: Double) -> Double {
    min(max(interval.low + part * (interval.high - interval.low), interval.low), interval.high)
  }

  private func contains(_ interval: Interval, _ exact: DoubleDouble) -> Bool {
    DoubleDouble(interval.low) <= exact && exact <= DoubleDouble(interval.high)
  }

  @Test("Results of operations on numbers of intervals lie in the intervals' result") func intervalsContain() {
    forAll("results lie in the intervals' result", number, width, number, width, part, part) {
      check, a, wa, b, wb, s, t in
      let (left, right) = (Interval(a - wa, a + wa), Interval(b - wb, b + wb))
      let (x, y) = (DoubleDouble(inside(left, s)), DoubleDouble(inside(right, t)))
      try check.that(contains(left + right, x + y), "sum")
      try check.that(contains(left - right, x - y), "difference")
      try check.that(contains(left * right, x * y), "product")
      try check.that(contains(left.square, x * x), "square")
      if !right.containsZero { try check.that(contains(left / right, x / y), "quotient") }
      try check.that(contains(left.sine, .sine(x)), "sine")
      try check.that(contains(left.cosine, .cosine(x)), "cosine")
      try check.that(contains(left.exponential, .exponential(x)), "exponential")
      if let angles = Interval.arcTangent(y: left, x: right, near: atan2(a, b)) {
        check.label("across the cut", angles.low < -.pi || angles.high > .pi)
        let (exact, turn) = (DoubleDouble.arcTangent(y: x, x: y), 2 * DoubleDouble.pi)
        try check.that([exact, exact + turn, exact - turn].contains { contains(angles, $0) }, "arc tangent")
        try check.that(
          angles.high - angles.low <= 8 * (wa + wb) / min(abs(right.low), abs(right.high)) + 1e-14
            || !left.containsZero,
          "angles of points near the axis are narrow, across the cut, too")
      }
    }
  }

  @Test("Running errors hold for exact numbers within them, and open decisions are recorded") func runningErrorsHold() {
    typealias Number = RunningError<SingleErrors>
    let signed = Generator<Double>.double(in: -0.999...0.999)
    forAll("running errors hold", number, number, signed, signed, require: [.atLeast(5, "decided otherwise")]) {
      check, a, b, s, t in
      let left = Number(input: a, isWhole: false)
      // Every second pair is so close that decisions are open.
      let right = Number(input: s > 0 ? b : a + t * left.error, isWhole: false)
      let (x, y) = (DoubleDouble(left.value + s * left.error), DoubleDouble(right.value - s * right.error))
      func holds(_ number: Number, _ exact: DoubleDouble, _ what: String) throws {
        try check.that(abs((exact - DoubleDouble(number.value)).approximation) <= number.error, what)
      }
      try holds(left + right, x + y, "sum")
      try holds(left - right, x - y, "difference")
      try holds(left * right, x * y, "product")
      try holds(.sine(left), .sine(x), "sine")
      try holds(.cosine(left), .cosine(x), "cosine")
      try holds(.exponential(left), .exponential(x), "exponential")
      if abs(right.value) > right.error { try holds(left / right, x / y, "quotient") }
      if x >= 0 && left.value >= 0 { try holds(left.squareRoot(), x.squareRoot(), "root") }
      if right.value > 0 { try holds(.arcTangent(y: left, x: right), .arcTangent(y: x, x: y), "arc tangent") }
      if abs((DoubleDouble.sine(x)).approximation) > 1e-3 {
        try holds(.sineRatio(left, count: 7), .sine(7 * x) / .sine(x), "ratio of sines")
      }
      let decisions: [(String, (Number, Number) -> Bool, (DoubleDouble, DoubleDouble) -> Bool)] = [
        ("<", { $0 < $1 }, { $0 < $1 }), (">", { $0 > $1 }, { $0 > $1 }), ("<=", { $0 <= $1 }, { $0 <= $1 }),
        (">=", { $0 >= $1 }, { $0 >= $1 }),
        ("up", { ($0 - $1).rounded(.up) == 0 }, { ($0 - $1).rounded(.up) == 0 }),
        ("down", { ($0 - $1).rounded(.down) == 0 }, { ($0 - $1).rounded(.down) == 0 }),
        ("zero", { a, b in (a - b).isSettledZero }, { a, b in a == b }),
      ]
      var isTurned = false
      for (name, decide, exact) in decisions {
        let context = ArithmeticContext()
        let isSame = context.run { decide(left, right) } == exact(x, y)
        isTurned = isTurned || !isSame
        try check.that(isSame || !context.undecided.isEmpty, "\(name) is decided otherwise, and not recorded")
      }
      check.label("decided otherwise", isTurned)
    }
  }

  @Test("Two doubles hold 31 digits: sums, roots and functions undo each other") func doubleDoublesArePrecise() {
    forAll("two doubles hold 31 digits", number, number) { check, a, b in
      let (x, y) = (DoubleDouble(a) / 3, DoubleDouble(b) / 7)
      func close(_ left: DoubleDouble, _ right: DoubleDouble, _ scale: Double, _ what: String) throws {
        try check.close(
          (left - right).approximation, 0, within: 0x1p-98 * max(scale, 1e-30),
          because: "a few operations of 2⁻¹⁰⁴ each, times the condition of at most 16", what)
      }
      try close((x + y) - y, x, abs(a) + abs(b), "sum")
      // Of a divisor near the smallest number the low half is lost.
      if abs(b) > 1e-280 { try close((x / y) * y, x, abs(a), "quotient") }
      let root = (x * x).squareRoot()
      try close(root, x < 0 ? -x : x, abs(a), "root")
      let (s, c) = (DoubleDouble.sine(x), DoubleDouble.cosine(x))
      try close(s * s + c * c, 1, 1, "sin² + cos²")
      if a != 0 || b != 0 {
        let length = (x * x + y * y).squareRoot()
        try close(length * .sine(.arcTangent(y: x, x: y)), x, abs(a) + abs(b), "arc tangent")
      }
    }
  }

  @Test("Enclosures of more bits lie within those of fewer, and hold what two doubles find") func enclosuresNarrow() {
    forAll("enclosures of more bits lie within those of fewer", number, number) { check, a, b in
      func value<Number: RealNumber>(_ x: Number, _ y: Number) -> Number {
        .exponential(-(x * x) / 5000) + .sine(x / 3 + y) * (x * x + y * y + 1).squareRoot() / (y * y + 2)
      }
      let coarse = ArithmeticContext(precision: 60)
      let fine = ArithmeticContext(precision: 200)
      let wide = coarse.run { value(Enclosure(a), Enclosure(b)).bounds }
      let narrow = fine.run { value(Enclosure(a), Enclosure(b)) }
      let (outer, inner) = (wide ?? 0...0, fine.run { narrow.bounds } ?? 1...1)
      try check.that(outer.lowerBound <= inner.lowerBound && inner.upperBound <= outer.upperBound, "within")
      let double = value(DoubleDouble(a), DoubleDouble(b))
      let distance = fine.run { (narrow - Enclosure(double.high) - Enclosure(double.low)).distance(from: 0) }
      try check.close(distance, 0, within: 1e-27, because: "numbers below 110 to 31 digits, with a condition of 100")
    }
  }

  @Test("Derivatives follow the rules of Leibniz and the chain") func derivativesFollowTheRules() {
    forAll("derivatives follow the rules of Leibniz and the chain", number, number) { check, a, b in
      try check.assume(abs(b) > 1e-2)
      let (x, y) = (Dual<Double>.parameter(a, 0, of: 2), Dual<Double>.parameter(b, 1, of: 2))
      func expect(_ number: Dual<Double>, _ byX: Double, _ byY: Double, _ what: String) throws {
        for (index, expected) in [byX, byY].enumerated() {
          try check.close(
            number.partial(index), expected, within: 1e-13 * (1 + abs(expected)),
            because: "a few operations in double precision", what)
        }
      }
      try expect(x * y, b, a, "product")
      try expect(x / y, 1 / b, -a / (b * b), "quotient")
      try expect(.sine(x * y), b * cos(a * b), a * cos(a * b), "sine")
      try expect(.exponential(-x * x / 100), -a / 50 * exp(-a * a / 100), 0, "exponential")
      try expect((x * x + y * y).squareRoot(), a / hypot(a, b), b / hypot(a, b), "root")
      let square = a * a + b * b
      try expect(.arcTangent(y: x, x: y), b / square, -a / square, "arc tangent")
    }
  }

  @Test("Random errors are those of the seed, at most one unit of the last place, and of functions only")
  func errorsAreSeeded() {
    forAll("random errors are those of the seed", number, number, .integer(in: 1...1000)) { check, a, b, seed in
      func run(_ seed: Int, _ kind: ArithmeticContext.Perturbation) -> (sum: Double, sine: Double) {
        ArithmeticContext(seed: UInt64(seed), perturbation: kind).run {
          ((Perturbed(a) * Perturbed(b)).value, Perturbed.sine(Perturbed(a)).value)
        }
      }
      let first = run(seed, .library)
      try check.identical(first.sine, run(seed, .library).sine, "the same seed")
      try check.identical(first.sum, a * b, "operations are those of the machine")
      try check.close(first.sine, sin(a), within: sin(a).ulp, because: "one unit of the last place")
      let everything = run(seed, .everything)
      try check.close(everything.sum, a * b, within: (a * b).ulp, because: "one unit of the last place")
    }
  }

  @Test("A third of the errors of one function are up, a third down") func errorsAreUnbiased() {
    var counts = [0, 0, 0]
    for seed in 0..<3000 {
      let sine = ArithmeticContext(seed: UInt64(seed), perturbation: .library).run {
        Perturbed.sine(Perturbed(1)).value
      }
      counts[sine < sin(1) ? 0 : sine > sin(1) ? 2 : 1] += 1
    }
    // 3000 draws of one in three: a standard deviation of 26.
    for count in counts { #expect(abs(count - 1000) < 5 * 26) }
  }

  @Test("Exact operations have no error, and inexact ones half a unit") func exactOperationsHaveNoError() {
    ArithmeticContext().run {
      #expect((Bounded(3.0) * Bounded(0.25)).bound == 0)
      #expect((Bounded(1.0) + Bounded(0x1p-52)).bound == 0)
      #expect(Bounded(9.0).squareRoot().bound == 0)
      #expect(Bounded.cosine(Bounded(0.0)).bound == 0)
      #expect(abs((Bounded(1.0) / Bounded(3.0)).bound - 0x1p-55) < 1e-30)
      #expect(abs((Bounded(0.1) * Bounded(0.1)).bound - 0.01.ulp / 2) < 1e-30)
      #expect(!(Bounded(1.0) / (Bounded(0.1) - Bounded(0.1) / Bounded(3.0) * Bounded(3.0))).bound.isFinite)
    }
  }

  @Test("A decision with more than two ways, and a float that overflows, prove nothing") func nothingIsProven() {
    let context = ArithmeticContext()
    context.run {
      _ = Bounded(2.5, error: 0.4).rounded(.up)
      #expect(!context.isLost && context.undecided.isEmpty)
      _ = Bounded(2.8, error: 0.3).rounded(.up)
      #expect(!context.isLost && context.undecided.count == 1)
      _ = Bounded(2.5, error: 1.6).rounded(.up)
      #expect(context.isLost)
    }
    ArithmeticContext(rounding: .single).run {
      #expect((Bounded(1e20) * Bounded(1e10)).bound.isFinite)
      #expect(!(Bounded(1e20) * Bounded(1e20)).bound.isFinite)
    }
  }
}
