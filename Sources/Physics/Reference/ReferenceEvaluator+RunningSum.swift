extension Formulas.ReferenceEvaluator {
  /// Evaluates a pixel as the reference program does: one sum runs through all loops (`Quirk.runningSum`).
  ///
  /// A factor that is not oversampled is computed at the first sub-pixel, and at each later sub-pixel as long as its
  /// value is zero.
  @inline(__always)
  func evaluateRunningSum<Observer: PixelObserver<Number>>(
    _ pixel: PixelIndex, _ laws: some DiffractionLaws<Number>, _ context: inout PixelContext, _ observer: inout Observer
  ) -> Formulas.PixelOutcome {
    var out = Formulas.PixelOutcome(
      sum: experiment.crystal.background, polarization: experiment.beam.isPolarized ? 0 : 1)
    experiment.subPixels.forEach { place in
      if observer.isInterrupted { return }
      if place.startsLayer { out.captureFraction = experiment.detector.sensor.isIdeal ? 1 : 0 }
      let subPixel = subPixel(pixel, place, laws)
      if experiment.sampling.needsSolidAngle(isKnown: Formulas.PixelOutcome.isKnown(out.solidAngle)) {
        out.solidAngle = laws.solidAngle(of: experiment.detector, radius: subPixel.radius, depth: subPixel.depth)
      }
      if experiment.sampling.needsCapture(isKnown: Formulas.PixelOutcome.isKnown(out.captureFraction)) {
        out.captureFraction = captureFraction(layer: place.layer, subPixel.direction, laws)
      }
      addSources(subPixel, &out, laws, &context, &observer)
    }
    let final = experiment.sampling.finalFactors(
      capture: out.captureFraction, polarization: out.polarization, solidAngle: out.solidAngle, one: 1)
    out.photons =
      Formulas.Constants.electronRadiusSquared * experiment.beam.fluence * out.sum / Number(experiment.sampling.steps)
      * final.capture * final.polarization * final.solidAngle
    return out
  }

  /// The sum of the solid angles of all sub-pixels and layers of all rendered pixels, in sr, added in the order of
  /// computation.
  func solidAngleSum() -> Number {
    let laws = Formulas.StandardLaws()
    var sum: Number = 0
    for slow in experiment.region.slow {
      for pixel in experiment.renderedPixels(inRow: slow) {
        var solidAngle: Number = 0
        experiment.subPixels.forEach { place in
          if experiment.sampling.needsSolidAngle(isKnown: Formulas.PixelOutcome.isKnown(solidAngle)) {
            let depth = experiment.detector.sensor.depth(ofLayer: place.layer)
            let radius = position(of: pixel, place, depth: depth, on: experiment.detector, laws).length
            solidAngle = laws.solidAngle(of: experiment.detector, radius: radius, depth: depth)
          }
          sum += solidAngle
        }
      }
    }
    return sum
  }

  /// Adds all sources of one sub-pixel to the running sum.
  @inline(__always)
  private func addSources<Observer: PixelObserver<Number>>(
    _ place: Formulas.SubPixel, _ out: inout Formulas.PixelOutcome, _ laws: some DiffractionLaws<Number>,
    _ context: inout PixelContext, _ observer: inout Observer
  ) {
    // The polarization factor normalises the diffracted vector once more; later sources use the changed vector.
    var diffracted = place.direction
    for index in experiment.beam.sources.indices {
      if observer.isInterrupted { return }
      let source = experiment.beam.sources[index]
      let q = laws.scatteringVector(diffracted, source)
      var incident = source.direction
      observer.didAim(
        place, solidAngle: out.solidAngle, sourceIndex: index, source: source, scatteringVector: q)
      if isBeyondResolution(q) {
        out.cosTwoTheta = incident.dot(diffracted)
        continue
      }
      if experiment.sampling.needsPolarization(isKnown: Formulas.PixelOutcome.isKnown(out.polarization)) {
        let polarization = laws.polarization(
          kahnFactor: experiment.beam.kahnFactor, incident: incident, diffracted: diffracted,
          axis: polarizationAxis[context.polarizationCalls])
        context.polarizationCalls += 1
        out.polarization = polarization.factor
        (incident, diffracted) = (polarization.incident, polarization.diffracted)
      }
      observer.didPolarize(out.polarization)
      let factors = RunningFactors(
        capture: experiment.sampling.thick ? out.captureFraction : nil,
        polarization: experiment.sampling.polar ? out.polarization : nil,
        solidAngle: experiment.sampling.omega ? out.solidAngle : nil)
      let start = StepIndex(
        layer: place.layer, subSlow: place.subSlow, subFast: place.subFast, source: index, phi: 0, domain: 0)
      addSteps(to: &out.sum, scatteringVector: q, at: start, factors, laws, &context, &observer)
      out.cosTwoTheta = incident.dot(diffracted)
    }
  }
}
