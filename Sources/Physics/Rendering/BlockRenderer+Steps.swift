import KernelTypes

extension BlockRenderer {
  /// Adds all phi steps and mosaic domains of a source to `scratch.sums`.
  /// - Parameters:
  ///   - source: The source.
  ///   - count: The number of pixels.
  ///   - allActive: Whether the resolution limit leaves all pixels in.
  ///   - multiplies: Whether each step ends with the multiplications of oversampled factors.
  func addSteps(_ source: Int, _ count: Int, _ allActive: Bool, multiplies: Bool) {
    let s = scratch
    let experiment = plan.evaluator.experiment
    let weight = experiment.beam.sourceFactors[source]
    let job = plan.job(count: count, (s.qx, s.qy, s.qz))
    if let square = plan.constantSquare, allActive, !multiplies {
      plan.forEachStep { cell, multiplicity in
        addConstant(job, source, cell, square * weight * multiplicity)
      }
      return
    }
    plan.table.withUnsafeBufferPointer { table in
      plan.forEachStep { cell, multiplicity in
        addTerms(job, source, cell, table.baseAddress, weight * multiplicity, allActive)
        swap(&s.sums, &s.next)
        if multiplies { multiply(count) }
      }
    }
  }

  /// A step with one structure factor for all.
  private func addConstant(_ job: borrowing StepJob, _ source: Int, _ cell: BlockInput, _ square: Double) {
    let s = scratch
    if plan.kernels.addConstant(plan.formula, job, cell, square, s.sums, s.next) {
      forEachClose(job, source, cell) { i, exact in s.next[i] = s.sums[i] + square * exact }
    }
    swap(&s.sums, &s.next)
  }

  /// A step of any shape and table, from `sums` to `next`.
  private func addTerms(
    _ job: borrowing StepJob, _ source: Int, _ cell: BlockInput, _ table: BlockInput?, _ weight: Double,
    _ allActive: Bool
  ) {
    let s = scratch
    let evaluator = plan.evaluator
    let interpolates = evaluator.experiment.interpolates
    let looksUp = table != nil && plan.constantSquare == nil
    if plan.kernels.latticeTerms(plan.formula, job, cell, s.terms, looksUp && !interpolates ? s.places : nil) {
      forEachClose(job, source, cell) { i, exact in s.terms[i] = exact }
    }
    if !allActive {
      for i in 0..<job.count where !s.isActive[i] { s.terms[i] = 0 }
    }
    guard looksUp, let table else {
      plan.kernels.add(job.count, s.terms, (plan.constantSquare ?? 0) * weight, s.sums, s.next)
      return
    }
    guard interpolates else {
      plan.kernels.addLookedUp(job.count, s.terms, s.places, table, weight, s.sums, s.next)
      return
    }
    plan.kernels.fractional(job, cell, s.h, s.k, s.l)
    let rules = InterpolationRules(
      switchesOff: evaluator.switchesInterpolationOff, skipsZeros: skipsZeros, weight: weight)
    plan.kernels.addInterpolated(job, s.terms, s.h, s.k, s.l, table, s.states, rules, s.sums, s.next)
  }

  /// Whether steps with a lattice factor of zero do nothing at all. Where that makes a difference, only the top hat's zeros
  /// are zeros of the scalar formulas, too.
  private var skipsZeros: Bool {
    let evaluator = plan.evaluator
    guard evaluator.ordersSteps else { return true }
    return evaluator.skipsZeros && plan.law.hasExactZeros
  }

  private func multiply(_ count: Int) {
    let s = scratch
    let sampling = plan.evaluator.experiment.sampling
    let skips = skipsZeros
    if sampling.thick { plan.kernels.multiply(count, s.terms, skips, s.capture, s.sums) }
    if sampling.polar { plan.kernels.multiply(count, s.terms, skips, s.polarization, s.sums) }
    if sampling.omega { plan.kernels.multiply(count, s.terms, skips, s.solidAngle, s.sums) }
  }

  /// Hands out the squared lattice factor by the scalar formulas for pixels where their rounding errors are felt.
  private func forEachClose(
    _ job: borrowing StepJob, _ source: Int, _ cell: BlockInput, _ body: (Int, Double) -> Void
  ) {
    let s = scratch
    let experiment = plan.evaluator.experiment
    let form = experiment.crystal.form
    let direct = DirectCell(
      a: Vector3(cell[0], cell[1], cell[2]), b: Vector3(cell[3], cell[4], cell[5]),
      c: Vector3(cell[6], cell[7], cell[8]))
    for i in 0..<job.count {
      // Not the block's own vector, which is rounded otherwise.
      let q = StandardLaws().scatteringVector(Vector3(s.x[i], s.y[i], s.z[i]), experiment.beam.sources[source])
      let indices = MillerIndices(cell: direct, scatteringVector: q)
      guard plan.law.isIllConditioned(form, at: indices) else { continue }
      let factor = form.latticeFactor(indices).value
      body(i, factor * factor)
    }
  }
}
