import Glibc
import Physics

/// What rounding can do to one number of a pixel's trace.
package struct NumberError: Sendable {
  /// The place of the number.
  package let place: NumberPlace
  /// The number that the arithmetic gives: the simulator's double, or the number in single precision.
  package let computed: Double
  /// The exact number to 30 significant digits.
  package let truth: String
  /// The exact number, rounded to a double.
  package let truthDouble: Double
  /// A proven bound of the error of `truth`.
  package let radius: Double
  /// The distance between `computed` and the exact number.
  package let error: Double
  /// The largest error by rounding of any evaluation in the order of the formulas; nil if there is no bound.
  package let bound: Double?
  /// The largest condition number |x/q · ∂q/∂x| by a number x that the user gave; nil if there is no bound.
  package let condition: Double?
  /// The name of that number.
  package let conditionInput: String?
  /// The width of a unit of the last place at the computed number.
  package let unit: Double

  /// The error in units of the last place.
  package var lostUnits: Double { isExact ? 0 : error / unit }

  /// Whether the error is below what is known of the exact number.
  private var isExact: Bool { error <= 4 * radius }

  /// The significant digits of the computed number; 17 if it is the exact number.
  package var digits: Double {
    guard !isExact, truthDouble != 0 else { return isExact ? 17 : 0 }
    return min(max(-log10(error / abs(truthDouble)), 0), 17)
  }

  /// The largest distance from the exact number that rounding explains; infinite if there is no bound.
  package var allowance: Double { bound.map { ($0 + radius).nextUp } ?? .infinity }
}

/// The errors by rounding of all numbers of a pixel's trace.
package struct RoundingAnalysis: Sendable {
  /// The numbers, in the order of the trace.
  package let numbers: [NumberError]
  /// Decisions that rounding can turn: both ways were tried, if there are not too many.
  package let undecided: [ArithmeticContext.Undecided]
  /// Decisions at which the double run has taken another way than exact numbers take.
  package let wrong: [ArithmeticContext.Undecided]

  /// The precision that is analysed.
  package enum Precision: String, Sendable, CaseIterable {
    /// 53 bits.
    case double
    /// 24 bits.
    case single

    /// The rounding errors.
    package var rounding: Rounding { self == .double ? .double : .single }
  }

  /// Analyses a pixel.
  /// - Parameters:
  ///   - pixel: The pixel.
  ///   - precision: The precision whose errors are bounded.
  ///   - reading: How the numbers that the user gave enter the calculation.
  /// - Throws: `ExperimentError` if an arithmetic refuses the request.
  package init(
    _ pixel: PixelEvaluation, precision: Precision = .double, reading: InputReading = .doubles
  ) throws(ExperimentError) {
    let exact = try Self.exact(pixel, reading)
    wrong = exact.wrong
    let bounds = try RoundingBounds(pixel, precision.rounding, reading)
    undecided = bounds.undecided
    let computed = try Self.computed(pixel, precision)
    let truths = Dictionary(exact.numbers.map { ($0.place, $0.number) }) { first, _ in first }
    let context = ArithmeticContext()
    numbers = context.run {
      computed.map { number in
        let truth = truths[number.place]
        let value = number.number
        let bound = bounds[number.place]
        return NumberError(
          place: number.place, computed: value, truth: truth?.text(digits: 30) ?? "undecided",
          truthDouble: truth?.middle ?? .nan, radius: truth?.radius ?? .infinity,
          error: truth.map { value.isFinite ? $0.distance(from: value) : .infinity } ?? .infinity,
          bound: bound?.error, condition: bound?.condition, conditionInput: bound?.input,
          unit: precision == .double ? value.ulp : Double(Float(value).ulp))
      }
    }
  }

  /// The numbers of the arithmetic that is analysed.
  private static func computed(
    _ pixel: PixelEvaluation, _ precision: Precision
  ) throws(ExperimentError) -> [TracedNumber<Double>] {
    switch precision {
    case .double: return PixelEvaluation.numbers(try pixel.doubles())
    case .single:
      let lines = try pixel.lines { _, value in Single(value) }
      return PixelEvaluation.numbers(lines).map { TracedNumber(place: $0.place, number: $0.number.approximation) }
    }
  }

  /// The exact numbers, at 200 bits.
  static func exact(
    _ pixel: PixelEvaluation, _ reading: InputReading
  ) throws(ExperimentError) -> (numbers: [TracedNumber<Enclosure>], wrong: [ArithmeticContext.Undecided]) {
    let context = ArithmeticContext(precision: 200)
    let lines = try context.run { () throws(ExperimentError) in
      try pixel.lines { _, value in
        reading == .decimals ? Enclosure(decimal: "\(value)") ?? Enclosure(value) : Enclosure(value)
      }
    }
    return (PixelEvaluation.numbers(lines), context.undecided)
  }
}

/// The bounds of the rounding errors of a pixel's trace, over all ways that undecided decisions can go.
package struct RoundingBounds: Sendable {
  /// What is known of one number.
  package struct Bound: Sendable {
    /// The largest error.
    package var error: Double
    /// The largest condition number by an input.
    package var condition: Double
    /// The name of the input.
    package var input: String?
  }

  /// Decisions that rounding can turn.
  package let undecided: [ArithmeticContext.Undecided]
  private var bounds: [NumberPlace: Bound] = [:]

  /// The bound of a number; nil if there is none.
  package subscript(place: NumberPlace) -> Bound? { bounds[place].flatMap { $0.error.isFinite ? $0 : nil } }

  /// Bounds the errors.
  /// - Parameters:
  ///   - pixel: The pixel.
  ///   - rounding: The rounding of the arithmetic.
  ///   - reading: How the numbers that the user gave enter the calculation.
  package init(_ pixel: PixelEvaluation, _ rounding: Rounding, _ reading: InputReading) throws(ExperimentError) {
    let first = try Self.way(pixel, rounding, reading, choices: [])
    undecided = first.undecided
    bounds = first.bounds
    guard !undecided.isEmpty else { return }
    guard undecided.count <= ArithmeticContext.forkLimit else {
      bounds = [:]
      return
    }
    let doubles = Dictionary(first.doubles.map { ($0.place, $0.number) }) { first, _ in first }
    for number in 1..<(1 << undecided.count) {
      let choices = undecided.indices.map { ((number >> $0) & 1 == 1) != undecided[$0].double }
      // Another way can refuse the request, or have more decisions: then nothing is known.
      guard let other = try? Self.way(pixel, rounding, reading, choices: choices) else {
        bounds = [:]
        return
      }
      include(other, doubles)
    }
  }

  /// Makes the bounds hold for another way, too: the numbers of its double run differ from those of the double run.
  private mutating func include(_ way: Way, _ doubles: [NumberPlace: Double]) {
    var found: [NumberPlace: Bound] = [:]
    for number in way.doubles {
      guard let here = bounds[number.place], let there = way.bounds[number.place], let double = doubles[number.place]
      else { continue }
      var bound = here
      let reach = (abs(number.number - double).nextUp + there.error).nextUp
      bound.error = reach.isNaN ? .infinity : max(here.error, reach)
      found[number.place] = bound
    }
    bounds = found
  }

  private struct Way {
    var bounds: [NumberPlace: Bound]
    var doubles: [TracedNumber<Double>]
    var undecided: [ArithmeticContext.Undecided]
  }

  private static func way(
    _ pixel: PixelEvaluation, _ rounding: Rounding, _ reading: InputReading, choices: [Bool]
  ) throws(ExperimentError) -> Way {
    let context = ArithmeticContext(rounding: rounding, choices: choices)
    let printed = reading == .printed ? pixel.request.matrix.map { PrintedNumber.error($0.values) } ?? 0 : 0
    return try context.run { () throws(ExperimentError) in
      var inputs: [Int32: String] = [:]
      let lines = try pixel.lines { name, value in
        let number = Bounded(
          input: value, isWhole: ["Na", "Nb", "Nc"].contains(name),
          error: reading == .printed && name.hasPrefix("mat.") ? printed : 0)
        if number.place >= 0 { inputs[number.place] = name }
        return number
      }
      let numbers = PixelEvaluation.numbers(lines)
      var bounds: [NumberPlace: Bound] = [:]
      for number in numbers {
        bounds[number.place] = bound(number.number, inputs, reading, rounding.operation)
      }
      let doubles = numbers.map { TracedNumber(place: $0.place, number: $0.number.double) }
      return Way(bounds: bounds, doubles: doubles, undecided: context.undecided)
    }
  }

  private static func bound(
    _ number: Bounded, _ inputs: [Int32: String], _ reading: InputReading, _ unit: Double
  ) -> Bound {
    var bound = Bound(error: 0, condition: 0, input: nil)
    for (operation, error) in number.contributions {
      guard let input = inputs[operation] else {
        bound.error = (bound.error + error).nextUp
        continue
      }
      // Inputs have errors of one unit of rounding on the tape.
      let condition = error / unit / abs(number.double)
      if condition > bound.condition { (bound.condition, bound.input) = (condition, input) }
      let isInexact = reading == .decimals || (reading == .printed && input.hasPrefix("mat."))
      if isInexact || unit > Rounding.double.operation { bound.error = (bound.error + error).nextUp }
    }
    return bound
  }
}

extension Bounded {
  /// A number that a user gave, with an error of one unit of rounding on the tape, by which derivatives are found. Whole
  /// numbers and zero are exact.
  init(input value: Double, isWhole: Bool, error: Double = 0) {
    if error > 0 {
      self.init(value, error: error)
    } else if value == 0 || isWhole || !value.isFinite {
      self.init(value)
    } else {
      self.init(value, error: abs(value) * ArithmeticContext.current.tape.rounding.operation)
    }
  }
}

/// What the digits of printed numbers tell.
enum PrintedNumber {
  /// Half a unit of the last digit of numbers that were printed with as many decimals each.
  static func error(_ numbers: [Double]) -> Double {
    let places = numbers.map { number -> Int in
      (0...17).first { decimals in NumberText.number(NumberText.text("%.\(decimals)f", number)) == number } ?? 17
    }
    return 0.5 * pow(10, -Double(places.max() ?? 17))
  }
}

/// Significant digits by random rounding: the spread of a number over runs whose operations are all off by up to one unit of
/// the last place at random (CESTAC: Vignes, 1993).
package struct RandomRounding: Sendable {
  /// The number of runs.
  package let runs: Int
  private var digits: [NumberPlace: Double] = [:]

  /// The quantile of Student's distribution for a confidence of 95 %, both sides, by the degrees of freedom from 2.
  private static let quantiles = [4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228]

  /// Runs a pixel with some seeds.
  /// - Parameters:
  ///   - pixel: The pixel.
  ///   - runs: The number of runs, from 3 to 11.
  package init(_ pixel: PixelEvaluation, runs: Int = 8) throws(ExperimentError) {
    precondition((3...11).contains(runs), "the quantiles are those of 2 to 10 degrees of freedom")
    self.runs = runs
    var values: [NumberPlace: [Double]] = [:]
    for seed in 1...runs {
      let context = ArithmeticContext(seed: UInt64(seed), perturbation: .everything)
      let lines = try context.run { () throws(ExperimentError) in try pixel.lines { _, value in Perturbed(value) } }
      for number in PixelEvaluation.numbers(lines) { values[number.place, default: []].append(number.number.value) }
    }
    // A number that some runs do not have depends on a decision that the errors turn: nothing is known of it.
    for (place, numbers) in values where numbers.count == runs { digits[place] = Self.digits(numbers) }
  }

  /// The significant digits of the mean of a number, with a confidence of 95 %; 17 where no run differs; nil where the
  /// runs go different ways.
  package subscript(place: NumberPlace) -> Double? { digits[place] }

  /// log10(√n |mean| / (t σ)).
  private static func digits(_ numbers: [Double]) -> Double {
    let count = Double(numbers.count)
    let mean = numbers.reduce(0, +) / count
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    guard variance > 0 else { return 17 }
    guard mean != 0, variance.isFinite else { return 0 }
    let digits = log10(count.squareRoot() * abs(mean) / (quantiles[numbers.count - 3] * variance.squareRoot()))
    return min(max(digits, 0), 17)
  }
}
