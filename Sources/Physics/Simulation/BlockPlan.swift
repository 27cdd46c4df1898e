import KernelTypes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What all blocks of a rendering share: cells, sources and tables as the inner loops want them.
struct BlockPlan: Sendable {
  let kernels: any Kernels
  let shape: KernelShape
  let evaluator: PixelEvaluator
  /// Nine numbers per phi step and domain: a, b and c, in m. Where steps repeat a cell, as the carry-over at a phi of zero
  /// does (`Quirk.phiCarryOver`), it is there once.
  let cells: [Double]
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
  /// Pixels closer to a node than this, relative to the index, are evaluated by the scalar formulas, whose rounding errors
  /// are felt there.
  static let closest = 1e-8

  private nonisolated(unsafe) static let nowhere: UnsafePointer<Double> = {
    let place = UnsafeMutablePointer<Double>.allocate(capacity: 1)
    place.pointee = 0
    return UnsafePointer(place)
  }()

  init(_ evaluator: PixelEvaluator, _ kernels: any Kernels) {
    self.evaluator = evaluator
    self.kernels = kernels
    let experiment = evaluator.experiment
    let (crystal, factors) = (experiment.crystal, experiment.structureFactors)
    shape =
      switch crystal.form.shape {
      case .square: .square
      case .round: .round
      case .gauss: .gauss
      case .topHat: .topHat
      }
    let isMosaic = crystal.mosaicSpread > 0
    let all = evaluator.spindle.cells.flatMap { cell in
      crystal.domains.map { domain in isMosaic ? cell.rotated(by: domain) : cell }
    }
    (cells, multiplicities) = Self.distinct(all, merges: !evaluator.multipliesSteps && !experiment.interpolates)
    let isConstant = factors.count == 0
    constantSquare = isConstant ? factors.defaultAmplitude * factors.defaultAmplitude : nil
    table = isConstant ? [] : factors.storage
    sources = experiment.beam.sources.map { SourceJob($0, experiment.beam) }
    prototype = Self.prototype(experiment, places: table.count)
  }

  /// The cells as nine numbers each, and how often each occurs.
  /// - Parameter merges: Whether cells that are the same, to the last bit, are made one; false where the order of the steps
  ///   matters.
  private static func distinct(_ all: [DirectCell], merges: Bool) -> (cells: [Double], multiplicities: [Double]) {
    var (cells, multiplicities, places) = ([Double](), [Double](), [[UInt64]: Int]())
    for cell in all {
      let numbers = cell.a.components + cell.b.components + cell.c.components
      if merges {
        let key = numbers.map(\.bitPattern)
        if let place = places[key] {
          multiplicities[place] += 1
          continue
        }
        places[key] = multiplicities.count
      }
      cells += numbers
      multiplicities.append(1)
    }
    return (cells, multiplicities)
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
    let n = form.cells
    job.cells = (n.x, n.y, n.z)
    let metric = form.metric
    let scale = form.shape == .gauss ? 2 * form.fudge / (Constants.gaussianWidth * log(2.0)) : form.fudge
    job.metric = (
      scale * metric.xx, scale * metric.yy, scale * metric.zz, 2 * scale * metric.xy, 2 * scale * metric.xz,
      2 * scale * metric.yz
    )
    job.threshold = Constants.topHatThreshold
    job.squaredCount = form.cellCount * form.cellCount
    switch form.shape {
    case .square: job.smallestDenominator = form.unreducedPhases ? smallestProduct(experiment) : 0
    case .round:
      job.squaredCount *= Constants.sphereAmplitude * Constants.sphereAmplitude
      job.smallestDenominator = form.unreducedPhases ? smallestRadius : 0
    case .gauss, .topHat: break
    }
    if places > 0 {
      job.table.low = (Double(factors.h.lowerBound), Double(factors.k.lowerBound), Double(factors.l.lowerBound))
      job.table.high = (Double(factors.h.upperBound), Double(factors.k.upperBound), Double(factors.l.upperBound))
      job.table.stride = (Double(factors.l.count + 1), Double((factors.k.count + 1) * (factors.l.count + 1)))
      job.table.outside = Double(places - 1)
    }
    return job
  }

  /// Below this radius, in index units, the scalar sphere is rounding noise of 1e-9 and more.
  static let smallestRadius = 1e-3

  /// The product of three sines below which one of them may be closer to a node than `closest`.
  private static func smallestProduct(_ experiment: Experiment) -> Double {
    let direct = experiment.crystal.lattice.direct
    let shortest = experiment.beam.sources.map(\.wavelength).min() ?? 1
    let index = 2 * [direct.a, direct.b, direct.c].map(\.length).max()! / shortest
    // The other two sines, over π, are at most 1/π each.
    return closest * index / (Double.pi * Double.pi)
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

extension CrystalForm {
  /// The matrix M of the squared distance d·M·d that the round, Gaussian and top-hat shapes use.
  var metric: (xx: Double, yy: Double, zz: Double, xy: Double, xz: Double, yz: Double) {
    let n = cells
    guard widthFromProduct && shape != .round else {
      return (n.x * n.x, n.y * n.y, n.z * n.z, 0, 0, 0)
    }
    let (a, b, c) = (reciprocal.a, reciprocal.b, reciprocal.c)
    let product = cellCount * cellCount
    return (
      product * a.dot(a), product * b.dot(b), product * c.dot(c), product * a.dot(b), product * a.dot(c),
      product * b.dot(c)
    )
  }
}
