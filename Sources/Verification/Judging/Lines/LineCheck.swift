import CommandLineSupport
import Foundation
import FrameIO
import Physics
import Subprocesses

/// Whether a random command line can be judged: found without rendering it.
enum LineCheck: Sendable {
  /// Our own program simulates the line within the limit of steps.
  case ready
  /// Our own program refuses the line, for a documented reason.
  case refused(String)
  /// The line takes more steps than the limit.
  case tooLong(steps: Int)

  /// The largest number of steps, over all pixels, of a random line: about 20 ms of the C program.
  static let limit = 180_000

  /// The limit for a pair of options that take many steps together: few lines have it.
  static let pairLimit = 3_000_000

  /// Checks a line. Files of the line are written to a scratch folder, as our program reads them from there.
  init(_ line: JudgedLine, limit: Int = Self.limit) {
    do {
      let experiment = try line.simulated(.cParity)
      let steps = experiment.stepCount
      self = steps > limit ? .tooLong(steps: steps) : .ready
    } catch {
      self = .refused((error as? ExperimentError).map { "\(RequestError($0))" } ?? "\(error)")
    }
  }
}

extension JudgedLine {
  /// Runs work with a scratch folder that holds the files of the line; nil if the line has no files.
  func withFolder<Value>(_ work: (URL?) throws -> Value) throws -> Value {
    let files = usedFiles
    guard !files.isEmpty else { return try work(nil) }
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    for (name, data) in files { try data.write(to: scratch.url.appendingPathComponent(name)) }
    return try work(scratch.url)
  }

  /// The experiment of the line, whose files are written to a scratch folder while they are read.
  /// - Throws: `RequestError` if the line is refused.
  package func simulated(_ compatibility: Compatibility) throws -> Experiment {
    try withFolder { try experiment(compatibility, folder: $0) }
  }

  /// The request of the line in c-parity, whose files are written to a scratch folder while they are read.
  /// - Throws: `RequestError` if the line is refused.
  package func parsed() throws -> CommandLineRequest { try withFolder { try request(.cParity, folder: $0) } }

  /// The request of the line in c-parity, with the contents of its files.
  /// - Throws: `RequestError` if the line is refused.
  func parsedAndLoaded() throws -> SimulationRequest {
    try withFolder { try request(.cParity, folder: $0).loaded(clockSeed: 1).request }
  }

  /// The experiment of the line.
  /// - Throws: `RequestError` if the line is refused.
  func experiment(_ compatibility: Compatibility, folder: URL?) throws -> Experiment {
    let request = try request(compatibility, folder: folder)
    guard request.isComplete else {
      throw RequestError("-cell", "no crystal or no structure factors given", remedy: "give both")
    }
    return try request.experiment(clockSeed: 1)
  }
}

extension Experiment {
  /// The number of steps of the whole image: steps of a pixel, layers and rendered pixels.
  var stepCount: Int {
    let parts = [sampling.steps, max(detector.sensor.layerCount, 1), region.slow.count, region.fast.count]
    return parts.reduce(1) { $0.multipliedReportingOverflow(by: max($1, 1)).overflow ? .max / 8 : $0 * max($1, 1) }
  }
}
