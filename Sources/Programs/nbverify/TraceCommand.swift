import ArgumentParser
import CommandLineSupport
import FrameIO
import Physics
import ToolSupport
import TraceIO

/// Writes the trace of one pixel without rendering the image.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Write every intermediate value of one pixel.",
    discussion: """
      Example:
        nbverify trace --pixel 10 12 -- -default_F 100 -cell 100 100 100 90 90 90 -N 5 -detpixels 32
      """)

  @Option(parsing: .upToNextOption, help: "The pixel: slow, then fast index.") var pixel: [Int]
  @Option(help: "The file to write (default: standard output).") var out: String?
  @Argument(parsing: .postTerminator, help: "The arguments of the simulator.") var arguments: [String] = []

  func validate() throws {
    guard pixel.count == 2 else { throw ValidationError("--pixel takes two indices: slow, then fast") }
  }

  func run() throws {
    try Tool.checkFiles(read: arguments.map { ($0, "the arguments") }, written: [(out, "--out")])
    let request = try CommandLineParser(arguments).parse().readingStrayCache()
    let experiment = try request.experiment(clockSeed: 1)
    for note in request.notes + experiment.notes { Terminal.error("nbverify: note: \(note)\n") }
    let text = TraceWriter.text(try PixelTracer(experiment).trace(PixelIndex(slow: pixel[0], fast: pixel[1])))
    guard let out else { return Terminal.show(text) }
    try FileBytes.write(Array(text.utf8), to: out, for: "--out")
  }
}
