import KernelTypes

import Glibc

/// What all blocks of a rendering share: cells, sources and tables as the inner loops want them.
package struct BlockPlan: Sendable {
  let kernels: any Kernels
  let evaluator: ReferenceEvaluator
  /// The cells of the phi steps. Where steps repeat a cell, as the carry-over at a phi of zero does
  /// (`Quirk.phiCarryOver`), it is there once.
  let cells: [DirectCell]
  /// How often each cell counts.
  let multiplicities: [Double]
  /// The structure factor for all reflections, squared; nil if there is a table.
  let constantSquare: Double?
  /// The table, and after it the amplitude of everything that is not in it; empty if one amplitude is for all.
  let amplitudes: [Double]
  /// One per source.
  let sources: [SourceGeometry]
  private let formula: LatticeFormula
  package let lattice: LatticeCoefficients
  private let grid: ReflectionGrid
  /// The law of the shape.
  var law: any ShapeLaw.Type { evaluator.experiment.crystal.form.shape.law }

  init(_ evaluator: ReferenceEvaluator, _ kernels: any Kernels) {
    self.evaluator = evaluator
    self.kernels = kernels
    let experiment = evaluator.experiment
    let (crystal, factors) = (experiment.crystal, experiment.structureFactors)
    formula = crystal.form.shape.law.formula
    lattice = crystal.form.shape.law.coefficients(of: crystal.form, in: experiment)
    (cells, multiplicities) = Self.distinct(evaluator.spindle.cells, merges: !evaluator.ordersSteps)
    let isConstant = factors.count == 0
    constantSquare = isConstant ? factors.defaultAmplitude * factors.defaultAmplitude : nil
    amplitudes = isConstant ? [] : factors.storage
    grid = isConstant ? ReflectionGrid() : ReflectionGrid(factors)
    sources = experiment.beam.sources.map { SourceGeometry($0, experiment.beam) }
  }

  /// The cells and how often each counts, those that repeat the cell before them or the first made one: a step without
  /// a turn repeats the one before it, a carry-over into the first step the last.
  /// - Parameter merges: Whether cells that are the same are made one; false where the order of the steps matters.
  private static func distinct(_ all: [DirectCell], merges: Bool) -> (cells: [DirectCell], multiplicities: [Double]) {
    guard merges else { return (all, all.map { _ in 1 }) }
    var (cells, multiplicities) = ([DirectCell](), [Double]())
    for cell in all {
      if cell == cells.last {
        multiplicities[cells.count - 1] += 1
      } else if cell == cells.first {
        multiplicities[0] += 1
      } else {
        cells.append(cell)
        multiplicities.append(1)
      }
    }
    return (cells, multiplicities)
  }

  /// Hands out each cell in each domain, and how often the cell counts, unless the rendering is to end.
  func forEachStep(_ interruption: Interruption?, _ body: (_ cell: StepCell, _ multiplicity: Double) -> Void) {
    let crystal = evaluator.experiment.crystal
    let isMosaic = crystal.mosaicSpread > 0
    for (cell, multiplicity) in zip(cells, multiplicities) {
      for domain in crystal.domains {
        if interruption?.isWished == true { return }
        body(StepCell(isMosaic ? cell.rotated(by: domain) : cell), multiplicity)
      }
    }
  }

  /// A block of pixels with their scattering vectors.
  func block(count: Int, vectors: BlockVectors, amplitudes: BlockInput) -> ScatteringBlock {
    var block = ScatteringBlock(count: count, vectors: vectors, formula: formula)
    (block.lattice, block.grid, block.amplitudes) = (lattice, grid, amplitudes)
    return block
  }
}

extension StepCell {
  fileprivate init(_ cell: DirectCell) {
    self.init(
      a: (cell.a.x, cell.a.y, cell.a.z), b: (cell.b.x, cell.b.y, cell.b.z), c: (cell.c.x, cell.c.y, cell.c.z))
  }
}

extension ReflectionGrid {
  /// The layout of `StructureFactors.storage`: one more than the indices in l and k, and the amplitude of everything else
  /// at the end.
  fileprivate init(_ factors: StructureFactors) {
    self.init()
    low = (Double(factors.h.lowerBound), Double(factors.k.lowerBound), Double(factors.l.lowerBound))
    high = (Double(factors.h.upperBound), Double(factors.k.upperBound), Double(factors.l.upperBound))
    stride = (Double(factors.l.count + 1), Double((factors.k.count + 1) * (factors.l.count + 1)))
    outside = Double(factors.storage.count - 1)
  }
}

extension SourceGeometry {
  fileprivate init(_ source: Source, _ beam: Beam) {
    self.init()
    let i = source.direction
    direction = (i.x, i.y, i.z)
    waveNumber = 1 / source.wavelength
    kahnFactor = beam.kahnFactor
    let incident = i.normalized
    let b = beam.polarizationAxis.normalized.cross(incident).normalized
    let e = incident.cross(b).normalized
    (along, across) = ((e.x, e.y, e.z), (b.x, b.y, b.z))
  }
}
