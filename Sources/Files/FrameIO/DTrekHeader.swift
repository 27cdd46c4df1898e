import Physics

/// The camera and the number format in a d*TREK header, whose keys start with the name of the detector.
///
/// Lengths are in mm, angles in degrees, the wavelength in Å. Which keys describe the camera was learned from images of
/// a HyPix detector; `fixtures/field/smv/rigaku-hypix-dtrek.img` imitates those images.
public struct DTrekHeader: Sendable {
  /// The number format, as `TYPE` of an ADSC header names it; nil if ADSC has no name for it.
  public let type: String?
  /// The width of a pixel, in mm.
  public let pixelSize: Double?
  /// The position of the direct beam, in pixels from the corner: fast and slow.
  public let beam: (fast: Double, slow: Double)?
  /// The distance of the detector, in mm.
  public let distance: Double?
  /// The wavelength, in Å.
  public let wavelength: Double?
  /// Start and width of the rotation, in degrees.
  public let rotation: (start: Double, width: Double)?
  /// Whether the detector's goniometer has values other than 0 besides the distance; those values are not taken over.
  public let isSwung: Bool
  /// The name of the compression; nil if the pixels are not compressed.
  public let compression: String?

  private static let types = [
    "unsigned short int": "unsigned_short", "short int": "signed_short", "long int": "signed_long",
    "unsigned long int": "unsigned_long", "float IEEE": "float", "signed char": "signed_char",
    "unsigned char": "unsigned_char",
  ]

  /// - Returns: Nil if the header has no `Data_type` and so is not of d*TREK.
  init?(_ header: SMVHeader) {
    guard let kind = header.word("Data_type") else { return nil }
    let prefix = header.word("DETECTOR_NAMES")?.split(separator: " ").first.map(String.init) ?? ""
    func numbers(_ key: String) -> [Double] {
      (header.word(key)?.split(separator: " ") ?? []).map { Double($0) ?? .nan }
    }
    let distortion = numbers(prefix + "SPATIAL_DISTORTION_INFO")
    let (source, goniometer, turn) = (
      numbers("SOURCE_WAVELENGTH"), numbers(prefix + "GONIO_VALUES"), numbers("ROTATION")
    )
    func positive(_ list: [Double], _ place: Int) -> Double? {
      place < list.count && list[place] > 0 && list[place].isFinite ? list[place] : nil
    }
    type = Self.types[kind]
    pixelSize = positive(distortion, 2)
    let isPlaced = distortion.count >= 2 && distortion[0].isFinite && distortion[1].isFinite
    beam = isPlaced ? (distortion[0], distortion[1]) : nil
    distance = goniometer.count == 6 ? positive(goniometer, 5) : nil
    wavelength = positive(source, 1)
    let isTurned = turn.count >= 3 && turn[0].isFinite && turn[2].isFinite
    rotation = isTurned ? (turn[0], turn[2]) : nil
    isSwung = goniometer.count == 6 && goniometer[..<5].contains { $0 != 0 }
    compression = header.word("Compression").flatMap { $0.lowercased() == "none" ? nil : $0 }
  }

  /// Takes over the camera; the frame is that of XDS. A beam position without a pixel size counts pixels of 0.1 mm.
  func apply(to request: inout SimulationRequest) {
    request.placeByHeader(.convention(.xds))
    if let pixelSize { request.pixelSize = .millimetres(pixelSize) }
    if let wavelength { request.wavelength = .angstroms(wavelength) }
    if let distance { request.placeByHeader(.distance(.millimetres(distance))) }
    if let beam {
      let size = pixelSize ?? RequestDefaults.pixelSize
      request.placeByHeader(
        .xBeam(.millimetres(beam.fast * size)), .yBeam(.fromOrigin(.millimetres(beam.slow * size))))
    }
    if let rotation { (request.phi, request.oscillation) = (rotation.start, rotation.width) }
  }
}
