extension Formulas {
  /// The set-up part of a trace.
  enum SetupTrace {
    static func lines(_ experiment: Experiment) -> [TraceLine] {
      let (detector, beam, crystal) = (experiment.detector, experiment.beam, experiment.crystal)
      let pose = detector.pose
      let sampling = experiment.sampling
      let cell = crystal.lattice.direct
      let star = crystal.lattice.reciprocal
      let fields: [TraceField] = [
        TraceField(.convention, [.word(detector.convention.rawValue)]),
        TraceField(.pivot, [.word(detector.pivot.rawValue)]),
        TraceField(.distance, pose.distance),
        TraceField(.closeDistance, pose.closeDistance),
        TraceField(.beamFast, pose.beamCentre.fast),
        TraceField(.beamSlow, pose.beamCentre.slow),
        TraceField(.nearFast, pose.nearPoint.fast),
        TraceField(.nearSlow, pose.nearPoint.slow),
        TraceField(.beamVector, beam.direction),
        TraceField(.polarizationVector, beam.polarizationAxis),
        TraceField(.spindleVector, crystal.spindle),
        TraceField(.cellA, 1e10 * cell.a),
        TraceField(.cellB, 1e10 * cell.b),
        TraceField(.cellC, 1e10 * cell.c),
        TraceField(.reciprocalA, star.a),
        TraceField(.reciprocalB, star.b),
        TraceField(.reciprocalC, star.c),
        TraceField(.cellVolume, crystal.lattice.volume),
        TraceField(.cellCounts, crystal.form.cells.components.map { .integer(Int($0.approximation)) }),
        TraceField(.oversample, sampling.oversample),
        TraceField(.sources, beam.sources.count),
        TraceField(.phiSteps, sampling.phi.count),
        TraceField(.mosaicDomains, crystal.domains.count),
        TraceField(.sensorLayers, detector.sensor.layerCount),
        TraceField(.steps, sampling.steps),
        TraceField(.interpolates, experiment.interpolates ? 1 : 0),
        TraceField(.region, experiment.region.bounds.numbers.map(TraceValue.integer)),
        TraceField(.background, crystal.background),
      ]
      return fields.map { TraceLine(.setup, [$0]) }
    }
  }

  /// The scaling at the end of a trace.
  enum ScalingTrace {
    static func lines(_ outcome: PixelOutcome, _ experiment: Experiment) -> [TraceLine] {
      let sampling = experiment.sampling
      return [
        TraceField(.sum, outcome.sum),
        TraceField(.electronRadius, Constants.electronRadiusSquared.squareRoot()),
        TraceField(.thomson, Constants.electronRadiusSquared),
        TraceField(.fluence, experiment.beam.fluence),
        TraceField(.steps, sampling.steps),
        TraceField(.oversamplesThick, sampling.thick ? 1 : 0),
        TraceField(.oversamplesPolar, sampling.polar ? 1 : 0),
        TraceField(.oversamplesOmega, sampling.omega ? 1 : 0),
        TraceField(.captureFraction, outcome.captureFraction),
        TraceField(.polarization, outcome.polarization),
        TraceField(.solidAngle, outcome.solidAngle),
        TraceField(.cosTwoTheta, outcome.cosTwoTheta),
        TraceField(.photons, outcome.photons),
        TraceField(.storedPhotons, outcome.storedPhotons),
      ].map { TraceLine(.pixel, [$0]) }
    }
  }

  /// An observer that records the trace lines of a pixel.
  struct TraceRecorder: PixelObserver {
    private let experiment: Experiment
    private let interruption: Interruption?
    private(set) var lines: [TraceLine] = []
    private var hasGeometry = false
    private var hasPolarization = false
    private var awaitsAmplitude = false
    private var phiLines = 0
    private var stepLines = 0

    init(_ experiment: Experiment, _ interruption: Interruption? = nil) {
      (self.experiment, self.interruption) = (experiment, interruption)
    }

    var isInterrupted: Bool { interruption?.isWished == true }

    private mutating func note(_ fields: TraceField...) {
      lines += fields.map { TraceLine(.pixel, [$0]) }
    }

    mutating func didAim(
      _ subPixel: SubPixel, solidAngle: Number, sourceIndex: Int, source: Source, scatteringVector: Vector3
    ) {
      guard !hasGeometry else { return }
      hasGeometry = true
      let pose = experiment.detector.pose
      note(
        TraceField(.origin, pose.origin),
        TraceField(.fastAxis, pose.fast),
        TraceField(.slowAxis, pose.slow),
        TraceField(.normal, pose.normal),
        TraceField(.position, subPixel.position),
        TraceField(.radius, subPixel.radius),
        TraceField(.firstSolidAngle, solidAngle),
        TraceField(.closeDistance, pose.closeDistance),
        TraceField(.obliquity, pose.closeDistance / subPixel.radius),
        TraceField(.diffracted, subPixel.direction),
        TraceField(.incident, source.direction),
        TraceField(.wavelength, source.wavelength),
        TraceField(.wavelengthAngstroms, source.wavelength * 1e10),
        TraceField(.scatteringVector, scatteringVector),
        TraceField(.stol, 0.5 * scatteringVector.length))
    }

    mutating func didPolarize(_ factor: Number) {
      guard !hasPolarization else { return }
      hasPolarization = true
      note(TraceField(.firstPolarization, factor))
    }

    mutating func didDiffract(_ step: StepIndex, cell: DirectCell, indices: MillerIndices, factor: LatticeFactor) {
      awaitsAmplitude = step == StepIndex(layer: 0, subSlow: 0, subFast: 0, source: 0, phi: 0, domain: 0)
      if awaitsAmplitude {
        let star = experiment.crystal.lattice.reciprocal
        note(
          TraceField(.rotatedA, 1e10 * cell.a),
          TraceField(.rotatedB, 1e10 * cell.b),
          TraceField(.rotatedC, 1e10 * cell.c),
          TraceField(.restReciprocalA, star.a),
          TraceField(.restReciprocalB, star.b),
          TraceField(.restReciprocalC, star.c))
        noteRotatedReciprocal(cell)
        note(
          TraceField(.indices, indices.fractional),
          TraceField(.roundedIndices, indices.rounded.components.map(Self.whole)),
          TraceField(.latticeFactorA, factor.axes.x),
          TraceField(.latticeFactorB, factor.axes.y),
          TraceField(.latticeFactorC, factor.axes.z),
          TraceField(.latticeFactor, factor.value))
      }
      guard step.source == 0, step.domain == 0, phiLines < PixelTracer.lineLimit else { return }
      phiLines += 1
      lines.append(
        TraceLine(
          .phi,
          [
            TraceField(.phiIndex, step.phi),
            TraceField(.phiDegrees, experiment.sampling.phi[step.phi] * Constants.degreesPerRadian),
            TraceField(.indexK, indices.fractional.y),
            TraceField(.latticeFactorB, factor.axes.y),
            TraceField(.latticeFactor, factor.value),
          ]))
    }

    /// Records the reciprocal vectors of the rotated cell, in 1/Å, unless `Quirk.reciprocalTracedAtRest` omits them.
    private mutating func noteRotatedReciprocal(_ cell: DirectCell) {
      if experiment.compatibility.has(.reciprocalTracedAtRest) { return }
      let (a, b, c) = (1e10 * cell.a, 1e10 * cell.b, 1e10 * cell.c)
      let reciprocalVolume = 1 / a.dot(b.cross(c))
      note(
        TraceField(.rotatedReciprocalA, reciprocalVolume * b.cross(c)),
        TraceField(.rotatedReciprocalB, reciprocalVolume * c.cross(a)),
        TraceField(.rotatedReciprocalC, reciprocalVolume * a.cross(b)))
    }

    private static func whole(_ value: Number) -> TraceValue {
      Int(exactly: value.approximation).map(TraceValue.integer) ?? .real(value)
    }

    mutating func didLookUp(_ amplitude: Number) {
      // A step looks up at most once.
      if awaitsAmplitude { note(TraceField(.structureFactor, amplitude)) }
    }

    mutating func didAdd(
      _ step: StepIndex, indices: MillerIndices, factor: LatticeFactor, amplitude: Number, sum: Number
    ) {
      guard stepLines < PixelTracer.lineLimit else { return }
      stepLines += 1
      let hkl = indices.fractional
      lines.append(
        TraceLine(
          .step,
          [
            TraceField(.layer, step.layer), TraceField(.subSlow, step.subSlow), TraceField(.subFast, step.subFast),
            TraceField(.source, step.source), TraceField(.phiIndex, step.phi), TraceField(.domain, step.domain),
            TraceField(.phiDegrees, experiment.sampling.phi[step.phi] * Constants.degreesPerRadian),
            TraceField(.stepH, hkl.x), TraceField(.stepK, hkl.y), TraceField(.stepL, hkl.z),
            TraceField(.latticeFactor, factor.value), TraceField(.structureFactor, amplitude),
            TraceField(.runningSum, sum),
          ]))
    }
  }
}
