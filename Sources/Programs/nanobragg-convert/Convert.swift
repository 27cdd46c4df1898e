import ArgumentParser
import FrameExchange
import FrameIO
import Physics

extension FileKind: ExpressibleByArgument {}
extension Contrast.Law: ExpressibleByArgument {}
extension ColourMap: ExpressibleByArgument {}

/// Converts images and reflection lists between file formats.
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nanobragg convert",
    abstract: "Turn images and reflection lists from one format into another.",
    usage: "nanobragg convert [<options>] <input> <output> [-- <options of nanobragg that place the camera>]",
    discussion: """
      Images: float (.bin), smv (.img), cbf; written only: nxmx (.nxs), png, pgm. Reflections: hkl, fdump (.bin); read
      only: mtz, mmcif, xds.
      The input is recognised by its content, the output by its name. A camera, for the header of smv, cbf and nxmx, comes
      from the input, from --header, or from options of nanobragg after --.

      Exit status: 0 done, 2 a conversion that cannot be carried out.

      Examples:
        nanobragg convert intimage.img preview.png --contrast log --colours heat --roi 0 511 0 511
        nanobragg convert floatimage.bin image.cbf --header intimage.img
        nanobragg convert floatimage.bin image.cbf -- -detpixels 1024 -pixel 0.1 -distance 200 -lambda 1
        nanobragg convert floatimage.bin noisy.img --header intimage.img --noise --seed 7 --readout 3
        nanobragg convert merged.mtz all.hkl
      """)

  @Argument(help: "The file to read.") var input: String
  @Argument(help: "The file to write; replaced if it exists.") var output: String
  @Argument(parsing: .postTerminator, help: .hidden) var camera: [String] = []
  @Option(help: "The format of the input, if its content does not tell.") var from: FileKind?
  @Option(help: "The format of the output, if its name does not tell.") var to: FileKind?
  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup(title: "Noise, as the C authors' noisify") var noise: NoiseOptions
  @OptionGroup(title: "Pictures") var picture: PictureOptions
  @OptionGroup(title: "Reflections") var reflections: ReflectionOptions

  func run() throws {
    try checkFiles()
    let bytes = try FileBytes.read(input, for: "input")
    guard let source = from ?? FileKind(content: bytes, name: input) else {
      throw RequestError(input, "the format of the file is not recognised", remedy: "name it with --from")
    }
    guard let target = to ?? FileKind(extensionOf: output, reflections: source.holdsReflections) else {
      throw RequestError(output, "the name does not tell the format", remedy: "name it with --to")
    }
    guard source.isReadable, target.isWritable else {
      throw RequestError(
        source.isReadable ? output : input,
        "\(source.isReadable ? target.rawValue : source.rawValue) is \(source.isReadable ? "read" : "written") only",
        remedy: "see nanobragg convert --help for the formats")
    }
    guard source.holdsReflections == target.holdsReflections else {
      throw RequestError(
        output, "\(source.rawValue) cannot become \(target.rawValue): one is an image, the other a reflection list",
        remedy: "see nanobragg convert --help for the formats")
    }
    if source.holdsReflections {
      try refuse(images.isGiven || noise.isGiven || picture.isGiven || !camera.isEmpty, "images")
      try ReflectionConversion(options: reflections, input: input, output: output).run(bytes, source, target)
    } else {
      try refuse(reflections.isGiven, "reflections")
      try ImageConversion(
        images: images, noise: noise, picture: picture, camera: camera, input: input, output: output
      ).run(bytes, source, target)
    }
  }

  /// Refuses options that would have no effect.
  private func refuse(_ isGiven: Bool, _ subject: String) throws(RequestError) {
    guard isGiven else { return }
    throw RequestError(
      input, "options for \(subject) were given and the input holds none", remedy: "leave them out, or check the input")
  }
}

/// Options for reading images and converting them to counts.
struct ImageOptions: ParsableArguments {
  @Option(help: "The pixels of a float image: fast x slow, e.g. 2463x2527.") var size: String?
  @Option(help: "An smv or cbf image whose header tells the camera.") var header: String?
  @Flag(help: "Refuse to assume what neither header nor options tell of the camera.") var strict = false
  @Option(help: "Counts per unit of the image, or auto for the maximum at 55000.") var scale: String?
  @Option(parsing: .unconditional, help: "Counts that every pixel gets on top (default 0; 40 with --noise).") var adc:
    Double?

  var isGiven: Bool { size != nil || header != nil || scale != nil || adc != nil || strict }

  func validate() throws {
    if let adc, !(abs(adc) <= 1e9) { throw ValidationError("--adc has to be a number of at most 1e9") }
  }
}

/// Options for noise.
struct NoiseOptions: ParsableArguments {
  @Flag(help: "Draw noise: flicker, calibration, photons, read-out. --scale gives photons per unit.") var noise = false
  @Option(help: "Counts per photon (default 1).") var gain: Double?
  @Option(help: "Standard deviation of the read-out, in counts (default 0).") var readout: Double?
  @Option(help: "Standard deviation of the source's flicker, relative (default 0).") var flicker: Double?
  @Option(help: "Standard deviation of the pixels' calibration, relative (default 0.03).") var calibration: Double?
  @Option(parsing: .unconditional, help: "Seed of all but the calibration (default: the time).") var seed: Int?
  @Option(parsing: .unconditional, help: "Seed of the calibration.") var calibrationSeed: Int?
  @Flag(help: "Round counts and clip them at 0 instead of cutting them off.") var rounding = false

  private var hasDetails: Bool {
    gain != nil || readout != nil || flicker != nil || calibration != nil || seed != nil || calibrationSeed != nil
      || rounding
  }

  var isGiven: Bool { noise || hasDetails }

  func validate() throws {
    if hasDetails && !noise { throw ValidationError("noise options were given without --noise") }
    let numbers = [("--gain", gain), ("--readout", readout), ("--flicker", flicker), ("--calibration", calibration)]
    for (name, value) in numbers where value.map({ !($0 >= 0 && $0 <= 1e9) }) ?? false {
      throw ValidationError("\(name) has to be a number from 0 to 1e9")
    }
    for (name, value) in [("--seed", seed), ("--calibration-seed", calibrationSeed)]
    where value.map({ $0.magnitude > UInt(Int32.max) }) ?? false {
      throw ValidationError("\(name) has to be a whole number of at most 2147483647")
    }
  }
}

/// Options for pictures.
struct PictureOptions: ParsableArguments {
  @Option(help: "linear, log or percentile (default log).") var contrast: Contrast.Law?
  @Option(parsing: .unconditional, help: "The value that is black.") var low: Double?
  @Option(parsing: .unconditional, help: "The value that is white.") var high: Double?
  @Option(help: "The percentile that is white (default 99.9).") var percentile: Double?
  @Option(help: "grey, negative, heat or viridis (default grey).") var colours: ColourMap?
  @Option(parsing: .upToNextOption, help: "The part to show: first and last fast, first and last slow pixel.") var roi:
    [Int] = []

  var isGiven: Bool {
    contrast != nil || low != nil || high != nil || percentile != nil || colours != nil || !roi.isEmpty
  }

  func validate() throws {
    guard roi.isEmpty || roi.count == 4 else { throw ValidationError("--roi takes four numbers") }
    if let percentile, !(percentile > 0 && percentile <= 100) {
      throw ValidationError("--percentile has to be above 0 and at most 100")
    }
    for (name, value) in [("--low", low), ("--high", high)] where value.map({ !$0.isFinite }) ?? false {
      throw ValidationError("\(name) has to be a finite number")
    }
    if let low, let high, !(low < high) { throw ValidationError("--low has to be below --high") }
  }
}

/// Options for reading reflections.
struct ReflectionOptions: ParsableArguments {
  @Option(help: "The column of an mtz or mmcif file (default: the first amplitudes, else intensities).") var column:
    String?
  @Flag(help: "Leave the reflections as they are: no symmetry, no Friedel mates.") var noExpand = false
  @Option(help: "The amplitude of a cache where no reflection is known (default 0).") var defaultF: Double?

  var isGiven: Bool { column != nil || noExpand || defaultF != nil }
}
