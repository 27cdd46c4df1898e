import KernelTypes

/// The weights of four equidistant nodes at −1, 0, 1, 2 for a place between the second and the third (Lagrange, 1795).
@inline(__always)
private func weights(_ t: Double) -> (Double, Double, Double, Double) {
  let (p, m, s) = (t + 1, t - 1, t - 2)
  return (t * m * s * (-1.0 / 6), p * m * s * 0.5, p * t * s * -0.5, p * t * m * (1.0 / 6))
}

/// The tricubic interpolation of a table. The sums of places are not checked for overflow: `reaches` has made sure that all 64
/// neighbours are in the table.
@inline(__always)
private func tricubic(
  _ amplitudes: BlockInput, _ grid: ReflectionGrid, h: Double, k: Double, l: Double
) -> Double {
  let (x, y, z) = (h.rounded(.down), k.rounded(.down), l.rounded(.down))
  let (u, v, w) = (weights(h - x), weights(k - y), weights(l - z))
  let (strideK, strideH) = (Int(grid.stride.k), Int(grid.stride.h))
  let corner =
    (Int(x - grid.low.h) - 1) * strideH + (Int(y - grid.low.k) - 1) * strideK + Int(z - grid.low.l) - 1
  @inline(__always)
  func row(_ n: Int) -> Double {
    fused(
      w.3, amplitudes[n &+ 3],
      fused(w.2, amplitudes[n &+ 2], fused(w.1, amplitudes[n &+ 1], w.0 * amplitudes[n])))
  }
  @inline(__always)
  func plane(_ n: Int) -> Double {
    fused(
      v.3, row(n &+ 3 &* strideK),
      fused(v.2, row(n &+ 2 &* strideK), fused(v.1, row(n &+ strideK), v.0 * row(n))))
  }
  return fused(
    u.3, plane(corner &+ 3 &* strideH),
    fused(u.2, plane(corner &+ 2 &* strideH), fused(u.1, plane(corner &+ strideH), u.0 * plane(corner))))
}

/// Whether all 64 neighbours are on the grid; not for numbers that are none.
@inline(__always)
private func reaches(_ grid: ReflectionGrid, h: Double, k: Double, l: Double) -> Bool {
  h - grid.low.h + 3 <= grid.high.h - grid.low.h + 1 && h - 2 >= grid.low.h
    && k - grid.low.k + 3 <= grid.high.k - grid.low.k + 1 && k - 2 >= grid.low.k
    && l - grid.low.l + 3 <= grid.high.l - grid.low.l + 1 && l - 2 >= grid.low.l
}

extension Loops {
  package func addInterpolated(
    of block: borrowing ScatteringBlock, at indices: BlockIndices, terms: BlockInput, by interpolation: Interpolation,
    to sums: RunningSums
  ) {
    let (grid, amplitudes, states) = (block.grid, block.amplitudes, interpolation.states)
    for i in 0..<block.count {
      guard terms[i] != 0 || !interpolation.skipsZeros else {
        sums.after[i] = sums.before[i]
        continue
      }
      let (h, k, l) = (indices.h[i], indices.k[i], indices.l[i])
      let amplitude: Double
      if states[i].contains(.interpolates), reaches(grid, h: h, k: k, l: l) {
        amplitude = tricubic(amplitudes, grid, h: h, k: k, l: l)
      } else {
        if states[i].contains(.interpolates) {
          states[i].formUnion(.metOutOfReach)
          if interpolation.switchesOff { states[i].subtract(.interpolates) }
        }
        amplitude = amplitudes[Int(tableIndex(grid, h: h, k: k, l: l))]
      }
      sums.after[i] = select(
        terms[i] == 0, sums.before[i], fused(amplitude * amplitude * interpolation.weight, terms[i], sums.before[i]))
    }
  }
}
