import Physics

/// How the numbers that a user gave enter a calculation.
package enum InputReading: Sendable {
  /// As doubles, as the simulator reads them.
  case doubles
  /// As the decimal numbers that were typed. The shortest decimal that reads as the double is taken, which is the typed one
  /// up to fifteen digits.
  case decimals
  /// As doubles, and those of a matrix file with an error of half a unit of the last digit that was printed.
  case printed
}

/// The place of a real number in the trace of a pixel.
package struct NumberPlace: Sendable, Hashable {
  /// The kind of trace line.
  package let section: TraceSection
  /// The whole numbers of the line: the indices of a step or of a phi line.
  package let indices: [Int]
  /// The name of the quantity.
  package let name: String
  /// The component, counted from 0.
  package let component: Int
  /// How many numbers with all of that come before: phi lines have no index of the sub-pixel.
  package let occurrence: Int
}

/// One number of a trace, in any arithmetic.
package struct TracedNumber<Number: RealNumber>: Sendable {
  /// Its place.
  package let place: NumberPlace
  /// The number.
  package let number: Number
}

/// The simulation of one pixel in any arithmetic.
package struct PixelEvaluation: Sendable {
  /// The request.
  package let request: SimulationRequest
  /// The compatibility.
  package let compatibility: Compatibility
  /// The traced pixel.
  package let pixel: PixelIndex
  private let tracer: PixelTracer
  private let experiment: Experiment
  private let cutoff: Int?

  /// The simulation of a pixel.
  /// - Throws: `ExperimentError` if there is no such simulation, or if the pixel is not rendered.
  package init(
    _ request: SimulationRequest, _ compatibility: Compatibility, pixel: PixelIndex
  ) throws(ExperimentError) {
    (self.request, self.compatibility, self.pixel) = (request, compatibility, pixel)
    experiment = try Experiment(resolving: request, compatibility: compatibility)
    tracer = PixelTracer(experiment)
    try tracer.check(pixel)
    cutoff = tracer.interpolationCutoff(before: pixel)
  }

  /// Another pixel of the same simulation.
  /// - Throws: `ExperimentError` if the pixel is not rendered.
  package init(_ other: PixelEvaluation, pixel: PixelIndex) throws(ExperimentError) {
    (request, compatibility, tracer) = (other.request, other.compatibility, other.tracer)
    (self.pixel, experiment) = (pixel, other.experiment)
    try tracer.check(pixel)
    cutoff = tracer.interpolationCutoff(before: pixel)
  }

  /// The trace in doubles: the simulator's own.
  package func doubles() throws(ExperimentError) -> [TraceLine] {
    try tracer.trace(pixel, of: experiment, cutoff: cutoff)
  }

  /// The trace in another arithmetic.
  /// - Parameter lift: Turns a number of the request, with its name, into a number of the arithmetic.
  package func lines<Number: RealNumber>(
    _ lift: (String, Double) -> Number
  ) throws(ExperimentError) -> [Formulas<Number>.TraceLine] {
    let lifted = Formulas<Number>.SimulationRequest(request, lift)
    let experiment = try Formulas<Number>.Experiment(resolving: lifted, compatibility: compatibility)
    return try tracer.trace(pixel, of: experiment, cutoff: cutoff)
  }

  /// The real numbers of trace lines, in their order.
  package static func numbers<Number>(_ lines: [Formulas<Number>.TraceLine]) -> [TracedNumber<Number>] {
    var numbers: [TracedNumber<Number>] = []
    var seen: [NumberPlace: Int] = [:]
    for line in lines {
      let hasIndices = line.section == .step || line.section == .phi
      let indices = hasIndices ? line.fields.flatMap(\.values).compactMap(\.wholeNumber) : []
      for field in line.fields {
        for (component, value) in field.values.enumerated() {
          guard case .real(let number) = value else { continue }
          func place(_ occurrence: Int) -> NumberPlace {
            NumberPlace(
              section: line.section, indices: indices, name: field.name, component: component, occurrence: occurrence)
          }
          let occurrence = seen[place(0), default: 0]
          seen[place(0)] = occurrence + 1
          numbers.append(TracedNumber(place: place(occurrence), number: number))
        }
      }
    }
    return numbers
  }
}

extension Formulas.TraceValue {
  /// The whole number; nil for other values.
  fileprivate var wholeNumber: Int? {
    if case .integer(let number) = self { number } else { nil }
  }
}
