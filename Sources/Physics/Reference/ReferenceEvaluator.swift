extension Formulas {
  /// Computes single pixels by the plain scalar formulas, in the order of operations of docs/reference/50-pixel-loop.md
  /// §3. Read this evaluator first.
  ///
  /// The tracer observes this evaluator, the scalar renderer runs this evaluator for every pixel, and a property compares
  /// the block renderer with this evaluator. A change of the physics starts here; `BlockRenderer` and the kernels follow.
  struct ReferenceEvaluator: Sendable {
    let experiment: Experiment
    let spindle: PhiCells
    let switchesInterpolationOff: Bool
    let usesRunningSum: Bool
    let skipsZeros: Bool
    /// Prepared for the factors of an image by `polarizationCalls()`.
    var polarizationAxis: PolarizationAxis
    /// Whether each step multiplies the running sum by oversampled factors, so that the sum depends on the order of the
    /// steps.
    var multipliesSteps: Bool {
      let sampling = experiment.sampling
      return usesRunningSum && (sampling.thick || sampling.polar || sampling.omega)
    }
    /// Whether a pixel depends on the order of its steps, and on which steps have a lattice factor of zero: because steps
    /// multiply the running sum, or because a step may switch the interpolation off.
    var ordersSteps: Bool { multipliesSteps || (experiment.interpolates && switchesInterpolationOff) }
    private let idealSensorCapturesAll: Bool

    init(_ experiment: Experiment) { self.init(experiment, StandardLaws()) }

    init(_ experiment: Experiment, _ laws: some DiffractionLaws<Number>) {
      self.experiment = experiment
      spindle = PhiCells(experiment, laws)
      switchesInterpolationOff = experiment.compatibility.has(.interpolationSwitchesOff)
      usesRunningSum = experiment.compatibility.has(.runningSum)
      skipsZeros = experiment.crystal.waterThickness == 0 || !usesRunningSum
      polarizationAxis = PolarizationAxis(experiment.beam.polarizationAxis)
      idealSensorCapturesAll = !experiment.compatibility.has(.thickWithoutThickness)
    }

    /// Evaluates a pixel, whether or not it is masked.
    /// - Parameters:
    ///   - pixel: The pixel.
    ///   - laws: The laws of diffraction.
    ///   - context: The state of the run before the pixel, which the evaluation updates.
    ///   - observer: Observes the calculation.
    func evaluate<Observer: PixelObserver<Number>>(
      _ pixel: PixelIndex, _ laws: some DiffractionLaws<Number>, _ context: inout PixelContext,
      _ observer: inout Observer
    ) -> PixelOutcome {
      usesRunningSum
        ? evaluateRunningSum(pixel, laws, &context, &observer)
        : evaluatePerTerm(pixel, laws, &context, &observer)
    }

    /// The position of a sub-pixel relative to the sample (docs/reference/20-geometry.md §7).
    @inline(__always)
    func subPixel(_ pixel: PixelIndex, _ place: SubPixelGrid.Place, _ laws: some DiffractionLaws<Number>) -> SubPixel {
      let depth = experiment.detector.sensor.depth(ofLayer: place.layer)
      let position = position(of: pixel, place, depth: depth, on: experiment.detector, laws)
      return SubPixel(
        layer: place.layer, subSlow: place.subSlow, subFast: place.subFast, depth: depth, position: position,
        radius: position.length, direction: position.normalized)
    }

    /// The position of a sub-pixel relative to the sample, in m.
    @inline(__always)
    func position(
      of pixel: PixelIndex, _ place: SubPixelGrid.Place, depth: Number, on detector: Detector,
      _ laws: some DiffractionLaws<Number>
    ) -> Vector3 {
      let oversample = experiment.sampling.oversample
      let size = detector.pixelSize / Number(oversample)
      let f = size * Number(pixel.fast * oversample + place.subFast) + size / 2.0
      let s = size * Number(pixel.slow * oversample + place.subSlow) + size / 2.0
      return laws.position(on: detector, fast: f, slow: s, depth: depth)
    }

    /// Whether the resolution limit removes a scattering vector, in 1/m (docs/reference/40-beam-and-sampling.md §5).
    @inline(__always)
    func isBeyondResolution(_ q: Vector3) -> Bool {
      let limit = experiment.sampling.resolutionLimit
      guard limit > 0 else { return false }
      let sinThetaOverLambda = 0.5 * q.length
      return sinThetaOverLambda > 0 && limit > 0.5 / sinThetaOverLambda
    }

    /// The fraction of the photons of a ray that a layer captures. A sensor without thickness captures all photons; with
    /// `Quirk.thickWithoutThickness` and oversampled absorption it captures none.
    @inline(__always)
    func captureFraction(layer: Int, _ direction: Vector3, _ laws: some DiffractionLaws<Number>) -> Number {
      if experiment.detector.sensor.isIdeal && (idealSensorCapturesAll || !experiment.sampling.thick) { return 1 }
      return laws.captureFraction(
        of: experiment.detector.sensor, layer: layer, parallax: experiment.detector.parallax(direction))
    }

    /// The factors that multiply a running sum after each step; nil where the factor is not oversampled.
    struct RunningFactors {
      var capture: Number?
      var polarization: Number?
      var solidAngle: Number?
    }

    /// Adds the steps of one sub-pixel and source: all phi steps and mosaic domains, each with the source's weight.
    @inline(__always)
    func addSteps<Observer: PixelObserver<Number>>(
      to sum: inout Number, scatteringVector q: Vector3, at start: StepIndex, _ factors: RunningFactors,
      _ laws: some DiffractionLaws<Number>, _ context: inout PixelContext, _ observer: inout Observer
    ) {
      let cells = context.isFirstSweep ? spindle.firstSweepCells : spindle.cells
      context.isFirstSweep = false
      let isMosaic = experiment.crystal.mosaicSpread > 0
      let weight = experiment.beam.sourceFactors[start.source]
      var step = start
      for phi in cells.indices {
        step.phi = phi
        for domain in experiment.crystal.domains.indices {
          if observer.isInterrupted { return }
          step.domain = domain
          let oriented =
            isMosaic ? laws.rotated(cells[phi], by: experiment.crystal.domains[domain]) : cells[phi]
          let indices = laws.indices(of: q, in: oriented)
          let factor = laws.latticeFactor(of: experiment.crystal.form, at: indices)
          observer.didDiffract(step, cell: oriented, indices: indices, factor: factor)
          if factor.vanishes && skipsZeros { continue }
          let amplitude = structureFactor(indices, laws, &context)
          observer.didLookUp(amplitude)
          sum += amplitude * amplitude * factor.value * factor.value * weight
          if let capture = factors.capture { sum *= capture }
          if let polarization = factors.polarization { sum *= polarization }
          if let solidAngle = factors.solidAngle { sum *= solidAngle }
          observer.didAdd(step, indices: indices, factor: factor, amplitude: amplitude, sum: sum)
        }
      }
    }

    /// Looks a structure factor up (docs/reference/30-crystal.md §11).
    @inline(__always)
    private func structureFactor(
      _ indices: MillerIndices, _ laws: some DiffractionLaws<Number>, _ context: inout PixelContext
    ) -> Number {
      if context.interpolates {
        if experiment.structureFactors.canInterpolate(indices.fractional) {
          return laws.interpolated(experiment.structureFactors, at: indices)
        }
        context.metOutOfRange = true
        if switchesInterpolationOff { context.interpolates = false }
      }
      return laws.nearest(experiment.structureFactors, at: indices)
    }
  }
}
