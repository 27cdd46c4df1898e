extension ReferenceEvaluator {
  /// A pixel as the reference program computes it: one sum runs through all loops (`Quirk.runningSum`).
  ///
  /// A factor that is not oversampled is computed where its value is still zero, which is the first chance.
  @inline(__always)
  func evaluateRunningSum<Observer: PixelObserver>(
    slow: Int, fast: Int, _ context: inout PixelContext, _ observer: inout Observer
  ) -> PixelOutcome {
    let (detector, beam, sampling) = (experiment.detector, experiment.beam, experiment.sampling)
    var out = PixelOutcome()
    out.sum = experiment.crystal.background
    out.polarization = beam.isPolarized ? 0 : 1
    for layer in 0..<detector.sensor.layerCount {
      out.captureFraction = detector.sensor.thickness == 0 ? 1 : 0
      for subSlow in 0..<sampling.oversample {
        for subFast in 0..<sampling.oversample {
          let place = subPixel(slow: slow, fast: fast, layer: layer, subSlow: subSlow, subFast: subFast)
          if out.solidAngle == 0 || sampling.omega {
            out.solidAngle = detector.solidAngle(radius: place.radius, depth: place.depth)
          }
          out.solidAngleSum += out.solidAngle
          if out.captureFraction == 0 || sampling.thick {
            out.captureFraction = captureFraction(layer: layer, place.direction)
          }
          addSources(place, &out, &context, &observer)
        }
      }
    }
    out.photons =
      Constants.thomsonCrossSection * beam.fluence * out.sum / Double(sampling.steps)
      * (sampling.thick ? 1 : out.captureFraction) * (sampling.polar ? 1 : out.polarization)
      * (sampling.omega ? 1 : out.solidAngle)
    return out
  }

  /// The solid angles of all sub-pixels and layers of all rendered pixels, one after the other, in sr.
  func solidAngleSum() -> Double {
    let (layers, count) = (experiment.detector.sensor.layerCount, experiment.sampling.oversample)
    var sum = 0.0
    for slow in experiment.region.slow {
      for fast in experiment.renderedPixels(inRow: slow) {
        var solidAngle = 0.0
        for layer in 0..<layers {
          for subSlow in 0..<count {
            for subFast in 0..<count {
              if solidAngle == 0 || experiment.sampling.omega {
                let place = subPixel(slow: slow, fast: fast, layer: layer, subSlow: subSlow, subFast: subFast)
                solidAngle = experiment.detector.solidAngle(radius: place.radius, depth: place.depth)
              }
              sum += solidAngle
            }
          }
        }
      }
    }
    return sum
  }

  /// Adds all sources of one sub-pixel to the running sum.
  @inline(__always)
  private func addSources<Observer: PixelObserver>(
    _ place: SubPixel, _ out: inout PixelOutcome, _ context: inout PixelContext, _ observer: inout Observer
  ) {
    let (beam, sampling) = (experiment.beam, experiment.sampling)
    // The polarization factor normalises the diffracted vector once more; later sources see the changed vector.
    var diffracted = place.direction
    for (index, source) in beam.sources.enumerated() {
      let q = scatteringVector(diffracted, source)
      var incident = source.direction
      observer.didAim(
        place, solidAngle: out.solidAngle, sourceIndex: index, source: source, scatteringVector: q)
      if isBeyondResolution(q) {
        out.cosTwoTheta = incident.dot(diffracted)
        continue
      }
      if out.polarization == 0 || sampling.polar {
        let polarization = Polarization(
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
      addSteps(to: &out.sum, scatteringVector: q, at: start, factors, &context, &observer)
      out.cosTwoTheta = incident.dot(diffracted)
    }
  }
}
