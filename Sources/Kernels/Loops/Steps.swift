import KernelTypes

/// What is added to the distance of an index from its node: the ratio of the sines becomes N where the distance is zero.
/// Distances above 1e-44 stay as they are; below, the ratio is N anyway. The product of three sines of this number, some
/// 1e-180, is still a normal number.
private let nodeOffset = 1e-60

/// The axes of a cell as numbers of their own, so that loops that write keep them in registers.
private struct CellRows {
  let ax: Double, ay: Double, az: Double
  let bx: Double, by: Double, bz: Double
  let cx: Double, cy: Double, cz: Double

  @inline(__always)
  init(_ cell: StepCell) {
    (ax, ay, az) = cell.a
    (bx, by, bz) = cell.b
    (cx, cy, cz) = cell.c
  }

  /// The three fractional indices of a scattering vector.
  @inline(__always)
  func indices(_ x: Double, _ y: Double, _ z: Double) -> (h: Double, k: Double, l: Double) {
    (
      fused(az, z, fused(ay, y, ax * x)), fused(bz, z, fused(by, y, bx * x)), fused(cz, z, fused(cy, y, cx * x))
    )
  }
}

/// The square of sin(πNf)/sin(πf) over three axes, and the product of the denominators; sines are over π, which cancels.
/// N f is reduced to the nearest whole number.
@inline(__always)
private func gratings(
  _ f: (Double, Double, Double), _ n: (a: Double, b: Double, c: Double)
) -> (square: Double, denominator: Double) {
  let (a, b, c) = (f.0 + nodeOffset, f.1 + nodeOffset, f.2 + nodeOffset)
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
  static func smallest(_ block: borrowing ScatteringBlock) -> Double
  /// The square, and the product of denominators where there are such.
  static func square(
    _ block: borrowing ScatteringBlock, _ f: (Double, Double, Double)
  ) -> (square: Double, denominator: Double)
}

extension FormulaLaw {
  @inline(__always)
  static func smallest(_ block: borrowing ScatteringBlock) -> Double { block.lattice.smallestDenominator }
}

private enum GratingsLaw: FormulaLaw {
  @inline(__always)
  static func square(_ block: borrowing ScatteringBlock, _ f: (Double, Double, Double)) -> (
    square: Double, denominator: Double
  ) {
    gratings(f, block.lattice.cells)
  }
}

private enum SphereLaw: FormulaLaw {
  @inline(__always)
  static func square(_ block: borrowing ScatteringBlock, _ f: (Double, Double, Double)) -> (
    square: Double, denominator: Double
  ) {
    let r = radius(block, f)
    let amplitude = sphere(r)
    return (block.lattice.squaredCount * (amplitude * amplitude), r)
  }
}

/// The sphere away from nodes, where nearly all pixels are.
private enum DistantSphereLaw: FormulaLaw {
  @inline(__always)
  static func smallest(_ block: borrowing ScatteringBlock) -> Double { 0.5 }

  @inline(__always)
  static func square(_ block: borrowing ScatteringBlock, _ f: (Double, Double, Double)) -> (
    square: Double, denominator: Double
  ) {
    let r = radius(block, f)
    let amplitude = distantSphere(r)
    return (block.lattice.squaredCount * (amplitude * amplitude), r)
  }
}

private enum ExponentialLaw: FormulaLaw {
  @inline(__always)
  static func square(_ block: borrowing ScatteringBlock, _ f: (Double, Double, Double)) -> (
    square: Double, denominator: Double
  ) {
    (block.lattice.squaredCount * halving(distance(block, f)), 1)
  }
}

private enum ThresholdLaw: FormulaLaw {
  @inline(__always)
  static func square(_ block: borrowing ScatteringBlock, _ f: (Double, Double, Double)) -> (
    square: Double, denominator: Double
  ) {
    (select(distance(block, f) < block.lattice.threshold, block.lattice.squaredCount, 0), 1)
  }
}

/// The squared distance from the node: d·M·d.
@inline(__always)
private func distance(_ block: borrowing ScatteringBlock, _ f: (Double, Double, Double)) -> Double {
  let m = block.lattice.metric
  let x = fused(m.0, f.0, fused(m.3, f.1, m.4 * f.2))
  let y = fused(m.1, f.1, m.5 * f.2)
  return fused(x, f.0, fused(y, f.1, m.2 * f.2 * f.2))
}

/// The distance from the node, d·M·d being a sum of squares.
@inline(__always)
private func radius(_ block: borrowing ScatteringBlock, _ f: (Double, Double, Double)) -> Double {
  let m = block.lattice.metric
  return fused(m.0 * f.0, f.0, fused(m.1 * f.1, f.1, m.2 * f.2 * f.2)).squareRoot()
}

/// The whole number next to a number; the lower one halfway.
@inline(__always)
private func node(_ x: Double) -> Double {
  let n = nearest(x)
  return x - n == -0.5 ? n - 1 : n
}

/// The index of a reflection in a table; `grid.outside` for indices out of range or not a number.
@inline(__always)
func tableIndex(_ grid: ReflectionGrid, h: Double, k: Double, l: Double) -> Int32 {
  let (x, y, z) = (node(h) - grid.low.h, node(k) - grid.low.k, node(l) - grid.low.l)
  let isInside =
    x >= 0 && y >= 0 && z >= 0 && x <= grid.high.h - grid.low.h && y <= grid.high.k - grid.low.k
    && z <= grid.high.l - grid.low.l
  let index = fused(x, grid.stride.h, fused(y, grid.stride.k, z))
  return Int32(truncatingIfNeeded: bits(isInside ? index : grid.outside))
}

/// The squared lattice factors of a step; see `StepKernels.latticeTerms`.
@inline(__always)
private func writeSquares<Law: FormulaLaw>(
  by _: Law.Type, of block: borrowing ScatteringBlock, cell: StepCell, into terms: BlockOutput,
  tableIndices: TableIndices?
) -> Bool {
  // Values of their own: what a pointer leads to might change under a loop that writes.
  let block = copy block
  let (count, smallest) = (block.count, Law.smallest(block))
  let (q, rows) = (block.vectors, CellRows(cell))
  var small: UInt64 = 0
  if let tableIndices {
    let grid = block.grid
    for i in 0..<count {
      let (h, k, l) = rows.indices(q.x[i], q.y[i], q.z[i])
      let (square, denominator) = Law.square(block, (h - nearest(h), k - nearest(k), l - nearest(l)))
      small |= abs(denominator) < smallest ? 1 : 0
      terms[i] = square
      tableIndices[i] = tableIndex(grid, h: h, k: k, l: l)
    }
  } else {
    for i in 0..<count {
      let (h, k, l) = rows.indices(q.x[i], q.y[i], q.z[i])
      let (square, denominator) = Law.square(block, (h - nearest(h), k - nearest(k), l - nearest(l)))
      small |= abs(denominator) < smallest ? 1 : 0
      terms[i] = square
    }
  }
  return small != 0
}

/// Adds a step with one structure factor; see `StepKernels.addUniformStep`.
@inline(__always)
private func addSquares<Law: FormulaLaw>(
  by _: Law.Type, of block: borrowing ScatteringBlock, cell: StepCell, factor: Double, to sums: RunningSums
) -> Bool {
  let block = copy block
  let (count, smallest) = (block.count, Law.smallest(block))
  let (q, rows) = (block.vectors, CellRows(cell))
  let (before, after) = (sums.before, sums.after)
  var small: UInt64 = 0
  for i in 0..<count {
    let (h, k, l) = rows.indices(q.x[i], q.y[i], q.z[i])
    let (square, denominator) = Law.square(block, (h - nearest(h), k - nearest(k), l - nearest(l)))
    small |= abs(denominator) < smallest ? 1 : 0
    after[i] = fused(factor, square, before[i])
  }
  return small != 0
}

extension Loops {
  package func addUniformStep(
    of block: borrowing ScatteringBlock, cell: StepCell, factor: Double, to sums: RunningSums
  ) -> Bool {
    switch block.formula {
    case .gratings: return addSquares(by: GratingsLaw.self, of: block, cell: cell, factor: factor, to: sums)
    case .sphere:
      let isClose = addSquares(by: DistantSphereLaw.self, of: block, cell: cell, factor: factor, to: sums)
      return isClose ? addSquares(by: SphereLaw.self, of: block, cell: cell, factor: factor, to: sums) : false
    case .exponential: return addSquares(by: ExponentialLaw.self, of: block, cell: cell, factor: factor, to: sums)
    case .threshold: return addSquares(by: ThresholdLaw.self, of: block, cell: cell, factor: factor, to: sums)
    }
  }

  package func latticeTerms(
    of block: borrowing ScatteringBlock, cell: StepCell, into terms: BlockOutput, tableIndices: TableIndices?
  ) -> Bool {
    switch block.formula {
    case .gratings:
      return writeSquares(by: GratingsLaw.self, of: block, cell: cell, into: terms, tableIndices: tableIndices)
    case .sphere:
      let isClose = writeSquares(
        by: DistantSphereLaw.self, of: block, cell: cell, into: terms, tableIndices: tableIndices)
      return isClose
        ? writeSquares(by: SphereLaw.self, of: block, cell: cell, into: terms, tableIndices: tableIndices) : false
    case .exponential:
      return writeSquares(by: ExponentialLaw.self, of: block, cell: cell, into: terms, tableIndices: tableIndices)
    case .threshold:
      return writeSquares(by: ThresholdLaw.self, of: block, cell: cell, into: terms, tableIndices: tableIndices)
    }
  }

  package func addTerms(_ terms: BlockInput, count: Int, times factor: Double, to sums: RunningSums) {
    let (before, after) = (sums.before, sums.after)
    // An infinite factor must not meet a term of zero.
    for i in 0..<count { after[i] = select(terms[i] == 0, before[i], fused(factor, terms[i], before[i])) }
  }

  package func addTabulated(
    of block: borrowing ScatteringBlock, at tableIndices: TableIndices, terms: BlockInput, weight: Double,
    to sums: RunningSums
  ) {
    let (before, after, amplitudes) = (sums.before, sums.after, block.amplitudes)
    for i in 0..<block.count {
      let amplitude = amplitudes[Int(tableIndices[i])]
      after[i] = select(terms[i] == 0, before[i], fused(amplitude * amplitude * weight, terms[i], before[i]))
    }
  }

  package func fractionalIndices(of block: borrowing ScatteringBlock, cell: StepCell, into indices: BlockIndices) {
    let (q, rows) = (block.vectors, CellRows(cell))
    for i in 0..<block.count {
      (indices.h[i], indices.k[i], indices.l[i]) = rows.indices(q.x[i], q.y[i], q.z[i])
    }
  }

  package func multiply(
    _ sums: BlockOutput, count: Int, by factors: BlockInput, terms: BlockInput, skipsZeros: Bool
  ) {
    for n in 0..<count { sums[n] *= select(skipsZeros && terms[n] == 0, 1, factors[n]) }
  }
}
