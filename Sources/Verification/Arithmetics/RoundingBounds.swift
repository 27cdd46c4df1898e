import Glibc
import Physics

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
    guard undecided.count <= ArithmeticContext.forkLimit, !first.isLost else {
      bounds = [:]
      return
    }
    guard !undecided.isEmpty else { return }
    let doubles = Dictionary(first.doubles.map { ($0.place, $0.number) }) { first, _ in first }
    for number in 1..<(1 << undecided.count) {
      let choices = undecided.indices.map { ((number >> $0) & 1 == 1) != undecided[$0].double }
      // Another way can refuse the request, or have more decisions: then nothing is known.
      guard let other = try? Self.way(pixel, rounding, reading, choices: choices),
        other.undecided.count <= undecided.count, !other.isLost
      else {
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
    var isLost: Bool
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
        bounds[number.place] = bound(number.number, inputs, reading, rounding)
      }
      let doubles = numbers.map { TracedNumber(place: $0.place, number: $0.number.double) }
      return Way(bounds: bounds, doubles: doubles, undecided: context.undecided, isLost: context.isLost)
    }
  }

  private static func bound(
    _ number: Bounded, _ inputs: [Int32: String], _ reading: InputReading, _ rounding: Rounding
  ) -> Bound {
    var bound = Bound(error: 0, condition: 0, input: nil)
    for (operation, error) in number.contributions {
      guard let input = inputs[operation] else {
        bound.error = (bound.error + error).nextUp
        continue
      }
      // Inputs have errors of one unit of rounding on the tape.
      let condition = error / rounding.operation / abs(number.double)
      if condition > bound.condition { (bound.condition, bound.input) = (condition, input) }
      // Doubles are exact inputs of double precision, and are rounded for single.
      let isInexact =
        rounding != .double || reading == .decimals || (reading == .printed && input.hasPrefix("mat."))
      if isInexact { bound.error = (bound.error + error).nextUp }
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
