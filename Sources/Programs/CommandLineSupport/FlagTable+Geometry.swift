import Physics
import VisibleText

extension FlagTable {
  /// Geometry options (spec/10 §3.2).
  static let geometry: [Flag] = [
    .real("-Xbeam", "mm", "beam centre x, in the terms of the convention (default: centre)") {
      $0.simulation.xBeam = $1
      $0.simulation.lastPivot = .beam
    },
    .real("-Ybeam", "mm", "beam centre y, in the terms of the convention (default: centre)") {
      $0.simulation.yBeam = .fromOrigin($1)
      $0.simulation.lastPivot = .beam
    },
    .real("-Xclose", "mm", "fast coordinate of the detector point nearest the sample") {
      $0.simulation.xClose = $1
      $0.simulation.lastPivot = .sample
    },
    .real("-Yclose", "mm", "slow coordinate of the detector point nearest the sample") {
      $0.simulation.yClose = $1
      $0.simulation.lastPivot = .sample
    },
    .real("-ORGX", "pixels", "nearest detector point as XDS counts it, fast") {
      $0.simulation.originX = $1
      $0.simulation.lastPivot = .sample
    },
    .real("-ORGY", "pixels", "nearest detector point as XDS counts it, slow") {
      $0.simulation.originY = $1
      $0.simulation.lastPivot = .sample
    },
    Flag("-pivot", values: "sample|beam", "what stays in place when the detector is rotated") {
      request, values throws(RequestError) in
      let word = values.words[0]
      guard let pivot = word.containsText("sample") ? Pivot.sample : word.containsText("beam") ? .beam : nil else {
        throw RequestError(values.flag, value: word, "no such pivot", remedy: "give sample or beam")
      }
      request.simulation.lastPivot = pivot
      request.simulation.namedPivot = pivot
    },
    convention("-mosflm", .mosflm, pivot: .beam, "MOSFLM's convention (default): beam along x"),
    convention("-xds", .xds, pivot: .sample, "XDS's convention: beam along z, pivot at the sample"),
    convention("-adxv", .adxv, pivot: .beam, "ADXV's convention: beam along z, y from the far edge"),
    convention("-denzo", .denzo, pivot: .beam, "DENZO's convention: as MOSFLM's, half a pixel apart"),
    convention("-dials", .dials, pivot: .beam, "DIALS's convention: beam along z, spindle along y"),
    frameVector("-fdet_vector", "direction of increasing fast coordinate") { $0.fast = $1 },
    frameVector("-sdet_vector", "direction of increasing slow coordinate") { $0.slow = $1 },
    frameVector("-odet_vector", "detector normal, away from the sample") { $0.normal = $1 },
    frameVector("-beam_vector", "direction of the beam") { $0.beam = $1 },
    frameVector("-polar_vector", "nominal direction of the electric vector") { $0.polarization = $1 },
    frameVector("-spindle_axis", "axis of the phi rotation") { $0.spindle = $1 },
    .vector("-twotheta_axis", "axis of the two-theta swing") {
      $0.simulation.vectors.twoTheta = $1
      $0.simulation.lastConvention = .custom
      $0.simulation.lastPivot = .sample
    },
    Flag(
      "-pix0_vector -pix0_vector_mm", patterns: [.anywhere("-pix0_vector")], values: "x y z",
      "outer corner of the first pixel, in m (or mm); selects CUSTOM and, in c-parity, nothing else"
    ) { request, values throws(RequestError) in
      let unit = values.flag.hasSuffix("_mm") ? 1000.0 : 1
      request.simulation.detectorOrigin = Vector3(
        try values.real(0) / unit, try values.real(1) / unit, try values.real(2) / unit)
      request.simulation.lastConvention = .custom
      if request.compatibility.has(.originIgnored) {
        request.notes.append(
          "\(values.flag) only selects the CUSTOM convention, as in the C program: the pivot places the detector (Q-12)"
        )
      }
    },
    .real("-distance", "mm", "distance along the beam (default 100)") {
      $0.simulation.distance = $1
      $0.simulation.distanceGivenLast = true
      $0.simulation.lastPivot = .beam
    },
    .real("-close_distance", "mm", "distance along the detector normal; wins over -distance") {
      $0.simulation.closeDistance = $1
      $0.simulation.distanceGivenLast = false
      $0.simulation.lastPivot = .sample
    },
    Flag(
      "-twotheta", values: "degrees", "swing of the detector about the two-theta axis (default 0)",
      patternQuirk: .twoThetaAxisSetsAngle
    ) { request, values throws(RequestError) in
      request.simulation.twoTheta = try values.real(0)
      request.simulation.lastPivot = .sample
    },
    .real("-detector_rotx", "degrees", "rotation of the detector about x") { $0.simulation.rotationX = $1 },
    .real("-detector_roty", "degrees", "rotation of the detector about y") { $0.simulation.rotationY = $1 },
    .real("-detector_rotz", "degrees", "rotation of the detector about z") { $0.simulation.rotationZ = $1 },
    .real("-detsize", patterns: [.whole("-detsize")], "mm", "size of the detector along both axes (default 102.4)") {
      $0.simulation.detectorFast = $1
      $0.simulation.detectorSlow = $1
    },
    .real("-detsize_f", "mm", "size of the detector along the fast axis") { $0.simulation.detectorFast = $1 },
    .real("-detsize_s", "mm", "size of the detector along the slow axis") { $0.simulation.detectorSlow = $1 },
    ignored("-detsize_x", "mm", use: "-detsize_f"), ignored("-detsize_y", "mm", use: "-detsize_s"),
    ignored("-xdet_vector", "x y z", use: "-fdet_vector"), ignored("-ydet_vector", "x y z", use: "-sdet_vector"),
    ignored("-zdet_vector", "x y z", use: "-odet_vector"),
    .integer("-detpixels", patterns: [.whole("-detpixels")], "n", "number of pixels along both axes") {
      $0.simulation.pixelsFast = $1
      $0.simulation.pixelsSlow = $1
    },
    .integer("-detpixels_x -detpixels_f", "n", "number of pixels along the fast axis") {
      $0.simulation.pixelsFast = $1
    },
    .integer("-detpixels_y -detpixels_s", "n", "number of pixels along the slow axis") {
      $0.simulation.pixelsSlow = $1
    },
    .real("-pixel -pixelsize", patterns: [.anywhere("-pixel")], "mm", "width of a pixel (default 0.1)") {
      $0.simulation.pixelSize = $1
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
      "attenuation depth of the sensor; inf for none (default: the thickness)"
    ) { request, values throws(RequestError) in
      let depth = values.words[0].containsText("inf") ? Double.infinity : try values.anyReal(0)
      request.simulation.attenuationDepth = depth
      if (depth == 0 || depth.isInfinite) && request.compatibility.has(.infiniteAttenuationOrder) {
        request.simulation.sensorThickness = 0
      }
    },
    .real(
      "-detector_thick", patterns: [.whole("-detector_thick")], "um", "thickness of the sensor (default 0)"
    ) { $0.simulation.sensorThickness = $1 },
    .integer("-detector_thicksteps -thicksteps", "n", "number of sensor layers (default 2 with a thickness)") {
      $0.simulation.sensorLayers = $1
    },
  ]

  private static func convention(_ name: String, _ convention: Convention, pivot: Pivot, _ summary: String) -> Flag {
    .switching(name, summary) {
      $0.simulation.lastConvention = convention
      $0.simulation.namedConvention = convention
      $0.simulation.lastPivot = pivot
    }
  }

  private static func frameVector(
    _ name: String, _ summary: String, store: @escaping @Sendable (inout GivenVectors, Vector3) -> Void
  ) -> Flag {
    .vector(name, summary) {
      store(&$0.simulation.vectors, $1)
      $0.simulation.lastConvention = .custom
    }
  }
}
