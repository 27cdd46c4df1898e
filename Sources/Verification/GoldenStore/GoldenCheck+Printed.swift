import CommandLineSupport
import Foundation
import FrameIO
import Physics

extension GoldenReport {
  /// The lines on standard output against the recorded ones.
  public struct PrintedReport: Sendable {
    /// The number of recorded lines.
    public let count: Int
    /// How many of them we print, up to the first that differs; all if the lines are the same.
    public let identical: Int
    /// The first difference.
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

    /// What is wrong, one line each.
    var problems: [String] { difference.map { [$0] } ?? [] }
  }
}

extension GoldenCorpus {
  /// The names of the files in recorded lines: the reference program was run with these.
  private static let recordedNames = [
    "-floatfile", SimulatorProgram.floatFile, "-intfile", "intimage.img", "-pgmfile", "image.pgm", "-noisefile",
    "noiseimage.img",
  ]

  /// Holds the recorded lines on standard output against ours; nil if none are recorded.
  func printedReport(
    _ golden: GoldenCase, _ request: CommandLineRequest, _ simulator: Simulator, _ rendering: Simulator.Rendering
  ) throws -> GoldenReport.PrintedReport? {
    let file = folder(of: golden.id).appendingPathComponent(GoldenCase.printedFile)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let recorded = try String(contentsOf: file, encoding: .utf8)
    // Ahead of the case's own arguments, which may switch an output off.
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
