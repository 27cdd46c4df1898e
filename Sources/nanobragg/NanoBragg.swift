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
      if request.wantsHelp {
        print(HelpText.full)
        return 0
      }
      if request.wantsVersion {
        print("nanobragg \(version)")
        return 0
      }
      guard request.isComplete else {
        complain("no crystal or no structure factors given\n\(HelpText.usage)\nAll options: nanobragg -help")
        return 9
      }
      try simulate(request)
      return 0
    } catch let error as RequestError {
      complain("error: \(error)")
    } catch {
      complain("error: \(error)")
    }
    return 2
  }

  private static func simulate(_ request: CommandLineRequest) throws {
    let experiment = try request.experiment(clockSeed: Int(time(nil)))
    for note in request.notes + experiment.notes { complain("note: \(note)") }
    let simulator = Simulator(experiment)
    if let pixel = request.tracedPixel {
      // Refused before the image is rendered, so that nothing is written.
      try PixelTracer(simulator).check(slow: pixel.slow, fast: pixel.fast)
    }
    Report.setUp(experiment)
    let meter = ProgressMeter(request.showsProgress)
    let rendering = try simulator.render(threads: request.threadCount, progress: meter?.report)
    if let pixel = request.tracedPixel {
      let lines = try PixelTracer(simulator).trace(slow: pixel.slow, fast: pixel.fast, rendering: rendering)
      print(TraceWriter.text(lines), terminator: "")
    }
    Report.image(rendering, named: request.outputs.float)
    try FloatImageFile.write(rendering.image, to: request.outputs.float)
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
    StandardError.write("nanobragg: \(text)\n")
  }
}
