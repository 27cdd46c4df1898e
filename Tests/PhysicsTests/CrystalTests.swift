import Physics
import TestSupport
import Testing

/// Rounding, lookup and interpolation of structure factors at the edges of their rules (docs/reference/30-crystal.md
/// §11).
@Suite(.tags(.crystal), .generousTime) struct CrystalTests {
  private let cube = DirectCell(a: Vector3(1, 0, 0), b: Vector3(0, 1, 0), c: Vector3(0, 0, 1))

  @Test(arguments: [(0.5, 0.0), (1.5, 1), (-0.5, -1), (-1.5, -2), (0.49999, 0), (0.50001, 1), (2, 2), (-3, -3)])
  func tiesGoDown(index: Double, rounded: Double) {
    let indices = MillerIndices(cell: cube, scatteringVector: Vector3(index, index, index))
    #expect(indices.rounded == Vector3(rounded, rounded, rounded))
  }

  /// F(h, k, l) = a cubic polynomial in each index.
  private static func polynomial(_ h: Double, _ k: Double, _ l: Double) -> Double {
    (1 + h - h * h + 0.5 * h * h * h) * (2 - k + 0.25 * k * k * k) * (1 + 0.5 * l * l - 0.125 * l * l * l)
  }

  private func table(defaultAmplitude: Double = 7) throws -> StructureFactors {
    var list: [Reflection] = []
    for h in -3...4 {
      for k in -4...3 {
        for l in -3...3 {
          list.append(Reflection(h: h, k: k, l: l, amplitude: Self.polynomial(Double(h), Double(k), Double(l))))
        }
      }
    }
    return try StructureFactors(
      ReflectionList(h: -3...4, k: -4...3, l: -3...3, count: list.count, reflections: list),
      defaultAmplitude: defaultAmplitude, source: "test")
  }

  @Test func nearestReflectionOrDefault() throws {
    let table = try table()
    #expect(table.nearest(Vector3(4, -4, 3)) == Self.polynomial(4, -4, 3))
    #expect(table.nearest(Vector3(-3, 3, -3)) == Self.polynomial(-3, 3, -3))
    for outside in [Vector3(5, 0, 0), Vector3(0, -5, 0), Vector3(0, 0, 4), Vector3(.nan, 0, 0)] {
      #expect(table.nearest(outside) == 7)
    }
  }

  @Test func holesTakeTheDefaultAndDuplicatesTheLast() throws {
    let list = [
      Reflection(h: 0, k: 0, l: 0, amplitude: 1), Reflection(h: 2, k: 0, l: 0, amplitude: 3),
      Reflection(h: 0, k: 0, l: 0, amplitude: 5),
    ]
    let table = try StructureFactors(
      ReflectionList(h: 0...2, k: 0...0, l: 0...0, count: 3, reflections: list), defaultAmplitude: 9, source: "test")
    #expect((0...2).map { table.nearest(Vector3(Double($0), 0, 0)) } == [5, 9, 3])
  }

  @Test func theRangeOfInterpolationIsClosed() throws {
    let table = try table()
    #expect(table.canInterpolate(Vector3(2, 1, 1)) && table.canInterpolate(Vector3(-1, -2, -1)))
    // The rule is evaluated as h − h_min + 3 > R_h: an excess of less than its rounding counts as inside.
    let excess = 1e-14
    for outside in [
      Vector3(2 + excess, 0, 0), Vector3(-1 - excess, 0, 0), Vector3(0, 1 + excess, 0), Vector3(0, -2 - excess, 0),
      Vector3(0, 0, 1 + excess), Vector3(0, 0, -1 - excess), Vector3(0, .nan, 0),
    ] {
      #expect(!table.canInterpolate(outside))
    }
  }

  @Test func interpolationReproducesCubicPolynomials() throws {
    let table = try table()
    // Lagrange cubics through exact nodes: only the rounding of 21 four-term sums of values up to 500.
    for h in stride(from: -1.0, through: 2, by: 0.37) {
      for k in stride(from: -2.0, through: 1, by: 0.41) {
        for l in stride(from: -1.0, through: 1, by: 0.29) {
          let ours = table.interpolated(Vector3(h, k, l))
          expectClose(
            ours, Self.polynomial(h, k, l), within: 500 * 64 * Double.ulpOfOne,
            because: "21 sums of four terms, of values up to 500")
        }
      }
    }
    #expect(table.interpolated(Vector3(1, 0, -1)) == Self.polynomial(1, 0, -1), "exact at the nodes")
  }

  @Test func gridsThatDoNotFitInMemoryAreRefused() {
    let list = ReflectionList(
      h: -100_000...100_000, k: -100_000...100_000, l: 0...0, count: 1,
      reflections: [Reflection(h: 0, k: 0, l: 0, amplitude: 1)])
    let error = #expect(throws: ExperimentError.self) {
      try StructureFactors(list, defaultAmplitude: 0, source: "huge.hkl")
    }
    #expect(error?.description.contains("200001 x 200001") == true)
  }

  @Test func givenLengthsAreKept() throws {
    for cell in [[50.0, 60, 70, 80, 95, 105], [30, 40, 50, 90, 90, 120]] {
      var request = SimulationRequest()
      request.cell = cell
      request.misset = .angles(Vector3(10, 20, 30))
      request.defaultAmplitude = 1
      for mode in [Compatibility.cParity, .spec] {
        let direct = try Experiment(resolving: request, compatibility: mode).crystal.lattice.direct
        for (axis, length) in try pairs([direct.a, direct.b, direct.c], cell.prefix(3)) {
          expectClose(
            axis.length * 1e10 / length, 1, within: 4 * Double.ulpOfOne,
            because: "a cross product scaled to its length: two roots and two quotients")
        }
      }
    }
  }
}
