extension Experiment {
  /// Fills in what the user left open and checks what cannot be, in the order of spec/00 §5.
  /// - Parameters:
  ///   - request: What the user said.
  ///   - compatibility: What the numbers are to agree with.
  /// - Throws: `RequestError` naming the flag, the value and the remedy.
  public init(resolving request: SimulationRequest, compatibility: Compatibility) throws(RequestError) {
    var notes: [String] = []
    try request.checkNumbers(compatibility)
    request.noteDistances(compatibility, &notes)
    let wavelength = request.wavelength ?? 1e-10
    let frame = try ResolvedFrame(request, compatibility, &notes)
    let phiTable = try SamplingTable.phi(
      count: request.phiSteps, oscillation: request.oscillation.map(Self.radians),
      step: request.phiStep.map(Self.radians), compatibility)
    let detector = try Detector(request, frame, compatibility)

    let cells = CellCounts(request)
    let interpolatesByOption = cells.wantsInterpolation
    var generator = UniformDeviates()
    let orientation = try Lattice.oriented(request, wavelength: wavelength, compatibility, &generator, &notes)
    let lattice = orientation.lattice
    let counts = try cells.resolved(
      sample: request.clippedSample(&notes), lattice: lattice)
    let oversample = try Sampling.subPixels(
      request.oversample, counts: counts, lattice: lattice, wavelength: wavelength, detector: detector)

    let factors = try request.resolvedStructureFactors()
    let automatic = compatibility.has(.interpolationBeforeSize) ? interpolatesByOption : CellCounts.areFew(counts)
    let sources = try request.resolvedSources(frame.vectors, wavelength: wavelength, compatibility)
    let mosaic = SamplingTable.mosaic(count: request.mosaicDomains, spread: request.mosaicSpread.map(Self.radians))
    for (flag, count) in [
      ("-mosaic_domains", mosaic.count), ("-phisteps", phiTable.count), ("-thicksteps", detector.sensor.layerCount),
    ] where count > SamplingTable.countLimit {
      throw RequestError(
        flag, value: "\(count)", "more than \(SamplingTable.countLimit) are not supported", remedy: "give fewer")
    }
    let steps = try Self.steps([sources.count, mosaic.count, phiTable.count, oversample, oversample])
    var mosaicStream = Self.stream(request.mosaicSeed ?? 12_345_678, compatibility)
    let domains = (0..<mosaic.count).map { index in
      let drawn = CapRotation.draw(limit: mosaic.range, from: &generator, stream: &mosaicStream)
      return index == 0 ? .identity : drawn
    }

    let fluence = try request.resolvedFluence(compatibility, &notes)
    let water = (request.water ?? 0) * 1e-6
    self.compatibility = compatibility
    self.detector = detector
    self.beam = Beam(
      direction: frame.vectors.beam, polarizationAxis: frame.vectors.polarization,
      kahnFactor: request.kahnFactor ?? 0, isPolarized: !request.noPolarization, wavelength: wavelength,
      fluence: fluence, sources: sources, sourceFactors: Self.sourceFactors(sources, compatibility))
    self.crystal = Crystal(
      lattice: lattice,
      form: CrystalForm(
        shape: request.shape ?? .square, cells: counts, fudge: request.fudge ?? 1, reciprocal: lattice.reciprocal,
        widthFromProduct: compatibility.has(.spotWidthFromProduct)),
      spindle: frame.vectors.spindle, domains: domains, mosaicSpread: mosaic.range, misset: orientation.misset,
      background: Self.background(water: water, fluence: fluence), waterThickness: water)
    self.structureFactors = factors
    self.interpolates = factors.count > 0 && (request.interpolate ?? automatic)
    let phiStart = Self.radians(request.phi ?? 0)
    let noPolarWins = request.noPolarization && !compatibility.has(.oversamplePolarDefeatsNoPolar)
    self.sampling = Sampling(
      oversample: oversample, thick: request.oversampleThick,
      polar: request.oversamplePolar && !noPolarWins, omega: request.oversampleOmega,
      phi: (0..<phiTable.count).map { phiStart + phiTable.step * Double($0) }, phiTable: phiTable,
      resolutionLimit: (request.resolutionLimit ?? 0) / 1e10,
      steps: steps)
    self.region = request.resolvedRegion(fastPixels: detector.fastPixels, slowPixels: detector.slowPixels)
    self.mask = try request.resolvedMask(fastPixels: detector.fastPixels, slowPixels: detector.slowPixels)
    self.generator = generator
    self.noiseStream = Self.stream(request.noiseSeed ?? request.clockSeed, compatibility)
    self.notes = notes
  }

  static func radians(_ degrees: Double) -> Double { degrees / Constants.degreesPerRadian }

  /// The initial state of a random stream: the negated seed (spec/60 §1).
  static func stream(_ seed: Int, _ compatibility: Compatibility) -> Int {
    compatibility.has(.negativeSeeds) ? -seed : -abs(seed)
  }

  private static func background(water: Double, fluence: Double) -> Double {
    Constants.waterStructureFactor * Constants.waterStructureFactor * Constants.thomsonCrossSection * fluence
      * water * water * water * 1e6 * Constants.avogadro / Constants.waterMolecularWeight
  }

  private static func sourceFactors(_ sources: [Source], _ compatibility: Compatibility) -> [Double] {
    let total = sources.reduce(0) { $0 + $1.weight }
    if compatibility.has(.sourceWeightsIgnored) || total == 0 { return sources.map { _ in 1 } }
    let equal = sources.allSatisfy { $0.weight == sources[0].weight }
    return sources.map { equal ? 1 : $0.weight * Double(sources.count) / total }
  }

  private static func steps(_ factors: [Int]) throws(RequestError) -> Int {
    var product = 1
    for factor in factors {
      let (result, overflow) = product.multipliedReportingOverflow(by: factor)
      guard !overflow, result <= Int(Int32.max) else {
        throw RequestError(
          "-oversample", "a pixel would take more than \(Int32.max) steps",
          remedy: "give fewer sources, mosaic domains, phi steps or sub-pixels")
      }
      product = result
    }
    return product
  }
}
