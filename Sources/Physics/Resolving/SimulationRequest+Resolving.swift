extension SimulationRequest {
  /// Refuses numbers that no simulation can use.
  func checkNumbers(_ compatibility: Compatibility) throws(RequestError) {
    if case .angstroms(let value) = wavelength { try Self.positive("-lambda", value, "wavelength", "Å") }
    try Self.positive("-pixel", pixelSize?.millimetres, "pixel size", "mm")
    let position = placement.position
    let (distance, closeDistance) = (position.distance?.millimetres, position.closeDistance?.millimetres)
    if let distance, distance == 0 {
      throw RequestError("-distance", value: "0", "the detector would be at the sample", remedy: "give it in mm")
    }
    if let closeDistance, closeDistance == 0 {
      throw RequestError(
        "-close_distance", value: "0", "the detector plane would contain the sample", remedy: "give it in mm")
    }
    if let fudge, let complaint = (shape ?? .square).law.complaint(aboutFudge: fudge) {
      throw RequestError("-fudge", value: "\(fudge)", complaint, remedy: "give a factor of 0 or more")
    }
    guard !compatibility.has(.negativeDistance) else { return }
    for (flag, value) in [("-distance", distance), ("-close_distance", closeDistance)] {
      guard let value, value < 0 else { continue }
      throw RequestError(
        flag, value: "\(value)", "the distance is negative",
        remedy: "give a positive distance, and turn -beam_vector or -odet_vector round if the detector is behind")
    }
  }

  private static func positive(
    _ flag: String, _ value: Double?, _ name: String, _ unit: String
  ) throws(RequestError) {
    guard let value, !(value > 0) else { return }
    throw RequestError(flag, value: "\(value)", "the \(name) must be positive", remedy: "give it in \(unit)")
  }

  /// The size of the crystal in m, cut down to the beam along y and z (spec/10 §4.3); zero where none was given.
  func clippedSample(_ notes: inout [String]) -> Vector3 {
    let beam = (beamSize ?? RequestDefaults.beamSize) / 1000
    let size = Vector3((sampleX ?? 0) / 1000, (sampleY ?? 0) / 1000, (sampleZ ?? 0) / 1000)
    guard beam >= 0 else { return size }
    let clipped = Vector3(size.x, min(size.y, beam), min(size.z, beam))
    if clipped != size {
      notes.append("the crystal is cut to the beam size of \(beam * 1000) mm along y and z, not along x (Q-48)")
    }
    return clipped
  }

  /// Photons per m² (spec/10 §4.2).
  func resolvedFluence(
    _ compatibility: Compatibility, _ notes: inout [String]
  ) throws(RequestError) -> Double {
    let (fluence, flux, isFluenceLast) = photonNumbers
    let given = fluence ?? Constants.defaultFluence
    let (exposure, size) = (exposure ?? RequestDefaults.exposure, (beamSize ?? RequestDefaults.beamSize) / 1000)
    guard let flux, flux != 0, exposure > 0, size >= 0 else { return given }
    guard size > 0 else {
      throw RequestError(
        "-beamsize", value: "0", "with -flux a beam of no size has an infinite fluence",
        remedy: "give the size in mm, or -fluence instead of -flux")
    }
    if fluence != nil {
      if isFluenceLast && !compatibility.has(.fluxOverridesFluence) {
        notes.append("-fluence was given after -flux and wins")
        return given
      }
      notes.append("-flux, -exposure and -beamsize override -fluence (Q-58)")
    }
    return flux * exposure / size / size
  }

  /// The source points: those of the file, or the grid of divergence and dispersion.
  func resolvedSources(
    _ vectors: FrameVectors, wavelength: Double, _ compatibility: Compatibility
  ) throws(RequestError) -> (points: [Source], grid: SourceGrid) {
    let (points, grid) = try sourcePoints(vectors, wavelength: wavelength, compatibility)
    for (index, point) in points.enumerated() {
      guard point.wavelength > 0, point.wavelength.isFinite, point.position.length.isFinite else {
        throw RequestError(
          sources == nil ? "-dispersion" : "-sourcefile",
          "source \(index + 1) has wavelength \(point.wavelength) m and position \(point.position.components)",
          remedy: "give positive wavelengths and finite positions; a dispersion must be below 200 percent")
      }
    }
    guard sources == nil || points.contains(where: { $0.weight > 0 }) || compatibility.has(.sourceWeightsIgnored) else {
      throw RequestError("-sourcefile", "all weights are zero", remedy: "give at least one positive weight")
    }
    return (points, grid)
  }

  private func sourcePoints(
    _ vectors: FrameVectors, wavelength: Double, _ compatibility: Compatibility
  ) throws(RequestError) -> (points: [Source], grid: SourceGrid) {
    func table(_ given: DivergenceRequest, _ flag: String) throws(RequestError) -> SamplingTable {
      try SamplingTable.divergence(
        count: given.count, range: given.range.map { $0 / 1000 }, step: given.step.map { $0 / 1000 }, flag: flag,
        compatibility)
    }
    let horizontalTable = try table(horizontal, "-hdivrange")
    let verticalTable = try table(vertical, "-vdivrange")
    let dispersionTable = try SamplingTable.dispersion(count: dispersionSteps, range: (dispersion ?? 0) / 100)
    var grid = SourceGrid(horizontal: horizontalTable, vertical: verticalTable, dispersion: dispersionTable)
    if let sources {
      return (SourceList.list(sources, beam: vectors.beam, wavelength: wavelength), grid)
    }
    let points = Double(horizontalTable.count) * Double(verticalTable.count) * Double(dispersionTable.count)
    guard points <= Double(SamplingTable.countLimit) else {
      throw RequestError(
        "-hdivsteps, -vdivsteps, -dispsteps", "the source would have \(points) points",
        remedy: "give fewer: \(SamplingTable.countLimit) are the limit")
    }
    grid.layOut(round: !squareDivergence, centred: !compatibility.has(.gridNotCentred))
    let list = SourceList.points(
      of: grid, beam: vectors.beam, polarizationAxis: vectors.polarization,
      verticalAxis: vectors.beam.cross(vectors.polarization).normalized, wavelength: wavelength)
    guard !list.isEmpty else {
      throw RequestError(
        "-divergence", "the elliptical trim removes every source point",
        remedy: "add -square_div, or give a finer step")
    }
    return (list, grid)
  }

  /// Structure factors from the list or cache, or the default everywhere.
  func resolvedStructureFactors() throws(RequestError) -> StructureFactors {
    switch structureFactors {
    case .list(let list, let file):
      return try StructureFactors(list, defaultAmplitude: defaultAmplitude ?? 0, source: file)
    case .table(let table): return table
    case nil:
      guard let defaultAmplitude, defaultAmplitude != 0 else {
        throw RequestError(
          "-hkl", "no structure factors: neither -hkl nor -default_F was given",
          remedy: "give -hkl with a reflection file, or -default_F with a number other than zero")
      }
      return StructureFactors(defaultAmplitude: defaultAmplitude)
    }
  }

  /// The rendered region; negative bounds stand for the edges, the upper ones one beyond the last pixel.
  func resolvedRegion(fastPixels: Int, slowPixels: Int) -> PixelRegion {
    func bound(_ given: Int?, _ edge: Int) -> Int { given.flatMap { $0 < 0 ? nil : $0 } ?? edge }
    let bounds = PixelBounds(
      fast: (bound(region?.fastMinimum, 0), bound(region?.fastMaximum, fastPixels)),
      slow: (bound(region?.slowMinimum, 0), bound(region?.slowMaximum, slowPixels)))
    return PixelRegion(bounds: bounds, fastPixels: fastPixels, slowPixels: slowPixels)
  }

  /// The mask, if it covers the image.
  func resolvedMask(fastPixels: Int, slowPixels: Int) throws(RequestError) -> PixelMask? {
    guard let mask else { return nil }
    guard mask.isComputed.count >= fastPixels * slowPixels else {
      throw RequestError(
        "-mask", "it has \(mask.isComputed.count) pixels, the image has \(fastPixels) x \(slowPixels)",
        remedy: "leave -detpixels out, so that the mask sets the size, or give a mask of that size")
    }
    return mask
  }
}
