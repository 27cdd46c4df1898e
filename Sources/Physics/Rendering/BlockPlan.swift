import KernelTypes

import Glibc

/// What all blocks of a rendering share: cells, sources and tables as the inner loops want them.
struct BlockPlan: Sendable {
  let kernels: any Kernels
  let formula: LatticeFormula
  let evaluator: ReferenceEvaluator
  /// The cells of the phi steps. Where steps repeat a cell, as the carry-over at a phi of zero does
  /// (`Quirk.phiCarryOver`), it is there once.
  let cells: [DirectCell]
  /// How often each cell counts.
  let multiplicities: [Double]
  /// The structure factor for all reflections, squared; nil if there is a table.
  let constantSquare: Double?
  /// The table, and after it the amplitude of everything that is not in it; empty if one amplitude is for all.
  let table: [Double]
  /// One per source.
  let sources: [SourceJob]
  /// What is the same for every step; without scattering vectors.
  private let prototype: StepJob
  /// The law of the shape.
  var law: any ShapeLaw.Type { evaluator.experiment.crystal.form.shape.law }

  private nonisolated(unsafe) static let nowhere: UnsafePointer<Double> = {
    let place = UnsafeMutablePointer<Double>.allocate(capacity: 1)
    place.pointee = 0
    return UnsafePointer(place)
  }()

  init(_ evaluator: ReferenceEvaluator, _ kernels: any Kernels) {
    self.evaluator = evaluator
    self.kernels = kernels
    let experiment = evaluator.experiment
    let (crystal, factors) = (experiment.crystal, experiment.structureFactors)
    formula = crystal.form.shape.law.formula
    (cells, multiplicities) = Self.distinct(evaluator.spindle.cells, merges: !evaluator.ordersSteps)
    let isConstant = factors.count == 0
    constantSquare = isConstant ? factors.defaultAmplitude * factors.defaultAmplitude : nil
    table = isConstant ? [] : factors.storage
    sources = experiment.beam.sources.map { SourceJob($0, experiment.beam) }
    prototype = Self.prototype(experiment, places: table.count)
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

  /// Hands out the nine numbers of each cell in each domain, in m, and how often they count.
  func forEachStep(_ body: (_ cell: BlockInput, _ multiplicity: Double) -> Void) {
    let crystal = evaluator.experiment.crystal
    let isMosaic = crystal.mosaicSpread > 0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 9) { numbers in
      for (cell, multiplicity) in zip(cells, multiplicities) {
        for domain in crystal.domains {
          let oriented = isMosaic ? cell.rotated(by: domain) : cell
          for (row, vector) in [(0, oriented.a), (3, oriented.b), (6, oriented.c)] {
            numbers.initializeElement(at: row, to: vector.x)
            numbers.initializeElement(at: row + 1, to: vector.y)
            numbers.initializeElement(at: row + 2, to: vector.z)
          }
          body(BlockInput(numbers.baseAddress!), multiplicity)
        }
      }
    }
  }

  /// A job for scattering vectors.
  func job(count: Int, _ q: (BlockOutput, BlockOutput, BlockOutput)) -> StepJob {
    var job = prototype
    job.count = count
    (job.qx, job.qy, job.qz) = (UnsafePointer(q.0), UnsafePointer(q.1), UnsafePointer(q.2))
    return job
  }

  private static func prototype(_ experiment: Experiment, places: Int) -> StepJob {
    var job = StepJob(qx: nowhere, qy: nowhere, qz: nowhere)
    let (form, factors) = (experiment.crystal.form, experiment.structureFactors)
    job.lattice = form.shape.law.coefficients(of: form, in: experiment)
    if places > 0 {
      job.table.low = (Double(factors.h.lowerBound), Double(factors.k.lowerBound), Double(factors.l.lowerBound))
      job.table.high = (Double(factors.h.upperBound), Double(factors.k.upperBound), Double(factors.l.upperBound))
      job.table.stride = (Double(factors.l.count + 1), Double((factors.k.count + 1) * (factors.l.count + 1)))
      job.table.outside = Double(places - 1)
    }
    return job
  }
}

extension SourceJob {
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
