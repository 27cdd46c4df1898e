extension Formulas.SimulationRequest {
  /// A request of the simulator with its numbers in another arithmetic.
  /// - Parameters:
  ///   - request: The request.
  ///   - lift: Turns a number into one of the arithmetic. Its name is that of the option without the dash, and for one of
  ///     several numbers followed by the component, as in `cell.alpha`.
  package init(_ request: Physics.SimulationRequest, _ lift: (_ name: String, _ value: Double) -> Number) {
    self.init()
    liftCrystal(request, lift)
    liftDetector(request, lift)
    liftBeam(request, lift)
    liftSampling(request, lift)
    (oversample, oversampleThick) = (request.oversample, request.oversampleThick)
    (oversamplePolar, oversampleOmega) = (request.oversamplePolar, request.oversampleOmega)
    (region, mask, phiSteps) = (request.region, request.mask, request.phiSteps)
    (mosaicSeed, missetSeed) = (request.mosaicSeed, request.missetSeed)
    (noiseSeed, clockSeed) = (request.noiseSeed, request.clockSeed)
  }

  private mutating func liftCrystal(_ request: Physics.SimulationRequest, _ lift: (String, Double) -> Number) {
    (cellsA, cellsB, cellsC) = (request.cellsA, request.cellsB, request.cellsC)
    let usual = RequestDefaults.cells
    continuousCells = Formulas.Vector3(
      lift("Na", Double(request.cellsA ?? usual)), lift("Nb", Double(request.cellsB ?? usual)),
      lift("Nc", Double(request.cellsC ?? usual)))
    cell = zip(["a", "b", "c", "alpha", "beta", "gamma"], request.cell).map { lift("cell.\($0)", $1) }
    matrix = request.matrix.map { given in
      Formulas.OrientationMatrix(
        unchecked: given.values.enumerated().map { lift("mat.\($0 + 1)", $1) }, source: given.source)
    }
    switch request.misset {
    case nil: break
    case .angles(let angles): misset = .angles(Formulas.Vector3("misset", angles, lift))
    case .random: misset = .random
    }
    sampleX = request.sampleX.map { lift("samplesize.x", $0) }
    sampleY = request.sampleY.map { lift("samplesize.y", $0) }
    sampleZ = request.sampleZ.map { lift("samplesize.z", $0) }
    switch request.structureFactors {
    case nil: break
    case .list(let list, let file): structureFactors = .list(list, file: file)
    case .table(let table): structureFactors = .table(Formulas.StructureFactors(table))
    }
    defaultAmplitude = request.defaultAmplitude.map { lift("default_F", $0) }
    mosaicSpread = request.mosaicSpread.map { lift("mosaic", $0) }
    mosaicDomains = request.mosaicDomains
    (shape, interpolate) = (request.shape, request.interpolate)
    fudge = request.fudge.map { lift("fudge", $0) }
  }

  private mutating func liftDetector(_ request: Physics.SimulationRequest, _ lift: (String, Double) -> Number) {
    placements = request.placements.map { (Formulas.PlacementStatement($0.statement, lift), $0.isFromHeader) }
    headerPose = request.headerPose.map { Formulas.HeaderPose($0, lift) }
    detectorFast = request.detectorFast.map { lift("detsize.fast", $0) }
    detectorSlow = request.detectorSlow.map { lift("detsize.slow", $0) }
    (pixelsFast, pixelsSlow) = (request.pixelsFast, request.pixelsSlow)
    pixelSize = request.pixelSize.map { Formulas.Length("pixel", $0, lift) }
    (curved, pointPixels, sensorLayers) = (request.curved, request.pointPixels, request.sensorLayers)
    sensor = request.sensor.map { statement in
      switch statement {
      case .attenuationDepth(let value): .attenuationDepth(lift("detector_abs", value))
      case .thickness(let value): .thickness(lift("detector_thick", value))
      }
    }
  }

  private mutating func liftBeam(_ request: Physics.SimulationRequest, _ lift: (String, Double) -> Number) {
    switch request.wavelength {
    case nil: break
    case .angstroms(let value): wavelength = .angstroms(lift("lambda", value))
    case .electronVolts(let value): wavelength = .electronVolts(lift("energy", value))
    }
    photons = request.photons.map { statement in
      switch statement {
      case .fluence(let value): .fluence(lift("fluence", value))
      case .flux(let value): .flux(lift("flux", value))
      }
    }
    exposure = request.exposure.map { lift("exposure", $0) }
    beamSize = request.beamSize.map { lift("beamsize", $0) }
    kahnFactor = request.kahnFactor.map { lift("polar", $0) }
    noPolarization = request.noPolarization
    dispersion = request.dispersion.map { lift("dispersion", $0) }
    dispersionSteps = request.dispersionSteps
    horizontal = Formulas.DivergenceRequest("h", request.horizontal, lift)
    vertical = Formulas.DivergenceRequest("v", request.vertical, lift)
    squareDivergence = request.squareDivergence
    sources = request.sources.map { lines in
      lines.enumerated().map { index, line in
        func number(_ column: String, _ value: Double?) -> Number? {
          value.map { lift("sourcefile.\(index + 1).\(column)", $0) }
        }
        return Formulas.SourceLine(
          x: number("x", line.x), y: number("y", line.y), z: number("z", line.z),
          weight: number("weight", line.weight), wavelength: number("lambda", line.wavelength))
      }
    }
    water = request.water.map { lift("water", $0) }
  }

  private mutating func liftSampling(_ request: Physics.SimulationRequest, _ lift: (String, Double) -> Number) {
    phi = request.phi.map { lift("phi", $0) }
    oscillation = request.oscillation.map { lift("osc", $0) }
    phiStep = request.phiStep.map { lift("phistep", $0) }
    resolutionLimit = request.resolutionLimit.map { lift("dmin", $0) }
  }
}

extension Formulas.Vector3 {
  fileprivate init(_ name: String, _ vector: Physics.Vector3, _ lift: (String, Double) -> Number) {
    self.init(lift("\(name).x", vector.x), lift("\(name).y", vector.y), lift("\(name).z", vector.z))
  }
}

extension Formulas.DivergenceRequest {
  fileprivate init(_ axis: String, _ request: Physics.DivergenceRequest, _ lift: (String, Double) -> Number) {
    self.init()
    range = request.range.map { lift("\(axis)divrange", $0) }
    step = request.step.map { lift("\(axis)divstep", $0) }
    count = request.count
  }
}

extension Formulas.Length {
  fileprivate init(_ name: String, _ length: Physics.Length, _ lift: (String, Double) -> Number) {
    switch length {
    case .millimetres(let value): self = .millimetres(lift(name, value))
    case .metres(let value): self = .metres(lift(name, value))
    }
  }
}

extension Formulas.BeamCentreY {
  fileprivate init(_ centre: Physics.BeamCentreY, _ lift: (String, Double) -> Number) {
    switch centre {
    case .fromOrigin(let length): self = .fromOrigin(Formulas.Length("Ybeam", length, lift))
    case .fromFarEdge(let value, let pixelSize, let pixels):
      self = .fromFarEdge(lift("Ybeam", value), pixelSize: Number(pixelSize), pixels: pixels)
    }
  }
}

extension FrameVector {
  /// The option that gives the vector, without the dash.
  fileprivate var option: String {
    switch self {
    case .beam: "beam_vector"
    case .fast: "fdet_vector"
    case .slow: "sdet_vector"
    case .normal: "odet_vector"
    case .twoTheta: "twotheta_axis"
    case .polarization: "polar_vector"
    case .spindle: "spindle_axis"
    }
  }
}

extension Formulas.GivenVectors {
  fileprivate init(_ vectors: Physics.GivenVectors, _ lift: (String, Double) -> Number) {
    self.init()
    for vector in FrameVector.allCases {
      self[vector] = vectors[vector].map { Formulas.Vector3(vector.option, $0, lift) }
    }
  }
}

extension Formulas.PlacementStatement {
  fileprivate init(_ statement: Physics.PlacementStatement, _ lift: (String, Double) -> Number) {
    self =
      switch statement {
      case .convention(let convention): .convention(convention)
      case .vector(let vector, let value): .vector(vector, Formulas.Vector3(vector.option, value, lift))
      case .pivot(let pivot): .pivot(pivot)
      case .xBeam(let value): .xBeam(Formulas.Length("Xbeam", value, lift))
      case .yBeam(let value): .yBeam(Formulas.BeamCentreY(value, lift))
      case .xClose(let value): .xClose(Formulas.Length("Xclose", value, lift))
      case .yClose(let value): .yClose(Formulas.Length("Yclose", value, lift))
      case .originX(let value): .originX(lift("ORGX", value))
      case .originY(let value): .originY(lift("ORGY", value))
      case .corner(let value): .corner(Formulas.Vector3("pix0_vector", value, lift))
      case .distance(let value): .distance(Formulas.Length("distance", value, lift))
      case .closeDistance(let value): .closeDistance(Formulas.Length("close_distance", value, lift))
      case .twoTheta(let value): .twoTheta(lift("twotheta", value))
      case .rotationX(let value): .rotationX(lift("detector_rotx", value))
      case .rotationY(let value): .rotationY(lift("detector_roty", value))
      case .rotationZ(let value): .rotationZ(lift("detector_rotz", value))
      }
  }
}

extension Formulas.DetectorPlacement.Position {
  fileprivate init(_ position: Physics.DetectorPlacement.Position, _ lift: (String, Double) -> Number) {
    self.init()
    centre = Formulas.DetectorPlacement.Centre(
      xBeam: position.centre.xBeam.map { Formulas.Length("Xbeam", $0, lift) },
      yBeam: position.centre.yBeam.map { Formulas.BeamCentreY($0, lift) },
      xClose: position.centre.xClose.map { Formulas.Length("Xclose", $0, lift) },
      yClose: position.centre.yClose.map { Formulas.Length("Yclose", $0, lift) },
      originX: position.centre.originX.map { lift("ORGX", $0) },
      originY: position.centre.originY.map { lift("ORGY", $0) })
    corner = position.corner.map { Formulas.Vector3("pix0_vector", $0, lift) }
    distance = position.distance.map { Formulas.Length("distance", $0, lift) }
    closeDistance = position.closeDistance.map { Formulas.Length("close_distance", $0, lift) }
    twoTheta = position.twoTheta.map { lift("twotheta", $0) }
    // A rotation that nobody stated is the constant zero.
    func rotation(_ name: String, _ angle: Double) -> Number { angle == 0 ? 0 : lift(name, angle) }
    rotations = Formulas.Vector3(
      rotation("detector_rotx", position.rotations.x), rotation("detector_roty", position.rotations.y),
      rotation("detector_rotz", position.rotations.z))
    vectors = Formulas.GivenVectors(position.vectors, lift)
    namedPivot = position.namedPivot
  }
}

extension Formulas.HeaderPose {
  fileprivate init(_ pose: Physics.HeaderPose, _ lift: (String, Double) -> Number) {
    self.init(
      vectors: Formulas.GivenVectors(pose.vectors, lift), origin: Formulas.Vector3("pix0_vector", pose.origin, lift),
      position: Formulas.DetectorPlacement.Position(pose.position, lift), holdsInBoth: pose.holdsInBoth)
  }
}
