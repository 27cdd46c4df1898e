import FrameIO
import Physics

extension OutputFiles {
  /// Refuses files that could not be written in the end.
  /// - Throws: `RequestError` naming the option and the file.
  public func check() throws(RequestError) {
    try FileBytes.checkWritable(float, for: "-floatfile")
    try FileBytes.checkWritable(integer, for: "-intfile")
    if writesGreyMap { try FileBytes.checkWritable(greyMap, for: "-pgmfile") }
    if writesNoise { try FileBytes.checkWritable(noise, for: "-noisefile") }
  }
}

/// The images beside the float image, in the order in which the reference program writes them (spec/70 §1).
public struct OutputImages: Sendable {
  private let files: OutputFiles
  private let experiment: Experiment
  private let rendering: Simulator.Rendering

  /// The images that a command line asks for.
  public init(_ files: OutputFiles, of experiment: Experiment, _ rendering: Simulator.Rendering) {
    self.files = files
    self.experiment = experiment
    self.rendering = rendering
  }

  /// One image as a file.
  public struct File: Sendable {
    /// The name that was asked for.
    public let path: String
    /// The name that the reference program uses unless told otherwise.
    public let usualName: String
    /// The lines about it in the wording of the reference program.
    public let remark: String
    fileprivate let flag: String
    fileprivate let content: Content

    fileprivate enum Content {
      case noiseless(header: [UInt8], NoiselessImage)
      case counts(header: [UInt8], CountImage)
      case grey(GreyMap)
    }

    /// The bytes of the file.
    public var bytes: [UInt8] {
      switch content {
      case .noiseless(let header, let image): header + image.counts.pixels.withUnsafeBytes { Array($0) }
      case .counts(let header, let image): header + image.pixels.withUnsafeBytes { Array($0) }
      case .grey(let map): GreyMapFile.header(map) + map.pixels
      }
    }

    /// Writes the file under a temporary name.
    /// - Throws: `RequestError` if it cannot be written.
    fileprivate func prepare() throws(RequestError) -> PendingFile {
      switch content {
      case .noiseless(let header, let image):
        try FileBytes.prepare(header: header, to: path, for: flag) { sink in
          image.forEachPart { sink(UnsafeRawBufferPointer($0)) }
        }
      case .counts(let header, let image):
        try FileBytes.prepare(header: header, to: path, for: flag) { sink in image.pixels.withUnsafeBytes { sink($0) } }
      case .grey(let map):
        try FileBytes.prepare(header: GreyMapFile.header(map), to: path, for: flag) { sink in
          map.pixels.withUnsafeBytes { sink($0) }
        }
      }
    }
  }

  /// Makes the images one at a time, so that only one takes memory.
  /// - Parameter body: Takes an image; an error ends the making.
  public func forEach<Failure: Error>(_ body: (File) throws(Failure) -> Void) throws(Failure) {
    for make in makers { try body(make()) }
  }

  /// The files and the options that name them.
  private var paths: [(path: String, flag: String)] {
    [(files.float, "-floatfile"), (files.integer, "-intfile")]
      + (files.writesGreyMap ? [(files.greyMap, "-pgmfile")] : [])
      + (files.writesNoise ? [(files.noise, "-noisefile")] : [])
  }

  /// What makes each image.
  private var makers: [@Sendable () -> File] {
    let scale = CountImage.scale(given: files.integerScale, maximum: rendering.statistics.maximum)
    var makers: [@Sendable () -> File] = [{ integer(scale) }]
    if files.writesGreyMap { makers.append { greyMap(integerScale: scale) } }
    if files.writesNoise { makers.append { noise() } }
    return makers
  }

  /// Writes the float image and all others, several at a time if there are several threads. None gets its name before all
  /// are whole; devices, pipes and files in folders where nothing can be created are written in place, one after the other.
  /// - Returns: The lines about the others in the wording of the reference program.
  /// - Throws: `RequestError` of the first file in their order that cannot be written.
  public func write(threads: Int) throws(RequestError) -> String {
    let makers = makers
    var threads = threads
    for (path, flag) in paths where try !FileBytes.appearsWhole(path, for: flag) { threads = 1 }
    let outcomes = Parallel.map(1 + makers.count, threads: threads) { index -> Result<Prepared, RequestError> in
      Result { () throws(RequestError) in
        guard index > 0 else {
          return (try FloatImageFile.prepare(rendering.image, to: files.float), "")
        }
        let file = makers[index - 1]()
        return (try file.prepare(), file.remark)
      }
    }
    let prepared = outcomes.compactMap { try? $0.get() }
    do {
      for outcome in outcomes { _ = try outcome.get() }
      for file in prepared { try file.pending.commit() }
    } catch {
      for file in prepared { file.pending.discard() }
      throw error
    }
    return prepared.map(\.remark).joined()
  }

  private typealias Prepared = (pending: PendingFile, remark: String)

  private func integer(_ scale: Double) -> File {
    let image = NoiselessImage(
      rendering.image, region: experiment.region, scale: scale, offset: files.offset)
    return File(
      path: files.integer, usualName: OutputFiles().integer,
      remark: "intfile_scale = \(text(scale))\nwriting \(files.integer) as 2-byte integers\n", flag: "-intfile",
      content: .noiseless(header: SMVWriter.header(experiment), image))
  }

  private func greyMap(integerScale: Double) -> File {
    let scale = GreyMap.scale(
      given: files.greyMapScale, deviation: rendering.statistics.rmsd, integerScale: integerScale)
    return File(
      path: files.greyMap, usualName: OutputFiles().greyMap,
      remark: "pgm_scale = \(text(scale))\nwriting \(files.greyMap) as 1-byte integers\n", flag: "-pgmfile",
      content: .grey(GreyMap(rendering.image, region: experiment.region, scale: scale)))
  }

  private func noise() -> File {
    let noise = NoiseImage(rendering.image, of: experiment, offset: files.offset)
    let photons = NumberText.text("%.0f", noise.photons)
    return File(
      path: files.noise, usualName: OutputFiles().noise,
      remark: "\(photons) photons on noise image (\(noise.overloads) overloads)\n"
        + "writing \(files.noise) as 2-byte integers\n", flag: "-noisefile",
      content: .counts(header: SMVWriter.header(experiment), noise.counts))
  }

  private func text(_ number: Double) -> String { NumberText.text("%g", number) }
}
