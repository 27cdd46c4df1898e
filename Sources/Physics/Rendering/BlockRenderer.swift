import KernelTypes

/// Renders rows in blocks of pixels: the loops of `BlockPlan` for what all pixels of a block have in common.
///
/// The numbers are those of `ReferenceEvaluator` but for rounding, and do not depend on how rows are divided.
struct BlockRenderer {
  let plan: BlockPlan
  let scratch: BlockScratch
  private let experiment: Experiment
  private let sampling: Sampling
  private let detector: Detector

  init(_ plan: BlockPlan) {
    self.plan = plan
    experiment = plan.evaluator.experiment
    sampling = experiment.sampling
    detector = experiment.detector
    let width = Self.padded(min(experiment.region.fast.count, StepJob.capacity))
    scratch = BlockScratch(size: width, sources: plan.evaluator.usesRunningSum ? 1 : experiment.beam.sources.count)
  }

  /// A number of pixels with those that fill up the last vector.
  private static func padded(_ count: Int) -> Int { (count + StepJob.lanes - 1) / StepJob.lanes * StepJob.lanes }

  /// Evaluates the pixels of a block; the solid angles of all sub-pixels and layers go into `scratch.total`.
  /// - Parameters:
  ///   - slow: The row.
  ///   - fast: The first pixel and one past the last.
  ///   - photons: Where the pixels go.
  func render(slow: Int, fast: Range<Int>, into photons: UnsafeMutablePointer<Float>) {
    let count = Self.padded(fast.count)
    let s = scratch
    let factor = Constants.electronRadiusSquared * experiment.beam.fluence / Double(sampling.steps)
    if plan.evaluator.usesRunningSum {
      renderRunningSum(slow: slow, fast: fast.lowerBound, count)
      let final = sampling.finalFactors(
        capture: s.capture, polarization: s.polarization, solidAngle: s.solidAngle, one: s.ones)
      plan.kernels.finish(fast.count, s.sums, factor, final.capture, final.polarization, final.solidAngle, photons)
    } else {
      renderPerTerm(slow: slow, fast: fast.lowerBound, count)
      for i in 0..<fast.count {
        photons[i] = Float(0 + (factor * s.photonSums[i] + experiment.crystal.background * s.background[i]))
      }
    }
  }

  // MARK: The reference program's way

  /// See `ReferenceEvaluator.evaluateRunningSum`.
  private func renderRunningSum(slow: Int, fast: Int, _ count: Int) {
    let s = scratch
    s.sums.update(repeating: experiment.crystal.background, count: count)
    if sampling.omega { s.total.update(repeating: 0, count: count) }
    s.polarized = experiment.beam.isPolarized ? .none : .all
    // Pixels whose sources are all beyond the resolution limit keep this.
    s.polarization.update(repeating: experiment.beam.isPolarized ? 0 : 1, count: count)
    var knowsSolidAngle = false
    var knowsCapture = false
    experiment.subPixels.forEach { place in
      if place.startsLayer {
        knowsCapture = detector.sensor.isIdeal
        if knowsCapture { s.capture.update(repeating: 1, count: count) }
      }
      locate(slow: slow, fast: fast, place, count)
      if sampling.needsSolidAngle(isKnown: knowsSolidAngle) {
        solidAngles(layer: place.layer, count)
        knowsSolidAngle = true
      }
      if sampling.omega { for i in 0..<count { s.total[i] += s.solidAngle[i] } }
      if sampling.needsCapture(isKnown: knowsCapture) {
        captures(layer: place.layer, count)
        knowsCapture = true
      }
      for source in plan.sources.indices { addSource(source, count) }
    }
    if !sampling.omega {
      let places = Double(experiment.subPixels.count)
      for i in 0..<count { s.total[i] = places * s.solidAngle[i] }
    }
  }

  private func addSource(_ index: Int, _ count: Int) {
    let s = scratch
    plan.kernels.scatteringVectors(count, plan.sources[index], s.x, s.y, s.z, s.qx, s.qy, s.qz)
    let allActive = markActive(count)
    polarize(index, count, allActive)
    addSteps(index, count, allActive, multiplies: plan.evaluator.multipliesSteps)
  }

  /// Marks the pixels that the resolution limit leaves in; returns whether all are.
  private func markActive(_ count: Int) -> Bool {
    guard sampling.resolutionLimit > 0 else { return true }
    let s = scratch
    var all = true
    for i in 0..<count {
      s.isActive[i] = !plan.evaluator.isBeyondResolution(Vector3(s.qx[i], s.qy[i], s.qz[i]))
      all = all && s.isActive[i]
    }
    return all
  }

  /// Computes polarization factors where they are not known yet, or everywhere if they are oversampled.
  ///
  /// A factor that came out as zero counts as not known in the scalar formulas; here it is final. That takes fully polarized
  /// rays scattered at a right angle to the last bit.
  private func polarize(_ index: Int, _ count: Int, _ allActive: Bool) {
    let s = scratch
    guard sampling.needsPolarization(isKnown: s.polarized == .all) else { return }
    if allActive && (sampling.polar || s.polarized == .none) {
      plan.kernels.polarizations(count, plan.sources[index], s.x, s.y, s.z, s.polarization)
      s.polarized = .all
      return
    }
    if s.polarized == .none { s.isPolarized.update(repeating: false, count: count) }
    plan.kernels.polarizations(count, plan.sources[index], s.x, s.y, s.z, s.candidate)
    for i in 0..<count where s.isActive[i] && (sampling.polar || !s.isPolarized[i]) {
      (s.polarization[i], s.isPolarized[i]) = (s.candidate[i], true)
    }
    s.polarized = (0..<count).allSatisfy { s.isPolarized[$0] } ? .all : .some
  }

  // MARK: Term by term

  /// See `ReferenceEvaluator.evaluatePerTerm`.
  private func renderPerTerm(slow: Int, fast: Int, _ count: Int) {
    let s = scratch
    for i in 0..<count { (s.photonSums[i], s.total[i], s.background[i]) = (0, 0, 0) }
    experiment.subPixels.forEach { place in
      // The middle of the pixel: what is not oversampled is taken there.
      if place.startsLayer { centre(slow: slow, fast: fast, layer: place.layer, count) }
      locate(slow: slow, fast: fast, place, count)
      let depth = detector.sensor.depth(ofLayer: place.layer)
      for i in 0..<count {
        let solidAngle = detector.solidAngle(radius: s.radius[i], depth: depth)
        s.total[i] += solidAngle
        if sampling.omega { s.solidAngle[i] = solidAngle }
      }
      if sampling.thick { captures(layer: place.layer, count) }
      for source in plan.sources.indices { addTerms(of: source, count) }
    }
  }

  /// Adds the steps of one source to the sums with factors.
  private func addTerms(of source: Int, _ count: Int) {
    let s = scratch
    plan.kernels.scatteringVectors(count, plan.sources[source], s.x, s.y, s.z, s.qx, s.qy, s.qz)
    let allActive = markActive(count)
    for i in 0..<count { s.sums[i] = 0 }
    addSteps(source, count, allActive, multiplies: false)
    let polarization = s.polarizations + source * s.size
    if sampling.polar && experiment.beam.isPolarized {
      plan.kernels.polarizations(count, plan.sources[source], s.x, s.y, s.z, polarization)
    }
    for i in 0..<count {
      s.photonSums[i] += s.sums[i] * s.capture[i] * polarization[i] * s.solidAngle[i]
    }
  }

  /// The factors at the middle of the pixels of a layer, and the water background there.
  private func centre(slow: Int, fast: Int, layer: Int, _ count: Int) {
    let s = scratch
    let size = detector.pixelSize
    locate(
      Line(first: Double(fast) + 0.5, step: 1, size: size, shift: 0), slow: size * (Double(slow) + 0.5),
      depth: detector.sensor.depth(ofLayer: layer), count)
    solidAngles(layer: layer, count)
    captures(layer: layer, count)
    let factors = experiment.beam.sourceFactors
    for i in 0..<count { s.candidate[i] = 0 }
    for source in plan.sources.indices {
      let row = s.polarizations + source * s.size
      if experiment.beam.isPolarized {
        plan.kernels.polarizations(count, plan.sources[source], s.x, s.y, s.z, row)
      } else {
        for i in 0..<count { row[i] = 1 }
      }
      for i in 0..<count { s.candidate[i] += row[i] * factors[source] }
    }
    for i in 0..<count {
      s.background[i] += s.capture[i] * s.solidAngle[i] * s.candidate[i] / Double(factors.count)
    }
  }

  // MARK: Places

  /// Directions and distances of a sub-pixel of each pixel.
  private func locate(slow: Int, fast: Int, _ place: SubPixelGrid.Place, _ count: Int) {
    let oversample = sampling.oversample
    let size = detector.pixelSize / Double(oversample)
    locate(
      Line(first: Double(fast * oversample + place.subFast), step: Double(oversample), size: size, shift: size / 2),
      slow: size * Double(slow * oversample + place.subSlow) + size / 2,
      depth: detector.sensor.depth(ofLayer: place.layer), count)
  }

  /// Places along the fast axis, number n at `size` × (`first` + n × `step`) + `shift`, in m: whole or half numbers first,
  /// so that nothing is rounded before they are turned into m, as in the scalar formulas.
  private struct Line {
    let first: Double
    let step: Double
    let size: Double
    let shift: Double
  }

  private func locate(_ line: Line, slow: Double, depth: Double, _ count: Int) {
    let s = scratch
    for i in 0..<count { s.fast[i] = line.size * (line.first + s.ramp[i] * line.step) + line.shift }
    guard !detector.isCurved else {
      for i in 0..<count {
        let position = detector.position(fast: s.fast[i], slow: slow, depth: depth)
        let radius = position.length
        (s.x[i], s.y[i], s.z[i]) = (position.x / radius, position.y / radius, position.z / radius)
        s.radius[i] = radius
      }
      return
    }
    var job = PixelJob()
    job.count = count
    let pose = detector.pose
    job.axis = (pose.fast.x, pose.fast.y, pose.fast.z)
    job.slow = (slow * pose.slow.x, slow * pose.slow.y, slow * pose.slow.z)
    job.depth = (depth * pose.normal.x, depth * pose.normal.y, depth * pose.normal.z)
    job.origin = (pose.origin.x, pose.origin.y, pose.origin.z)
    plan.kernels.directions(job, s.fast, s.x, s.y, s.z, s.radius)
  }

  private func solidAngles(layer: Int, _ count: Int) {
    let s = scratch
    let depth = detector.sensor.depth(ofLayer: layer)
    guard detector.isCurved || detector.hasPointPixels else {
      let distance = detector.pose.closeDistance + (detector.sensor.atFrontFace ? 0 : depth)
      plan.kernels.solidAngles(count, s.radius, detector.pixelSize * detector.pixelSize * distance, s.solidAngle)
      return
    }
    for i in 0..<count { s.solidAngle[i] = detector.solidAngle(radius: s.radius[i], depth: depth) }
  }

  private func captures(layer: Int, _ count: Int) {
    let s = scratch
    let sensor = detector.sensor
    for i in 0..<count { s.parallax[i] = detector.parallax(Vector3(s.x[i], s.y[i], s.z[i])) }
    let isPlain = sensor.thickness > 0 && sensor.attenuation >= 0 && (0..<count).allSatisfy { s.parallax[$0] > 0 }
    guard isPlain else {
      for i in 0..<count {
        s.capture[i] = plan.evaluator.captureFraction(layer: layer, Vector3(s.x[i], s.y[i], s.z[i]), StandardLaws())
      }
      return
    }
    let front = Double(layer) * sensor.layerThickness * sensor.attenuation
    let back = Double(layer + 1) * sensor.layerThickness * sensor.attenuation
    plan.kernels.captures(count, s.parallax, front, back, s.capture)
  }
}
