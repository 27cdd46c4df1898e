/// Computes one pixel step by step and says every intermediate value (spec/90 §6).
public struct PixelTracer: Sendable {
  private let simulator: Simulator

  /// The largest number of phi lines, and of step lines, that a trace carries.
  public static let lineLimit = 2000

  /// A tracer of an experiment.
  public init(_ experiment: Experiment) {
    simulator = Simulator(experiment)
  }

  /// A tracer that shares the preparations of a simulator.
  public init(_ simulator: Simulator) {
    self.simulator = simulator
  }

  /// The lines that describe the set-up, the same for every pixel.
  public func setupLines() -> [TraceLine] {
    SetupTrace.lines(simulator.experiment)
  }

  /// Refuses a pixel that has no trace.
  /// - Throws: `RequestError` if the pixel is outside the image or is not rendered.
  public func check(slow: Int, fast: Int) throws(RequestError) {
    let experiment = simulator.experiment
    let detector = experiment.detector
    guard (0..<detector.slowPixels).contains(slow), (0..<detector.fastPixels).contains(fast) else {
      throw RequestError(
        "-trace_pixel", value: "\(slow) \(fast)", "the pixel is outside the image",
        remedy: "give slow 0 to \(detector.slowPixels - 1), then fast 0 to \(detector.fastPixels - 1)")
    }
    guard experiment.isRendered(slow: slow, fast: fast) else {
      throw RequestError(
        "-trace_pixel", value: "\(slow) \(fast)", "the pixel is not rendered: outside -roi, or masked",
        remedy: "choose a pixel inside the region of interest that the mask leaves in")
    }
  }

  /// The lines of one pixel.
  ///
  /// With interpolation in parity with the reference program, all pixels before it are evaluated too, because any
  /// of them may switch the interpolation off; pass `interpolationCutoff` of a rendering to avoid that.
  /// - Parameters:
  ///   - slow: The slow pixel index.
  ///   - fast: The fast pixel index.
  ///   - rendering: A rendering of the same experiment, if there is one.
  /// - Throws: `RequestError` if the pixel is outside the image or is not rendered.
  public func pixelLines(
    slow: Int, fast: Int, rendering: Simulator.Rendering? = nil
  ) throws(RequestError) -> [TraceLine] {
    try check(slow: slow, fast: fast)
    let experiment = simulator.experiment
    let index = slow * experiment.detector.fastPixels + fast
    let cutoff = rendering.map(\.interpolationCutoff) ?? simulator.interpolationCutoff(before: index)
    var context = simulator.context(slow: slow, fast: fast)
    if simulator.evaluator.switchesInterpolationOff, let cutoff, cutoff < index { context.interpolates = false }
    var recorder = TraceRecorder(experiment)
    let outcome = simulator.evaluator.evaluate(slow: slow, fast: fast, &context, &recorder)
    return recorder.lines + Self.scalingLines(outcome, experiment)
  }

  /// The set-up and the lines of one pixel; see `pixelLines`.
  public func trace(
    slow: Int, fast: Int, rendering: Simulator.Rendering? = nil
  ) throws(RequestError) -> [TraceLine] {
    setupLines() + (try pixelLines(slow: slow, fast: fast, rendering: rendering))
  }

  private static func scalingLines(_ outcome: PixelOutcome, _ experiment: Experiment) -> [TraceLine] {
    let sampling = experiment.sampling
    return [
      TraceField("I_before_scaling", outcome.sum),
      TraceField("r_e_meters", Constants.thomsonCrossSection.squareRoot()),
      TraceField("r_e_sqr", Constants.thomsonCrossSection),
      TraceField("fluence_photons_per_m2", experiment.beam.fluence),
      TraceField("steps", sampling.steps),
      TraceField("oversample_thick", sampling.thick ? 1 : 0),
      TraceField("oversample_polar", sampling.polar ? 1 : 0),
      TraceField("oversample_omega", sampling.omega ? 1 : 0),
      TraceField("capture_fraction", outcome.captureFraction),
      TraceField("polar", outcome.polarization),
      TraceField("omega_pixel", outcome.solidAngle),
      TraceField("cos_2theta", outcome.cosTwoTheta),
      TraceField("I_pixel_final", outcome.photons),
      TraceField("floatimage_accumulated", Double(outcome.pixel)),
    ].map { TraceLine(.pixel, [$0]) }
  }
}

/// The set-up part of a trace.
enum SetupTrace {
  static func lines(_ experiment: Experiment) -> [TraceLine] {
    let (detector, beam, crystal) = (experiment.detector, experiment.beam, experiment.crystal)
    let pose = detector.pose
    let sampling = experiment.sampling
    let cell = crystal.lattice.direct
    let star = crystal.lattice.reciprocal
    let fields: [TraceField] = [
      TraceField("convention", [.word(detector.convention.rawValue)]),
      TraceField("pivot", [.word(detector.pivot.rawValue)]),
      TraceField("distance_meters", pose.distance),
      TraceField("close_distance_meters", pose.closeDistance),
      TraceField("Fbeam_meters", pose.beamCentre.fast),
      TraceField("Sbeam_meters", pose.beamCentre.slow),
      TraceField("Fclose_meters", pose.nearPoint.fast),
      TraceField("Sclose_meters", pose.nearPoint.slow),
      TraceField("beam_vec", beam.direction),
      TraceField("polar_vec", beam.polarizationAxis),
      TraceField("spindle_vec", crystal.spindle),
      TraceField("a_angstroms", 1e10 * cell.a),
      TraceField("b_angstroms", 1e10 * cell.b),
      TraceField("c_angstroms", 1e10 * cell.c),
      TraceField("a_star_A_inv", star.a),
      TraceField("b_star_A_inv", star.b),
      TraceField("c_star_A_inv", star.c),
      TraceField("V_cell_A3", crystal.lattice.volume),
      TraceField("N_cells", crystal.form.cells.components.map { .integer(Int($0)) }),
      TraceField("oversample", sampling.oversample),
      TraceField("sources", beam.sources.count),
      TraceField("phisteps", sampling.phi.count),
      TraceField("mosaic_domains", crystal.domains.count),
      TraceField("thicksteps", detector.sensor.layerCount),
      TraceField("steps", sampling.steps),
      TraceField("interpolate", experiment.interpolates ? 1 : 0),
      TraceField("roi", experiment.region.bounds.map(TraceValue.integer)),
      TraceField("I_bg", crystal.background),
    ]
    return fields.map { TraceLine(.setup, [$0]) }
  }
}

/// Writes down what happens in a pixel.
private struct TraceRecorder: PixelObserver {
  private let experiment: Experiment
  private(set) var lines: [TraceLine] = []
  private var hasGeometry = false
  private var hasPolarization = false
  private var awaitsAmplitude = false
  private var phiLines = 0
  private var stepLines = 0

  init(_ experiment: Experiment) {
    self.experiment = experiment
  }

  private mutating func note(_ fields: TraceField...) {
    lines += fields.map { TraceLine(.pixel, [$0]) }
  }

  mutating func didAim(
    _ subPixel: SubPixel, solidAngle: Double, sourceIndex: Int, source: Source, scatteringVector: Vector3
  ) {
    guard !hasGeometry else { return }
    hasGeometry = true
    let pose = experiment.detector.pose
    note(
      TraceField("pix0_vector_meters", pose.origin),
      TraceField("fdet_vec", pose.fast),
      TraceField("sdet_vec", pose.slow),
      TraceField("odet_vec", pose.normal),
      TraceField("pixel_pos_meters", subPixel.position),
      TraceField("R_distance_meters", subPixel.radius),
      TraceField("omega_pixel_sr", solidAngle),
      TraceField("close_distance_meters", pose.closeDistance),
      TraceField("obliquity_factor", pose.closeDistance / subPixel.radius),
      TraceField("diffracted_vec", subPixel.direction),
      TraceField("incident_vec", source.direction),
      TraceField("lambda_meters", source.wavelength),
      TraceField("lambda_angstroms", source.wavelength * 1e10),
      TraceField("scattering_vec_A_inv", scatteringVector),
      TraceField("stol", 0.5 * scatteringVector.length))
  }

  mutating func didPolarize(_ factor: Double) {
    guard !hasPolarization else { return }
    hasPolarization = true
    note(TraceField("polar_first", factor))
  }

  mutating func didDiffract(_ step: StepIndex, cell: DirectCell, indices: MillerIndices, factor: LatticeFactor) {
    awaitsAmplitude = false
    if step == StepIndex(layer: 0, subSlow: 0, subFast: 0, source: 0, phi: 0, domain: 0) {
      awaitsAmplitude = true
      let star = experiment.crystal.lattice.reciprocal
      note(
        TraceField("rot_a_angstroms", 1e10 * cell.a),
        TraceField("rot_b_angstroms", 1e10 * cell.b),
        TraceField("rot_c_angstroms", 1e10 * cell.c),
        TraceField("rot_a_star_A_inv", star.a),
        TraceField("rot_b_star_A_inv", star.b),
        TraceField("rot_c_star_A_inv", star.c))
      noteRotatedReciprocal(cell)
      note(
        TraceField("hkl_frac", indices.fractional),
        TraceField("hkl_rounded", indices.rounded.components.map(Self.whole)),
        TraceField("F_latt_a", factor.axes.x),
        TraceField("F_latt_b", factor.axes.y),
        TraceField("F_latt_c", factor.axes.z),
        TraceField("F_latt", factor.value))
    }
    guard step.source == 0, step.domain == 0, phiLines < PixelTracer.lineLimit else { return }
    phiLines += 1
    lines.append(
      TraceLine(
        .phi,
        [
          TraceField("phi_tic", step.phi),
          TraceField("phi_deg", experiment.sampling.phi[step.phi] * Constants.degreesPerRadian),
          TraceField("k_frac", indices.fractional.y),
          TraceField("F_latt_b", factor.axes.y),
          TraceField("F_latt", factor.value),
        ]))
  }

  /// The reciprocal vectors of the rotated cell, unless the reference program's omission of them is in force.
  private mutating func noteRotatedReciprocal(_ cell: DirectCell) {
    if experiment.compatibility.has(.reciprocalTracedAtRest) { return }
    let (a, b, c) = (1e10 * cell.a, 1e10 * cell.b, 1e10 * cell.c)
    let reciprocalVolume = 1 / a.dot(b.cross(c))
    note(
      TraceField("rotated_a_star_A_inv", reciprocalVolume * b.cross(c)),
      TraceField("rotated_b_star_A_inv", reciprocalVolume * c.cross(a)),
      TraceField("rotated_c_star_A_inv", reciprocalVolume * a.cross(b)))
  }

  private static func whole(_ value: Double) -> TraceValue {
    Int(exactly: value).map(TraceValue.integer) ?? .real(value)
  }

  mutating func didLookUp(_ amplitude: Double) {
    guard awaitsAmplitude else { return }
    awaitsAmplitude = false
    note(TraceField("F_cell", amplitude))
  }

  mutating func didAdd(
    _ step: StepIndex, indices: MillerIndices, factor: LatticeFactor, amplitude: Double, sum: Double
  ) {
    guard stepLines < PixelTracer.lineLimit else { return }
    stepLines += 1
    let hkl = indices.fractional
    lines.append(
      TraceLine(
        .step,
        [
          TraceField("layer", step.layer), TraceField("subS", step.subSlow), TraceField("subF", step.subFast),
          TraceField("source", step.source), TraceField("phi_tic", step.phi), TraceField("mos_tic", step.domain),
          TraceField("phi_deg", experiment.sampling.phi[step.phi] * Constants.degreesPerRadian),
          TraceField("h", hkl.x), TraceField("k", hkl.y), TraceField("l", hkl.z),
          TraceField("F_latt", factor.value), TraceField("F_cell", amplitude), TraceField("I", sum),
        ]))
  }
}
