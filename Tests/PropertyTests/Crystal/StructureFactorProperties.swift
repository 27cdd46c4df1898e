import Foundation
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/StructureFactorProperties.swift")

/// A grid of structure factors: lowest indices, and a range of 5 to 9 in each direction.
private struct Grid: Sendable, Equatable {
  var lowest: [Int]
  var counts: [Int]
  var seed: Int

  /// An amplitude for every node, of either sign, up to 1000.
  func amplitude(_ h: Int, _ k: Int, _ l: Int) -> Double {
    var generator = SplitMix64(state: UInt64(bitPattern: Int64(seed &* 7919 &+ h &* 131 &+ k &* 17 &+ l)))
    return Double(generator.next() >> 11) * 0x1p-53 * 2000 - 1000
  }

  func range(_ axis: Int) -> ClosedRange<Int> { lowest[axis]...lowest[axis] + counts[axis] - 1 }

  func table(default fallback: Double = 7, _ value: ((Int, Int, Int) -> Double)? = nil) throws -> StructureFactors {
    var list: [Reflection] = []
    for h in range(0) {
      for k in range(1) {
        for l in range(2) { list.append(Reflection(h: h, k: k, l: l, amplitude: (value ?? amplitude)(h, k, l))) }
      }
    }
    return try StructureFactors(
      ReflectionList(h: range(0), k: range(1), l: range(2), count: list.count, reflections: list),
      defaultAmplitude: fallback, source: "test")
  }

  /// A point at a share of the way through the part of the grid that can be interpolated.
  func inside(_ share: Vector3) -> Vector3 {
    let low = lowest.map { Double($0) + 2 }
    let width = counts.map { Double($0) - 5 }
    return Vector3(
      low[0] + share.x * width[0], low[1] + share.y * width[1], low[2] + share.z * width[2])
  }
}

private let grid = zip(
  Generator<Int>.integer(in: -6...3).array(3...3), Generator<Int>.integer(in: 5...9).array(3...3),
  .integer(in: 0...1000)
).map { Grid(lowest: $0, counts: $1, seed: $2) }

private let share = zip(
  Generator<Double>.double(in: 0...1).mixing([0, 1, 0.5]), Generator<Double>.double(in: 0...1).mixing([0, 1, 0.5]),
  Generator<Double>.double(in: 0...1).mixing([0, 1, 0.5])
).map { Vector3($0, $1, $2) }

/// Looking structure factors up and interpolating them.
@Suite(.tags(.crystal, .oracle, .property), .generousTime) struct StructureFactorProperties {
  @Test("Tricubic interpolation is that of divided differences (oracle)") func tricubicInterpolation() {
    forAll("oracle: tricubic interpolation by divided differences", grid, share) { check, grid, share in
      let (table, point) = (try grid.table(), grid.inside(share))
      try check.that(table.canInterpolate(point), "\(point) has all 64 neighbours")
      let base = Vector3(floor(point.x) - 1, floor(point.y) - 1, floor(point.z) - 1)
      func stored(_ h: Int, _ k: Int, _ l: Int) -> Double {
        // One node beyond the list in each direction the grid has a zero: an exact integer at the upper edge uses it.
        let inside = grid.range(0).contains(h) && grid.range(1).contains(k) && grid.range(2).contains(l)
        return inside ? grid.amplitude(h, k, l) : 0
      }
      let oracle = try InterpolationOracles.tricubic(point.simd, first: base.simd) { i, j, k in
        stored(Int(base.x) + i, Int(base.y) + j, Int(base.z) + k)
      }
      try check.close(
        table.interpolated(point), oracle.value, within: 2 * oracle.error, because: "the cubic is unique; both round")
    }
  }

  @Test("Two more routes lead to one cubic (oracle)") func cubicByTwoRoutes() {
    forAll(
      "oracle: one cubic by two more routes", .double(in: 0...3), .integer(in: -50...50),
      Generator<Double>.double(in: -9...9).array(4...4)
    ) {
      check, x, first, y in
      let start = Double(first)
      let ours = LagrangeCubic.value(start + x, first: start, y[0], y[1], y[2], y[3])
      for oracle in [
        try InterpolationOracles.cubic(start + x, first: start, y),
        try InterpolationOracles.cubicByInterpolation(min(start + x, start + 3), first: start, y),
      ] {
        try check.close(ours, oracle.value, within: 2 * oracle.error + 1e-13, because: "the abscissa is rounded at 50")
      }
    }
  }

  @Test("Interpolation is exact at the nodes") func interpolationIsExactAtNodes() {
    forAll("interpolation is exact at the nodes", grid, .integer(in: 0...1000)) { check, grid, number in
      let table = try grid.table()
      let steps = (0..<3).map { axis in number % (grid.counts[axis] - 4) }
      let node = (0..<3).map { grid.lowest[$0] + 2 + steps[$0] }
      let point = Vector3(Double(node[0]), Double(node[1]), Double(node[2]))
      try check.assume(table.canInterpolate(point))
      try check.identical(table.interpolated(point), grid.amplitude(node[0], node[1], node[2]))
    }
  }

  @Test("Interpolation reproduces polynomials that are cubic in each index") func interpolationReproducesCubics() {
    forAll(
      "interpolation reproduces polynomials that are cubic in each index", grid, share,
      Generator<Double>.double(in: -1...1).array(12...12)
    ) {
      check, grid, share, c in
      func cubic(_ x: Double, _ start: Int) -> Double {
        c[start] + x * (c[start + 1] + x * (c[start + 2] + x * c[start + 3] / 8))
      }
      func value(_ p: Vector3) -> Double { cubic(p.x, 0) * cubic(p.y, 4) * cubic(p.z, 8) }
      let table = try grid.table { h, k, l in value(Vector3(Double(h), Double(k), Double(l))) }
      let point = grid.inside(share)
      // An exact integer at the upper edge uses the zero beyond the grid, with weight 0.
      let largest = table.grid.reduce(1) { max($0, abs($1)) }
      try check.close(table.interpolated(point), value(point), within: 600 * eps * largest, because: "21 Lagrange sums")
    }
  }

  @Test("Interpolation is linear in the amplitudes") func interpolationIsLinear() {
    forAll("interpolation is linear in the amplitudes", grid, share) { check, grid, share in
      let point = grid.inside(share)
      let single = try grid.table().interpolated(point)
      let double = try grid.table { 2 * grid.amplitude($0, $1, $2) }.interpolated(point)
      try check.identical(double, 2 * single, "doubling is exact in binary arithmetic")
      let shifted = try grid.table { grid.amplitude($0, $1, $2) + 64 }.interpolated(point)
      try check.close(shifted, single + 64, within: 3 * 21 * 2 * eps * 1100, because: "weights sum to 1 up to rounding")
    }
  }

  @Test("Interpolation needs two reflections below and two above, ends included") func reachOfTheInterpolation() {
    forAll(
      "interpolation needs two reflections below and two above, ends included", grid, .integer(in: 0...2),
      .double(in: -3...12),
      require: [.atLeast(10, "inside"), .atLeast(10, "outside")]
    ) { check, grid, axis, offset in
      let table = try grid.table()
      var point = grid.inside(Vector3(0, 0, 0)).components
      point[axis] = Double(grid.lowest[axis]) + offset
      let expected = offset >= 2 && offset + 3 <= Double(grid.counts[axis])
      // The rule is evaluated with rounded sums: next to the border it may go either way.
      try check.assume(
        abs(offset - 2) > 1e-12 && abs(offset + 3 - Double(grid.counts[axis])) > 1e-12 || offset == offset.rounded())
      check.label("inside", expected)
      check.label("outside", !expected)
      try check.equal(table.canInterpolate(Vector3(point[0], point[1], point[2])), expected)
    }
  }

  @Test("Outside the list of reflections, and for no number, the default holds") func defaultOutsideTheList() {
    forAll(
      "outside the list, and for no number, the default holds", grid, .integer(in: 0...2), .element(of: [-1.0, 0.0]),
      .element(of: [1.0, 7, 1e9, .infinity, .nan])
    ) {
      check, grid, axis, below, distance in
      let table = try grid.table(default: 42)
      var node = grid.lowest.map { Double($0) }
      node[axis] = below < 0 ? node[axis] - distance : node[axis] + Double(grid.counts[axis] - 1) + distance
      try check.identical(table.nearest(Vector3(node[0], node[1], node[2])), 42)
      try check.that(!table.canInterpolate(Vector3(node[0], node[1], node[2])), "outside")
    }
  }

  @Test("Inside the list the nearest reflection is the stored one") func storedReflectionsAreFound() {
    forAll(
      "inside the list the nearest reflection is the stored one", grid, .integer(in: 0...1000), .integer(in: 0...1000),
      .integer(in: 0...1000)
    ) {
      check, grid, i, j, k in
      let node = zip([i, j, k], 0..<3).map { grid.lowest[$1] + $0 % grid.counts[$1] }
      let found = try grid.table().nearest(Vector3(Double(node[0]), Double(node[1]), Double(node[2])))
      try check.identical(found, grid.amplitude(node[0], node[1], node[2]))
    }
  }

  @Test("The nearest index is at most ½ away, ties go down") func roundingOfIndices() {
    let cube = DirectCell(a: Vector3(1, 0, 0), b: Vector3(0, 1, 0), c: Vector3(0, 0, 1))
    let coordinate = Generator<Double>.weighted(
      (2, .double(in: -50...50)), (1, Generator<Int>.integer(in: -100...100).map { Double($0) / 2 }),
      (1, Generator<Int>.integer(in: -100...100).map { Double($0) / 2 }.ulpNeighbours(2)))
    forAll(
      "the nearest index is at most ½ away, ties go down", coordinate, coordinate, coordinate,
      require: [.atLeast(10, "tie")]
    ) { check, h, k, l in
      let indices = MillerIndices(cell: cube, scatteringVector: Vector3(h, k, l))
      try check.equal(indices.fractional, Vector3(h, k, l))
      for (fractional, rounded) in try pairs(indices.fractional.components, indices.rounded.components) {
        let isTie = (fractional - 0.5).rounded() == fractional - 0.5
        check.label("tie", isTie)
        try check.identical(rounded, rounded.rounded())
        try check.that(abs(fractional - rounded) <= 0.5 + eps * abs(fractional), "\(fractional) → \(rounded)")
        if isTie { try check.identical(rounded, fractional - 0.5) }
      }
    }
  }

  @Test("Indices are the scalar products of the axes with the scattering vector") func indicesAreScalarProducts() {
    forAll(
      "indices are the scalar products of the axes with the scattering vector", .vector(length: 1...100),
      .vector(length: 1...100), .vector(length: 1...100), .vector(length: 1e-2...1)
    ) {
      check, a, b, c, q in
      let found = MillerIndices(cell: DirectCell(a: a, b: b, c: c), scatteringVector: q).fractional
      for (value, axis) in try pairs(found.components, [a, b, c]) {
        try check.close(
          value, (axis.simd * q.simd).sum(), within: 4 * eps * axis.length * q.length, because: "three products")
      }
    }
  }

  @Test("By default crystals with one or two cells along an axis are interpolated") func smallCrystalsAreInterpolated()
  {
    forAll(
      "by default crystals with one or two cells along an axis are interpolated",
      Generator<Int>.integer(in: 1...5).array(3...3),
      Generator<Bool>.bool.optional(nilEvery: 3)
    ) { check, cells, wish in
      var request = SimulationRequest.minimal
      (request.cellsA, request.cellsB, request.cellsC) = (cells[0], cells[1], cells[2])
      request.interpolate = wish
      request.structureFactors = .table(try Grid(lowest: [-3, -3, -3], counts: [7, 7, 7], seed: 1).table())
      for mode in [Compatibility.cParity, .spec] {
        let experiment = try Experiment(resolving: request, compatibility: mode)
        try check.equal(experiment.interpolates, wish ?? cells.contains { $0 <= 2 })
      }
      request.structureFactors = nil
      try check.that(
        try !Experiment(resolving: request, compatibility: .spec).interpolates,
        "without a list there is nothing between")
    }
  }

  @Test("The grid holds the list, the default in holes, and zeros beyond") func gridOfReflections() {
    forAll("the grid holds the list, the default in holes, and zeros beyond", grid, .integer(in: 0...1000)) {
      check, grid, number in
      let hole = (grid.range(0).lowerBound + number % grid.counts[0], grid.lowest[1], grid.lowest[2])
      var list: [Reflection] = []
      var expected: [Double] = []
      for h in grid.range(0).lowerBound...grid.range(0).upperBound + 1 {
        for k in grid.range(1).lowerBound...grid.range(1).upperBound + 1 {
          for l in grid.range(2).lowerBound...grid.range(2).upperBound + 1 {
            let isInside = grid.range(0).contains(h) && grid.range(1).contains(k) && grid.range(2).contains(l)
            let isHole = (h, k, l) == hole
            if isInside && !isHole { list.append(Reflection(h: h, k: k, l: l, amplitude: grid.amplitude(h, k, l))) }
            expected.append(!isInside ? 0 : isHole ? 7 : grid.amplitude(h, k, l))
          }
        }
      }
      let table = try StructureFactors(
        ReflectionList(h: grid.range(0), k: grid.range(1), l: grid.range(2), count: list.count, reflections: list),
        defaultAmplitude: 7, source: "test")
      try check.equal(Array(table.grid), expected)
    }
  }

  @Test("Holes in the list take the default, later duplicates win") func holesAndDuplicates() {
    forAll("holes take the default, later duplicates win", grid, .integer(in: 0...1000)) { check, grid, number in
      var list: [Reflection] = []
      for h in grid.range(0) {
        list.append(Reflection(h: h, k: grid.lowest[1], l: grid.lowest[2], amplitude: Double(h)))
      }
      let again = list[number % list.count]
      list.append(Reflection(h: again.h, k: again.k, l: again.l, amplitude: 555))
      let table = try StructureFactors(
        ReflectionList(h: grid.range(0), k: grid.range(1), l: grid.range(2), count: list.count, reflections: list),
        defaultAmplitude: 9, source: "test")
      for h in grid.range(0) {
        let node = Vector3(Double(h), Double(grid.lowest[1]), Double(grid.lowest[2]))
        try check.identical(table.nearest(node), h == again.h ? 555 : Double(h))
        try check.identical(table.nearest(node + Vector3(0, 1, 0)), 9, "a hole")
      }
    }
  }
}
