extension SimulationRequest {
  /// Refuses wavelengths, pixel sizes, distances and fudge factors that no simulation can use.
  func checkNumbers(_ compatibility: Compatibility) throws(ExperimentError) {
    if case .angstroms(let value) = wavelength, !(value > 0) { throw ExperimentError.wavelengthNotPositive(value) }
    if let size = pixelSize?.millimetres, !(size > 0) { throw ExperimentError.pixelSizeNotPositive(size) }
    let position = placement.position
    let (distance, closeDistance) = (position.distance?.millimetres, position.closeDistance?.millimetres)
    if distance == 0 { throw ExperimentError.distanceZero }
    if closeDistance == 0 { throw ExperimentError.closeDistanceZero }
    if let fudge, let complaint = (shape ?? .square).law.complaint(aboutFudge: fudge) {
      throw ExperimentError.fudge(fudge, problem: complaint)
    }
    guard !compatibility.has(.negativeDistance) else { return }
    if let distance, distance < 0 { throw ExperimentError.distanceNegative(distance) }
    if let closeDistance, closeDistance < 0 { throw ExperimentError.closeDistanceNegative(closeDistance) }
  }

  /// The size of the crystal in m, cut down to the beam along y and z (docs/reference/10-command-line.md §4.3); zero
  /// along an axis without a given size.
  func clippedSample(_ remarks: inout [ExperimentRemark]) -> Vector3 {
    let beam = (beamSize ?? RequestDefaults.beamSize) / 1000
    let size = Vector3((sampleX ?? 0) / 1000, (sampleY ?? 0) / 1000, (sampleZ ?? 0) / 1000)
    guard beam >= 0 else { return size }
    let clipped = Vector3(size.x, min(size.y, beam), min(size.z, beam))
    if clipped != size {
      remarks.append(.crystalCut(beamSize: beam * 1000))
    }
    return clipped
  }

  /// The fluence, in photons/m² (docs/reference/10-command-line.md §4.2): as given, or flux × exposure / beam size².
  func resolvedFluence(
    _ compatibility: Compatibility, _ remarks: inout [ExperimentRemark]
  ) throws(ExperimentError) -> Double {
    let (fluence, flux, isFluenceLast) = photonNumbers
    let given = fluence ?? Constants.defaultFluence
    let (exposure, size) = (exposure ?? RequestDefaults.exposure, (beamSize ?? RequestDefaults.beamSize) / 1000)
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
    _ vectors: FrameVectors, wavelength: Double, _ compatibility: Compatibility
  ) throws(ExperimentError) -> (points: [Source], grid: SourceGrid) {
    let (points, grid) = try sourcePoints(vectors, wavelength: wavelength, compatibility)
    for (index, point) in points.enumerated() {
      guard point.wavelength > 0, point.wavelength.isFinite, point.position.length.isFinite else {
        throw ExperimentError.unusableSource(
          number: index + 1, wavelength: point.wavelength, position: point.position.components,
          isFromFile: sources != nil)
      }
    }
    guard sources == nil || points.contains(where: { $0.weight > 0 }) || compatibility.has(.sourceWeightsIgnored) else {
      throw ExperimentError.sourcesWithoutWeight
    }
    return (points, grid)
  }

  private func sourcePoints(
    _ vectors: FrameVectors, wavelength: Double, _ compatibility: Compatibility
  ) throws(ExperimentError) -> (points: [Source], grid: SourceGrid) {
    func table(
      _ given: DivergenceRequest, _ quantity: ExperimentError.SampledQuantity
    ) throws(ExperimentError) -> SamplingTable {
      try SamplingTable.divergence(
        count: given.count, range: given.range.map { $0 / 1000 }, step: given.step.map { $0 / 1000 }, of: quantity,
        compatibility)
    }
    let horizontalTable = try table(horizontal, .horizontalDivergence)
    let verticalTable = try table(vertical, .verticalDivergence)
    let dispersionTable = try SamplingTable.dispersion(count: dispersionSteps, range: (dispersion ?? 0) / 100)
    var grid = SourceGrid(horizontal: horizontalTable, vertical: verticalTable, dispersion: dispersionTable)
    if let sources {
      return (SourceList.list(sources, beam: vectors.beam, wavelength: wavelength), grid)
    }
    let points = Double(horizontalTable.count) * Double(verticalTable.count) * Double(dispersionTable.count)
    guard points <= Double(SamplingTable.countLimit) else {
      throw ExperimentError.tooManySources(points, limit: SamplingTable.countLimit)
    }
    grid.layOut(round: !squareDivergence, centred: !compatibility.has(.gridNotCentred))
    let list = SourceList.points(
      of: grid, beam: vectors.beam, polarizationAxis: vectors.polarization,
      verticalAxis: vectors.beam.cross(vectors.polarization).normalized, wavelength: wavelength)
    guard !list.isEmpty else {
      throw ExperimentError.divergenceTrimmedAway
    }
    return (list, grid)
  }

  /// The structure factors of the list or cache, or the default amplitude at all indices.
  func resolvedStructureFactors() throws(ExperimentError) -> StructureFactors {
    switch structureFactors {
    case .list(let list, let file):
      return try StructureFactors(list, defaultAmplitude: defaultAmplitude ?? 0, source: file)
    case .table(let table): return table
    case nil:
      guard let defaultAmplitude, defaultAmplitude != 0 else {
        throw ExperimentError.noStructureFactors
      }
      return StructureFactors(defaultAmplitude: defaultAmplitude)
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
