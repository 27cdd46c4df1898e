import KernelTypes

/// Renders rows in blocks of pixels: the loops of `BlockPlan` for what all pixels of a block have in common.
///
/// The numbers are those of `ReferenceEvaluator` but for rounding, and do not depend on how rows are divided.
package struct BlockRenderer {
  let plan: BlockPlan
  package let scratch: BlockScratch
  let interruption: Interruption?
  private let experiment: Experiment
  private let sampling: Sampling
  private let detector: Detector

  package init(_ plan: BlockPlan, _ interruption: Interruption? = nil) {
    self.plan = plan
    self.interruption = interruption
    experiment = plan.evaluator.experiment
    sampling = experiment.sampling
    detector = experiment.detector
    let width = Self.padded(min(experiment.region.fast.count, ScatteringBlock.capacity))
    scratch = BlockScratch(size: width, sources: plan.evaluator.usesRunningSum ? 1 : experiment.beam.sources.count)
  }

  /// A number of pixels with those that fill up the last vector.
  private static func padded(_ count: Int) -> Int {
    (count + ScatteringBlock.lanes - 1) / ScatteringBlock.lanes * ScatteringBlock.lanes
  }

  /// Evaluates the pixels of a block; the solid angles of all sub-pixels and layers go into `scratch.total`.
  /// - Parameters:
  ///   - slow: The row.
  ///   - fast: The first pixel and one past the last.
  ///   - photons: Where the pixels go; as many as `fast` has.
  package func render(slow: Int, fast: Range<Int>, into photons: UnsafeMutableBufferPointer<Float>) {
    let count = Self.padded(fast.count)
    let s = scratch
    let factor = Constants.electronRadiusSquared * experiment.beam.fluence / Double(sampling.steps)
    if plan.evaluator.usesRunningSum {
      renderRunningSum(slow: slow, fast: fast.lowerBound, count: count)
      let final = sampling.finalFactors(
        capture: s.capture, polarization: s.polarization, solidAngle: s.solidAngle, one: s.ones)
      let factors = PhotonFactors(
        common: factor, capture: BlockInput(final.capture), polarization: BlockInput(final.polarization),
        solidAngle: BlockInput(final.solidAngle))
      plan.kernels.photons(from: BlockInput(s.sums), factors: factors, into: photons)
    } else {
      renderPerTerm(slow: slow, fast: fast.lowerBound, count: count)
      for i in 0..<fast.count {
        photons[i] = Float(0 + (factor * s.photonSums[i] + experiment.crystal.background * s.background[i]))
      }
    }
  }

  /// Whether the rendering is to end, so that the values of the block do not matter any more.
  private var isInterrupted: Bool { interruption?.isWished == true }

  // MARK: The reference program's way

  /// Sums the intensities of a block as the reference program does, with one running sum for each pixel (`Quirk.runningSum`).
  /// The law is that of `ReferenceEvaluator.evaluateRunningSum`, here for `count` pixels at a time.
  private func renderRunningSum(slow: Int, fast: Int, count: Int) {
    let s = scratch
    s.sums.update(repeating: experiment.crystal.background)
    if sampling.omega { s.total.update(repeating: 0) }
    s.polarized = experiment.beam.isPolarized ? .noPixel : .allPixels
    // Pixels whose sources are all beyond the resolution limit keep this.
    s.polarization.update(repeating: experiment.beam.isPolarized ? 0 : 1)
    var knowsSolidAngle = false
    var knowsCapture = false
    experiment.subPixels.forEach { subPixel in
      if isInterrupted { return }
      if subPixel.startsLayer {
        knowsCapture = detector.sensor.isIdeal
        if knowsCapture { s.capture.update(repeating: 1) }
      }
      locate(subPixel, slow: slow, fast: fast, count: count)
      if sampling.needsSolidAngle(isKnown: knowsSolidAngle) {
        solidAngles(layer: subPixel.layer, count: count)
        knowsSolidAngle = true
      }
      if sampling.omega { for i in 0..<count { s.total[i] += s.solidAngle[i] } }
      if sampling.needsCapture(isKnown: knowsCapture) {
        knowsCapture = updateCaptures(layer: subPixel.layer, all: subPixel.startsLayer || sampling.thick, count: count)
      }
      for source in plan.sources.indices { addToRunningSum(source: source, count: count) }
    }
    if !sampling.omega {
      let subPixelCount = Double(experiment.subPixels.count)
      for i in 0..<count { s.total[i] = subPixelCount * s.solidAngle[i] }
    }
  }

  /// Adds the steps of one source to the sums, which keep the factors they have been multiplied by.
  private func addToRunningSum(source: Int, count: Int) {
    if isInterrupted { return }
    let s = scratch
    plan.kernels.scatteringVectors(
      of: s.directions, count: count, source: plan.sources[source], into: s.scatteringVectors)
    let allActive = markActive(count: count)
    polarize(source: source, count: count, allActive: allActive)
    addSteps(of: source, count: count, allActive: allActive, multiplies: plan.evaluator.multipliesSteps)
  }

  /// Marks the pixels that the resolution limit leaves in; returns whether all are.
  private func markActive(count: Int) -> Bool {
    guard sampling.resolutionLimit > 0 else { return true }
    let s = scratch
    let q = s.scatteringVectors
    var all = true
    for i in 0..<count {
      s.isActive[i] = !plan.evaluator.isBeyondResolution(Vector3(q.x[i], q.y[i], q.z[i]))
      all = all && s.isActive[i]
    }
    return all
  }

  /// Computes polarization factors where they are not known yet, or everywhere if they are oversampled.
  ///
  /// A factor that came out as zero counts as not known in the scalar formulas; here it is final. That takes fully polarized
  /// rays scattered at a right angle to the last bit.
  private func polarize(source: Int, count: Int, allActive: Bool) {
    let s = scratch
    guard sampling.needsPolarization(isKnown: s.polarized == .allPixels) else { return }
    if allActive && (sampling.polar || s.polarized == .noPixel) {
      plan.kernels.polarizations(
        of: s.directions, count: count, source: plan.sources[source], into: s.polarization)
      s.polarized = .allPixels
      return
    }
    if s.polarized == .noPixel { s.isPolarized.update(repeating: false) }
    plan.kernels.polarizations(
      of: s.directions, count: count, source: plan.sources[source], into: s.candidatePolarization)
    for i in 0..<count where s.isActive[i] && (sampling.polar || !s.isPolarized[i]) {
      (s.polarization[i], s.isPolarized[i]) = (s.candidatePolarization[i], true)
    }
    s.polarized = (0..<count).allSatisfy { s.isPolarized[$0] } ? .allPixels : .somePixels
  }

  // MARK: Term by term

  /// Sums the photons of a block by the documented physics, where every term has its own factors. The law is that of
  /// `ReferenceEvaluator.evaluatePerTerm`, here for `count` pixels at a time.
  private func renderPerTerm(slow: Int, fast: Int, count: Int) {
    let s = scratch
    for i in 0..<count { (s.photonSums[i], s.total[i], s.background[i]) = (0, 0, 0) }
    experiment.subPixels.forEach { subPixel in
      if isInterrupted { return }
      // The middle of the pixel: what is not oversampled is taken there.
      if subPixel.startsLayer { centre(slow: slow, fast: fast, layer: subPixel.layer, count: count) }
      locate(subPixel, slow: slow, fast: fast, count: count)
      let depth = detector.sensor.depth(ofLayer: subPixel.layer)
      for i in 0..<count {
        let solidAngle = detector.solidAngle(radius: s.radius[i], depth: depth)
        s.total[i] += solidAngle
        if sampling.omega { s.solidAngle[i] = solidAngle }
      }
      if sampling.thick { captures(layer: subPixel.layer, count: count) }
      for source in plan.sources.indices { addPhotons(source: source, count: count) }
    }
  }

  /// Adds the steps of one source, times their factors, to the sums of photons.
  private func addPhotons(source: Int, count: Int) {
    if isInterrupted { return }
    let s = scratch
    plan.kernels.scatteringVectors(
      of: s.directions, count: count, source: plan.sources[source], into: s.scatteringVectors)
    let allActive = markActive(count: count)
    for i in 0..<count { s.sums[i] = 0 }
    addSteps(of: source, count: count, allActive: allActive, multiplies: false)
    let polarization = s.polarizations(of: source)
    if sampling.polar && experiment.beam.isPolarized {
      plan.kernels.polarizations(of: s.directions, count: count, source: plan.sources[source], into: polarization)
    }
    for i in 0..<count {
      s.photonSums[i] += s.sums[i] * s.capture[i] * polarization[i] * s.solidAngle[i]
    }
  }

  /// The factors at the middle of the pixels of a layer, and the water background there.
  private func centre(slow: Int, fast: Int, layer: Int, count: Int) {
    let s = scratch
    let size = detector.pixelSize
    locate(
      Line(first: Double(fast) + 0.5, step: 1, size: size, shift: 0), slow: size * (Double(slow) + 0.5),
      depth: detector.sensor.depth(ofLayer: layer), count: count)
    solidAngles(layer: layer, count: count)
    captures(layer: layer, count: count)
    let factors = experiment.beam.sourceFactors
    for i in 0..<count { s.meanPolarization[i] = 0 }
    for source in plan.sources.indices {
      let polarization = s.polarizations(of: source)
      if experiment.beam.isPolarized {
        plan.kernels.polarizations(of: s.directions, count: count, source: plan.sources[source], into: polarization)
      } else {
        for i in 0..<count { polarization[i] = 1 }
      }
      for i in 0..<count { s.meanPolarization[i] += polarization[i] * factors[source] }
    }
    for i in 0..<count {
      s.background[i] += s.capture[i] * s.solidAngle[i] * s.meanPolarization[i] / Double(factors.count)
    }
  }

  // MARK: Places

  /// Directions and distances of a sub-pixel of each pixel.
  private func locate(_ subPixel: SubPixelGrid.Place, slow: Int, fast: Int, count: Int) {
    let oversample = sampling.oversample
    let size = detector.pixelSize / Double(oversample)
    locate(
      Line(first: Double(fast * oversample + subPixel.subFast), step: Double(oversample), size: size, shift: size / 2),
      slow: size * Double(slow * oversample + subPixel.subSlow) + size / 2,
      depth: detector.sensor.depth(ofLayer: subPixel.layer), count: count)
  }

  /// Places along the fast axis, number n at `size` × (`first` + n × `step`) + `shift`, in m: whole or half numbers first,
  /// so that nothing is rounded before they are turned into m, as in the scalar formulas.
  private struct Line {
    let first: Double
    let step: Double
    let size: Double
    let shift: Double
  }

  private func locate(_ line: Line, slow: Double, depth: Double, count: Int) {
    let s = scratch
    for i in 0..<count { s.fast[i] = line.size * (line.first + s.ramp[i] * line.step) + line.shift }
    guard !detector.isCurved else {
      for i in 0..<count {
        let position = detector.position(fast: s.fast[i], slow: slow, depth: depth)
        let radius = position.length
        let (x, y, z) = (position.x / radius, position.y / radius, position.z / radius)
        (s.directions.x[i], s.directions.y[i], s.directions.z[i]) = (x, y, z)
        s.radius[i] = radius
      }
      return
    }
    var row = SubPixelRow()
    row.count = count
    let pose = detector.pose
    row.axis = (pose.fast.x, pose.fast.y, pose.fast.z)
    row.slow = (slow * pose.slow.x, slow * pose.slow.y, slow * pose.slow.z)
    row.depth = (depth * pose.normal.x, depth * pose.normal.y, depth * pose.normal.z)
    row.origin = (pose.origin.x, pose.origin.y, pose.origin.z)
    plan.kernels.directions(of: row, at: BlockInput(s.fast), into: s.directions, distances: s.radius)
  }

  private func solidAngles(layer: Int, count: Int) {
    let s = scratch
    let depth = detector.sensor.depth(ofLayer: layer)
    guard detector.isCurved || detector.hasPointPixels else {
      let distance = detector.pose.closeDistance + (detector.sensor.atFrontFace ? 0 : depth)
      plan.kernels.solidAngles(
        distances: BlockInput(s.radius), count: count,
        areaTimesDistance: detector.pixelSize * detector.pixelSize * distance, into: s.solidAngle)
      return
    }
    for i in 0..<count { s.solidAngle[i] = detector.solidAngle(radius: s.radius[i], depth: depth) }
  }

  /// Computes the capture fractions of all pixels, or of those whose fraction came out as zero at the sub-pixels before: at
  /// grazing incidence the reference program takes the fraction of a later sub-pixel.
  /// - Returns: Whether no fraction is zero.
  private func updateCaptures(layer: Int, all: Bool, count: Int) -> Bool {
    let s = scratch
    if all {
      captures(layer: layer, count: count)
    } else {
      for i in 0..<count where !PixelOutcome.isKnown(s.capture[i]) {
        s.capture[i] = plan.evaluator.captureFraction(layer: layer, s.direction(i), Formulas<Double>.StandardLaws())
      }
    }
    return (0..<count).allSatisfy { PixelOutcome.isKnown(s.capture[$0]) }
  }

  private func captures(layer: Int, count: Int) {
    let s = scratch
    let sensor = detector.sensor
    for i in 0..<count { s.parallax[i] = detector.parallax(s.direction(i)) }
    let isPlain = sensor.thickness > 0 && sensor.attenuation >= 0 && (0..<count).allSatisfy { s.parallax[$0] > 0 }
    guard isPlain else {
      for i in 0..<count {
        s.capture[i] = plan.evaluator.captureFraction(layer: layer, s.direction(i), Formulas<Double>.StandardLaws())
      }
      return
    }
    let front = Double(layer) * sensor.layerThickness * sensor.attenuation
    let back = Double(layer + 1) * sensor.layerThickness * sensor.attenuation
    plan.kernels.captures(
      parallax: BlockInput(s.parallax), count: count, depths: (front, back), into: s.capture)
  }
}
