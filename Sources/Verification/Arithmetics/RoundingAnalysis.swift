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
  /// A proven bound of the distance between `truthDouble` and the exact number.
  package let truthError: Double
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
  package var isExact: Bool { error <= 4 * radius }

  /// The significant digits of the computed number; 17 if it is the exact number.
  package var digits: Double {
    guard !isExact, truthDouble != 0 else { return isExact ? 17 : 0 }
    return min(max(-log10(error / abs(truthDouble)), 0), 17)
  }

  /// The largest distance from `truthDouble` that rounding explains; infinite if there is no bound.
  package var allowance: Double { bound.map { ($0 + truthError).nextUp } ?? .infinity }
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
        let middle = truth?.middle ?? .nan
        return NumberError(
          place: number.place, computed: value, truth: truth?.text(digits: 30) ?? "undecided", truthDouble: middle,
          truthError: truth?.distance(from: middle) ?? .infinity, radius: truth?.radius ?? .infinity,
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
