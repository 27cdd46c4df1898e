extension Formulas {
  /// The direct cell vectors that each phi step uses, in m.
  ///
  /// In the reference program a phi step of exactly zero uses the vectors of the cyclically preceding phi step; only in
  /// the first sweep of a run it uses the unrotated cell (docs/reference/50-pixel-loop.md §6). Because this rule gives
  /// the vectors as a function of the step alone, pixels can be computed in any order.
  struct PhiCells: Sendable {
    /// One cell per phi step.
    let cells: [DirectCell]
    /// One cell per phi step of the first sweep of the run; equal to `cells` unless a step uses the preceding cell.
    let firstSweepCells: [DirectCell]

    /// Whether the cells of the first sweep differ from those of the other sweeps in any bit, the sign of zeros included.
    var hasCarryOver: Bool {
      func bits(_ cells: [DirectCell]) -> [UInt64] {
        cells.flatMap { [$0.a, $0.b, $0.c] }.flatMap(\.components).map(\.approximation.bitPattern)
      }
      return bits(cells) != bits(firstSweepCells)
    }

    init(_ experiment: Experiment, _ laws: some DiffractionLaws<Number>) {
      let atRest = experiment.crystal.lattice.direct
      let phi = experiment.sampling.phi
      let carriesOver = experiment.compatibility.has(.phiCarryOver)
      let rotated = phi.map { laws.rotated(atRest, axis: experiment.crystal.spindle, angle: $0) }
      guard carriesOver else {
        (cells, firstSweepCells) = (rotated, rotated)
        return
      }
      func sweep(startingWith start: DirectCell) -> [DirectCell] {
        var inForce = start
        return phi.indices.map { step in
          if !phi[step].isSettledZero { inForce = rotated[step] }
          return inForce
        }
      }
      firstSweepCells = sweep(startingWith: atRest)
      cells = sweep(startingWith: firstSweepCells.last ?? atRest)
    }
  }
}
