import FrameIO
import Physics

extension OutputFiles {
  /// The files that are written, with the options that name them.
  fileprivate var all: [(path: String, flag: String)] {
    [(float, "-floatfile"), (integer, "-intfile")] + (writesGreyMap ? [(greyMap, "-pgmfile")] : [])
      + (writesNoise ? [(noise, "-noisefile")] : [])
  }

  /// Whether all files can be written under a temporary name first.
  fileprivate func allAppearWhole() throws(RequestError) -> Bool {
    var areWhole = true
    for (path, flag) in all { areWhole = try FileBytes.appearsWhole(path, for: flag) && areWhole }
    return areWhole
  }
}

extension CommandLineRequest {
  /// Refuses output files that cannot be written, and output files that would overwrite an input or another output,
  /// whatever the spelling of the name. The check is made before any file is read.
  /// - Returns: Whether an output goes to standard output, so that text must go elsewhere.
  /// - Throws: `RequestError` with the option and the file.
  public func checkFiles() throws(RequestError) -> Bool {
    var files = FileRegister()
    files.read(inputs.matrix, "-mat")
    files.read(inputs.reflections, "-hkl")
    if inputs.reflections == nil { files.read(cachePath, "-dump") }
    files.read(inputs.sources, "-sourcefile")
    files.read(inputs.header, "-img")
    files.read(inputs.mask, "-mask")
    for path in inputs.unused { files.read(path, "a structure factor curve") }
    for (path, flag) in outputs.all { try files.write(path, flag) }
    // A cache that cannot be written only causes a note; a cache that would overwrite another file of the run is
    // refused.
    if inputs.reflections != nil {
      let path = inputs.cache ?? ReflectionCache.defaultName
      if (try? FileBytes.checkWritable(path, for: "-dump")) != nil { try files.write(path, "-dump") }
    }
    return files.usesStandardOutput
  }
}

extension Experiment {
  /// Refuses an image for which the memory does not suffice, before any pixel is rendered or written.
  /// - Parameter outputs: The images to write: per pixel, a grey map takes one byte and a noise image four.
  /// - Throws: `RequestError` with the memory that is needed.
  public func checkMemory(_ outputs: OutputFiles, threads: Int) throws(RequestError) {
    let pixel = 4 + (outputs.writesGreyMap ? 1 : 0) + (outputs.writesNoise ? 4 : 0)
    // An image up to 16 MiB is not checked, because it fits if the program itself does.
    guard pixelCount * pixel > 16 << 20 else { return }
    // The estimate for rows and tables, and for the stacks of the threads: 16 MiB, and 10 MiB per thread.
    let rest = 16 << 20 + threads * 10 << 20
    let size = pixelCount * pixel + rest
    guard Machine.hasMemory(size) else {
      throw RequestError(
        memory: size, for: "the image of \(detector.fastPixels) x \(detector.slowPixels) pixels",
        remedy: "raise the limit of the shell (ulimit -v), or leave images out: -nonoise, -nopgm")
    }
  }
}

/// The images beside the float image, in the order in which the reference program writes them
/// (docs/reference/70-files.md §1).
public struct OutputImages: Sendable {
  private let files: OutputFiles
  private let experiment: Experiment
  private let rendering: Simulator.Rendering
  private let written: NamelessFile?

  /// The images that a command line requests.
  /// - Parameter written: The file of the float image if it was written during rendering.
  public init(
    _ files: OutputFiles, of experiment: Experiment, _ rendering: Simulator.Rendering, written: NamelessFile? = nil
  ) {
    self.files = files
    self.written = written
    self.experiment = experiment
    self.rendering = rendering
  }

  /// One image as a file.
  public struct File: Sendable {
    /// The name that the command line gives.
    public let path: String
    /// The default name of the reference program.
    public let usualName: String
    /// The lines about the file in the wording of the reference program.
    public let remark: String
    /// Two numbers of the counts: their scale, and 0; of the noise image, the photons drawn and the number of overloads.
    public let numbers: (Double, Double)
    fileprivate let flag: String
    fileprivate let content: Content

    fileprivate enum Content {
      case floats(FloatImage, written: NamelessFile?)
      case noiseless(header: [UInt8], NoiselessImage)
      case counts(header: [UInt8], CountImage)
      case grey(GreyMap)
    }

    /// The bytes of the file.
    public var bytes: [UInt8] { header + pixels }

    /// The bytes of the file before the pixels.
    private var header: [UInt8] {
      switch content {
      case .floats: []
      case .noiseless(let header, _), .counts(let header, _): header
      case .grey(let map): GreyMapFile.header(map)
      }
    }

    /// The bytes of the pixels, in the order of the bytes of the machine.
    public var pixels: [UInt8] {
      switch content {
      case .floats(let image, _): image.pixels.withUnsafeBytes { Array($0) }
      case .noiseless(_, let image): image.counts.pixels.withUnsafeBytes { Array($0) }
      case .counts(_, let image): image.pixels.withUnsafeBytes { Array($0) }
      case .grey(let map): map.pixels
      }
    }

    /// Writes the file under a temporary name.
    /// - Throws: `RequestError` if the file cannot be written.
    fileprivate func prepare(threads: Int) throws(RequestError) -> PendingFile {
      switch content {
      case .floats(let image, let written):
        if let pending = written?.finish() { return pending }
        return try FloatImageFile.prepare(image, to: path)
      case .noiseless(let header, let image):
        return try FileBytes.prepare(
          header: header, to: path, for: flag, parts: image.partCount, threads: threads
        ) { part, sink in
          image.withPart(part) { sink(UnsafeRawBufferPointer($1), $0 * MemoryLayout<UInt16>.size) }
        }
      case .counts(let header, let image):
        return try FileBytes.prepare(header: header, to: path, for: flag) { sink in
          image.pixels.withUnsafeBytes { sink($0) }
        }
      case .grey(let map):
        return try FileBytes.prepare(header: GreyMapFile.header(map), to: path, for: flag) { sink in
          map.pixels.withUnsafeBytes { sink($0) }
        }
      }
    }
  }

  /// Makes the images one at a time, so that only one image takes memory.
  /// - Parameter body: Called with each image; an error ends the loop.
  public func forEach<Failure: Error>(_ body: (File) throws(Failure) -> Void) throws(Failure) {
    for kind in kinds { try body(file(kind)) }
  }

  /// The kinds of images that the program writes.
  public enum Kind: Sendable {
    /// 32-bit floats.
    case float
    /// 16-bit counts without noise.
    case integer
    /// An 8-bit grey map.
    case greyMap
    /// 16-bit counts with photon noise.
    case noise
  }

  /// The images beside the float image.
  private var kinds: [Kind] {
    [.integer] + (files.writesGreyMap ? [.greyMap] : []) + (files.writesNoise ? [.noise] : [])
  }

  /// The image of a kind.
  public func file(_ kind: Kind) -> File {
    switch kind {
    case .float:
      File(
        path: files.float, usualName: OutputFiles().float, remark: "", numbers: (1, 0), flag: "-floatfile",
        content: .floats(rendering.image, written: written))
    case .integer: integer()
    case .greyMap: greyMap()
    case .noise: noise()
    }
  }

  /// Writes the float image and all others, several at a time if there are several threads. No file gets its name
  /// before all files are complete. Devices, pipes and files in folders where no file can be created are written in
  /// place, one after the other.
  /// - Returns: The lines about the other images in the wording of the reference program, and the size of their headers
  ///   in bytes.
  /// - Throws: `RequestError` of the first file, in the order of writing, that cannot be written.
  public func write(threads: Int) throws(RequestError) -> (remarks: String, headerSize: Int) {
    let kinds = [.float] + kinds
    var attempts = [Attempt](repeating: Attempt(), count: kinds.count)
    let threads = try files.allAppearWhole() ? threads : 1
    attempts.withUnsafeMutableBufferPointer { attempts in
      nonisolated(unsafe) let attempts = attempts
      Parallel.forEach(attempts.count, threads: threads) { attempts[$0] = Attempt(file(kinds[$0]), threads: threads) }
    }
    var done = 0
    do throws(RequestError) {
      for attempt in attempts { if let error = attempt.error { throw error } }
      for attempt in attempts {
        done += 1
        try attempt.pending?.commit()
      }
    } catch {
      // A file that got its name, or tried to, is closed.
      for attempt in attempts.dropFirst(done) { attempt.pending?.discard() }
      throw error
    }
    return (attempts.reduce(into: "") { $0 += $1.remark }, attempts.reduce(0) { max($0, $1.headerSize) })
  }

  /// The result of writing a file.
  private struct Attempt {
    var pending: PendingFile?
    var remark = ""
    var headerSize = 0
    var error: RequestError?

    init() {}

    init(_ file: File, threads: Int) {
      do throws(RequestError) {
        pending = try file.prepare(threads: threads)
        remark = file.remark
        if case .noiseless(let header, _) = file.content { headerSize = header.count }
      } catch {
        self.error = error
      }
    }
  }

  private var integerScale: Double {
    CountImage.scale(given: files.integerScale, maximum: rendering.statistics.maximum)
  }

  private func integer() -> File {
    let image = NoiselessImage(
      rendering.image, region: experiment.region, scale: integerScale, offset: files.offset)
    return File(
      path: files.integer, usualName: OutputFiles().integer,
      remark: "intfile_scale = \(text(integerScale))\nwriting \(files.integer) as 2-byte integers\n",
      numbers: (integerScale, 0), flag: "-intfile",
      content: .noiseless(header: SMVWriter.header(experiment), image))
  }

  private func greyMap() -> File {
    let scale = GreyMap.scale(
      given: files.greyMapScale, deviation: rendering.statistics.rmsd, integerScale: integerScale)
    return File(
      path: files.greyMap, usualName: OutputFiles().greyMap,
      remark: "pgm_scale = \(text(scale))\nwriting \(files.greyMap) as 1-byte integers\n", numbers: (scale, 0),
      flag: "-pgmfile",
      content: .grey(GreyMap(rendering.image, region: experiment.region, scale: scale)))
  }

  private func noise() -> File {
    let noise = NoiseImage(rendering.image, of: experiment, offset: files.offset)
    let photons = NumberText.text("%.0f", noise.photons)
    return File(
      path: files.noise, usualName: OutputFiles().noise,
      remark: "\(photons) photons on noise image (\(noise.overloads) overloads)\n"
        + "writing \(files.noise) as 2-byte integers\n",
      numbers: (noise.photons, Double(noise.overloads)), flag: "-noisefile",
      content: .counts(header: SMVWriter.header(experiment, isNoisy: true), noise.counts))
  }

  private func text(_ number: Double) -> String { NumberText.text("%g", number) }
}
