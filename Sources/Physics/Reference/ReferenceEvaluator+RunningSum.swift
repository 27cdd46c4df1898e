extension ReferenceEvaluator {
  /// Evaluates a pixel as the reference program does: one sum runs through all loops (`Quirk.runningSum`).
  ///
  /// A factor that is not oversampled is computed at the first sub-pixel, and at each later sub-pixel as long as its
  /// value is zero.
  @inline(__always)
  func evaluateRunningSum<Observer: PixelObserver>(
    _ pixel: PixelIndex, _ laws: some DiffractionLaws, _ context: inout PixelContext, _ observer: inout Observer
  ) -> PixelOutcome {
    let (detector, beam, sampling) = (experiment.detector, experiment.beam, experiment.sampling)
    var out = PixelOutcome()
    out.sum = experiment.crystal.background
    out.polarization = beam.isPolarized ? 0 : 1
    experiment.subPixels.forEach { place in
      if place.startsLayer { out.captureFraction = detector.sensor.isIdeal ? 1 : 0 }
      let subPixel = subPixel(pixel, place, laws)
      if sampling.needsSolidAngle(isKnown: PixelOutcome.isKnown(out.solidAngle)) {
        out.solidAngle = laws.solidAngle(of: detector, radius: subPixel.radius, depth: subPixel.depth)
      }
      out.solidAngleSum += out.solidAngle
      if sampling.needsCapture(isKnown: PixelOutcome.isKnown(out.captureFraction)) {
        out.captureFraction = captureFraction(layer: place.layer, subPixel.direction, laws)
      }
      addSources(subPixel, &out, laws, &context, &observer)
    }
    let final = sampling.finalFactors(
      capture: out.captureFraction, polarization: out.polarization, solidAngle: out.solidAngle, one: 1)
    out.photons =
      Constants.electronRadiusSquared * beam.fluence * out.sum / Double(sampling.steps) * final.capture
      * final.polarization * final.solidAngle
    return out
  }

  /// The sum of the solid angles of all sub-pixels and layers of all rendered pixels, in sr, added in the order of
  /// computation.
  func solidAngleSum() -> Double {
    let (laws, detector, sampling) = (StandardLaws(), experiment.detector, experiment.sampling)
    var sum = 0.0
    for slow in experiment.region.slow {
      for pixel in experiment.renderedPixels(inRow: slow) {
        var solidAngle = 0.0
        experiment.subPixels.forEach { place in
          if sampling.needsSolidAngle(isKnown: PixelOutcome.isKnown(solidAngle)) {
            let depth = detector.sensor.depth(ofLayer: place.layer)
            let radius = position(of: pixel, place, depth: depth, on: detector, laws).length
            solidAngle = laws.solidAngle(of: detector, radius: radius, depth: depth)
          }
          sum += solidAngle
        }
      }
    }
    return sum
  }

  /// Adds all sources of one sub-pixel to the running sum.
  @inline(__always)
  private func addSources<Observer: PixelObserver>(
    _ place: SubPixel, _ out: inout PixelOutcome, _ laws: some DiffractionLaws,
    _ context: inout PixelContext, _ observer: inout Observer
  ) {
    let (beam, sampling) = (experiment.beam, experiment.sampling)
    // The polarization factor normalises the diffracted vector once more; later sources use the changed vector.
    var diffracted = place.direction
    for (index, source) in beam.sources.enumerated() {
      let q = laws.scatteringVector(diffracted, source)
      var incident = source.direction
      observer.didAim(
        place, solidAngle: out.solidAngle, sourceIndex: index, source: source, scatteringVector: q)
      if isBeyondResolution(q) {
        out.cosTwoTheta = incident.dot(diffracted)
        continue
      }
      if sampling.needsPolarization(isKnown: PixelOutcome.isKnown(out.polarization)) {
        let polarization = laws.polarization(
          kahnFactor: beam.kahnFactor, incident: incident, diffracted: diffracted,
          axis: polarizationAxis[context.polarizationCalls])
        context.polarizationCalls += 1
        out.polarization = polarization.factor
        (incident, diffracted) = (polarization.incident, polarization.diffracted)
      }
      observer.didPolarize(out.polarization)
      let factors = RunningFactors(
        capture: sampling.thick ? out.captureFraction : nil,
        polarization: sampling.polar ? out.polarization : nil,
        solidAngle: sampling.omega ? out.solidAngle : nil)
      let start = StepIndex(
        layer: place.layer, subSlow: place.subSlow, subFast: place.subFast, source: index, phi: 0, domain: 0)
      addSteps(to: &out.sum, scatteringVector: q, at: start, factors, laws, &context, &observer)
      out.cosTwoTheta = incident.dot(diffracted)
    }
  }
}
