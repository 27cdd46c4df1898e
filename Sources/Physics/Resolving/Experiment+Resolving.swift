extension Experiment {
  /// Fills in omitted values and refuses impossible values, in the order of docs/reference/00-overview.md §5.
  /// - Parameters:
  ///   - request: The user's request.
  ///   - compatibility: The compatibility that the numbers agree with.
  /// - Throws: `ExperimentError` naming the quantity and the value.
  public init(resolving request: SimulationRequest, compatibility: Compatibility) throws(ExperimentError) {
    var remarks: [ExperimentRemark] = []
    var generator = UniformDeviates()
    try request.checkNumbers(compatibility)
    let placement = request.headerPose.map { $0.applied(to: request.placement, compatibility) } ?? request.placement
    let wavelength = (request.wavelength ?? .angstroms(RequestDefaults.wavelength)).metres
    let frame = try ResolvedFrame(request, placement, compatibility, &remarks)
    let detector = try Detector(request, placement, frame, compatibility)
    let orientation = try Lattice.oriented(request, wavelength: wavelength, compatibility, &generator, &remarks)
    let lattice = orientation.lattice
    let cells = CellCounts(request)
    let counts = try cells.resolved(sample: request.clippedSample(&remarks), lattice: lattice)
    let oversample = try Sampling.subPixels(
      request.oversample, counts: counts, lattice: lattice, wavelength: wavelength, detector: detector)
    let factors = try request.resolvedStructureFactors()
    let wantsInterpolation =
      compatibility.has(.interpolationBeforeSize) ? cells.wantsInterpolation : CellCounts.areFew(counts)
    let fluence = try request.resolvedFluence(compatibility, &remarks)
    let (sources, grid) = try request.resolvedSources(frame.vectors, wavelength: wavelength, compatibility)
    let beam = Beam(
      request, frame, wavelength: wavelength, fluence: fluence, sources: sources, grid: grid, compatibility)
    let mosaic = SamplingTable.mosaic(count: request.mosaicDomains, spread: request.mosaicSpread.map(Self.radians))
    let sampling = try Sampling(
      request, oversample: oversample, sources: beam.sources.count, domains: mosaic.count,
      layers: detector.sensor.layerCount, compatibility)

    self.compatibility = compatibility
    self.detector = detector
    self.beam = beam
    self.sampling = sampling
    let water = (request.water ?? 0) / 1e6
    self.crystal = Crystal(
      lattice: lattice, cell: orientation.cell,
      form: CrystalForm(
        shape: request.shape ?? .square, cells: counts, fudge: request.fudge ?? RequestDefaults.fudge,
        reciprocal: lattice.reciprocal,
        widthFromProduct: compatibility.has(.spotWidthFromProduct),
        unreducedPhases: compatibility.has(.unreducedPhases)),
      spindle: frame.vectors.spindle,
      domains: Self.domains(mosaic, seed: request.mosaicSeed, compatibility, &generator),
      mosaicSpread: mosaic.range, misset: orientation.misset,
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
    _ table: SamplingTable, seed: Int?, _ compatibility: Compatibility, _ generator: inout UniformDeviates
  ) -> [Matrix3] {
    var stream = stream(seed ?? RequestDefaults.mosaicSeed, compatibility)
    return (0..<table.count).map { index in
      let drawn = CapRotation.draw(limit: table.range, from: &generator, stream: &stream)
      return index == 0 ? .identity : drawn
    }
  }

  static func radians(_ degrees: Double) -> Double { degrees / Constants.degreesPerRadian }

  /// The initial state of a random stream: the negated seed (docs/reference/60-random-numbers.md §1).
  static func stream(_ seed: Int, _ compatibility: Compatibility) -> Int {
    compatibility.has(.negativeSeeds) ? -seed : -abs(seed)
  }

  private static func background(water: Double, fluence: Double) -> Double {
    Constants.waterStructureFactor * Constants.waterStructureFactor * Constants.electronRadiusSquared * fluence
      * water * water * water * 1e6 * Constants.avogadro / Constants.waterMolecularWeight
  }
}

extension Beam {
  fileprivate init(
    _ request: SimulationRequest, _ frame: ResolvedFrame, wavelength: Double, fluence: Double, sources: [Source],
    grid: SourceGrid, _ compatibility: Compatibility
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
    let count = Double(sources.count)
    sourceFactors = sources.map { source in
      compatibility.has(.sourceWeightsIgnored) || areEqual ? 1 : source.weight * count / total
    }
  }
}

extension Sampling {
  /// - Throws: `ExperimentError` if a count exceeds its limit.
  fileprivate init(
    _ request: SimulationRequest, oversample: Int, sources: Int, domains: Int, layers: Int,
    _ compatibility: Compatibility
  ) throws(ExperimentError) {
    phiTable = try SamplingTable.phi(
      count: request.phiSteps, oscillation: request.oscillation.map(Experiment.radians),
      step: request.phiStep.map(Experiment.radians), compatibility)
    for (quantity, count) in [
      (ExperimentError.SampledQuantity.mosaicDomains, domains), (.phi, phiTable.count), (.sensorLayers, layers),
    ] where count > SamplingTable.countLimit {
      throw ExperimentError.countTooLarge(quantity, count: count, limit: SamplingTable.countLimit)
    }
    steps = try Self.product([sources, domains, phiTable.count, oversample, oversample])
    self.oversample = oversample
    let noPolarWins = request.noPolarization && !compatibility.has(.oversamplePolarDefeatsNoPolar)
    thick = request.oversampleThick
    polar = request.oversamplePolar && !noPolarWins
    omega = request.oversampleOmega
    let (start, step) = (Experiment.radians(request.phi ?? 0), phiTable.step)
    phiStart = start
    phi = (0..<phiTable.count).map { start + step * Double($0) }
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
