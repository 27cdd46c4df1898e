import Physics

/// The text header of 16-bit images as the reference program writes it (docs/reference/70-files.md §3).
public enum SMVWriter {
  /// The header: lines of `KEY=value;`, a brace, a form feed, spaces.
  ///
  /// With `Quirk.headerUnpadded` a header of more than 512 bytes gets no spaces and still claims 512, as in the
  /// reference program; otherwise its length is the next multiple of 512. With `Quirk.headerLosesRotations` there are
  /// the keys of the reference program only; otherwise also the vectors of the detector.
  /// - Parameters:
  ///   - experiment: The experiment.
  ///   - isNoisy: Whether the header belongs to the image with noise. There, DENZO's centre has no negative zero.
  public static func header(_ experiment: Experiment, isNoisy: Bool = false) -> [UInt8] {
    let keys = body(experiment, isNoisy: isNoisy)
    let bytes = Array("{\nHEADER_BYTES=512;\n\(keys)}\u{0C}".utf8)
    guard experiment.compatibility.has(.headerUnpadded), bytes.count > 512 else { return padded(Array(keys.utf8)) }
    return bytes
  }

  /// The header of another image, rewritten for little-endian 16-bit pixels; the keys of size and number format are
  /// replaced, all other keys are copied.
  public static func header(copying header: SMVHeader, fastPixels: Int, slowPixels: Int) -> [UInt8] {
    let own = [
      "HEADER_BYTES", "DIM", "BYTE_ORDER", "TYPE", "SIZE1", "SIZE2", "Data_type", "Compression",
      "RAXIS_COMPRESSION_RATIO",
    ].map { Array($0.utf8) }
    func isOwn(_ entry: ArraySlice<UInt8>) -> Bool {
      let key = entry.prefix { $0 != UInt8(ascii: "=") }.filter { $0 != 32 && $0 != 9 && $0 != 13 }
      return own.contains(key)
    }
    var body: [UInt8] = Array(
      "DIM=2;\nBYTE_ORDER=little_endian;\nTYPE=unsigned_short;\nSIZE1=\(fastPixels);\nSIZE2=\(slowPixels);\n".utf8)
    if header.dtrek != nil { body += Array("Data_type=unsigned short int;\nCompression=None;\n".utf8) }
    for line in header.body.split(separator: 10) {
      let entries = line.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
      let kept = entries.filter { !isOwn($0) }
      if kept.contains(where: { $0.contains(UInt8(ascii: "=")) }) {
        body += kept.joined(separator: [UInt8(ascii: ";")]) + [10]
      }
    }
    return padded(body)
  }

  /// Braces and length around keys, then spaces up to the next multiple of 512.
  private static func padded(_ keys: [UInt8]) -> [UInt8] {
    var length = 512
    func text() -> [UInt8] { Array("{\nHEADER_BYTES=\(length);\n".utf8) + keys + Array("}\u{0C}".utf8) }
    while text().count > length { length += 512 }
    let bytes = text()
    return bytes + [UInt8](repeating: 32, count: length - bytes.count)
  }

  private static func body(_ experiment: Experiment, isNoisy: Bool) -> String {
    let (detector, sampling) = (experiment.detector, experiment.sampling)
    let (pose, pixel) = (detector.pose, detector.pixelSize)
    let (fast, slow) = (pose.beamCentre.fast, pose.beamCentre.slow)
    let phi = sampling.phiStart * Constants.degreesPerRadian
    var text =
      "DIM=2;\nBYTE_ORDER=little_endian;\nTYPE=unsigned_short;\nSIZE1=\(detector.fastPixels);\n"
      + "SIZE2=\(detector.slowPixels);\n"
    func add(_ key: String, _ value: String, end: String = ";\n") { text += key + "=" + value + end }
    func add(_ key: String, _ value: Double) { add(key, NumberText.text("%g", value)) }
    add("PIXEL_SIZE", pixel * 1000)
    add("DISTANCE", pose.distance * 1000)
    add("WAVELENGTH", experiment.beam.wavelength * 1e10)
    // The centre as given in the terms of the convention, before the geometry changes it.
    add("BEAM_CENTER_X", detector.quotedCentre.fast * 1000)
    add("BEAM_CENTER_Y", detector.quotedCentre.slow * 1000)
    add("ADXV_CENTER_X", fast * 1000)
    add("ADXV_CENTER_Y", (detector.slowSize - slow) * 1000)
    add("MOSFLM_CENTER_X", (slow - 0.5 * pixel) * 1000)
    add("MOSFLM_CENTER_Y", (fast - 0.5 * pixel) * 1000)
    let shift = isNoisy ? 0.0 : -0.0
    add("DENZO_X_BEAM", (slow + shift) * 1000)
    add("DENZO_Y_BEAM", (fast + shift) * 1000)
    // The reference program writes no semicolon after this entry.
    add("DIALS_ORIGIN", NumberText.row("%g", pose.dialsOrigin, separator: ","), end: "\n")
    add("XDS_ORGX", pose.nearPoint.fast / pixel + 0.5)
    add("XDS_ORGY", pose.nearPoint.slow / pixel + 0.5)
    add("CLOSE_DISTANCE", pose.closeDistance * 1000)
    add("PHI", phi)
    add("OSC_START", phi)
    add("OSC_RANGE", sampling.phiTable.range * Constants.degreesPerRadian)
    add("TWOTHETA", detector.twoTheta * Constants.degreesPerRadian)
    add("DETECTOR_SN", "000")
    add("BEAMLINE", "fake")
    return experiment.compatibility.has(.headerLosesRotations) ? text : text + vectors(experiment)
  }

  /// The axes and the origin (in mm) of the geometry with fifteen digits, which `-img` reads.
  private static func vectors(_ experiment: Experiment) -> String {
    let (pose, beam) = (experiment.detector.pose, experiment.beam)
    let entries: [(String, Vector3)] = [
      ("FAST_VECTOR", pose.fast), ("SLOW_VECTOR", pose.slow), ("NORMAL_VECTOR", pose.normal),
      ("BEAM_VECTOR", beam.direction), ("POLARIZATION_VECTOR", beam.polarizationAxis),
      ("SPINDLE_VECTOR", experiment.crystal.spindle), ("ORIGIN_VECTOR", 1000 * pose.origin),
    ]
    return entries.reduce(into: "") { $0 += "\($1.0)=\(NumberText.row("%.15g", $1.1, separator: ","));\n" }
  }
}
