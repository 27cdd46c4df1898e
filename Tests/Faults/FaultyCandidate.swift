import CommandLineSupport
import Foundation
import FrameIO
import Judging
import Physics
import TraceIO

/// Our simulator with a fault, in this process.
public struct FaultyCandidate: Candidate {
  package let features: CandidateFeatures
  private let fault: Fault

  /// - Parameter traces: Whether the candidate can trace a pixel.
  public init(_ fault: Fault, traces: Bool) {
    self.fault = fault
    // The name tells the judge nothing.
    var features = CandidateFeatures(name: "candidate")
    features.files = [OutputName.integer]
    features.traces = traces
    self.features = features
  }

  package func run(_ line: JudgedLine, tracing pixel: PixelIndex?) async -> RunOutcome {
    if fault.crashes(line) { return RunOutcome(.crashed(signal: 11)) }
    do { return try simulate(line, pixel) } catch {
      return RunOutcome(
        .refused(status: 2, message: "\((error as? ExperimentError).map { "\(RequestError($0))" } ?? "\(error)")"))
    }
  }

  private func simulate(_ given: JudgedLine, _ pixel: PixelIndex?) throws -> RunOutcome {
    let right = try experiment(given, .cParity)
    let line = fault.line(given, right)
    let experiment: Experiment
    do {
      experiment = try self.experiment(line, fault.compatibility(line, right))
    } catch  where line != given {
      // What the fault asks for cannot be simulated: the image is black.
      return RunOutcome(.completed, image: Data(count: 4 * right.pixelCount))
    }
    let reference = ReferenceImage(experiment, fault.laws(experiment))
    var pixels = reference.image().pixels
    let run = FaultyRun(line: line, experiment: experiment) { other in
      (try? self.experiment(other, .cParity)).map { ReferenceImage($0, StandardLaws()).image().pixels } ?? []
    }
    fault.image(&pixels, run)
    let image = FloatImage(
      fastPixels: experiment.detector.fastPixels, slowPixels: experiment.detector.slowPixels, pixels: pixels)
    var outcome = RunOutcome(.completed, image: pixels.withUnsafeBytes { Data($0) })
    outcome.files[OutputName.integer] = counts(image, experiment, try line.parsed())
    if let pixel, experiment.isRendered(pixel) {
      let lines = try reference.trace(pixel)
      outcome.trace = Trace(lines: lines).showing(image[slow: pixel.slow, fast: pixel.fast])
    }
    return outcome
  }

  private func experiment(_ line: JudgedLine, _ compatibility: Compatibility) throws -> Experiment {
    try line.simulated(compatibility)
  }

  private func counts(_ image: FloatImage, _ experiment: Experiment, _ request: CommandLineRequest) -> Data {
    let scale = CountImage.scale(
      given: request.outputs.integerScale, maximum: Double(image.pixels.filter(\.isFinite).max() ?? 0))
    let counts = NoiselessImage(
      image, region: experiment.region, scale: scale, offset: request.outputs.offset + fault.countOffset
    ).counts
    return Data(SMVWriter.header(experiment)) + counts.pixels.withUnsafeBytes { Data($0) }
  }
}

extension Trace {
  /// The trace with the final values of a pixel that a fault changed after the sum.
  fileprivate func showing(_ pixel: Float) -> Trace {
    var trace = self
    guard let before = number(.photons), before != 0, Float(before) != pixel else { return trace }
    for line in trace.lines.indices {
      for field in trace.lines[line].fields.indices
      where [TraceName.photons.rawValue, TraceName.storedPhotons.rawValue].contains(
        trace.lines[line].fields[field].name)
      {
        trace.lines[line].fields[field].values = [.real(Double(pixel))]
      }
    }
    return trace
  }
}
