import KernelTypes

/// Three fractional indices of pixel `i` in a cell of nine numbers.
@inline(__always)
private func indices(_ job: borrowing StepJob, _ c: BlockInput, _ i: Int) -> (h: Double, k: Double, l: Double) {
  let (x, y, z) = (job.qx[i], job.qy[i], job.qz[i])
  return (
    fused(c[2], z, fused(c[1], y, c[0] * x)), fused(c[5], z, fused(c[4], y, c[3] * x)),
    fused(c[8], z, fused(c[7], y, c[6] * x))
  )
}

/// The square of sin(πNf)/sin(πf) over three axes, and the product of the denominators; sines are over π, which cancels.
/// N f is reduced to the nearest whole number. The smallest number next to f makes the ratio N where f is zero.
@inline(__always)
private func gratings(
  _ f: (Double, Double, Double), _ n: (a: Double, b: Double, c: Double)
) -> (square: Double, denominator: Double) {
  let (a, b, c) = (f.0 + 1e-60, f.1 + 1e-60, f.2 + 1e-60)
  let (u, v, w) = (
    fused(n.a, a, -nearest(n.a * a)), fused(n.b, b, -nearest(n.b * b)), fused(n.c, c, -nearest(n.c * c))
  )
  let denominator = sinePi(a) * sinePi(b) * sinePi(c)
  let ratio = sinePi(u) * sinePi(v) * sinePi(w) / denominator
  return (ratio * ratio, denominator)
}

/// What turns fractional indices into the square of the lattice factor.
private protocol FormulaLaw {
  /// The denominator below which a pixel has to be looked at again.
  static func smallest(_ job: borrowing StepJob) -> Double
  /// The square, and the product of denominators where there are such.
  static func square(
    _ job: borrowing StepJob, _ f: (Double, Double, Double)
  ) -> (square: Double, denominator: Double)
}

extension FormulaLaw {
  @inline(__always)
  static func smallest(_ job: borrowing StepJob) -> Double { job.lattice.smallestDenominator }
}

private enum GratingsLaw: FormulaLaw {
  @inline(__always)
  static func square(_ job: borrowing StepJob, _ f: (Double, Double, Double)) -> (square: Double, denominator: Double) {
    gratings(f, job.lattice.cells)
  }
}

private enum SphereLaw: FormulaLaw {
  @inline(__always)
  static func square(_ job: borrowing StepJob, _ f: (Double, Double, Double)) -> (square: Double, denominator: Double) {
    let r = radius(job, f)
    let amplitude = sphere(r)
    return (job.lattice.squaredCount * (amplitude * amplitude), r)
  }
}

/// The sphere away from nodes, where nearly all pixels are.
private enum DistantSphereLaw: FormulaLaw {
  @inline(__always)
  static func smallest(_ job: borrowing StepJob) -> Double { 0.5 }

  @inline(__always)
  static func square(_ job: borrowing StepJob, _ f: (Double, Double, Double)) -> (square: Double, denominator: Double) {
    let r = radius(job, f)
    let amplitude = distantSphere(r)
    return (job.lattice.squaredCount * (amplitude * amplitude), r)
  }
}

private enum ExponentialLaw: FormulaLaw {
  @inline(__always)
  static func square(_ job: borrowing StepJob, _ f: (Double, Double, Double)) -> (square: Double, denominator: Double) {
    (job.lattice.squaredCount * halving(distance(job, f)), 1)
  }
}

private enum ThresholdLaw: FormulaLaw {
  @inline(__always)
  static func square(_ job: borrowing StepJob, _ f: (Double, Double, Double)) -> (square: Double, denominator: Double) {
    (select(distance(job, f) < job.lattice.threshold, job.lattice.squaredCount, 0), 1)
  }
}

/// The squared distance from the node: d·M·d.
@inline(__always)
private func distance(_ job: borrowing StepJob, _ f: (Double, Double, Double)) -> Double {
  let m = job.lattice.metric
  let x = fused(m.0, f.0, fused(m.3, f.1, m.4 * f.2))
  let y = fused(m.1, f.1, m.5 * f.2)
  return fused(x, f.0, fused(y, f.1, m.2 * f.2 * f.2))
}

/// The distance from the node, d·M·d being a sum of squares.
@inline(__always)
private func radius(_ job: borrowing StepJob, _ f: (Double, Double, Double)) -> Double {
  let m = job.lattice.metric
  return fused(m.0 * f.0, f.0, fused(m.1 * f.1, f.1, m.2 * f.2 * f.2)).squareRoot()
}

/// The whole number next to a number; the lower one halfway.
@inline(__always)
private func node(_ x: Double) -> Double {
  let n = nearest(x)
  return x - n == -0.5 ? n - 1 : n
}

/// The place of a reflection in a table; that of everything else for indices out of range or not a number.
@inline(__always)
func place(_ table: StepJob.Table, _ h: Double, _ k: Double, _ l: Double) -> Int32 {
  let (x, y, z) = (node(h) - table.low.h, node(k) - table.low.k, node(l) - table.low.l)
  let isInside =
    x >= 0 && y >= 0 && z >= 0 && x <= table.high.h - table.low.h && y <= table.high.k - table.low.k
    && z <= table.high.l - table.low.l
  let index = fused(x, table.stride.h, fused(y, table.stride.k, z))
  return Int32(truncatingIfNeeded: bits(isInside ? index : table.outside))
}

@inline(__always)
private func squares<Law: FormulaLaw>(
  _: Law.Type, _ job: borrowing StepJob, _ cell: BlockInput, _ terms: BlockOutput,
  _ places: UnsafeMutablePointer<Int32>?
) -> Bool {
  // Values of their own: what a pointer leads to might change under a loop that writes.
  let job = copy job
  let (count, smallest) = (job.count, Law.smallest(job))
  let (qx, qy, qz) = (job.qx, job.qy, job.qz)
  let (ax, ay, az, bx, by, bz) = (cell[0], cell[1], cell[2], cell[3], cell[4], cell[5])
  let (cx, cy, cz) = (cell[6], cell[7], cell[8])
  var small: UInt64 = 0
  if let places {
    let table = job.table
    for i in 0..<count {
      let (x, y, z) = (qx[i], qy[i], qz[i])
      let h = fused(az, z, fused(ay, y, ax * x))
      let k = fused(bz, z, fused(by, y, bx * x))
      let l = fused(cz, z, fused(cy, y, cx * x))
      let (square, denominator) = Law.square(job, (h - nearest(h), k - nearest(k), l - nearest(l)))
      small |= abs(denominator) < smallest ? 1 : 0
      terms[i] = square
      places[i] = place(table, h, k, l)
    }
  } else {
    for i in 0..<count {
      let (x, y, z) = (qx[i], qy[i], qz[i])
      let h = fused(az, z, fused(ay, y, ax * x))
      let k = fused(bz, z, fused(by, y, bx * x))
      let l = fused(cz, z, fused(cy, y, cx * x))
      let (square, denominator) = Law.square(job, (h - nearest(h), k - nearest(k), l - nearest(l)))
      small |= abs(denominator) < smallest ? 1 : 0
      terms[i] = square
    }
  }
  return small != 0
}

@inline(__always)
private func step<Law: FormulaLaw>(
  _: Law.Type, _ job: borrowing StepJob, _ cell: BlockInput, _ factor: Double, _ before: BlockInput,
  _ after: BlockOutput
) -> Bool {
  let job = copy job
  let (count, smallest) = (job.count, Law.smallest(job))
  let (qx, qy, qz) = (job.qx, job.qy, job.qz)
  let (ax, ay, az, bx, by, bz) = (cell[0], cell[1], cell[2], cell[3], cell[4], cell[5])
  let (cx, cy, cz) = (cell[6], cell[7], cell[8])
  var small: UInt64 = 0
  for i in 0..<count {
    let (x, y, z) = (qx[i], qy[i], qz[i])
    let h = fused(az, z, fused(ay, y, ax * x))
    let k = fused(bz, z, fused(by, y, bx * x))
    let l = fused(cz, z, fused(cy, y, cx * x))
    let (square, denominator) = Law.square(job, (h - nearest(h), k - nearest(k), l - nearest(l)))
    small |= abs(denominator) < smallest ? 1 : 0
    after[i] = fused(factor, square, before[i])
  }
  return small != 0
}

extension Loops {
  package func addConstant(
    _ formula: LatticeFormula, _ job: borrowing StepJob, _ cell: BlockInput, _ factor: Double, _ before: BlockInput,
    _ after: BlockOutput
  ) -> Bool {
    switch formula {
    case .gratings: return step(GratingsLaw.self, job, cell, factor, before, after)
    case .sphere:
      let isClose = step(DistantSphereLaw.self, job, cell, factor, before, after)
      return isClose ? step(SphereLaw.self, job, cell, factor, before, after) : false
    case .exponential: return step(ExponentialLaw.self, job, cell, factor, before, after)
    case .threshold: return step(ThresholdLaw.self, job, cell, factor, before, after)
    }
  }

  package func latticeTerms(
    _ formula: LatticeFormula, _ job: borrowing StepJob, _ cell: BlockInput, _ terms: BlockOutput,
    _ places: UnsafeMutablePointer<Int32>?
  ) -> Bool {
    switch formula {
    case .gratings: return squares(GratingsLaw.self, job, cell, terms, places)
    case .sphere:
      let isClose = squares(DistantSphereLaw.self, job, cell, terms, places)
      return isClose ? squares(SphereLaw.self, job, cell, terms, places) : false
    case .exponential: return squares(ExponentialLaw.self, job, cell, terms, places)
    case .threshold: return squares(ThresholdLaw.self, job, cell, terms, places)
    }
  }

  package func add(_ count: Int, _ terms: BlockInput, _ factor: Double, _ before: BlockInput, _ after: BlockOutput) {
    // An infinite factor must not meet a term of zero.
    for i in 0..<count { after[i] = select(terms[i] == 0, before[i], fused(factor, terms[i], before[i])) }
  }

  package func addLookedUp(
    _ count: Int, _ terms: BlockInput, _ places: UnsafePointer<Int32>, _ table: BlockInput, _ weight: Double,
    _ before: BlockInput, _ after: BlockOutput
  ) {
    for i in 0..<count {
      let amplitude = table[Int(places[i])]
      after[i] = select(terms[i] == 0, before[i], fused(amplitude * amplitude * weight, terms[i], before[i]))
    }
  }

  package func fractional(
    _ job: borrowing StepJob, _ cell: BlockInput, _ h: BlockOutput, _ k: BlockOutput, _ l: BlockOutput
  ) {
    for i in 0..<job.count { (h[i], k[i], l[i]) = indices(job, cell, i) }
  }

  package func multiply(
    _ count: Int, _ terms: BlockInput, _ skipsZeros: Bool, _ factors: BlockInput, _ sums: BlockOutput
  ) {
    for n in 0..<count { sums[n] *= select(skipsZeros && terms[n] == 0, 1, factors[n]) }
  }
}
