import Physics

/// What a d*TREK header says, whose keys have the name of the detector in front.
///
/// Lengths are in mm, angles in degrees, the wavelength in Å. Which keys tell the camera was learned from images of a
/// HyPix detector; `fixtures/field/smv/rigaku-hypix-dtrek.img` is made like them.
public struct DTrekHeader: Sendable {
  /// The number format, as `TYPE` of an ADSC header names it; nil if it is none of them.
  public let type: String?
  /// The width of a pixel, in mm.
  public let pixelSize: Double?
  /// The direct beam, in pixels from the corner: fast and slow.
  public let beam: (fast: Double, slow: Double)?
  /// The distance of the detector, in mm.
  public let distance: Double?
  /// The wavelength, in Å.
  public let wavelength: Double?
  /// Start and width of the rotation, in degrees.
  public let rotation: (start: Double, width: Double)?
  /// Whether the detector is turned, about axes that are not taken over.
  public let isSwung: Bool
  /// The name of the compression; nil if there is none.
  public let compression: String?

  private static let types = [
    "unsigned short int": "unsigned_short", "short int": "signed_short", "long int": "signed_long",
    "unsigned long int": "unsigned_long", "float IEEE": "float", "signed char": "signed_char",
    "unsigned char": "unsigned_char",
  ]

  /// - Returns: Nil if it is no such header.
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

  /// Takes over the camera.
  func apply(to request: inout SimulationRequest) {
    (request.lastConvention, request.namedConvention) = (.xds, .xds)
    if let pixelSize { request.pixelSize = pixelSize }
    if let wavelength { request.wavelength = wavelength / 1e10 }
    if let distance { request.distance = distance }
    if let beam {
      request.xBeam = beam.fast * (pixelSize ?? 0.1)
      request.yBeam = .fromOrigin(beam.slow * (pixelSize ?? 0.1))
    }
    if let rotation { (request.phi, request.oscillation) = (rotation.start, rotation.width) }
  }
}
