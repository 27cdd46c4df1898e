import Glibc
import Physics

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
