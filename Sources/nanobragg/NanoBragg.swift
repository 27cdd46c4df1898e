import CommandLineSupport
import FrameIO
import Physics
import TraceIO

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The simulator as a program: the same flags and files as nanoBragg.c.
enum NanoBragg {
  static let version = "0.1.0"

  /// Runs one simulation.
  /// - Returns: The exit status: 0 done, 2 a request that cannot be carried out, 9 an incomplete one.
  static func run(_ arguments: [String]) -> Int32 {
    do {
      let request = try CommandLineParser(arguments).parse()
      if request.wantsHelp || request.wantsVersion {
        try Terminal.output(request.wantsHelp ? HelpText.full + "\n" : "nanobragg \(version)\n")
        return 0
      }
      guard request.isComplete else {
        complain("no crystal or no structure factors given\n\(HelpText.usage)\nAll options: nanobragg -help")
        return 9
      }
      try simulate(request)
      return 0
    } catch {
      complain("error: \(error)")
      return 2
    }
  }

  private static func simulate(_ request: CommandLineRequest) throws {
    let experiment = try request.experiment(clockSeed: Int(time(nil)))
    for note in request.notes + experiment.notes { complain("note: \(note)") }
    let simulator = Simulator(experiment)
    let tracer = PixelTracer(simulator)
    // A pixel without a trace is refused before anything is rendered or written.
    if let pixel = request.tracedPixel { try tracer.check(slow: pixel.slow, fast: pixel.fast) }
    try Terminal.output(Report.setUp(experiment))
    let meter = ProgressMeter(request.showsProgress)
    let rendering = try simulator.render(threads: request.threadCount, progress: meter?.report)
    // The image first: whoever reads standard output may stop reading at any time.
    try FloatImageFile.write(rendering.image, to: request.outputs.float)
    if let pixel = request.tracedPixel {
      let lines = try tracer.trace(slow: pixel.slow, fast: pixel.fast, rendering: rendering)
      try Terminal.output(TraceWriter.text(lines))
    }
    try Terminal.output(Report.image(rendering, named: request.outputs.float))
    let strange = rendering.image.pixels.count { !$0.isFinite }
    if strange > 0 { complain("note: \(strange) pixels are infinite or not a number") }
    noteUnwritten(request)
  }

  /// Says which files were asked for by name and are not written by this version.
  private static func noteUnwritten(_ request: CommandLineRequest) {
    let (outputs, defaults) = (request.outputs, OutputFiles())
    let asked = [
      (outputs.integer, defaults.integer), (outputs.greyMap, defaults.greyMap), (outputs.noise, defaults.noise),
    ]
    for (name, usual) in asked where name != usual {
      complain("note: \(name) is not written: this version writes the float image only")
    }
    if request.printsPixels { complain("note: pixel values are not printed by this version; use -trace_pixel") }
  }

  /// Writes a line to standard error.
  static func complain(_ text: String) {
    Terminal.error("nanobragg: \(text)\n")
  }
}
