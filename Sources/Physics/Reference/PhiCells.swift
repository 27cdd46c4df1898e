/// The cell vectors that each phi step uses.
///
/// In the reference program the vectors used at a phi step of exactly zero are those of the cyclically preceding
/// phi step, and the unrotated cell only in the very first sweep of a run (docs/reference/50-pixel-loop.md §6). Stated
/// this way the vectors depend on the step alone, and pixels can be computed in any order.
struct PhiCells: Sendable {
  /// One cell per phi step.
  let cells: [DirectCell]
  /// The cells of the first sweep of the run; the same as `cells` unless carry-over acts.
  let firstSweepCells: [DirectCell]

  /// Whether the first sweep differs from the others, be it in the sign of a zero.
  var hasCarryOver: Bool {
    func bits(_ cells: [DirectCell]) -> [UInt64] {
      cells.flatMap { [$0.a, $0.b, $0.c] }.flatMap(\.components).map(\.bitPattern)
    }
    return bits(cells) != bits(firstSweepCells)
  }

  init(_ experiment: Experiment, _ laws: some DiffractionLaws) {
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
        if phi[step] != 0 { inForce = rotated[step] }
        return inForce
      }
    }
    firstSweepCells = sweep(startingWith: atRest)
    cells = sweep(startingWith: firstSweepCells.last ?? atRest)
  }
}
