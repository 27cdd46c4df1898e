import FrameIO
import Physics
import VisibleText

extension FlagTable {
  /// Geometry options (docs/reference/10-command-line.md §3.2).
  static let geometry: [Flag] = [
    .placement("-Xbeam", "mm", "beam centre x, in the terms of the convention (default: centre)", drawn: "-1...3 | 0") {
      .xBeam(.millimetres($0))
    },
    .placement("-Ybeam", "mm", "beam centre y, in the terms of the convention (default: centre)", drawn: "-1...3 | 0") {
      .yBeam(.fromOrigin(.millimetres($0)))
    },
    .placement("-Xclose", "mm", "fast coordinate of the detector point nearest the sample", drawn: "-1...3 | 0") {
      .xClose(.millimetres($0))
    },
    .placement("-Yclose", "mm", "slow coordinate of the detector point nearest the sample", drawn: "-1...3 | 0") {
      .yClose(.millimetres($0))
    },
    .placement("-ORGX", "pixels", "nearest detector point as XDS counts it, fast", drawn: "-3...12 | 0") {
      .originX($0)
    },
    .placement("-ORGY", "pixels", "nearest detector point as XDS counts it, slow", drawn: "-3...12 | 0") {
      .originY($0)
    },
    Flag("-pivot", values: "sample|beam", "what stays in place when the detector is rotated", drawn: "sample | beam") {
      request, values throws(RequestError) in
      let word = values.words[0]
      guard let pivot = word.containsText("sample") ? Pivot.sample : word.containsText("beam") ? .beam : nil else {
        throw RequestError(values.flag, value: word, "no such pivot", remedy: "give sample or beam")
      }
      request.simulation.place(.pivot(pivot))
    },
    convention("-mosflm", .mosflm, "MOSFLM's convention (default): beam along x"),
    convention("-xds", .xds, "XDS's convention: beam along z, pivot at the sample"),
    convention("-adxv", .adxv, "ADXV's convention: beam along z, y from the far edge"),
    convention("-denzo", .denzo, "DENZO's convention: as MOSFLM's, half a pixel apart"),
    convention("-dials", .dials, "DIALS's convention: beam along z, spindle along y"),
    frameVector("-fdet_vector", .fast, "direction of increasing fast coordinate"),
    frameVector("-sdet_vector", .slow, "direction of increasing slow coordinate"),
    frameVector("-odet_vector", .normal, "detector normal, away from the sample"),
    frameVector("-beam_vector", .beam, "direction of the beam"),
    frameVector("-polar_vector", .polarization, "nominal direction of the electric vector"),
    frameVector("-spindle_axis", .spindle, "axis of the phi rotation"),
    frameVector("-twotheta_axis", .twoTheta, "axis of the two-theta swing"),
    Flag(
      "-pix0_vector -pix0_vector_mm", patterns: [.anywhere("-pix0_vector")], values: "x y z",
      "outer corner of the first pixel, in m (or mm); selects CUSTOM and, in c-parity, nothing else",
      drawn: "-0.3...0.3*3"
    ) { request, values throws(RequestError) in
      let unit = values.flag.hasSuffix("_mm") ? 1000.0 : 1
      request.simulation.place(
        .corner(Vector3(try values.real(0) / unit, try values.real(1) / unit, try values.real(2) / unit)))
    },
    .placement("-distance", "mm", "distance along the beam (default 100)", drawn: "20...400 | 2...20") {
      .distance(.millimetres($0))
    },
    .placement(
      "-close_distance", "mm", "distance along the detector normal; wins over -distance", drawn: "20...300 | -20...-1"
    ) {
      .closeDistance(.millimetres($0))
    },
    Flag(
      "-twotheta", values: "degrees", "swing of the detector about the two-theta axis (default 0)",
      patternQuirk: .twoThetaAxisSetsAngle, drawn: "-60...60 | 0"
    ) { request, values throws(RequestError) in
      request.simulation.place(.twoTheta(try values.real(0)))
    },
    .placement("-detector_rotx", "degrees", "rotation of the detector about x", drawn: "-30...30 | -180...180 | 0") {
      .rotationX($0)
    },
    .placement("-detector_roty", "degrees", "rotation of the detector about y", drawn: "-30...30 | -180...180 | 0") {
      .rotationY($0)
    },
    .placement("-detector_rotz", "degrees", "rotation of the detector about z", drawn: "-30...30 | -180...180 | 0") {
      .rotationZ($0)
    },
    .real(
      "-detsize", patterns: [.whole("-detsize")], "mm", "size of the detector along both axes (default 102.4)",
      drawn: "0.4...3"
    ) {
      $0.simulation.detectorFast = $1
      $0.simulation.detectorSlow = $1
    },
    .real("-detsize_f", "mm", "size of the detector along the fast axis", drawn: "0.4...3") {
      $0.simulation.detectorFast = $1
    },
    .real("-detsize_s", "mm", "size of the detector along the slow axis", drawn: "0.4...3") {
      $0.simulation.detectorSlow = $1
    },
    ignored("-detsize_x", "mm", use: "-detsize_f"), ignored("-detsize_y", "mm", use: "-detsize_s"),
    ignored("-xdet_vector", "x y z", use: "-fdet_vector"), ignored("-ydet_vector", "x y z", use: "-sdet_vector"),
    ignored("-zdet_vector", "x y z", use: "-odet_vector"),
    .integer(
      "-detpixels", patterns: [.whole("-detpixels")], "n", "number of pixels along both axes", drawn: "2..7 | 8..12 | 1"
    ) {
      $0.simulation.pixelsFast = $1
      $0.simulation.pixelsSlow = $1
    },
    .integer("-detpixels_x -detpixels_f", "n", "number of pixels along the fast axis", drawn: "2..7 | 8..12 | 1") {
      $0.simulation.pixelsFast = $1
    },
    .integer("-detpixels_y -detpixels_s", "n", "number of pixels along the slow axis", drawn: "2..7 | 8..12 | 1") {
      $0.simulation.pixelsSlow = $1
    },
    .real(
      "-pixel -pixelsize", patterns: [.anywhere("-pixel")], "mm", "width of a pixel (default 0.1)",
      drawn: "0.05...0.6 | 1...5"
    ) {
      $0.simulation.pixelSize = .millimetres($1)
    },
    Flag("-curved_det", "all pixels at the same distance from the sample") {
      request, values throws(RequestError) in
      if values.isLast && request.compatibility.has(.curvedNeedsFollower) {
        request.notes.append("-curved_det is ignored as the last argument, as by the C program (Q-51)")
      } else {
        request.simulation.curved = true
      }
    },
    .switching("-point_pixel", "leave obliquity and pixel area out of the solid angle") {
      $0.simulation.pointPixels = true
    },
    Flag(
      "-detector_abs -detector_absorb", patterns: [.anywhere("-detector_abs")], values: "um",
      "attenuation depth of the sensor; inf for none (default: the thickness)", drawn: "1...900 | inf | 0 | -100...-1"
    ) { request, values throws(RequestError) in
      let depth = values.words[0].containsText("inf") ? Double.infinity : try values.anyReal(0)
      request.simulation.sensor.append(.attenuationDepth(depth))
    },
    .real(
      "-detector_thick", patterns: [.whole("-detector_thick")], "um", "thickness of the sensor (default 0)",
      drawn: "1...900 | 0"
    ) { $0.simulation.sensor.append(.thickness($1)) },
    .integer(
      "-detector_thicksteps -thicksteps", "n", "number of sensor layers (default 2 with a thickness)",
      drawn: "2..4 | 1 | 0 | -1"
    ) {
      $0.simulation.sensorLayers = $1
    },
  ]

  private static func convention(_ name: String, _ convention: Convention, _ summary: String) -> Flag {
    .switching(name, summary) { $0.simulation.place(.convention(convention)) }
  }

  private static func frameVector(_ name: String, _ vector: FrameVector, _ summary: String) -> Flag {
    .vector(name, summary) { $0.simulation.place(.vector(vector, $1)) }
  }
}

extension Flag {
  /// An option with one real number that places the detector.
  fileprivate static func placement(
    _ names: String, _ label: String, _ summary: String, drawn domain: String,
    _ statement: @escaping @Sendable (Double) -> PlacementStatement
  ) -> Flag {
    .real(names, label, summary, drawn: domain) { $0.simulation.place(statement($1)) }
  }
}
