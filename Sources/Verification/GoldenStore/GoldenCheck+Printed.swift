import CommandLineSupport
import Foundation
import FrameIO
import Physics

extension GoldenReport {
  /// A comparison of the simulator's lines on standard output with the recorded ones.
  public struct PrintedReport: Sendable {
    /// The number of recorded lines.
    public let count: Int
    /// The number of lines before the first difference; all if the lines are the same.
    public let identical: Int
    /// The first difference; nil if the lines are the same.
    let difference: String?

    init(recorded: [Substring], printed: [Substring]) {
      count = recorded.count
      let same = zip(recorded, printed).prefix { $0 == $1 }.count
      identical = same
      func line(_ lines: [Substring]) -> String { same < lines.count ? "\"\(lines[same])\"" : "nothing" }
      difference =
        same == recorded.count && same == printed.count
        ? nil : "printed line \(same + 1): recorded \(line(recorded)), ours \(line(printed))"
    }

    /// The first difference as a list of problems; empty if the lines are the same.
    var problems: [String] { difference.map { [$0] } ?? [] }
  }
}

extension GoldenCorpus {
  /// The output options with which the reference program printed the recorded lines.
  private static let recordedNames = [
    "-floatfile", SimulatorProgram.floatFile, "-intfile", "intimage.img", "-pgmfile", "image.pgm", "-noisefile",
    "noiseimage.img",
  ]

  /// Compares the simulator's lines on standard output with the recorded ones; nil if no lines are recorded.
  func printedReport(
    _ golden: GoldenCase, _ request: CommandLineRequest, _ simulator: Simulator, _ rendering: Simulator.Rendering
  ) throws -> GoldenReport.PrintedReport? {
    let file = folder(of: golden.id).appendingPathComponent(GoldenCase.printedFile)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let recorded = try String(contentsOf: file, encoding: .utf8)
    // These options precede the arguments of the case, which may switch an output off.
    let named = try CommandLineParser(Self.recordedNames + arguments(of: golden), compatibility: request.compatibility)
      .parse()
    let experiment = simulator.experiment
    var text = Report.setUp(experiment, named, cache: Self.writtenCache(named))
    if request.printsPixels {
      simulator.forEachPixel(only: request.printedPixel, of: rendering) { values in
        text += Report.pixel(values, wavelength: experiment.beam.wavelength, steps: experiment.sampling.steps)
      }
    }
    text += Report.image(rendering, named: named.outputs.float)
    OutputImages(named.outputs, of: experiment, rendering).forEach { text += $0.remark }
    return GoldenReport.PrintedReport(recorded: recorded.split(separator: "\n"), printed: text.split(separator: "\n"))
  }

  /// The reflection cache that a run in an empty folder would write.
  private static func writtenCache(_ request: CommandLineRequest) -> String? {
    guard request.inputs.reflections != nil else { return nil }
    let path = request.inputs.cache ?? ReflectionCache.defaultName
    return FileManager.default.fileExists(atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path)
      ? path : nil
  }
}
