import CommandLineSupport
import Foundation
import FrameIO
import Physics
import Subprocesses
import TraceIO

/// This simulator, without a process of its own.
package struct OwnCandidate: Candidate {
  package var features: CandidateFeatures
  private let instructions: InstructionSet

  /// Our simulator with an instruction set; `scalar` is the reference evaluator.
  package init(_ instructions: InstructionSet = .scalar, compatibility: Compatibility = .cParity) {
    self.instructions = instructions
    features = CandidateFeatures(name: "nanobragg, \(instructions.rawValue), \(compatibility.name)")
    features.compatibility = compatibility
    features.precision = instructions == .scalar ? .identical : .double
    features.files = OutputName.others
    features.prints = true
    features.traces = true
  }

  package func run(_ line: JudgedLine, tracing pixel: PixelIndex?) async -> RunOutcome {
    OwnRun.run(line, instructions, features.compatibility, tracing: pixel).outcome
  }
}

/// A run of this simulator in this process, with what a judge needs to know beside the outcome.
package struct OwnRun {
  package var outcome: RunOutcome
  /// The experiment; nil if the line is refused.
  var experiment: Experiment?
  package var image: FloatImage?

  package static func run(
    _ line: JudgedLine, _ instructions: InstructionSet = .scalar, _ compatibility: Compatibility = .cParity,
    tracing pixel: PixelIndex? = nil
  ) -> OwnRun {
    do {
      return try line.withFolder { folder in
        try run(line, folder, instructions, compatibility, tracing: pixel)
      }
    } catch {
      let text = (error as? ExperimentError).map { "\(RequestError($0))" } ?? "\(error)"
      return OwnRun(outcome: RunOutcome(.refused(status: 2, message: text)))
    }
  }

  private static func run(
    _ line: JudgedLine, _ folder: URL?, _ instructions: InstructionSet, _ compatibility: Compatibility,
    tracing pixel: PixelIndex?
  ) throws -> OwnRun {
    let request = try line.request(compatibility, folder: folder)
    guard request.isComplete else {
      return OwnRun(outcome: RunOutcome(.refused(status: 9, message: "no crystal or no structure factors given")))
    }
    let experiment = try request.experiment(clockSeed: 1)
    let simulator = Simulator(experiment, instructions: instructions)
    let rendering = try simulator.render()
    var outcome = RunOutcome(.completed, image: rendering.image.pixels.withUnsafeBytes { Data($0) })
    try OtherFiles.add(to: &outcome, request, experiment, simulator, rendering)
    if let pixel { outcome.trace = Trace(lines: try PixelTracer(simulator).trace(pixel, rendering: rendering)) }
    return OwnRun(outcome: outcome, experiment: experiment, image: rendering.image)
  }
}

/// The files and lines beside the float image, as our program writes and prints them.
private enum OtherFiles {
  static func add(
    to outcome: inout RunOutcome, _ request: CommandLineRequest, _ experiment: Experiment, _ simulator: Simulator,
    _ rendering: Simulator.Rendering
  ) throws {
    var cache: String?
    if request.inputs.reflections != nil {
      let name = request.inputs.cache ?? ReflectionCache.defaultName
      let scratch = try ScratchFolder()
      defer { scratch.remove() }
      try ReflectionCache.write(experiment.structureFactors, to: scratch.path("cache"))
      outcome.files[name] = try Data(contentsOf: scratch.url.appendingPathComponent("cache"))
      cache = name
    }
    var text = Report.setUp(experiment, request, cache: cache)
    if request.printsPixels {
      simulator.forEachPixel(only: request.printedPixel, of: rendering) { values in
        text += Report.pixel(values, wavelength: experiment.beam.wavelength, steps: experiment.sampling.steps)
      }
    }
    text += Report.image(rendering, named: request.outputs.float)
    OutputImages(request.outputs, of: experiment, rendering).forEach { file in
      outcome.files[file.path] = Data(file.bytes)
      text += file.remark
    }
    outcome.printed = text
  }
}
