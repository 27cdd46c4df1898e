import FrameIO
import Physics
import TestSupport
import Testing

/// Headers of CBF and of d*TREK next to what is not taken over.
@Suite(.tags(.files)) struct ForeignHeaderTests {
  /// The end of the text is looked for in 16 MiB.
  @Test func theLongestTextHas16Mebibytes() { #expect(CBFHeader.longestText == 16_777_216) }

  /// A field ends with its line; what stands behind its first colon is the value. Comments are no fields.
  @Test func fieldsOfTheBinarySection() {
    let text =
      "X-Binary-Size: 12\r\nContent-Type:  application/octet-stream; a: b: c \n  two words \t:\t v \n"
      + "# Date: 2020\n#Note: x\nno colon\nempty:\n: v\n"
    let wanted = [
      "X-Binary-Size": "12", "Content-Type": "application/octet-stream; a: b: c", "two words": "v",
    ]
    #expect(CBFHeader(Array(text.utf8)).fields == wanted)
  }

  /// Numbers from 1 to 2³⁰ are a size, which is taken over if both sides have one; -1 stands for none.
  @Test func sizesOfCBF() {
    let limit = 1_073_741_824
    let rows: [(fast: String, slow: String, wanted: [Int])] = [
      ("3", "2", [3, 2, 3, 2]), ("", "3", [0, 3, -1, -1]), ("3", "", [3, 0, -1, -1]), ("0", "2", [0, 2, -1, -1]),
      ("2", "0", [2, 0, -1, -1]), ("-1", "2", [0, 2, -1, -1]), ("x", "2", [0, 2, -1, -1]),
      ("1073741824", "1", [limit, 1, limit, 1]), ("1073741825", "1", [0, 1, -1, -1]),
      ("1", "1073741824", [1, limit, 1, limit]), ("1", "1073741825", [1, 0, -1, -1]),
    ]
    for row in rows {
      let text = "X-Binary-Size-Fastest-Dimension: \(row.fast)\nX-Binary-Size-Second-Dimension: \(row.slow)\n"
      let header = CBFHeader(Array(text.utf8))
      var request = SimulationRequest()
      header.apply(to: &request)
      let sizes: [Int] = [header.fastPixels, header.slowPixels]
      let taken: [Int] = [request.pixelsFast ?? -1, request.pixelsSlow ?? -1]
      #expect(sizes + taken == row.wanted, "\(row.fast) x \(row.slow)")
    }
  }

  /// The pixels begin behind the first whole mark.
  @Test func marksOfPixels() {
    let mark: [UInt8] = [0x0C, 0x1A, 0x04, 0xD5]
    let rows: [(bytes: [UInt8], wanted: Int?)] = [
      ([], nil), (Array(mark.dropLast()), nil), (mark, 4), (mark + mark, 4), ([0x0C] + mark, 5),
      ([0x0C, 0x1A, 0x04, 0xD4] + mark, 8), ([0x0C, 0x1A, 0x04, 0xD4, 0x0C], nil),
    ]
    for row in rows { #expect(CBFHeader.dataStart(row.bytes) == row.wanted, "\(row.bytes)") }
    #expect(CBFHeader.isCBF(Array("###CBF".utf8)) && !CBFHeader.isCBF(Array("###CB".utf8)))
  }

  private func refusal(_ bytes: [UInt8]) -> String? {
    let error = #expect(throws: RequestError.self) { try CBFHeader(file: bytes, path: "f", flag: "-img") }
    return error?.description
  }

  /// A file without pixels, or without a size, is refused.
  @Test func filesThatAreNoImages() {
    let size = Array("X-Binary-Size-Fastest-Dimension: 3\n".utf8)
    let noMark = "-img f: there is no binary section (bytes 0C 1A 04 D5); give a CBF of one image"
    let noSize = "-img f: the binary section tells no size; give a CBF with X-Binary-Size-Fastest-Dimension"
    #expect(refusal(size) == noMark)
    #expect(refusal(size + CBFHeader.mark) == noSize)
    let second = Array("X-Binary-Size-Second-Dimension: 3\n".utf8)
    #expect(refusal(second + CBFHeader.mark) == noSize)
    // What stands behind the mark is no text.
    #expect(refusal(size + CBFHeader.mark + second) == noSize)
  }

  /// Lengths of a CBF are in m, the beam in pixels; the pose has the corner of the first pixel.
  @Test func camerasOfCBF() {
    let text =
      "# Pixel_size 172e-6 m x 172e-6 m\n# Wavelength 0.9795 A\n# Detector_distance 0.25 m\n# Polarization 0.75\n"
      + "# Start_angle 1.5 deg.\n# Angle_increment 0.5 deg.\n# Beam_xy (10, 20.5) pixels\n"
    var request = SimulationRequest()
    CBFHeader(Array(text.utf8)).apply(to: &request)
    let position = request.placement.position
    let (x, y): (Double, Double) = (10 * 172e-6, 20.5 * 172e-6)
    #expect(request.pixelSize == Length.metres(172e-6))
    #expect(request.wavelength == Wavelength.angstroms(0.9795))
    #expect(request.kahnFactor == 0.5 && request.phi == 1.5 && request.oscillation == 0.5)
    #expect(position.distance == Length.metres(0.25))
    #expect(position.centre.xBeam == Length.metres(x))
    #expect(position.centre.yBeam == BeamCentreY.fromOrigin(.metres(y)))
    #expect(request.headerPose?.origin == Vector3(-x, -y, 0.25))
    #expect(request.placement.namedConvention == .xds)
  }

  /// Only a two-theta other than 0 swings the detector.
  @Test func swungDetectorsOfCBF() {
    let rows: [(line: String, wanted: Bool)] = [
      ("", false), ("# Detector_2theta 0.0000 deg.\n", false), ("# Detector_2theta 0.0001 deg.\n", true),
      ("# Detector_2theta -12 deg.\n", true), ("# Detector_2theta deg.\n", false),
      ("#Detector_2theta 12 deg.\n", false),
    ]
    for row in rows { #expect(CBFHeader(Array(row.line.utf8)).isSwung == row.wanted, "\(row.line)") }
  }

  /// What a d*TREK header tells: number format, pixel, beam, distance, wavelength, rotation, goniometer, compression.
  private func camera(_ keys: String) throws -> String {
    let text = Array("{\nHEADER_BYTES=512;\n\(keys)}".utf8)
    let bytes = text + [UInt8](repeating: 32, count: 512 - text.count)
    guard let found = try SMVHeader(bytes, path: "f", flag: "-img", .spec).dtrek else { return "none" }
    func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "-" }
    let beam: String = found.beam.map { "\($0.fast) \($0.slow)" } ?? "-"
    let rotation: String = found.rotation.map { "\($0.start) \($0.width)" } ?? "-"
    let goniometer: String = found.isSwung ? "swung" : "straight"
    let words: [String] = [
      found.type ?? "-", number(found.pixelSize), beam, number(found.distance), number(found.wavelength), rotation,
      goniometer, found.compression ?? "-",
    ]
    return words.joined(separator: ", ")
  }

  /// Keys start with the first name of a detector; lists that are too short tell nothing.
  @Test func camerasOfDTrek() throws {
    let full =
      "Data_type=long int;\nDETECTOR_NAMES=A_ B_;\nA_SPATIAL_DISTORTION_INFO=1.5 2.5 0.2 0.3;\n"
      + "A_GONIO_VALUES=0 0 0 0 0 44;\nSOURCE_WAVELENGTH=1 1.25;\nROTATION=10 20 0.5 4;\nCompression=NONE;\n"
    let rows: [(keys: String, wanted: String)] = [
      (full, "signed_long, 0.2, 1.5 2.5, 44.0, 1.25, 10.0 0.5, straight, -"),
      ("ROTATION=10 20 0.5;\n", "none"), ("Data_type=double;\n", "-, -, -, -, -, -, straight, -"),
      ("Data_type=double;\nCompression=RLE;\n", "-, -, -, -, -, -, straight, RLE"),
      (
        "Data_type=x;\nSPATIAL_DISTORTION_INFO=1 2;\nSOURCE_WAVELENGTH=1;\nROTATION=10 20;\n",
        "-, -, 1.0 2.0, -, -, -, straight, -"
      ),
      (
        "Data_type=x;\nSPATIAL_DISTORTION_INFO=1 x 0.2;\nSOURCE_WAVELENGTH=1 0;\nROTATION=10 x 0.5;\n",
        "-, 0.2, -, -, -, 10.0 0.5, straight, -"
      ),
      ("Data_type=x;\nSPATIAL_DISTORTION_INFO=1;\nROTATION=x 20 0.5;\n", "-, -, -, -, -, -, straight, -"),
      ("Data_type=x;\nSPATIAL_DISTORTION_INFO=1 2 -0.2;\n", "-, -, 1.0 2.0, -, -, -, straight, -"),
    ]
    for row in rows { #expect(try camera(row.keys) == row.wanted, "\(row.keys)") }
    let types = [
      "unsigned short int": "unsigned_short", "short int": "signed_short", "long int": "signed_long",
      "unsigned long int": "unsigned_long", "float IEEE": "float", "signed char": "signed_char",
      "unsigned char": "unsigned_char", "double": "-",
    ]
    for (kind, type) in types { #expect(try camera("Data_type=\(kind);\n") == "\(type), -, -, -, -, -, straight, -") }
  }

  /// A goniometer has six values: five that turn or shift the detector, and the distance.
  @Test func goniometersOfDTrek() throws {
    let rows: [(values: String, distance: String, goniometer: String)] = [
      ("0 0 0 0 0 44", "44.0", "straight"), ("1 0 0 0 0 44", "44.0", "swung"), ("0 1 0 0 0 44", "44.0", "swung"),
      ("0 0 1 0 0 44", "44.0", "swung"), ("0 0 0 -1 0 44", "44.0", "swung"), ("0 0 0 0 0.1 44", "44.0", "swung"),
      ("0 0 0 0 0 -44", "-", "straight"), ("0 0 0 0 0 0", "-", "straight"), ("1 0 0 0 0", "-", "straight"),
      ("1 0 0 0 0 44 0", "-", "straight"),
    ]
    for row in rows {
      let found = try camera("Data_type=x;\nGONIO_VALUES=\(row.values);\n")
      #expect(found == "-, -, -, \(row.distance), -, -, \(row.goniometer), -", "\(row.values)")
    }
  }
}
