import FrameIO
import Physics

/// What a command line says: a simulation, the files it names, and what to do with the result.
public struct CommandLineRequest: Sendable {
  /// What is to be simulated; files are not read yet.
  public var simulation = SimulationRequest()
  /// What the numbers are to agree with.
  public let compatibility: Compatibility
  /// Files to read.
  public var inputs = InputFiles()
  /// Files to write.
  public var outputs = OutputFiles()
  /// The pixel to trace: slow, then fast index.
  public var tracedPixel: PixelIndex?
  /// Whether a reflection cache is read that happens to lie in the working directory.
  var readsStrayCache = false
  /// Where the image whose header sets the camera has its beam.
  var headerCentre: HeaderCentre?
  /// Whether pixel values are printed; and which pixel only (fast, slow).
  public var printsPixels = false
  /// See `printsPixels`.
  public var printedPixel: PixelIndex?
  /// Whether progress is shown: as asked for, or nil to decide by the terminal.
  public var showsProgress: Bool?
  /// The number of threads, if given.
  public var threads: Int?
  /// Whether only help was asked for.
  public var wantsHelp = false
  /// Whether only the version was asked for.
  public var wantsVersion = false
  /// How options were read where the user may not expect it, one line each.
  public var notes: [String] = []

  /// An option as it was typed.
  struct Typed: Sendable {
    /// Its first documented spelling.
    let name: String
    let option: String
    let words: [String]
  }

  /// What was typed, in its order.
  var typed: [Typed] = []

  /// An error in the words of whoever typed the command: the option as it was spelled, with its value.
  func inTypedWords(_ error: RequestError) -> RequestError {
    let canonical = FlagTable.flags.first { $0.isSpelled(error.subject) }?.names[0] ?? error.subject
    // An option for both axes stands for those of each; the later one counts.
    let both = FlagTable.axis(of: canonical) == nil ? canonical : String(canonical.dropLast(2))
    guard let found = typed.last(where: { $0.name == canonical || $0.name == both }) else { return error }
    let value = error.value != nil && found.words.count == 1 ? found.words[0] : error.value
    return RequestError(found.option, value: value, error.problem, remedy: error.remedy)
  }

  init(compatibility: Compatibility) {
    self.compatibility = compatibility
  }
}

/// The files that a command line names for reading.
public struct InputFiles: Sendable, Hashable {
  /// Orientation matrix.
  public var matrix: String?
  /// Reflections.
  public var reflections: String?
  /// Reflection cache.
  public var cache: String?
  /// Source list.
  public var sources: String?
  /// Image whose header sets the camera.
  public var header: String?
  /// Image used as a mask.
  public var mask: String?
  /// Files that the reference program reads and does not use.
  public var unused: [String] = []
}

/// The files that a command line names for writing, and how they are scaled.
public struct OutputFiles: Sendable, Hashable {
  /// The default names, both optional files written.
  public init() {}

  /// The image of 32-bit floats.
  public var float = "floatimage.bin"
  /// The 16-bit image without noise.
  public var integer = "intimage.img"
  /// The 8-bit grey map.
  public var greyMap = "image.pgm"
  /// The 16-bit image with photon noise.
  public var noise = "noiseimage.img"
  /// Whether the grey map is written.
  public var writesGreyMap = true
  /// Whether the noise image is written.
  public var writesNoise = true
  /// Scale of the integer image; automatic if not positive.
  public var integerScale = 0.0
  /// Scale of the grey map; automatic if not positive.
  public var greyMapScale = 0.0
  /// Offset of the 16-bit images, in counts.
  public var offset = 40.0
}
