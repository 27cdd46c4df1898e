import KernelTypes

extension BlockRenderer {
  /// Adds all phi steps and mosaic domains of a source to `scratch.sums`.
  /// - Parameters:
  ///   - source: The source.
  ///   - count: The number of pixels.
  ///   - allActive: Whether the resolution limit leaves all pixels in.
  ///   - multiplies: Whether each step ends with the multiplications of oversampled factors.
  func addSteps(of source: Int, count: Int, allActive: Bool, multiplies: Bool) {
    let s = scratch
    let weight = plan.evaluator.experiment.beam.sourceFactors[source]
    plan.amplitudes.withUnsafeBufferPointer { amplitudes in
      let block = plan.block(count: count, vectors: s.scatteringVectors, amplitudes: amplitudes)
      if let square = plan.constantSquare, allActive, !multiplies {
        plan.forEachStep(interruption) { cell, multiplicity in
          addUniformStep(of: block, source: source, cell: cell, factor: square * weight * multiplicity)
        }
        return
      }
      plan.forEachStep(interruption) { cell, multiplicity in
        addStep(of: block, source: source, cell: cell, weight: weight * multiplicity, allActive: allActive)
        if multiplies { multiplySums(count: count) }
      }
    }
  }

  /// A step with one structure factor for all.
  private func addUniformStep(of block: borrowing ScatteringBlock, source: Int, cell: StepCell, factor: Double) {
    let s = scratch
    if plan.kernels.addUniformStep(of: block, cell: cell, factor: factor, to: s.runningSums) {
      forEachClose(of: block.count, source: source, cell: cell) { i, exact in
        s.nextSums[i] = s.sums[i] + factor * exact
      }
    }
    s.finishStep()
  }

  /// A step of any shape and table.
  private func addStep(
    of block: borrowing ScatteringBlock, source: Int, cell: StepCell, weight: Double, allActive: Bool
  ) {
    let s = scratch
    let looksUp = !block.amplitudes.isEmpty && plan.constantSquare == nil
    let takesNearest = looksUp && !plan.evaluator.experiment.interpolates
    let tableIndices = takesNearest ? s.tableIndices : nil
    if plan.kernels.latticeTerms(of: block, cell: cell, into: s.terms, tableIndices: tableIndices) {
      forEachClose(of: block.count, source: source, cell: cell) { i, exact in s.terms[i] = exact }
    }
    if !allActive {
      for i in 0..<block.count where !s.isActive[i] { s.terms[i] = 0 }
    }
    let terms = BlockInput(s.terms)
    if !looksUp {
      let factor = (plan.constantSquare ?? 0) * weight
      plan.kernels.addTerms(terms, count: block.count, times: factor, to: s.runningSums)
    } else if takesNearest {
      plan.kernels.addTabulated(of: block, at: s.tableIndices, terms: terms, weight: weight, to: s.runningSums)
    } else {
      plan.kernels.fractionalIndices(of: block, cell: cell, into: s.indices)
      let interpolation = Interpolation(
        states: s.states, switchesOff: plan.evaluator.switchesInterpolationOff, skipsZeros: skipsZeros, weight: weight)
      plan.kernels.addInterpolated(of: block, at: s.indices, terms: terms, by: interpolation, to: s.runningSums)
    }
    s.finishStep()
  }

  /// Whether steps with a lattice factor of zero do nothing at all. Where that makes a difference, only the top hat's zeros
  /// are zeros of the scalar formulas, too.
  private var skipsZeros: Bool {
    let evaluator = plan.evaluator
    guard evaluator.ordersSteps else { return true }
    return evaluator.skipsZeros && plan.law.hasExactZeros
  }

  /// Multiplies the sums by the oversampled factors, as the reference program does after each step.
  private func multiplySums(count: Int) {
    let s = scratch
    let sampling = plan.evaluator.experiment.sampling
    let (terms, skips) = (BlockInput(s.terms), skipsZeros)
    func multiply(by factors: BlockOutput) {
      plan.kernels.multiply(s.sums, count: count, by: BlockInput(factors), terms: terms, skipsZeros: skips)
    }
    if sampling.thick { multiply(by: s.capture) }
    if sampling.polar { multiply(by: s.polarization) }
    if sampling.omega { multiply(by: s.solidAngle) }
  }

  /// Hands out the squared lattice factor by the scalar formulas for pixels where their rounding errors are felt.
  private func forEachClose(of count: Int, source: Int, cell: StepCell, _ body: (Int, Double) -> Void) {
    let s = scratch
    let experiment = plan.evaluator.experiment
    let form = experiment.crystal.form
    let direct = DirectCell(
      a: Vector3(cell.a.x, cell.a.y, cell.a.z), b: Vector3(cell.b.x, cell.b.y, cell.b.z),
      c: Vector3(cell.c.x, cell.c.y, cell.c.z))
    for i in 0..<count {
      // Not the block's own vector, which is rounded otherwise.
      let q = StandardLaws().scatteringVector(s.direction(i), experiment.beam.sources[source])
      let indices = MillerIndices(cell: direct, scatteringVector: q)
      guard form.shape.isIllConditioned(form, at: indices) else { continue }
      let factor = form.latticeFactor(indices).value
      body(i, factor * factor)
    }
  }
}
