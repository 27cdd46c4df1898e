extension Formulas.ReferenceEvaluator {
  /// The number of polarization factors that the reference program has computed before each pixel, in raster order;
  /// empty if the polarization axis does not depend on this number. The axis is prepared for all of them.
  mutating func polarizationCalls() -> [Int] {
    guard usesRunningSum, experiment.beam.kahnFactor != 0, !polarizationAxis.isSteady else { return [] }
    var calls = [Int](repeating: 0, count: experiment.pixelCount)
    var count = 0
    // The axis is carried along, as in the reference program.
    var axis = polarizationAxis[0]
    for slow in experiment.region.slow {
      for pixel in experiment.renderedPixels(inRow: slow) {
        calls[experiment.index(of: pixel)] = count
        addPolarizationCalls(pixel, to: &count, &axis)
      }
    }
    polarizationAxis.foresee(calls: count)
    return calls
  }

  /// Adds the number of polarization factors of a pixel to `count`. A pixel has one factor, unless polarization is
  /// oversampled, a factor is exactly zero, the resolution limit removes every source, or polarization is off.
  private func addPolarizationCalls(_ pixel: PixelIndex, to count: inout Int, _ axis: inout Formulas.Vector3) {
    let (beam, sampling) = (experiment.beam, experiment.sampling)
    let laws = Formulas.StandardLaws()
    var factor: Number = beam.isPolarized ? 0 : 1
    _ = experiment.subPixels.contains { place in
      var diffracted = subPixel(pixel, place, laws).direction
      for source in beam.sources {
        if isBeyondResolution(laws.scatteringVector(diffracted, source)) { continue }
        guard sampling.needsPolarization(isKnown: Formulas.PixelOutcome.isKnown(factor)) else { return true }
        let polarization = laws.polarization(
          kahnFactor: beam.kahnFactor, incident: source.direction, diffracted: diffracted,
          axis: axis)
        axis = axis.normalized
        (factor, diffracted) = (polarization.factor, polarization.diffracted)
        count += 1
      }
      return false
    }
  }
}
