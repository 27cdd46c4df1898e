import KernelTypes

/// The weights of four equidistant nodes at −1, 0, 1, 2 for a place between the second and the third (Lagrange, 1795).
@inline(__always)
private func weights(_ t: Double) -> (Double, Double, Double, Double) {
  let (p, m, s) = (t + 1, t - 1, t - 2)
  return (t * m * s * (-1.0 / 6), p * m * s * 0.5, p * t * s * -0.5, p * t * m * (1.0 / 6))
}

/// The tricubic interpolation of a table.
@inline(__always)
private func tricubic(
  _ table: StepJob.Table, _ grid: BlockInput, _ h: Double, _ k: Double, _ l: Double
) -> Double {
  let (x, y, z) = (h.rounded(.down), k.rounded(.down), l.rounded(.down))
  let (u, v, w) = (weights(h - x), weights(k - y), weights(l - z))
  let (strideK, strideH) = (Int(table.stride.k), Int(table.stride.h))
  let corner =
    grid + (Int(x - table.low.h) - 1) * strideH + (Int(y - table.low.k) - 1) * strideK + Int(z - table.low.l) - 1
  @inline(__always)
  func row(_ p: BlockInput) -> Double { fused(w.3, p[3], fused(w.2, p[2], fused(w.1, p[1], w.0 * p[0]))) }
  @inline(__always)
  func plane(_ p: BlockInput) -> Double {
    fused(
      v.3, row(p + 3 * strideK), fused(v.2, row(p + 2 * strideK), fused(v.1, row(p + strideK), v.0 * row(p))))
  }
  return fused(
    u.3, plane(corner + 3 * strideH),
    fused(u.2, plane(corner + 2 * strideH), fused(u.1, plane(corner + strideH), u.0 * plane(corner))))
}

/// Whether all 64 neighbours are on the grid; not for numbers that are none.
@inline(__always)
private func reaches(_ table: StepJob.Table, _ h: Double, _ k: Double, _ l: Double) -> Bool {
  h - table.low.h + 3 <= table.high.h - table.low.h + 1 && h - 2 >= table.low.h
    && k - table.low.k + 3 <= table.high.k - table.low.k + 1 && k - 2 >= table.low.k
    && l - table.low.l + 3 <= table.high.l - table.low.l + 1 && l - 2 >= table.low.l
}

extension Loops {
  /// Adds terms times squared amplitudes that are interpolated where a pixel does and the table reaches, and nearest
  /// elsewhere. `states`: bit 0 whether the pixel interpolates, bit 1 whether it met an index out of reach.
  package func addInterpolated(
    _ job: borrowing StepJob, _ terms: BlockInput, _ h: BlockInput, _ k: BlockInput, _ l: BlockInput,
    _ grid: BlockInput, _ states: UnsafeMutablePointer<UInt8>, _ rules: InterpolationRules, _ before: BlockInput,
    _ after: BlockOutput
  ) {
    let table = job.table
    for i in 0..<job.count {
      guard terms[i] != 0 || !rules.skipsZeros else {
        after[i] = before[i]
        continue
      }
      let amplitude: Double
      if states[i] & 1 != 0, reaches(table, h[i], k[i], l[i]) {
        amplitude = tricubic(table, grid, h[i], k[i], l[i])
      } else {
        if states[i] & 1 != 0 { states[i] = rules.switchesOff ? 2 : 3 }
        amplitude = grid[Int(place(table, h[i], k[i], l[i]))]
      }
      after[i] = select(terms[i] == 0, before[i], fused(amplitude * amplitude * rules.weight, terms[i], before[i]))
    }
  }
}
