import Arithmetics
import Foundation
import Physics
import TraceIO

/// The tolerances of a pixel's trace by computation: what rounding can do to each number, proven (docs/numbers.md).
///
/// A number may deviate from the reference by its bound, and by what the reference itself deviates from the exact number.
public struct ProvenTolerance: ToleranceRule {
  /// What is known of one component of a quantity.
  public struct Component: Sendable {
    /// The exact number, rounded to a double.
    public let truth: Double
    /// The largest deviation from the exact number that rounding explains; infinite if there is no bound.
    public let allowance: Double
  }

  private let components: [TracePlace: [Component?]]
  /// The precision whose rounding is allowed.
  public let precision: RoundingAnalysis.Precision

  /// Computes the tolerances of a pixel.
  /// - Throws: `ExperimentError` if an arithmetic refuses the request.
  public init(
    _ pixel: PixelEvaluation, precision: RoundingAnalysis.Precision = .double, reading: InputReading = .doubles
  ) throws(ExperimentError) {
    self.precision = precision
    let analysis = try RoundingAnalysis(pixel, precision: precision, reading: reading)
    var numbers = analysis.numbers.makeIterator()
    var components: [TracePlace: [Component?]] = [:]
    for (place, values) in TracePlace.placesByLine(of: Trace(lines: try pixel.doubles())).joined() {
      components[place] = values.map { value in
        guard case .real = value, let number = numbers.next() else { return nil }
        return Component(truth: number.truthDouble, allowance: number.allowance)
      }
    }
    self.components = components
  }

  /// The components of a quantity; nil for one that the trace does not have, and for words and whole numbers.
  public subscript(place: TracePlace) -> [Component?]? { components[place] }

  public func tolerance(
    for place: TracePlace, reference: [TraceValue]
  ) -> (tolerance: Tolerance, scale: Double?) {
    guard let known = components[place], known.count == reference.count else {
      return (.exact(because: "no bound is known for this quantity"), nil)
    }
    guard known.contains(where: { $0 != nil }) else { return (.exact(because: "a word or a whole number"), nil) }
    var tolerance = Tolerance(because: "rounding in \(precision.rawValue) precision, proven")
    tolerance.components = zip(known, reference).map { component, value in
      guard let component, let number = value.number else { return 0 }
      return (component.allowance + abs(number - component.truth)).nextUp
    }
    return (tolerance, nil)
  }
}
