import CommandLineSupport
import FrameExchange
import FrameIO
import Physics

/// The camera for the header of an output: from options of nanobragg, else from the header of another image, else from
/// the header of the input.
struct CameraHeader {
  private var request = SimulationRequest()
  private var compatibility = Compatibility.spec
  private var header: SMVHeader?
  private var isKnown = false
  /// Whether the header states a turned detector whose axes are not taken over.
  private(set) var isSwung = false
  /// Whether an smv image gets a copy of the header of another image, which may lack parts of the camera.
  var isCopied: Bool { header != nil }
  /// The defaults for parts of the camera that neither header nor options give, in words.
  var assumptions: [String] { request.assumptions }
  /// The width of the rotation in degrees; negative for a backward rotation, which no simulation has. Nil if it is
  /// unknown.
  var rotation: Double? { request.oscillation }
  /// The dimensions in pixels that header or options give; nil if they give none.
  private(set) var pixels: (fast: Int, slow: Int)?

  /// The header of an image.
  enum Source {
    case smv(SMVHeader)
    case cbf(CBFReader)
  }

  /// - Parameters:
  ///   - path: The image that `--header` names.
  ///   - words: The options of nanobragg.
  ///   - input: The header of the input; nil if it has none.
  /// - Throws: `RequestError` if a header cannot be read or an option is refused.
  init(_ path: String?, _ words: [String], input: Source?) throws(RequestError) {
    if !words.isEmpty {
      guard path == nil else {
        throw RequestError(
          "--header", "a camera is given by options, too", remedy: "give one of the two; -img file is an option")
      }
      // The parser requires a cell and an amplitude, which the camera does not use; the options may give others.
      let parsed = try CommandLineParser(["-cell", "100", "-default_F", "1"] + words).parse()
      (request, compatibility, isKnown) = (parsed.simulation, parsed.compatibility, true)
      if request.pixelsFast != nil || request.detectorFast != nil {
        let detector = try resolved(request).detector
        pixels = (detector.fastPixels, detector.slowPixels)
      }
      return
    }
    guard let source = try path.map(Self.read) ?? input else { return }
    switch source {
    case .smv(let header): take(header)
    case .cbf(let image): take(image)
    }
  }

  private static func read(_ path: String) throws(RequestError) -> Source {
    let bytes = try FileBytes.read(path, for: "--header")
    switch FileKind(content: bytes, name: path) {
    case .smv: return .smv(try SMVHeader(bytes, path: path, flag: "--header", .spec))
    case .cbf: return .cbf(try CBFReader(bytes, path: path))
    default:
      throw RequestError(
        "--header", value: path, "it is neither an smv nor a cbf image", remedy: "give one, or options after --")
    }
  }

  private func resolved(_ request: SimulationRequest) throws(RequestError) -> Experiment {
    do {
      return try Experiment(resolving: request, compatibility: compatibility)
    } catch {
      throw RequestError(error)
    }
  }

  private mutating func take(_ header: SMVHeader) {
    request.apply(header, isMask: false, .spec)
    isSwung = header.dtrek?.isSwung ?? false
    // The reference program's header does not state the convention of its BEAM_CENTER; DENZO's centre does not depend
    // on it.
    if request.headerPose == nil, let fast = header.number("DENZO_Y_BEAM"), let slow = header.number("DENZO_X_BEAM") {
      // The position of the direct beam belongs to the distance along the beam, not to the closest distance.
      let hasDistance = request.placement.position.distance != nil
      request.withdrawPlacements { statement in
        switch statement {
        case .originX, .originY: true
        case .closeDistance: hasDistance
        default: false
        }
      }
      request.placeByHeader(
        .convention(.xds), .xBeam(.millimetres(fast)), .yBeam(.fromOrigin(.millimetres(slow))))
    }
    if header.fastPixels > 0, header.slowPixels > 0 { pixels = (header.fastPixels, header.slowPixels) }
    (self.header, isKnown) = (header, true)
  }

  private mutating func take(_ image: CBFReader) {
    image.header.apply(to: &request)
    isSwung = image.header.isSwung
    pixels = (image.frame.fastPixels, image.frame.slowPixels)
    isKnown = true
  }

  /// The camera of an image as an experiment with a placeholder crystal.
  /// - Throws: `RequestError` if the camera is unknown or has other dimensions than the image.
  func experiment(_ frame: Frame, for output: String) throws(RequestError) -> Experiment {
    guard isKnown else {
      throw RequestError(
        output, "nothing tells the camera for its header",
        remedy: "give --header image.img, or options of nanobragg after --, e.g. -- -pixel 0.1 -distance 200 -lambda 1")
    }
    var request = request
    (request.cell, request.defaultAmplitude, request.oversample) = ([100], 1, 1)
    if pixels == nil { (request.pixelsFast, request.pixelsSlow) = (frame.fastPixels, frame.slowPixels) }
    let experiment = try resolved(request)
    let detector = experiment.detector
    guard detector.fastPixels == frame.fastPixels, detector.slowPixels == frame.slowPixels else {
      throw RequestError(
        output,
        "the camera has \(detector.fastPixels) x \(detector.slowPixels) pixels, the image "
          + "\(frame.fastPixels) x \(frame.slowPixels)", remedy: "give the header or the options of the same image")
    }
    return experiment
  }

  /// The header of an smv image: a copy of another image's header with its own number format, or made from the camera.
  /// - Throws: `RequestError` if the header is for other dimensions, or the camera is unknown.
  func smv(_ frame: Frame) throws(RequestError) -> [UInt8] {
    if let header {
      guard pixels.map({ $0 == (frame.fastPixels, frame.slowPixels) }) ?? true else {
        throw RequestError(
          "--header",
          "the header is that of \(pixels?.fast ?? 0) x \(pixels?.slow ?? 0) pixels, the image has "
            + "\(frame.fastPixels) x \(frame.slowPixels)", remedy: "give the header of an image of the same size")
      }
      return SMVWriter.header(copying: header, fastPixels: frame.fastPixels, slowPixels: frame.slowPixels)
    }
    return SMVWriter.header(try experiment(frame, for: "smv output"))
  }
}
