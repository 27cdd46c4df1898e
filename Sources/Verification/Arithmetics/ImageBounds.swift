import Dispatch
import Physics
import Synchronization

/// What rounding can do to the stored pixels of an image, pixel by pixel.
///
/// The pixel at which c-parity switches the interpolation off is that of the double run.
package struct ImageBounds: Sendable {
  private let request: SimulationRequest
  private let compatibility: Compatibility
  private let tracer: PixelTracer
  private let experiment: Experiment

  /// The number of pixels with undecided decisions whose ways are tried, each with the tape of `Bounded`.
  package static let settledLimit = 200

  /// The bounds of an experiment's image.
  /// - Throws: `ExperimentError` if there is no such simulation.
  package init(_ request: SimulationRequest, _ compatibility: Compatibility) throws(ExperimentError) {
    (self.request, self.compatibility) = (request, compatibility)
    experiment = try Experiment(resolving: request, compatibility: compatibility)
    tracer = PixelTracer(experiment)
  }

  /// The dimensions of the image.
  package var fastPixels: Int { experiment.detector.fastPixels }
  /// The dimensions of the image.
  package var slowPixels: Int { experiment.detector.slowPixels }

  /// Whether a pixel is rendered; other pixels are zero.
  package func isRendered(_ pixel: PixelIndex) -> Bool { experiment.isRendered(pixel) }

  /// The largest errors of pixels, as stored in single precision, against the exact image; infinite where nothing is proven,
  /// zero where nothing is rendered.
  ///
  /// Running error analysis bounds them. A pixel with a decision that rounding can turn is bounded over all ways of the
  /// decision instead (`RoundingBounds`), for the first `settledLimit` such pixels, in double precision only: single
  /// precision leaves too many of them open.
  /// - Throws: `ExperimentError` if the arithmetic refuses the request.
  package func errors(of pixels: [PixelIndex], in rounding: Rounding) throws(ExperimentError) -> [Double] {
    var (errors, undecided) =
      rounding == .single
      ? try running(pixels, SingleErrors.self) : try running(pixels, DoubleErrors.self)
    for index in pixels.indices where !isRendered(pixels[index]) { errors[index] = 0 }
    undecided.removeAll { !isRendered(pixels[$0]) }
    for index in undecided.prefix(rounding == .double ? Self.settledLimit : 0) {
      let pixel = try PixelEvaluation(request, compatibility, pixel: pixels[index])
      let photons = PixelEvaluation.numbers(try pixel.doubles()).last { $0.place.name == TraceName.photons.rawValue }
      guard let photons, let bound = try RoundingBounds(pixel, rounding, .doubles)[photons.place] else { continue }
      errors[index] = bound.error + Rounding.single.error(.operation, abs(photons.number) + bound.error)
    }
    return errors
  }

  /// The stored photons of pixels in another arithmetic; zero where nothing is rendered.
  /// - Throws: `ExperimentError` if the arithmetic refuses the request.
  package func photons<Number: RealNumber>(
    of pixels: [PixelIndex], as _: Number.Type
  ) throws(ExperimentError) -> [Number] {
    let lifted = Formulas<Number>.SimulationRequest(request) { _, value in Number(value) }
    let experiment = try Formulas<Number>.Experiment(resolving: lifted, compatibility: compatibility)
    var photons: [Number] = []
    tracer.photons(of: pixels[...], of: experiment) { photons.append($0 ?? 0) }
    return photons
  }

  /// The bounds of running error analysis, and the places of pixels with decisions that rounding can turn.
  private func running<Unit: ErrorUnit>(
    _ pixels: [PixelIndex], _: Unit.Type
  ) throws(ExperimentError) -> (errors: [Double], undecided: [Int]) {
    let lifted = Formulas<RunningError<Unit>>.SimulationRequest(request) { name, value in
      RunningError(input: value, isWhole: ["Na", "Nb", "Nc"].contains(name))
    }
    let context = ArithmeticContext()
    let experiment = try context.run { () throws(ExperimentError) in
      try Formulas<RunningError<Unit>>.Experiment(resolving: lifted, compatibility: compatibility)
    }
    // A decision of the set-up is one of every pixel.
    let isOpen = context.undecided.isEmpty ? false : try isSetupOpen(Unit.rounding)
    let parts = Self.parts(pixels.count)
    let results = Mutex([[Double?]](repeating: [], count: parts.count))
    DispatchQueue.concurrentPerform(iterations: parts.count) { part in
      let found = photons(pixels[parts[part]], of: experiment)
      results.withLock { $0[part] = found }
    }
    var (errors, undecided): ([Double], [Int]) = ([], [])
    for (part, found) in results.withLock({ $0 }).enumerated() {
      for (index, error) in found.enumerated() {
        errors.append(isOpen ? .infinity : error ?? .infinity)
        if isOpen || error == nil { undecided.append(parts[part].lowerBound + index) }
      }
    }
    return (errors, undecided)
  }

  /// Whether rounding can turn a decision of the set-up, by the narrow bounds of the tape.
  private func isSetupOpen(_ rounding: Rounding) throws(ExperimentError) -> Bool {
    let context = ArithmeticContext(rounding: rounding)
    return try context.run { () throws(ExperimentError) in
      let lifted = Formulas<Bounded>.SimulationRequest(request) { _, value in Bounded(value) }
      _ = try Formulas<Bounded>.Experiment(resolving: lifted, compatibility: compatibility)
      return !context.undecided.isEmpty || context.isLost
    }
  }

  /// The bounds of pixels; nil for a pixel with an undecided decision.
  private func photons<Unit: ErrorUnit>(
    _ pixels: ArraySlice<PixelIndex>, of experiment: Formulas<RunningError<Unit>>.Experiment
  ) -> [Double?] {
    let context = ArithmeticContext()
    var errors: [Double?] = []
    context.run {
      tracer.photons(of: pixels, of: experiment) { number in
        errors.append(context.undecided.isEmpty ? number?.error ?? 0 : nil)
        context.forget()
      }
    }
    return errors
  }

  /// Parts of about the same size, several for each processor.
  private static func parts(_ count: Int) -> [Range<Int>] {
    let size = max(1, count / 64)
    return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}
