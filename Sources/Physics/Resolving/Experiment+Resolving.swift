extension Formulas.Experiment {
  /// Fills in omitted values and refuses impossible values, in the order of docs/reference/00-overview.md §5.
  /// - Parameters:
  ///   - request: The user's request.
  ///   - compatibility: The compatibility that the numbers agree with.
  /// - Throws: `ExperimentError` naming the quantity and the value.
  public init(resolving request: Formulas.SimulationRequest, compatibility: Compatibility) throws(ExperimentError) {
    var remarks: [ExperimentRemark] = []
    var generator = UniformDeviates()
    try request.checkNumbers(compatibility)
    let placement = request.headerPose.map { $0.applied(to: request.placement, compatibility) } ?? request.placement
    let wavelength = (request.wavelength ?? .angstroms(Formulas.RequestDefaults.wavelength)).metres
    let frame = try Formulas.ResolvedFrame(request, placement, compatibility, &remarks)
    let detector = try Formulas.Detector(request, placement, frame, compatibility)
    let orientation = try Formulas.Lattice.oriented(
      request, wavelength: wavelength, compatibility, &generator, &remarks)
    let lattice = orientation.lattice
    let cells = Formulas.CellCounts(request)
    let counts = try cells.resolved(sample: request.clippedSample(&remarks), lattice: lattice)
    let oversample = try Formulas.Sampling.subPixels(
      request.oversample, counts: counts, lattice: lattice, wavelength: wavelength, detector: detector)
    let factors = try request.resolvedStructureFactors()
    let wantsInterpolation =
      compatibility.has(.interpolationBeforeSize) ? cells.wantsInterpolation : Formulas.CellCounts.areFew(counts)
    let fluence = try request.resolvedFluence(compatibility, &remarks)
    let (sources, grid) = try request.resolvedSources(frame.vectors, wavelength: wavelength, compatibility)
    let beam = Formulas.Beam(
      request, frame, wavelength: wavelength, fluence: fluence, sources: sources, grid: grid, compatibility)
    let mosaic = Formulas.SamplingTable.mosaic(
      count: request.mosaicDomains, spread: request.mosaicSpread.map(Self.radians))
    let sampling = try Formulas.Sampling(
      request, oversample: oversample, sources: beam.sources.count, domains: mosaic.count,
      layers: detector.sensor.layerCount, compatibility)

    self.compatibility = compatibility
    self.detector = detector
    self.beam = beam
    self.sampling = sampling
    let water = (request.water ?? 0) / 1e6
    self.crystal = Formulas.Crystal(
      lattice: lattice, cell: orientation.cell,
      form: Formulas.CrystalForm(
        shape: request.shape ?? .square, cells: counts, fudge: request.fudge ?? Formulas.RequestDefaults.fudge,
        reciprocal: lattice.reciprocal,
        widthFromProduct: compatibility.has(.spotWidthFromProduct),
        unreducedPhases: compatibility.has(.unreducedPhases)),
      spindle: frame.vectors.spindle,
      domains: Self.domains(mosaic, seed: request.mosaicSeed, compatibility, &generator),
      mosaicSpread: mosaic.spread, misset: orientation.misset,
      background: Self.background(water: water, fluence: fluence), waterThickness: water)
    self.structureFactors = factors
    self.interpolates = factors.count > 0 && (request.interpolate ?? wantsInterpolation)
    self.region = request.resolvedRegion(fastPixels: detector.fastPixels, slowPixels: detector.slowPixels)
    self.mask = try request.resolvedMask(fastPixels: detector.fastPixels, slowPixels: detector.slowPixels)
    self.generator = generator
    self.noiseStream = Self.stream(request.noiseSeed ?? request.clockSeed, compatibility)
    self.remarks = remarks
  }

  /// The rotation matrices of the mosaic domains. The rotation of the first domain is drawn, too, and then replaced by
  /// the identity (docs/reference/30-crystal.md §10).
  private static func domains(
    _ mosaic: (count: Int, spread: Number), seed: Int?, _ compatibility: Compatibility,
    _ generator: inout UniformDeviates
  ) -> [Formulas.Matrix3] {
    var stream = stream(seed ?? Formulas.RequestDefaults.mosaicSeed, compatibility)
    return (0..<mosaic.count).map { index in
      let drawn = Formulas.CapRotation.draw(limit: mosaic.spread, from: &generator, stream: &stream)
      return index == 0 ? .identity : drawn
    }
  }

  static func radians(_ degrees: Number) -> Number { degrees / Formulas.Constants.degreesPerRadian }

  /// The initial state of a random stream: the negated seed (docs/reference/60-random-numbers.md §1).
  static func stream(_ seed: Int, _ compatibility: Compatibility) -> Int {
    compatibility.has(.negativeSeeds) ? -seed : -abs(seed)
  }

  private static func background(water: Number, fluence: Number) -> Number {
    Formulas.Constants.waterStructureFactor * Formulas.Constants.waterStructureFactor
      * Formulas.Constants.electronRadiusSquared * fluence
      * water * water * water * 1e6 * Formulas.Constants.avogadro / Formulas.Constants.waterMolecularWeight
  }
}

extension Formulas.Beam {
  fileprivate init(
    _ request: Formulas.SimulationRequest, _ frame: Formulas.ResolvedFrame, wavelength: Number, fluence: Number,
    sources: [Formulas.Source],
    grid: Formulas.SourceGrid, _ compatibility: Compatibility
  ) {
    direction = frame.vectors.beam
    polarizationAxis = frame.vectors.polarization
    kahnFactor = request.kahnFactor ?? 0
    isPolarized = !request.noPolarization
    self.wavelength = wavelength
    self.fluence = fluence
    self.sources = sources
    self.grid = grid
    let total = sources.reduce(0) { $0 + $1.weight }
    // Equal weights become factors of exactly 1, which avoids rounding errors.
    let areEqual = sources.allSatisfy { $0.weight == sources[0].weight }
    let count = Number(sources.count)
    sourceFactors = sources.map { source in
      compatibility.has(.sourceWeightsIgnored) || areEqual ? 1 : source.weight * count / total
    }
  }
}

extension Formulas.Sampling {
  /// - Throws: `ExperimentError` if a count exceeds its limit.
  fileprivate init(
    _ request: Formulas.SimulationRequest, oversample: Int, sources: Int, domains: Int, layers: Int,
    _ compatibility: Compatibility
  ) throws(ExperimentError) {
    phiTable = try Formulas.SamplingTable.phi(
      count: request.phiSteps, oscillation: request.oscillation.map(Formulas.Experiment.radians),
      step: request.phiStep.map(Formulas.Experiment.radians), compatibility)
    for (quantity, count) in [
      (ExperimentError.SampledQuantity.mosaicDomains, domains), (.phi, phiTable.count), (.sensorLayers, layers),
    ] where count > Formulas.SamplingTable.countLimit {
      throw ExperimentError.countTooLarge(quantity, count: count, limit: Formulas.SamplingTable.countLimit)
    }
    steps = try Self.product([sources, domains, phiTable.count, oversample, oversample])
    self.oversample = oversample
    let noPolarWins = request.noPolarization && !compatibility.has(.oversamplePolarDefeatsNoPolar)
    thick = request.oversampleThick
    polar = request.oversamplePolar && !noPolarWins
    omega = request.oversampleOmega
    let (start, step) = (Formulas.Experiment.radians(request.phi ?? 0), phiTable.step)
    phiStart = start
    phi = (0..<phiTable.count).map { start + step * Number($0) }
    resolutionLimit = (request.resolutionLimit ?? 0) * 1e-10
  }

  private static func product(_ factors: [Int]) throws(ExperimentError) -> Int {
    var product = 1
    for factor in factors {
      let (result, overflow) = product.multipliedReportingOverflow(by: factor)
      guard !overflow, result <= Int(Int32.max) else {
        throw ExperimentError.tooManyStepsInPixel(limit: Int(Int32.max))
      }
      product = result
    }
    return product
  }
}
