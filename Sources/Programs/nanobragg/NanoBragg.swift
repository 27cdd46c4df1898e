import CommandLineSupport
import FrameIO
import Physics
import TraceIO

import Glibc

/// The simulator as a program, with the options and files of nanoBragg.c.
enum NanoBragg {
  static let version = ProgramVersion.current

  /// Runs one simulation.
  /// - Returns: The exit status: 0 if done, 2 if the request cannot be carried out, 9 if the request is incomplete.
  static func run(_ arguments: [String]) -> Int32 {
    do {
      let request = try CommandLineParser(arguments).parse().readingStrayCache()
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
      complain("error: \((error as? ExperimentError).map { RequestError($0) } ?? error)")
      return 2
    }
  }

  private static func simulate(_ request: CommandLineRequest) throws {
    let instructions = try InstructionSet.fromEnvironment()
    try FileBytes.checkLimit()
    // This check comes before any file is read, rendered or written.
    if try request.checkFiles() { Terminal.leavesStandardOutputToFiles() }
    let experiment = try request.experiment(clockSeed: Int(time(nil)))
    for note in request.notes + experiment.notes { complain("note: \(note)") }
    try experiment.checkMemory(request.outputs, threads: request.threadCount)
    let simulator = Simulator(experiment, instructions: instructions)
    let tracer = PixelTracer(simulator)
    // A pixel without a trace is refused before any pixel is rendered or written.
    if let pixel = request.tracedPixel { try tracer.check(pixel) }
    // As in the reference program, the cache is written before rendering, so that a list that took long to read is
    // saved even if the run is stopped.
    let cache = writeCache(experiment, request)
    try Terminal.output(Report.setUp(experiment, request, cache: cache))
    let meter = ProgressMeter(request.printsPixels ? false : request.showsProgress)
    let file = try FloatImageFile.begin(request.outputs.float, pixels: experiment.pixelCount)
    let rendering = try simulator.render(
      threads: request.threadCount, progress: meter?.report, receiver: file.map { FloatImageFile.receiver(of: $0) })
    // Images are written before text, because a reader of standard output may stop at any time.
    let images = OutputImages(request.outputs, of: experiment, rendering, written: file)
    let (remarks, headerSize) = try images.write(threads: request.threadCount)
    let report = Report.image(rendering, named: request.outputs.float) + remarks
    if let pixel = request.tracedPixel {
      let lines = try tracer.trace(pixel, rendering: rendering)
      try Terminal.output(TraceWriter.text(lines))
    }
    if request.printsPixels {
      try simulator.forEachPixel(only: request.printedPixel, of: rendering) { values in
        try Terminal.output(
          Report.pixel(values, wavelength: experiment.beam.wavelength, steps: experiment.sampling.steps))
      }
    }
    try Terminal.output(report)
    if headerSize > 512, experiment.compatibility.has(.headerUnpadded), request.outputs.integer != "/dev/null" {
      complain(
        "note: headers of \(headerSize) bytes claim 512, as those of the C program do (Q-39), and some readers do not open the "
          + "images; --compat spec or nanobragg convert \(request.outputs.integer) copy.img makes proper ones")
    }
    // A single pixel that is not finite makes the mean not finite.
    let strange = rendering.statistics.mean.isFinite ? 0 : rendering.image.pixels.count { !$0.isFinite }
    if strange > 0 { complain("note: \(strange) pixels are infinite or not a number") }
  }

  /// Writes the cache of a reflection list that was read as text. A cache that cannot be written only causes a note,
  /// because later runs can read the list again.
  /// - Returns: The name of the cache; nil if none was written.
  private static func writeCache(_ experiment: Experiment, _ request: CommandLineRequest) -> String? {
    guard request.inputs.reflections != nil else { return nil }
    let path = request.inputs.cache ?? ReflectionCache.defaultName
    let size = 8 * experiment.structureFactors.grid.count
    if size > 1 << 28 { complain("note: the cache \(path) has \(size >> 20) MiB: the indices span as much") }
    do {
      try ReflectionCache.write(experiment.structureFactors, to: path)
    } catch {
      complain("note: \(error)")
      return nil
    }
    return path
  }

  /// Writes a line to standard error.
  static func complain(_ text: String) {
    Terminal.error("nanobragg: \(text)\n")
  }
}
