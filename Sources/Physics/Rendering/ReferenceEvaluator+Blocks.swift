extension ReferenceEvaluator {
  /// Whether the loops over blocks do what this experiment needs. Where the order of steps matters, steps without a source,
  /// those of a factor that is zero and those whose square is too small for a number would have to be told apart; and an
  /// infinite square must not meet a factor of zero.
  var suitsBlocks: Bool {
    let factors = experiment.structureFactors
    // The square is multiplied by the weight of a source and the number of steps that share a cell.
    let weight = experiment.beam.sourceFactors.reduce(1) { max($0, abs($1)) } * Double(spindle.cells.count)
    let square = factors.defaultAmplitude * factors.defaultAmplitude
    let isFinite = factors.count > 0 || (square * weight).isFinite
    return isFinite && hasOrdinaryPlaces && hasOrdinaryIndices && hasOrdinarySpots
      && !(ordersSteps
        && (experiment.sampling.resolutionLimit > 0 || experiment.crystal.form.shape.law.squareUnderflows))
  }

  /// Whether no sub-pixel can lie at the sample itself, where it has no direction.
  private var hasOrdinaryPlaces: Bool {
    let detector = experiment.detector
    let smallest = 1e-6 * detector.pixelSize
    let depths = (0..<detector.sensor.layerCount).map {
      detector.pose.closeDistance + detector.sensor.depth(ofLayer: $0)
    }
    return abs(detector.pose.distance) > smallest && depths.allSatisfy { abs($0) > smallest }
  }

  /// Whether all Miller indices fit into the 32 bits of the reference program.
  private var hasOrdinaryIndices: Bool {
    let cell = experiment.crystal.lattice.direct
    let longest = max(cell.a.length, cell.b.length, cell.c.length)
    // A scattering vector is at most 2/λ long.
    return experiment.beam.sources.allSatisfy { 2 * longest / $0.wavelength < 1e9 }
  }

  /// Whether the radius of a round crystal, in units of the spot width, leaves room for a fraction. An index is at most half
  /// a unit from its node.
  private var hasOrdinarySpots: Bool {
    let form = experiment.crystal.form
    return form.shape.law.formula != .sphere || 0.25 * form.cells.dot(form.cells) * form.fudge < 0x1p100
  }

  /// Whether any source of any sub-pixel and layer passes the resolution limit.
  func hasSurvivingSource(_ pixel: PixelIndex) -> Bool {
    guard experiment.sampling.resolutionLimit > 0 else { return true }
    return experiment.subPixels.contains { place in
      let direction = subPixel(pixel, place, Formulas<Double>.StandardLaws()).direction
      return experiment.beam.sources.contains {
        !isBeyondResolution(Formulas<Double>.StandardLaws().scatteringVector(direction, $0))
      }
    }
  }
}
