extension Formulas.SimulationRequest {
  /// Refuses wavelengths, pixel sizes, distances and fudge factors that no simulation can use.
  func checkNumbers(_ compatibility: Compatibility) throws(ExperimentError) {
    if case .angstroms(let value) = wavelength, !(value > 0) {
      throw ExperimentError.wavelengthNotPositive(value.approximation)
    }
    if let size = pixelSize?.millimetres, !(size > 0) { throw ExperimentError.pixelSizeNotPositive(size.approximation) }
    let position = placement.position
    let (distance, closeDistance) = (position.distance?.millimetres, position.closeDistance?.millimetres)
    if distance == 0 { throw ExperimentError.distanceZero }
    if closeDistance == 0 { throw ExperimentError.closeDistanceZero }
    if let fudge, let complaint = (shape ?? .square).law.complaint(aboutFudge: fudge.approximation) {
      throw ExperimentError.fudge(fudge.approximation, problem: complaint)
    }
    guard !compatibility.has(.negativeDistance) else { return }
    if let distance, distance < 0 { throw ExperimentError.distanceNegative(distance.approximation) }
    if let closeDistance, closeDistance < 0 { throw ExperimentError.closeDistanceNegative(closeDistance.approximation) }
  }

  /// The size of the crystal in m, cut down to the beam along y and z (docs/reference/10-command-line.md §4.3); zero
  /// along an axis without a given size.
  func clippedSample(_ remarks: inout [ExperimentRemark]) -> Formulas.Vector3 {
    let beam = (beamSize ?? Formulas.RequestDefaults.beamSize) / 1000
    let size = Formulas.Vector3((sampleX ?? 0) / 1000, (sampleY ?? 0) / 1000, (sampleZ ?? 0) / 1000)
    guard beam >= 0 else { return size }
    let clipped = Formulas.Vector3(size.x, min(size.y, beam), min(size.z, beam))
    if clipped != size {
      remarks.append(.crystalCut(beamSize: (beam * 1000).approximation))
    }
    return clipped
  }

  /// The fluence, in photons/m² (docs/reference/10-command-line.md §4.2): as given, or flux × exposure / beam size².
  func resolvedFluence(
    _ compatibility: Compatibility, _ remarks: inout [ExperimentRemark]
  ) throws(ExperimentError) -> Number {
    let (fluence, flux, isFluenceLast) = photonNumbers
    let given = fluence ?? Formulas.Constants.defaultFluence
    let (exposure, size) = (
      exposure ?? Formulas.RequestDefaults.exposure, (beamSize ?? Formulas.RequestDefaults.beamSize) / 1000
    )
    guard let flux, flux != 0, exposure > 0, size >= 0 else { return given }
    guard size > 0 else {
      throw ExperimentError.beamSizeZero
    }
    if fluence != nil {
      if isFluenceLast && !compatibility.has(.fluxOverridesFluence) {
        remarks.append(.fluenceWins)
        return given
      }
      remarks.append(.fluxWins)
    }
    return flux * exposure / size / size
  }

  /// The source points, from the source file or from the grid of divergence and dispersion.
  func resolvedSources(
    _ vectors: Formulas.FrameVectors, wavelength: Number, _ compatibility: Compatibility
  ) throws(ExperimentError) -> (points: [Formulas.Source], grid: Formulas.SourceGrid) {
    let (points, grid) = try sourcePoints(vectors, wavelength: wavelength, compatibility)
    for (index, point) in points.enumerated() {
      guard point.wavelength > 0, point.wavelength.isFinite, point.position.length.isFinite else {
        throw ExperimentError.unusableSource(
          number: index + 1, wavelength: point.wavelength.approximation,
          position: point.position.approximation.components,
          isFromFile: sources != nil)
      }
    }
    let isWeighted = sources == nil || points.contains { $0.weight > 0 } || compatibility.has(.sourceWeightsIgnored)
    guard !points.isEmpty, isWeighted else {
      throw ExperimentError.sourcesWithoutWeight
    }
    return (points, grid)
  }

  private func sourcePoints(
    _ vectors: Formulas.FrameVectors, wavelength: Number, _ compatibility: Compatibility
  ) throws(ExperimentError) -> (points: [Formulas.Source], grid: Formulas.SourceGrid) {
    func table(
      _ given: Formulas.DivergenceRequest, _ quantity: ExperimentError.SampledQuantity
    ) throws(ExperimentError) -> Formulas.SamplingTable {
      try Formulas.SamplingTable.divergence(
        count: given.count, range: given.range.map { $0 / 1000 }, step: given.step.map { $0 / 1000 }, of: quantity,
        compatibility)
    }
    let horizontalTable = try table(horizontal, .horizontalDivergence)
    let verticalTable = try table(vertical, .verticalDivergence)
    let dispersionTable = try Formulas.SamplingTable.dispersion(count: dispersionSteps, range: (dispersion ?? 0) / 100)
    var grid = Formulas.SourceGrid(horizontal: horizontalTable, vertical: verticalTable, dispersion: dispersionTable)
    if let sources {
      return (Formulas.SourceList.list(sources, beam: vectors.beam, wavelength: wavelength), grid)
    }
    let points = Double(horizontalTable.count) * Double(verticalTable.count) * Double(dispersionTable.count)
    guard points <= Double(Formulas.SamplingTable.countLimit) else {
      throw ExperimentError.tooManySources(points, limit: Formulas.SamplingTable.countLimit)
    }
    grid.layOut(round: !squareDivergence, centred: !compatibility.has(.gridNotCentred))
    let list = Formulas.SourceList.points(
      of: grid, beam: vectors.beam, polarizationAxis: vectors.polarization,
      verticalAxis: vectors.beam.cross(vectors.polarization).normalized, wavelength: wavelength)
    guard !list.isEmpty else {
      throw ExperimentError.divergenceTrimmedAway
    }
    return (list, grid)
  }

  /// The structure factors of the list or cache, or the default amplitude at all indices.
  func resolvedStructureFactors() throws(ExperimentError) -> Formulas.StructureFactors {
    switch structureFactors {
    case .list(let list, let file):
      return try Formulas.StructureFactors(list, defaultAmplitude: defaultAmplitude ?? 0, source: file)
    case .table(let table): return table
    case nil:
      guard let defaultAmplitude, defaultAmplitude != 0 else {
        throw ExperimentError.noStructureFactors
      }
      return Formulas.StructureFactors(defaultAmplitude: defaultAmplitude)
    }
  }

  /// The rendered region. Negative bounds are replaced by the edges of the image; the upper edges are one beyond the
  /// last pixel.
  func resolvedRegion(fastPixels: Int, slowPixels: Int) -> PixelRegion {
    func bound(_ given: Int?, _ edge: Int) -> Int { given.flatMap { $0 < 0 ? nil : $0 } ?? edge }
    let bounds = PixelBounds(
      fast: (bound(region?.fastMinimum, 0), bound(region?.fastMaximum, fastPixels)),
      slow: (bound(region?.slowMinimum, 0), bound(region?.slowMaximum, slowPixels)))
    return PixelRegion(bounds: bounds, fastPixels: fastPixels, slowPixels: slowPixels)
  }

  /// The mask, which must cover the image; nil if none was given.
  func resolvedMask(fastPixels: Int, slowPixels: Int) throws(ExperimentError) -> PixelMask? {
    guard let mask else { return nil }
    guard mask.isComputed.count >= fastPixels * slowPixels else {
      throw ExperimentError.maskTooSmall(
        pixels: mask.isComputed.count, fastPixels: fastPixels, slowPixels: slowPixels)
    }
    return mask
  }
}
