import Foundation
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/ShapeProperties.swift")

/// The shapes of the crystal: parallelepiped, sphere, Gaussian and top hat.
@Suite(.tags(.crystal, .oracle, .property), .generousTime) struct ShapeProperties {
  private let offset = zip(
    Generator<Double>.double(in: -0.5...0.5), Generator<Double>.double(in: -0.5...0.5),
    Generator<Double>.double(in: -0.5...0.5)
  ).map { Vector3($0, $1, $2) }
  private let counts = Generator<Int>.integer(in: 1...20).array(3...3)
  private let smooth = Generator<CrystalShape>.element(of: CrystalShape.allCases.filter { $0 != .square })
  private let fudge = Generator<Double>.logUniform(in: 0.2...5)

  private func form(
    _ shape: CrystalShape, _ counts: [Int], _ fudge: Double = 1, fromProduct: Bool = false, unreduced: Bool = true,
    reciprocal: ReciprocalBasis = ReciprocalBasis(
      a: Vector3(0.02, 0, 0), b: Vector3(0, 0.02, 0), c: Vector3(0, 0, 0.02))
  ) -> CrystalForm {
    CrystalForm(
      shape: shape, cells: Vector3(Double(counts[0]), Double(counts[1]), Double(counts[2])), fudge: fudge,
      reciprocal: reciprocal, widthFromProduct: fromProduct, unreducedPhases: unreduced)
  }

  /// Whether the C program takes 0 for the index nearest to a number and to its opposite: ⌈h − ½⌉, where the difference is
  /// rounded, so that the neighbour of −½ counts as −½ does.
  private func isNearestToZero(_ h: Double) -> Bool {
    (h - 0.5).rounded(.up) == 0 && (-h - 0.5).rounded(.up) == 0
  }

  private func factor(_ form: CrystalForm, _ h: Vector3) -> Double {
    // Indices as the scattering vector of a cubic cell of 1 m.
    let cell = DirectCell(a: Vector3(1, 0, 0), b: Vector3(0, 1, 0), c: Vector3(0, 0, 1))
    return form.latticeFactor(MillerIndices(cell: cell, scatteringVector: h)).value
  }

  @Test("The square shape is the product of three gratings") func squareIsAProductOfGratings() {
    forAll("the square shape is the product of three gratings", offset, counts) { check, h, n in
      let product = try pairs(h.components, n).reduce(1.0) {
        $0 * ($1.1 > 1 ? InterferenceFunctions.grating(.pi * $1.0, count: Double($1.1)) : 1)
      }
      try check.assume(h.components.allSatisfy(isNearestToZero))
      try check.identical(factor(form(.square, n, unreduced: false), h), factor(form(.square, n), h))
      try check.close(
        factor(form(.square, n), h), product, within: 2 * eps * abs(product), because: "the order of two products")
    }
  }

  @Test("The square shape with reduced phases is a product of phase sums at any node (oracle)") func squareByPhaseSums()
  {
    forAll(
      "oracle: reduced phases at any node, as a product of phase sums", offset,
      Generator<Int>.integer(in: -40...40).array(3...3), Generator<Int>.integer(in: 1...15).array(3...3)
    ) { check, delta, node, n in
      let h = Vector3(Double(node[0]) + delta.x, Double(node[1]) + delta.y, Double(node[2]) + delta.z)
      var (expected, relative) = (1.0, 0.0)
      for (index, count) in try pairs(h.components, n) where count > 1 {
        let oracle = try LatticeOracles.gratingPhaseSum(index: index, count: count)
        expected *= oracle.value
        relative += oracle.error / Double(count) + eps * (4 + 2 * Double(count))
      }
      let all = Double(n[0] * n[1] * n[2])
      try check.close(
        factor(form(.square, n, unreduced: false), h), expected, within: all * (relative + 4 * eps),
        because: "π N δ is rounded once")
    }
  }

  @Test("A single cell along an axis interferes with nothing") func singleCells() {
    forAll("a single cell along an axis interferes with nothing", .vector(length: 1e-3...30), .integer(in: 2...20)) {
      check, h, n in
      try check.identical(factor(form(.square, [1, 1, 1]), h), 1)
      try check.identical(
        factor(form(.square, [1, n, 1]), h), InterferenceFunctions.grating(.pi * h.y, count: Double(n)))
    }
  }

  @Test("Smooth shapes depend on the offset from the nearest node alone") func smoothShapesArePeriodic() {
    forAll(
      "smooth shapes depend on the offset from the nearest node alone", smooth, offset,
      .integer(in: -9...9), counts
    ) { check, shape, delta, m, n in
      let node = Vector3(Double(m), Double(-m), Double(2 * m))
      let shifted = node + delta
      let rest = shifted - node
      try check.assume(rest.components.allSatisfy(isNearestToZero))
      try check.identical(factor(form(shape, n), shifted), factor(form(shape, n), rest))
    }
  }

  @Test("Smooth shapes are even along every axis") func smoothShapesAreEven() {
    forAll("smooth shapes are even along every axis", smooth, offset, counts, fudge) {
      check, shape, d, n, f in
      try check.assume(d.components.allSatisfy(isNearestToZero))
      let value = factor(form(shape, n, f), d)
      for mirrored in [Vector3(-d.x, d.y, d.z), Vector3(d.x, -d.y, d.z), Vector3(d.x, d.y, -d.z)] {
        try check.identical(factor(form(shape, n, f), mirrored), value)
      }
    }
  }

  @Test("At a node smooth shapes have all cells in phase") func smoothShapesAtNodes() {
    forAll("at a node smooth shapes have all cells in phase", smooth, counts, fudge) {
      check, shape, n, f in
      let all = Double(n[0] * n[1] * n[2]) * (shape == .round ? (Double.pi / 6).squareRoot() : 1)
      try check.close(factor(form(shape, n, f), .zero), all, within: 4 * eps * all, because: "√(π/6) as printed")
    }
  }

  @Test("The fudge factor scales the offsets by its root") func fudgeFactor() {
    forAll(
      "the fudge factor scales the offsets by its root", Generator<CrystalShape>.element(of: [.round, .gauss]), offset,
      counts, fudge,
      // Found by the night of seed 987654321.
      examples: [(.round, Vector3(0.03489461541175842, 0.02628365159034729, 0.0), [2, 3, 10], 0.21884229203563474)]
    ) {
      check, shape, d, n, f in
      let scaled = f.squareRoot() * d
      try check.assume(scaled.components.allSatisfy { abs($0) < 0.5 })
      let (stretched, plain) = (factor(form(shape, n, f), d), factor(form(shape, n), scaled))
      let all = Double(n[0] * n[1] * n[2])
      // The argument of the sphere's amplitude 3 (sin x/x - cos x)/x²: each evaluation cancels to at most 6 ε/x². An upper
      // bound of x, such as the product of the lengths, would promise too much for directions with few cells.
      let x = Double.pi * zip(scaled.components, n).reduce(0) { $0 + $1.0 * $1.0 * Double($1.1 * $1.1) }.squareRoot()
      try check.close(
        stretched, plain, within: all * eps * (64 + (x == 0 ? 0 : 12 / (x * x))),
        because: "rounding of the argument, and of two differences over x²")
    }
  }

  @Test("The round shape is the transform of a sphere (oracle)") func roundShape() {
    forAll("oracle: round shape is the transform of a sphere", offset, counts, fudge, .bool) {
      check, d, n, f, unreduced in
      try check.assume(d.components.allSatisfy(isNearestToZero))
      let r = zip(d.components, n).reduce(0.0) { $0 + $1.0 * $1.0 * Double($1.1 * $1.1) }
      let x = Double.pi * (r * f).squareRoot()
      let oracle = try LatticeOracles.sphere(x)
      let all = Double(n[0] * n[1] * n[2]) * (Double.pi / 6).squareRoot()
      try check.close(
        factor(form(.round, n, f, unreduced: unreduced), d), all * oracle.value,
        within: all * (oracle.error + eps * (16 + 4 * x + (x == 0 ? 0 : 3.3 / (x * x)))),
        because: "sin x/x − cos x cancels to 3.3 ε/x², and rounding of x")
    }
  }

  @Test("The Gaussian falls to 1/e at its width, the top hat ends at 0.63") func widthsOfGaussianAndTopHat() {
    forAll(
      "the Gaussian falls to 1/e at its width, the top hat ends at 0.63", .direction, counts, fudge,
      require: [.atLeast(20, "within the cell")]
    ) { check, u, n, f in
      // A point whose distance in units of the spot width is r.
      func point(_ r: Double) -> Vector3 {
        Vector3(r * u.x / Double(n[0]), r * u.y / Double(n[1]), r * u.z / Double(n[2]))
      }
      let all = Double(n[0] * n[1] * n[2])
      let width = (0.63 / f).squareRoot()
      if point(width).components.allSatisfy({ abs($0) < 0.49 }) {
        try check.close(
          factor(form(.gauss, n, f), point(width)), all / M_E, within: 32 * eps * all,
          because: "rounding of the exponent")
      }
      let edge = 0.63 / f.squareRoot()
      check.label("within the cell", point(max(edge, width)).components.allSatisfy { abs($0) < 0.49 })
      if point(edge).components.allSatisfy({ abs($0) < 0.49 }) {
        try check.identical(factor(form(.topHat, n, f), point(edge * (1 - 1e-12))), all)
        try check.identical(factor(form(.topHat, n, f), point(edge * (1 + 1e-12))), 0)
      }
    }
  }

  @Test("The Gaussian spot has its volume (oracle)") func volumeOfTheGaussianSpot() {
    forAll(
      "oracle: volume of the Gaussian spot", Generator<Int>.integer(in: 12...40).array(3...3), .double(in: 0.5...2),
      cost: .dear
    ) {
      check, n, f in
      let rule = try Quadrature.GaussLegendre(20)
      // 20³ points are good to 1e-7 of the volume.
      func reach(_ axis: Int) -> Double { 2.4 * (0.63 / f).squareRoot() / Double(n[axis]) }
      let form = form(.gauss, n, f)
      let volume = rule.integrate(-reach(0), reach(0)) { x in
        rule.integrate(-reach(1), reach(1)) { y in
          rule.integrate(-reach(2), reach(2)) { z in
            let value = factor(form, Vector3(x, y, z))
            return value * value
          }
        }
      }
      let expected = try SpotVolumeOracles.gaussian(fudge: f)
      let all = Double(n[0] * n[1] * n[2])
      // Beyond 2.4 widths erfc(2.4 √2) = 1.6e-6 is cut off along each axis.
      try check.close(
        volume / all, expected.value, within: 6e-6 * expected.value, because: "tails beyond 2.4 widths on three axes")
    }
  }

  @Test("The top-hat spot ends along a ray where its volume says (oracle)") func volumeOfTheTopHatSpot() {
    forAll("oracle: volume of the top-hat spot along a ray", .direction, .integer(in: 5...30), .double(in: 0.5...2)) {
      check, u, n, f in
      // Of a ball the radius says all: bisection finds where the amplitude ends along a ray.
      let form = form(.topHat, [n, n, n], f)
      var (inside, outside) = (0.0, 2 / f.squareRoot())
      for _ in 0..<60 {
        let middle = (inside + outside) / 2
        if factor(form, (middle / Double(n)) * u) != 0 { inside = middle } else { outside = middle }
      }
      try check.assume(outside / Double(n) < 0.49)
      let volume = try SpotVolumeOracles.topHat(fudge: f)
      try check.close(
        4 * .pi / 3 * inside * inside * inside, volume.value, within: volume.error + 1e-13 * volume.value,
        because: "bisection to the last bit, cubed")
    }
  }

  @Test("In c-parity smooth widths follow the product of the counts, in 1/Å") func parityWidths() {
    forAll(
      "in c-parity smooth widths follow the product of the counts, in 1/Å", offset, counts,
      Generator<CrystalShape>.element(of: [.gauss, .topHat])
    ) {
      check, d, n, shape in
      try check.assume(d.components.allSatisfy(isNearestToZero))
      let basis = ReciprocalBasis(a: Vector3(0.02, 0, 0), b: Vector3(0.003, 0.01, 0), c: Vector3(-0.001, 0.002, 0.03))
      let offset = d.x * basis.a + d.y * basis.b + d.z * basis.c
      let all = Double(n[0] * n[1] * n[2])
      let r2 = offset.dot(offset) * all * all
      let value = factor(form(shape, n, fromProduct: true, reciprocal: basis), d)
      if shape == .gauss {
        try check.close(
          value, all * exp(-r2 / 0.63), within: all * eps * (8 + 16 * r2), because: "rounding of the exponent")
      } else if abs(r2 / 0.3969 - 1) > 1e-12 {
        try check.identical(value, r2 < 0.3969 ? all : 0)
      }
    }
  }
}
