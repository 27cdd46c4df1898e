extension Formulas.ReferenceEvaluator {
  /// Evaluates a pixel by the documented physics, without `Quirk.runningSum`: every term has its own factors.
  ///
  /// Factors that are not oversampled are those of the middle of the pixel, per layer and per source. If all terms have
  /// one common value of such a factor, the factor is applied once, at the end, and reported. Otherwise the factor is
  /// reported as 1. The water background is the sum of I_bg·Ω·P·A over the layers, where P is the mean polarization
  /// factor of the sources and A the capture fraction. The background does not depend on the steps.
  @inline(__always)
  func evaluatePerTerm<Observer: PixelObserver<Number>>(
    _ pixel: PixelIndex, _ laws: some DiffractionLaws<Number>, _ context: inout PixelContext, _ observer: inout Observer
  ) -> Formulas.PixelOutcome {
    let hasOneLayer = experiment.detector.sensor.layerCount == 1
    let common = CommonFactors(
      capture: !experiment.sampling.thick && hasOneLayer,
      polarization: !experiment.sampling.polar && experiment.beam.sources.count == 1 && hasOneLayer,
      solidAngle: !experiment.sampling.omega && hasOneLayer)
    var out = Formulas.PixelOutcome(captureFraction: 1, polarization: 1, solidAngle: 1)
    var background: Number = 0
    var centre = PixelCentre(self, pixel, layer: 0, laws)
    experiment.subPixels.forEach { place in
      if observer.isInterrupted { return }
      if place.startsLayer {
        if place.layer > 0 { centre = PixelCentre(self, pixel, layer: place.layer, laws) }
        background += centre.capture * centre.solidAngle * meanPolarization(centre)
        if common.capture { out.captureFraction = centre.capture }
        if common.polarization { out.polarization = centre.polarizations[0] }
        if common.solidAngle { out.solidAngle = centre.solidAngle }
      }
      addTerms(subPixel(pixel, place, laws), centre, common, &out, laws, &context, &observer)
    }
    out.photons =
      Formulas.Constants.electronRadiusSquared * experiment.beam.fluence * out.sum / Number(experiment.sampling.steps)
      * out.captureFraction
      * out.polarization * out.solidAngle + experiment.crystal.background * background
    return out
  }

  /// Whether each factor has one common value for all terms of a pixel.
  private struct CommonFactors {
    var capture: Bool
    var polarization: Bool
    var solidAngle: Bool
  }

  /// The factors at the middle of a pixel and layer; the solid angle in sr, one polarization factor per source.
  private struct PixelCentre {
    let capture: Number
    let solidAngle: Number
    let polarizations: [Number]

    init(
      _ evaluator: Formulas.ReferenceEvaluator, _ pixel: PixelIndex, layer: Int, _ laws: some DiffractionLaws<Number>
    ) {
      let detector = evaluator.experiment.detector
      let size = detector.pixelSize
      let depth = detector.sensor.depth(ofLayer: layer)
      let position = laws.position(
        on: detector, fast: size * (Number(pixel.fast) + 0.5), slow: size * (Number(pixel.slow) + 0.5), depth: depth)
      let radius = position.length
      let direction = position.normalized
      solidAngle = laws.solidAngle(of: detector, radius: radius, depth: depth)
      capture = evaluator.captureFraction(layer: layer, direction, laws)
      polarizations = evaluator.experiment.beam.sources.map { evaluator.polarization(direction, $0, laws) }
    }
  }

  /// The polarization factor at the middle of a pixel, averaged over the sources by weight.
  private func meanPolarization(_ centre: PixelCentre) -> Number {
    let factors = experiment.beam.sourceFactors
    return zip(centre.polarizations, factors).reduce(0) { $0 + $1.0 * $1.1 } / Number(factors.count)
  }

  private func polarization(
    _ direction: Formulas.Vector3, _ source: Formulas.Source, _ laws: some DiffractionLaws<Number>
  ) -> Number {
    guard experiment.beam.isPolarized else { return 1 }
    return laws.polarization(
      kahnFactor: experiment.beam.kahnFactor, incident: source.direction, diffracted: direction,
      axis: experiment.beam.polarizationAxis
    ).factor
  }

  @inline(__always)
  private func addTerms<Observer: PixelObserver<Number>>(
    _ place: Formulas.SubPixel, _ centre: PixelCentre, _ common: CommonFactors, _ out: inout Formulas.PixelOutcome,
    _ laws: some DiffractionLaws<Number>, _ context: inout PixelContext, _ observer: inout Observer
  ) {
    let solidAngle = laws.solidAngle(of: experiment.detector, radius: place.radius, depth: place.depth)
    out.solidAngleSum += solidAngle
    let omega = experiment.sampling.omega ? solidAngle : centre.solidAngle
    let capture =
      experiment.sampling.thick ? captureFraction(layer: place.layer, place.direction, laws) : centre.capture
    for index in experiment.beam.sources.indices {
      if observer.isInterrupted { return }
      let source = experiment.beam.sources[index]
      let q = laws.scatteringVector(place.direction, source)
      observer.didAim(place, solidAngle: omega, sourceIndex: index, source: source, scatteringVector: q)
      out.cosTwoTheta = source.direction.dot(place.direction)
      if isBeyondResolution(q) { continue }
      let polar = experiment.sampling.polar ? polarization(place.direction, source, laws) : centre.polarizations[index]
      observer.didPolarize(polar)
      var sum: Number = 0
      let start = StepIndex(
        layer: place.layer, subSlow: place.subSlow, subFast: place.subFast, source: index, phi: 0, domain: 0)
      addSteps(to: &sum, scatteringVector: q, at: start, RunningFactors(), laws, &context, &observer)
      out.sum +=
        sum * (common.capture ? 1 : capture)
        * (common.polarization ? 1 : polar) * (common.solidAngle ? 1 : omega)
    }
  }
}
