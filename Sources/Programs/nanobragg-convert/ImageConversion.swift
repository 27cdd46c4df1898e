import CommandLineSupport
import FrameExchange
import FrameIO
import Foundation
import NexusImages
import Physics

/// Converts one image to another format.
struct ImageConversion {
  let images: ImageOptions
  let noise: NoiseOptions
  let picture: PictureOptions
  let camera: [String]
  let input: String
  let output: String

  func run(_ bytes: [UInt8], _ source: FileKind, _ target: FileKind) throws {
    guard target == .png || target == .pgm || !picture.isGiven else {
      throw RequestError(
        output, "picture options were given for \(target.rawValue)", remedy: "leave them out, or write png or pgm")
    }
    guard images.size == nil || source == .float else {
      throw RequestError("--size", value: images.size, "\(input) tells its size itself", remedy: "leave it out")
    }
    let opened = try open(bytes, source)
    let header = try CameraHeader(images.header, camera, input: opened?.header)
    if header.isSwung && isMade(header, target) {
      complain("note: the header tells a turned detector, and not so that it could be taken over: it is left out")
    }
    var frame = try opened?.frame ?? raw(bytes, header)
    var counting = Frame.Counting()
    if noise.noise {
      frame = Frame(try noisy(frame))
    } else {
      counting.scale = try scale()
      counting.offset = images.adc ?? 0
    }
    try write(frame, counting, target, header)
  }

  /// Whether the output has a header that is made from a camera, rather than copied or none.
  private func isMade(_ header: CameraHeader, _ target: FileKind) -> Bool {
    [.cbf, .nxmx].contains(target) || (target == .smv && !header.isCopied)
  }

  /// Prints the assumed parts of the camera if the output has a header made from it; with `--strict` refuses them.
  private func report(_ header: CameraHeader, _ target: FileKind) throws(RequestError) {
    guard !header.assumptions.isEmpty, isMade(header, target) else { return }
    let list = header.assumptions.joined(separator: ", ")
    guard !images.strict else {
      throw RequestError(
        images.header ?? input, "the camera is not told: --strict does not assume \(list)",
        remedy: "give what lacks by options of nanobragg after --, or leave --strict out")
    }
    complain("note: the camera is not told; assumed are \(list)")
  }

  // MARK: Reading

  /// Reads an image that has a header, and the header; nil for a float image.
  private func open(
    _ bytes: [UInt8], _ source: FileKind
  ) throws(RequestError) -> (frame: Frame, header: CameraHeader.Source)? {
    switch source {
    case .smv:
      let header = try SMVHeader(bytes, path: input, flag: "input", .spec)
      return (try SMVFrame.read(bytes, header, path: input), .smv(header))
    case .cbf:
      let image = try CBFReader(bytes, path: input)
      return (image.frame, .cbf(image))
    default: return nil
    }
  }

  /// Reads a float image, whose dimensions come from an option, the camera or its size.
  private func raw(_ bytes: [UInt8], _ header: CameraHeader) throws(RequestError) -> Frame {
    let (fast, slow) = try dimensions(bytes.count, header)
    return Frame(try FloatImageFile.parse(bytes, path: input, fastPixels: fast, slowPixels: slow))
  }

  /// The dimensions of a float image: of `--size`, else of the camera, else of a square.
  private func dimensions(_ byteCount: Int, _ header: CameraHeader) throws(RequestError) -> (fast: Int, slow: Int) {
    if let size = images.size {
      let numbers = size.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      guard numbers.count == 2, numbers.allSatisfy({ (1...1 << 30).contains($0) }), numbers[0] * numbers[1] <= 1 << 30
      else {
        throw RequestError(
          "--size", value: size, "it is not fast x slow", remedy: "give two numbers, e.g. --size 2463x2527")
      }
      return (numbers[0], numbers[1])
    }
    if let size = header.pixels { return size }
    let side = Int((Double(byteCount) / 4).squareRoot())
    guard side > 0, 4 * side * side == byteCount else {
      throw RequestError(
        input, "the file has \(byteCount) bytes and no header: its dimensions are unknown",
        remedy: "give --size fastxslow, --header, or the options of the simulation after --")
    }
    complain("note: \(input) is taken for \(side) x \(side) pixels")
    return (side, side)
  }

  private func scale() throws(RequestError) -> Double? {
    guard let text = images.scale else { return 1 }
    if text == "auto" { return nil }
    guard let number = Double(text), number.isFinite, number > 0 else {
      throw RequestError(
        "--scale", value: text, "it is neither a number above 0 nor auto", remedy: "give e.g. --scale 0.5")
    }
    return number
  }

  private func noisy(_ frame: Frame) throws(RequestError) -> CountImage {
    var model = DetectorNoise()
    guard let scale = try scale() else {
      throw RequestError("--scale", value: "auto", "noise needs photons per unit", remedy: "give a number")
    }
    let seed = noise.seed ?? Int(Date().timeIntervalSince1970)
    if noise.seed == nil { complain("note: noise of --seed \(seed)") }
    (model.scale, model.offset, model.stream) = (scale, images.adc ?? 40, -seed)
    if let value = noise.gain { model.gain = value }
    if let value = noise.readout { model.readout = value }
    if let value = noise.flicker { model.flicker = value }
    if let value = noise.calibration { model.calibration = value }
    if let value = noise.calibrationSeed { model.calibrationStream = -value }
    model.wraps = !noise.rounding
    let result = model.apply(to: frame.floatImage)
    let photons = NumberText.text("%.0f", result.photons)
    try inform("\(photons) photons on noise image (\(result.overloads) overloads)")
    return result.counts
  }

  // MARK: Writing

  private func write(
    _ frame: Frame, _ counting: Frame.Counting, _ target: FileKind, _ header: CameraHeader
  ) throws {
    switch target {
    case .float:
      guard counting == Frame.Counting() else {
        throw RequestError("--scale, --adc", "a float image is not scaled", remedy: "leave them out")
      }
      try FileBytes.write(frame.floatImage.pixels, to: output, for: "output")
    case .smv:
      let counts = counted(frame, counting, in: 0...65535, masked: 0).map { UInt16($0) }
      let text = try header.smv(frame)
      try report(header, target)
      try FileBytes.write(header: text, counts, to: output, for: "output")
    case .nxmx:
      let experiment = try header.experiment(frame, for: output)
      try report(header, target)
      var frame = frame
      if counting != Frame.Counting() {
        let counts = counted(frame, counting, in: -1...Int32.max, masked: -1)
        frame = Frame(fastPixels: frame.fastPixels, slowPixels: frame.slowPixels, .integers(counts))
      }
      if experiment.detector.isCurved { complain("note: \(output): NXmx has no place for a curved detector") }
      let bytes = try NXmxWriter.bytes(frame, of: experiment, date: try date(), rotation: header.rotation)
      try FileBytes.write(bytes, to: output, for: "output")
    case .cbf:
      let range = CBFWriter.range(least: frame.leastCount(counting))
      let counts = counted(frame, counting, in: range, masked: CBFWriter.masked)
      let experiment = try header.experiment(frame, for: output)
      try report(header, target)
      // A microradian at a distance of a metre is a micrometre, a small part of a pixel.
      if experiment.detector.pose.normal.cross(experiment.beam.direction).length > 1e-6 {
        complain("note: \(output): the header of a miniCBF has no place for a tilted or swung detector")
      }
      let name = URL(fileURLWithPath: output).deletingPathExtension().lastPathComponent
      try FileBytes.write(
        CBFWriter.bytes(counts, of: experiment, name: name, date: try date(), rotation: header.rotation), to: output,
        for: "output")
    default:
      guard counting == Frame.Counting() else {
        throw RequestError("--scale, --adc", "a picture is scaled by its contrast", remedy: "use --low and --high")
      }
      try FileBytes.write(try pictured(frame, target), to: output, for: "output")
    }
  }

  /// The time at which the input was last changed.
  private func date() throws -> Date {
    try FileManager.default.attributesOfItem(atPath: input)[.modificationDate] as? Date ?? Date()
  }

  private func counted(
    _ frame: Frame, _ counting: Frame.Counting, in range: ClosedRange<Int32>, masked: Int32
  ) -> [Int32] {
    let result = frame.counts(counting, in: range, masked: masked)
    if result.limited > 0 {
      complain("note: \(result.limited) pixels are beyond \(range.lowerBound) to \(range.upperBound), and limited")
    }
    if result.masked > 0 { complain("note: \(result.masked) pixels are not a number, and written as \(masked)") }
    return result.pixels
  }

  private func pictured(_ frame: Frame, _ target: FileKind) throws -> [UInt8] {
    var image = frame.floatImage
    if let roi = PixelBounds(numbers: picture.roi) {
      guard roi.isInside(fastPixels: image.fastPixels, slowPixels: image.slowPixels) else {
        throw RequestError(
          "--roi", value: roi.numbers.map(String.init).joined(separator: " "), "it is not inside the image",
          remedy: "fast 0 to \(image.fastPixels - 1) and slow 0 to \(image.slowPixels - 1) are")
      }
      image = image.part(roi)
    }
    var contrast = Contrast()
    contrast.law = picture.contrast ?? .log
    (contrast.black, contrast.white) = (picture.low, picture.high)
    contrast.percentile = picture.percentile ?? contrast.percentile
    let colours = picture.colours ?? .grey
    let result = Picture(image, contrast)
    if target == .png { return try result.png(colours) }
    guard colours == .grey || colours == .negative else {
      throw RequestError(
        "--colours", value: colours.rawValue, "a pgm is grey", remedy: "write a png, or choose grey or negative")
    }
    return result.pgm(colours)
  }
}
