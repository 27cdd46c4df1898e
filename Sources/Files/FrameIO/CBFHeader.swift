import Physics

/// The text of a CBF in front of its pixels: the fields of the binary section, and the camera of a DECTRIS detector.
public struct CBFHeader: Sendable {
  /// The lines `key: value` of the binary section.
  public let fields: [String: String]
  /// The lines `# key numbers` of a DECTRIS header.
  private let numbers: [String: [Double]]

  /// The four bytes between the text and the pixels.
  public static let mark: [UInt8] = [0x0C, 0x1A, 0x04, 0xD5]

  /// The bytes of a file in which the mark is looked for when only the header is wanted.
  public static let longestText = 16 << 20

  /// Whether a file is a CBF, by its first bytes.
  public static func isCBF(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: Array("###CBF".utf8)) }

  /// The offset of the compressed pixels in bytes; nil if the file has no binary section.
  public static func dataStart(_ bytes: [UInt8]) -> Int? {
    bytes.indices.first { bytes[$0] == mark[0] && bytes[$0...].starts(with: mark) }
      .map { $0 + mark.count }
  }

  /// Reads the text.
  public init(_ text: some Collection<UInt8>) {
    let lines = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
    func trimmed(_ text: Substring) -> String {
      String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
    var (fields, numbers): ([String: String], [String: [Double]]) = ([:], [:])
    for line in lines {
      if line.hasPrefix("# ") {
        let words = line.split { " (),=:".contains($0) }
        if words.count > 2 {
          numbers[String(words[1])] = words.dropFirst(2).compactMap { Double($0) }.filter(\.isFinite)
        }
        continue
      }
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, !line.hasPrefix("#") { fields[trimmed(parts[0])] = trimmed(parts[1]) }
    }
    (self.fields, self.numbers) = (fields, numbers)
  }

  /// The header of a file, for its camera.
  /// - Throws: `RequestError` if it is no CBF of an image.
  public init(file bytes: [UInt8], path: String, flag: String) throws(RequestError) {
    guard let start = Self.dataStart(bytes) else {
      throw RequestError(
        flag, value: path, "there is no binary section (bytes 0C 1A 04 D5)", remedy: "give a CBF of one image")
    }
    self.init(bytes[..<start])
    guard fastPixels > 0, slowPixels > 0 else {
      throw RequestError(
        flag, value: path, "the binary section tells no size", remedy: "give a CBF with X-Binary-Size-Fastest-Dimension"
      )
    }
  }

  private func size(_ key: String) -> Int {
    fields[key].flatMap { Int($0) }.map { (0...1 << 30).contains($0) ? $0 : 0 } ?? 0
  }
  /// The number of pixels along the fast axis; 0 if the header states none.
  public var fastPixels: Int { size("X-Binary-Size-Fastest-Dimension") }
  /// The number of pixels along the slow axis; 0 if the header states none.
  public var slowPixels: Int { size("X-Binary-Size-Second-Dimension") }

  /// Whether the header states a two-theta other than 0. The angle is not taken over: the header does not state its
  /// axis.
  public var isSwung: Bool { numbers["Detector_2theta"]?.first.map { $0 != 0 } ?? false }

  /// Takes over the camera: pixel size (m to mm), wavelength (Å to m), distance (m to mm), beam centre (pixels to mm),
  /// rotation (degrees), polarization. The coordinate frame is always that of XDS.
  public func apply(to request: inout SimulationRequest) {
    if fastPixels > 0, slowPixels > 0 { (request.pixelsFast, request.pixelsSlow) = (fastPixels, slowPixels) }
    request.placeByHeader(.convention(.xds))
    let pixel = numbers["Pixel_size"]?.first.map(Length.metres)
    request.pixelSize = pixel ?? request.pixelSize
    if let value = numbers["Wavelength"]?.first { request.wavelength = .angstroms(value) }
    let given = numbers["Detector_distance"]?.first
    if let distance = given { request.placeByHeader(.distance(.metres(distance))) }
    if let value = numbers["Polarization"]?.first { request.kahnFactor = 2 * value - 1 }
    if let value = numbers["Start_angle"]?.first { request.phi = value }
    if let value = numbers["Angle_increment"]?.first { request.oscillation = value }
    guard let centre = numbers["Beam_xy"], centre.count == 2 else { return }
    let size = (request.pixelSize ?? .millimetres(RequestDefaults.pixelSize)).metres
    let (x, y) = (centre[0] * size, centre[1] * size)
    request.placeByHeader(.xBeam(.metres(x)), .yBeam(.fromOrigin(.metres(y))))
    guard let distance = request.placement.position.distance else { return }
    var vectors = GivenVectors()
    (vectors[.fast], vectors[.slow], vectors[.normal]) = (Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1))
    (vectors[.beam], vectors[.polarization], vectors[.spindle]) = (
      Vector3(0, 0, 1), Vector3(1, 0, 0), Vector3(1, 0, 0)
    )
    request.headerPose = HeaderPose(
      vectors: vectors, origin: Vector3(-x, -y, distance.metres), in: request, holdsInBoth: true)
  }
}

extension SimulationRequest {
  /// The defaults that a request uses for the parts of the camera that neither a header nor an option has given, in
  /// words.
  public var assumptions: [String] {
    let position = placement.position
    let centre = position.centre
    let isPlaced = position.corner != nil || headerPose != nil
    let hasX = centre.xBeam != nil || centre.xClose != nil || centre.originX != nil
    let hasY = centre.yBeam != nil || centre.yClose != nil || centre.originY != nil
    var list: [String] = []
    if wavelength == nil && sources == nil { list.append("a wavelength of 1 A") }
    if !isPlaced && position.distance == nil && position.closeDistance == nil { list.append("a distance of 100 mm") }
    if pixelSize == nil { list.append("pixels of 0.1 mm") }
    if !isPlaced && !hasX && !hasY { list.append("a beam through the middle") }
    if !isPlaced && hasX != hasY { list.append("a beam in the middle along \(hasX ? "Y" : "X")") }
    return list
  }
}
