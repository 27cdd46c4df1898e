import CommandLineSupport
import Digests
import Foundation
import FrameIO
import Physics
import Provenance
import Subprocesses
import TraceIO

/// A golden case to be added: logs of a reference program, and the arguments and files that the program was run with.
public struct GoldenDraft: Sendable {
  /// The name: small letters, digits, hyphens and dots.
  public var name: String
  /// What the case exercises, one sentence.
  public var summary = ""
  /// Keywords by which cases are selected.
  public var tags: [String] = []
  /// The logs, one per traced pixel.
  public var logs: [String] = []
  /// The pixels of the logs (slow, fast), one per log; needed only where a log does not determine its pixel.
  public var pixels: [PixelIndex] = []
  /// The path of the reference program's float image; nil for a case without image.
  public var image: String?
  /// The part of the image to store: fast minimum and maximum, slow minimum and maximum, inclusive; nil for all.
  public var crop: PixelBounds?
  /// The arguments of the simulator.
  public var arguments: [String] = []
  /// How the reference was built and run.
  public var reference = GoldenCase.Reference(
    program: "nanoBragg.c", compiler: "not stated", threads: 1, libm: "not stated", note: "")
  /// The tool and its version.
  public var tool = "nbverify"
  /// The time at which the case is added.
  public var date = Date()

  /// A draft with a name.
  public init(name: String) {
    self.name = name
  }
}

extension GoldenCorpus {
  /// Adds a pending case: validates the logs, copies the files that the arguments name, simulates the case and stores
  /// it.
  /// - Returns: The comparison of the case with the simulator.
  /// - Throws: `CorpusError`, `TraceError`, `RequestError` or `BundleError` if a part of the draft is refused or cannot
  ///   be written; nothing is stored then.
  public func add(_ draft: GoldenDraft) throws -> GoldenReport {
    try checkName(draft.name)
    var files = DraftFiles()
    let calculation = FlagTable.calculation(of: draft.arguments)
    let arguments = try files.takeInputs(of: calculation)
    let experiment = try CommandLineParser(calculation).parse().experiment(clockSeed: 1)
    let traces = try files.takeLogs(of: draft, experiment)
    let image = try draft.image.map { try files.takeImage($0, draft.crop, experiment) }
    let golden = GoldenCase(
      id: draft.name, summary: draft.summary, tags: draft.tags, args: arguments, reference: draft.reference,
      image: image, traces: traces, outputs: [:],
      inputs: files.digests.filter { arguments.contains($0.key) },
      provenance: .init(added: TimeStamp.full(draft.date), tool: draft.tool, sources: files.digests))
    var bundle = files.bundle
    bundle.add("case.json", try JSONText.data(golden))
    // The case is simulated in a scratch corpus first: a case that cannot be checked is not stored.
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let trial = GoldenCorpus(root: scratch.url)
    try bundle.write(to: trial.pending.folder(of: draft.name))
    let report = try trial.pending.check(golden, threads: ProcessInfo.processInfo.activeProcessorCount)
    let tolerances = try GoldenTolerances(computing: golden, of: trial.pending)
    bundle.add(GoldenTolerances.file, Data(tolerances.text(golden).utf8))
    try bundle.write(to: pending.folder(of: draft.name))
    return report
  }

  func checkName(_ name: String) throws {
    let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-._")
    guard let first = name.first, first.isLetter || first.isNumber, name.allSatisfy(allowed.contains), name.count <= 80
    else {
      throw CorpusError(
        "\"\(name)\" is no name for a case: use small letters, digits, hyphens, dots and underscores, a letter or digit first"
      )
    }
    for corpus in [self, pending] where FileManager.default.fileExists(atPath: corpus.folder(of: name).path) {
      throw CorpusError("\(name): the case exists already in \(corpus.folder(of: name).path); choose another name")
    }
  }
}

/// The files of a case that is being added.
private struct DraftFiles {
  private(set) var bundle = ProvenanceBundle()
  private(set) var digests: [String: String] = [:]
  private var names: Set<String> = []

  private mutating func take(_ name: String, _ data: Data) {
    bundle.add(name, data)
    digests[name] = Digest.sha256(data)
    names.insert(name)
  }

  /// Copies the files that the arguments name.
  /// - Returns: The arguments with the names of the copies.
  mutating func takeInputs(of arguments: [String]) throws -> [String] {
    var result = arguments
    for index in FlagTable.inputPositions(in: arguments) {
      let path = arguments[index]
      // A missing cache is no error: the simulator reads a cache only if it exists.
      if FlagTable.role(of: arguments[index - 1]) == .cache, !FileManager.default.fileExists(atPath: path) { continue }
      let data = Data(try FileBytes.readRegular(path, for: arguments[index - 1]))
      let base = URL(fileURLWithPath: path).lastPathComponent
      var name = "inputs/\(base)"
      var number = 2
      while names.contains(name), digests[name] != Digest.sha256(data) {
        name = "inputs/\(number)-\(base)"
        number += 1
      }
      if !names.contains(name) { take(name, data) }
      result[index] = name
    }
    return result
  }

  /// Validates and copies the logs.
  mutating func takeLogs(of draft: GoldenDraft, _ experiment: Experiment) throws -> [GoldenCase.TracedPixel] {
    guard !draft.logs.isEmpty else { throw CorpusError("a case needs at least one log") }
    guard draft.pixels.isEmpty || draft.pixels.count == draft.logs.count else {
      throw CorpusError("\(draft.logs.count) logs and \(draft.pixels.count) pixels: give one pixel per log, or none")
    }
    var traced: [GoldenCase.TracedPixel] = []
    for (index, log) in draft.logs.enumerated() {
      let trace = try TraceFile.read(log)
      guard trace.isOnePixel else {
        throw CorpusError(
          "\(log): it is not the trace of one whole pixel (\(trace.warnings.joined(separator: "; "))); record it again")
      }
      guard trace.number(.photons) != nil else {
        throw CorpusError(
          "\(log): there is no I_pixel_final: the log does not reach the end of the pixel; record it again")
      }
      let pixel = try pixel(of: trace, log, experiment, given: draft.pixels.isEmpty ? nil : draft.pixels[index])
      let name = "trace.s\(pixel.slow).f\(pixel.fast).log"
      guard !names.contains(name) else {
        throw CorpusError("\(log): pixel slow \(pixel.slow) fast \(pixel.fast) is traced by an earlier log of the case")
      }
      try check(pixel, PixelTracer(experiment), log)
      take(name, Data(try FileBytes.readRegular(log, for: "--log")))
      traced.append(
        GoldenCase.TracedPixel(
          file: name, slow: pixel.slow, fast: pixel.fast,
          why: "traced in \(URL(fileURLWithPath: log).lastPathComponent)"))
    }
    return traced
  }

  private func check(_ pixel: PixelIndex, _ tracer: PixelTracer, _ log: String) throws {
    do throws(ExperimentError) {
      try tracer.check(pixel)
    } catch {
      let (place, image) = ("pixel slow \(pixel.slow) fast \(pixel.fast)", "the image of the arguments")
      throw CorpusError("\(log): \(place) is not rendered in \(image); correct the arguments or --pixel")
    }
  }

  private func pixel(
    of trace: Trace, _ log: String, _ experiment: Experiment, given: PixelIndex?
  ) throws -> PixelIndex {
    let size = experiment.detector.pixelSize
    if let found = PixelLocation(trace, pixelSize: size) {
      let pixel = PixelIndex(slow: found.slow, fast: found.fast)
      guard let given, given != pixel else { return pixel }
      throw CorpusError("\(log): it traces pixel \(found), not (\(given.slow),\(given.fast)); correct --pixel")
    }
    guard let given else {
      throw CorpusError(
        "\(log): the pixel cannot be reconstructed from position, origin and axes; give --pixel slow fast")
    }
    // On a curved detector, or without origin and axes, the position is compared with that of the simulator's pixel.
    let tracer = PixelTracer(experiment)
    try check(given, tracer, log)
    let own = Trace(lines: try tracer.trace(given)).vector(.position)
    if let own, let place = trace.vector(.position), (own - place).length > size / 2 {
      throw CorpusError(
        "\(log): its position is \(NumberText.text("%.3g", 1e3 * (own - place).length)) mm away from that of pixel "
          + "(\(given.slow),\(given.fast)); correct --pixel")
    }
    return given
  }

  /// Validates and copies the image, or a part of it.
  mutating func takeImage(_ path: String, _ crop: PixelBounds?, _ experiment: Experiment) throws -> GoldenCase.Image {
    let detector = experiment.detector
    let image = try FloatImageFile.read(path, fastPixels: detector.fastPixels, slowPixels: detector.slowPixels)
    if let crop {
      guard crop.isInside(fastPixels: detector.fastPixels, slowPixels: detector.slowPixels) else {
        throw CorpusError("--crop \(crop): give fast minimum and maximum, slow minimum and maximum inside the image")
      }
    }
    // The statistics of such an image are no numbers, which a description cannot hold.
    guard image.pixels.allSatisfy(\.isFinite) else { throw CorpusError.notFinite("--image", path) }
    let stored = crop.map { image.part($0) } ?? image
    take("image.f32", stored.pixels.withUnsafeBytes { Data($0) })
    let statistics = ImageStatistics(image, of: experiment)
    func six(_ number: Double) -> Double { Double(NumberText.text("%g", number)) ?? .nan }
    let at = statistics.maximumAt ?? PixelIndex(slow: 0, fast: 0)
    return GoldenCase.Image(
      file: "image.f32", fast: detector.fastPixels, slow: detector.slowPixels, crop: crop,
      cropSHA256: crop == nil ? nil : GoldenCorpus.hash(of: stored), sha256: GoldenCorpus.hash(of: image),
      sum: image.pixels.reduce(0) { $0 + Double($1) }, max: statistics.maximum, maxAt: at,
      mean: six(statistics.mean), rms: six(statistics.rms), rmsd: six(statistics.rmsd), printed: [:])
  }
}
