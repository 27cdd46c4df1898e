import FrameIO
import Physics

/// The request of a command line: a simulation, the files to read and write, and the text to print.
public struct CommandLineRequest: Sendable {
  /// The requested simulation, without the contents of files.
  public var simulation = SimulationRequest()
  /// The compatibility that the numbers agree with.
  public let compatibility: Compatibility
  /// Files to read.
  public var inputs = InputFiles()
  /// Files to write.
  public var outputs = OutputFiles()
  /// The pixel to trace; nil for none.
  public var tracedPixel: PixelIndex?
  /// Whether a reflection cache in the working directory is read even if no option names the cache.
  var readsStrayCache = false
  /// The beam centre of the image whose header sets the camera.
  var headerCentre: HeaderCentre?
  /// Whether pixel values are printed.
  public var printsPixels = false
  /// The only pixel whose values are printed; nil for all pixels.
  public var printedPixel: PixelIndex?
  /// Whether progress is shown; nil to show progress if standard error is a terminal.
  public var showsProgress: Bool?
  /// The number of threads, if given.
  public var threads: Int?
  /// Whether only help was requested.
  public var wantsHelp = false
  /// Whether only the version was requested.
  public var wantsVersion = false
  /// Notes about interpretations of options that a user may not expect, one line each.
  public var notes: [String] = []

  /// An option as it was typed.
  struct Typed: Sendable {
    /// The first documented spelling of the option.
    let name: String
    let option: String
    let words: [String]
  }

  /// The options that were typed, in their order.
  var typed: [Typed] = []

  /// The options, as they were typed, that name files to write or that only change the text on the terminal.
  public var typedOutputs: [String] {
    typed.filter { [.output, .report].contains(FlagTable.role(of: $0.name)) }.map(\.option)
  }

  /// A copy of the error with the option in the user's spelling and the value that the user typed.
  func inTypedWords(_ error: RequestError) -> RequestError {
    let canonical = FlagTable.flags.first { $0.isSpelled(error.subject) }?.names[0] ?? error.subject
    // An option for both axes sets the value of each axis. The option that was typed last is the cause of the error.
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
  /// The default names, with both optional files written.
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
