extension Formulas {
  /// The vectors, pivot, pixels and centres that follow from convention and options, lengths in m
  /// (docs/reference/20-geometry.md §2, docs/reference/10-command-line.md §4).
  struct ResolvedFrame {
    let convention: Convention
    let pivot: Pivot
    let vectors: FrameVectors
    let pixelSize: Number
    let fastPixels: Int
    let slowPixels: Int
    let fastSize: Number
    let slowSize: Number
    let quotedCentre: PlanePoint
    let quotedNearPoint: PlanePoint
    let placement: PoseRequest.Placement
    /// The distance along the normal, in m; nil if the distance along the beam is used.
    let closeDistance: Number?

    /// The largest image accepted, in pixels: 4 GiB of 32-bit floats.
    static var pixelLimit: Int { 1 << 30 }

    init(
      _ request: SimulationRequest, _ placement: DetectorPlacement, _ compatibility: Compatibility,
      _ remarks: inout [ExperimentRemark]
    ) throws(ExperimentError) {
      let pixel = (request.pixelSize ?? .millimetres(RequestDefaults.pixelSize)).metres
      self.pixelSize = pixel
      let fast = try Self.extent(pixels: request.pixelsFast, size: request.detectorFast, pixel: pixel, isFast: true)
      let slow = try Self.extent(pixels: request.pixelsSlow, size: request.detectorSlow, pixel: pixel, isFast: false)
      guard fast.pixels * slow.pixels <= Self.pixelLimit else {
        throw ExperimentError.imageTooLarge(fastPixels: fast.pixels, slowPixels: slow.pixels)
      }
      (self.fastPixels, self.fastSize) = (fast.pixels, fast.size)
      (self.slowPixels, self.slowSize) = (slow.pixels, slow.size)

      let convention: Convention
      if compatibility.has(.vectorOptionsReplaceConvention) {
        convention = placement.lastConvention ?? .mosflm
        self.vectors = (convention == .custom ? placement.position.vectors : GivenVectors())
          .filled(from: convention.vectors(in: Number.self)).straightened(compatibility)
      } else {
        convention = placement.namedConvention ?? placement.lastConvention ?? .mosflm
        self.vectors = placement.position.vectors.filled(from: convention.vectors(in: Number.self)).straightened(
          compatibility)
      }
      self.convention = convention
      let named = compatibility.has(.conventionForcesPivot) ? nil : placement.position.namedPivot
      self.pivot = named ?? convention.forcedPivot ?? placement.lastPivot ?? .beam

      let centres = Centres(placement.position.centre, convention, pixel: pixel, fast: fast.size, slow: slow.size)
      self.quotedCentre = centres.quoted
      self.quotedNearPoint = centres.close
      self.placement = centres.placement(placement, self.pivot, convention, compatibility, &remarks)
      self.closeDistance = Self.closeDistance(placement, compatibility, &remarks)
    }

    /// The distance along the normal, in m; nil if it was not given, or if the distance along the beam overrides it.
    private static func closeDistance(
      _ placement: DetectorPlacement, _ compatibility: Compatibility, _ remarks: inout [ExperimentRemark]
    ) -> Number? {
      guard let close = placement.position.closeDistance else { return nil }
      let wins = compatibility.has(.closeDistanceAlwaysWins) || !placement.distanceGivenLast
      if placement.position.distance != nil {
        remarks.append(wins ? .closeDistanceWins : .distanceWins)
      }
      return wins ? close.metres : nil
    }

    /// Size and pixel count of one side of the detector (docs/reference/10-command-line.md §4.1); sizes in m.
    ///
    /// The reference program treats a count of zero as not given; this function refuses it.
    private static func extent(
      pixels: Int?, size: Number?, pixel: Number, isFast: Bool
    ) throws(ExperimentError) -> (pixels: Int, size: Number) {
      var size = (size ?? RequestDefaults.detectorSize) / 1000
      if let pixels { size = pixel * Number(pixels) }
      let count = (size / pixel - 0.5).rounded(.up).approximation
      guard count >= 1, count <= Double(pixelLimit) else {
        let millimetres = (size * 1000).approximation
        throw ExperimentError.detectorSide(isFast: isFast, pixels: pixels, millimetres: millimetres, count: count)
      }
      return (Int(count), size)
    }
  }

  /// Beam centre and near point in metres, with their defaults.
  private struct Centres {
    var quoted: PlanePoint
    var beam: PlanePoint
    var near: PlanePoint
    /// The near point that -Xclose and -Yclose give, else `near`.
    var close: PlanePoint

    init(
      _ given: DetectorPlacement.Centre, _ convention: Convention, pixel: Number, fast: Number, slow: Number
    ) {
      near = PlanePoint(
        fast: given.originX.map { ($0 - 0.5) * pixel } ?? fast / 2,
        slow: given.originY.map { ($0 - 0.5) * pixel } ?? slow / 2)
      close = PlanePoint(
        fast: given.xClose?.metres ?? near.fast, slow: given.yClose?.metres ?? near.slow)
      let x = given.xBeam?.metres
      let y = given.yBeam?.metres
      switch convention {
      case .adxv:
        quoted = PlanePoint(fast: x ?? (fast + pixel) / 2, slow: y ?? (slow - pixel) / 2)
        beam = PlanePoint(fast: quoted.fast, slow: slow - quoted.slow)
      case .mosflm:
        quoted = PlanePoint(fast: x ?? (slow + pixel) / 2, slow: y ?? (fast + pixel) / 2)
        beam = PlanePoint(fast: quoted.slow + 0.5 * pixel, slow: quoted.fast + 0.5 * pixel)
      case .denzo:
        quoted = PlanePoint(fast: x ?? (slow + pixel) / 2, slow: y ?? (fast + pixel) / 2)
        beam = PlanePoint(fast: quoted.slow + 0.0 * pixel, slow: quoted.fast + 0.0 * pixel)
      case .xds, .dials:
        quoted = PlanePoint(fast: x ?? close.fast, slow: y ?? close.slow)
        beam = quoted
      case .custom:
        quoted = PlanePoint(fast: x ?? close.fast, slow: y ?? close.slow)
        beam = quoted
        near = quoted
      }
    }

    /// The point that places the detector within its plane.
    ///
    /// With `Quirk.foreignCentreIgnored` the pivot selects the point: the beam centre for the beam pivot, the near point
    /// for the sample pivot. Otherwise the given values select the point, whatever the pivot: a beam centre takes
    /// precedence over a near point, and the default of the convention is used if neither was given.
    func placement(
      _ given: DetectorPlacement, _ pivot: Pivot, _ convention: Convention, _ compatibility: Compatibility,
      _ remarks: inout [ExperimentRemark]
    ) -> PoseRequest.Placement {
      if let corner = given.position.corner {
        guard compatibility.has(.originIgnored) else { return .origin(corner) }
        // Nobody typed the corner that a header states.
        if !given.isHeaderPose { remarks.append(.cornerIgnored) }
      }
      if compatibility.has(.foreignCentreIgnored) { return pivot == .beam ? .beam(beam) : .near(near) }
      let centre = given.position.centre
      let beamGiven = centre.xBeam != nil || centre.yBeam != nil
      let fastGiven = centre.xClose != nil || centre.originX != nil
      let slowGiven = centre.yClose != nil || centre.originY != nil
      if !beamGiven && (fastGiven || slowGiven) {
        // A coordinate that was not given is taken from the default beam centre of the convention.
        return .near(PlanePoint(fast: fastGiven ? close.fast : beam.fast, slow: slowGiven ? close.slow : beam.slow))
      }
      return beamGiven || convention.forcedPivot == .beam ? .beam(beam) : .near(near)
    }
  }
}

extension Formulas.Detector {
  /// - Throws: `ExperimentError` if the beam and the detector plane never meet.
  init(
    _ request: Formulas.SimulationRequest, _ placement: Formulas.DetectorPlacement, _ frame: Formulas.ResolvedFrame,
    _ compatibility: Compatibility
  ) throws(ExperimentError) {
    let position = placement.position
    let twoTheta =
      position.twoTheta ?? (compatibility.has(.headerTwoThetaIgnored) ? nil : placement.headerTwoTheta) ?? 0
    let turns = position.rotations
    let pose = Formulas.PoseRequest(
      vectors: frame.vectors, pivot: frame.pivot,
      rotations: Formulas.Vector3(
        Formulas.Experiment.radians(turns.x), Formulas.Experiment.radians(turns.y), Formulas.Experiment.radians(turns.z)
      ),
      twoTheta: Formulas.Experiment.radians(twoTheta),
      distance: (position.distance ?? .millimetres(Formulas.RequestDefaults.distance)).metres,
      closeDistance: frame.closeDistance, placement: frame.placement)
    self.convention = frame.convention
    self.pivot = frame.pivot
    self.fastPixels = frame.fastPixels
    self.slowPixels = frame.slowPixels
    self.pixelSize = frame.pixelSize
    self.fastSize = frame.fastSize
    self.slowSize = frame.slowSize
    self.quotedCentre = frame.quotedCentre
    self.quotedNearPoint = frame.quotedNearPoint
    self.pose = Formulas.DetectorPose(pose, compatibility)
    guard self.pose.isUsable else {
      throw ExperimentError.beamAlongDetector
    }
    guard self.pose.closeDistance > 0 || request.curved || compatibility.has(.negativeDistance) else {
      throw ExperimentError.backOfDetector(closeDistance: (self.pose.closeDistance * 1000).approximation)
    }
    self.twoTheta = pose.twoTheta
    self.isCurved = request.curved
    self.hasPointPixels = request.pointPixels
    self.sensor = Formulas.Sensor(request, compatibility)
    self.beam = frame.vectors.beam
    self.curvedInLaboratoryFrame = compatibility.has(.curvedInLaboratoryFrame)
    self.pointPixelWithoutArea = compatibility.has(.pointPixelWithoutArea)
  }
}

extension Formulas.Sensor {
  /// Fills in layers and attenuation (docs/reference/40-beam-and-sampling.md §1.5). An attenuation depth of zero or
  /// infinity means that there is no attenuation.
  init(_ request: Formulas.SimulationRequest, _ compatibility: Compatibility) {
    var (thickness, depth): (Number, Number?) = (0, nil)
    for statement in request.sensor {
      switch statement {
      case .thickness(let value): thickness = value * 1e-6
      case .attenuationDepth(let value):
        depth = value
        if (value == 0 || value.isInfinite) && compatibility.has(.infiniteAttenuationOrder) { thickness = 0 }
      }
    }
    let isTransparent = depth.map { $0 == 0 || $0.isInfinite } ?? false
    if isTransparent && !compatibility.has(.infiniteAttenuationOrder) { thickness = 0 }
    let layers = Formulas.SamplingTable.sensorLayers(count: request.sensorLayers, thickness: thickness, compatibility)
    var attenuation: Number = -1
    if let depth { attenuation = isTransparent ? 0 : 1.0 / (depth * 1e-6) }
    if layers.range > 0 && attenuation < 0 { attenuation = 1.0 / layers.range }
    self.thickness = layers.range
    self.layerCount = layers.count
    self.layerThickness = layers.step
    self.attenuation = attenuation
    self.atFrontFace = compatibility.has(.layersAtFrontFace)
  }
}
