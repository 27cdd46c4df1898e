import Physics

/// The parts of an SMV image that a simulation uses: its header and, for a mask, its pixels.
public struct SMVImage: Sendable {
  /// The header.
  public let header: SMVHeader
  private let path: String
  private let flag: String
  private let bytes: [UInt8]
  private let readsAsReference: Bool

  /// The number of bytes that are read first. They show the format, and contain most headers.
  public static let startSize = 1 << 16

  /// Reads an image.
  /// - Throws: `RequestError` if the file cannot be read or is no SMV image.
  public init(_ path: String, flag: String, _ compatibility: Compatibility) throws(RequestError) {
    try self.init(
      start: try FileBytes.start(of: path, for: flag, upTo: Self.startSize), path: path, flag: flag, compatibility)
  }

  /// Reads an image whose first `startSize` bytes, or all of them, have been read already.
  /// - Throws: `RequestError` if the file cannot be read or is no SMV image.
  public init(
    start: (bytes: [UInt8], isAll: Bool), path: String, flag: String, _ compatibility: Compatibility
  ) throws(RequestError) {
    // No more is read than the header justifies: first the header, then as many pixels as it states.
    var bytes = start.bytes
    if !start.isAll && bytes.count == Self.startSize {
      // A length beyond the file is refused by the header itself.
      let length = SMVHeader.statedLength(bytes, compatibility)
      let stated = length < Double(FileBytes.limit) ? Int(max(length, 0)) : FileBytes.limit
      if stated > bytes.count { bytes = try FileBytes.read(path, for: flag, upTo: stated) }
      let header = try SMVHeader(bytes, path: path, flag: flag, compatibility)
      let needed = header.byteCount + 2 * header.fastPixels * header.slowPixels
      if needed > bytes.count { bytes = try FileBytes.read(path, for: flag, upTo: needed) }
    }
    try self.init(bytes, path: path, flag: flag, compatibility)
  }

  /// Reads an image from the bytes of a file.
  /// - Throws: `RequestError` if the bytes are no SMV image.
  public init(
    _ bytes: [UInt8], path: String, flag: String, _ compatibility: Compatibility
  ) throws(RequestError) {
    self.bytes = bytes
    header = try SMVHeader(bytes, path: path, flag: flag, compatibility)
    readsAsReference = compatibility.has(.maskByteOrderIgnored)
    self.path = path
    self.flag = flag
  }

  /// The value of a pixel, 16 bits; 0 for a pixel that the file lacks. With `Quirk.maskByteOrderIgnored` the file is
  /// read as the reference program reads it: little-endian, and from an even offset, one byte less if the header length
  /// is odd.
  public func pixel(_ index: Int) -> UInt16 {
    let offset = (readsAsReference ? header.byteCount & ~1 : header.byteCount) + 2 * index
    guard offset + 1 < bytes.count else { return 0 }
    let (first, second) = (UInt16(bytes[offset]), UInt16(bytes[offset + 1]))
    return header.isBigEndian && !readsAsReference ? first << 8 | second : second << 8 | first
  }

  /// The image as a mask: pixels of value 0 are left out.
  /// - Throws: `RequestError` if the header states no size.
  public func mask() throws(RequestError) -> PixelMask {
    guard header.fastPixels * header.slowPixels > 0 else {
      throw RequestError(
        flag, value: path, "the header has no SIZE1 and SIZE2, so that the mask has no pixel",
        remedy: "give a mask whose header states its size")
    }
    return PixelMask(isComputed: (0..<header.fastPixels * header.slowPixels).map { pixel($0) != 0 })
  }
}

extension SimulationRequest {
  /// Takes over the camera of a header (docs/reference/10-command-line.md §2). Keys that are absent change nothing.
  /// - Parameters:
  ///   - header: The header.
  ///   - isMask: Whether the header is that of a mask. With `Quirk.maskFlipsBeamCentre` the vertical beam centre of a
  ///     mask counts from the far edge.
  public mutating func apply(_ header: SMVHeader, isMask: Bool, _ compatibility: Compatibility) {
    if header.fastPixels > 0 { pixelsFast = header.fastPixels }
    if header.slowPixels > 0 { pixelsSlow = header.slowPixels }
    if let value = header.number("PIXEL_SIZE") { pixelSize = .millimetres(value) }
    if let value = header.number("DISTANCE") { placeByHeader(.distance(.millimetres(value))) }
    if let value = header.number("CLOSE_DISTANCE") { placeByHeader(.closeDistance(.millimetres(value))) }
    if let value = header.number("WAVELENGTH") { wavelength = .angstroms(value) }
    if let value = header.number("BEAM_CENTER_X") { placeByHeader(.xBeam(.millimetres(value))) }
    if let value = header.number("BEAM_CENTER_Y") {
      let size = pixelSize?.millimetres ?? RequestDefaults.pixelSize
      placeByHeader(
        .yBeam(
          isMask && compatibility.has(.maskFlipsBeamCentre)
            ? .fromFarEdge(value, pixelSize: size, pixels: header.slowPixels) : .fromOrigin(.millimetres(value))))
    }
    let (originXKey, originYKey) = Self.originKeys(header, compatibility)
    if let value = header.number(originXKey) { placeByHeader(.originX(value)) }
    if let value = header.number(originYKey) { placeByHeader(.originY(value)) }
    if let value = header.number("PHI") { phi = value }
    if let value = header.number("OSC_RANGE") { oscillation = value }
    if let value = header.number("TWOTHETA") { placeByHeader(.twoTheta(value)) }
    if !compatibility.has(.headerKeysAreSubstrings) { DTrekHeader(header)?.apply(to: &self) }
    headerPose = pose(header)
  }

  /// The pose from the vectors that `SMVWriter` adds in spec; nil unless the header has all seven.
  private func pose(_ header: SMVHeader) -> HeaderPose? {
    guard let fast = header.vector("FAST_VECTOR"), let slow = header.vector("SLOW_VECTOR"),
      let normal = header.vector("NORMAL_VECTOR"), let beam = header.vector("BEAM_VECTOR"),
      let polarization = header.vector("POLARIZATION_VECTOR"), let spindle = header.vector("SPINDLE_VECTOR"),
      let origin = header.vector("ORIGIN_VECTOR")
    else { return nil }
    var vectors = GivenVectors()
    (vectors[.fast], vectors[.slow], vectors[.normal], vectors[.beam]) = (fast, slow, normal, beam)
    (vectors[.polarization], vectors[.spindle]) = (polarization, spindle)
    return HeaderPose(vectors: vectors, origin: 1e-3 * origin, in: self)
  }

  /// The keys of the near point: `ORGX` and `ORGY`; if whole keys are matched and `ORGX` is absent, `XDS_ORGX` and
  /// `XDS_ORGY`.
  private static func originKeys(_ header: SMVHeader, _ compatibility: Compatibility) -> (String, String) {
    let isPlain = compatibility.has(.headerKeysAreSubstrings) || header.number("ORGX") != nil
    return isPlain ? ("ORGX", "ORGY") : ("XDS_ORGX", "XDS_ORGY")
  }
}
