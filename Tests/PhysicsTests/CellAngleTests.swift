import Glibc
import Physics
import PropertyTesting
import TestSupport
import Testing

/// Sines and cosines that no angle has, and axes that are normalised over and over.
@Suite(.tags(.crystal)) struct CellAngleTests {
  private func angles(sines: Vector3, cosines: Vector3) -> Formulas<Double>.CellAngles {
    Formulas<Double>.CellAngles(sines: sines, cosines: cosines)
  }

  /// A cosine beyond ±1 becomes 1, a sine ±1 (docs/reference/30-crystal.md, Q-64).
  @Test func impossibleSinesAndCosinesAreLimited() {
    for value in [-3, -1.0000002, -1, -0.5, 0, 0.5, 1, 1.0000002, 3] {
      let isPossible = abs(value) <= 1
      let expectedCosine = isPossible ? value : 1
      let expectedSine = isPossible ? value : value < 0 ? -1.0 : 1
      for axis in 0..<3 {
        var parts = [0.25, 0.5, -0.75]
        parts[axis] = value
        let vector = Vector3(parts[0], parts[1], parts[2])
        let clamped = angles(sines: vector, cosines: vector).clamped
        for other in 0..<3 {
          #expect(clamped.cosines.components[other] == (other == axis ? expectedCosine : parts[other]))
          #expect(clamped.sines.components[other] == (other == axis ? expectedSine : parts[other]))
        }
        let half = Vector3(0.5, 0.5, 0.5)
        #expect(angles(sines: vector, cosines: half).areOdd == !isPossible)
        #expect(angles(sines: half, cosines: vector).areOdd == !isPossible)
      }
    }
    let limit = Vector3(1.0000001, -1.0000001, 1)
    #expect(!angles(sines: limit, cosines: limit).areOdd, "the limit itself")
    for beyond in [1 + 1e-9, -1 - 1e-9] {
      let vector = Vector3(beyond, beyond, beyond)
      #expect(angles(sines: vector, cosines: vector).clamped.cosines == Vector3(1, 1, 1))
    }
    let almost = Vector3(1.00000009, -1.00000009, 1)
    #expect(!angles(sines: almost, cosines: almost).areOdd, "rounding explains a ten-millionth")
  }

  /// The angles of the reciprocal cell are those between its vectors. The tolerance is some hundred roundings for angles
  /// that are not near 0 or π.
  @Test func reciprocalAnglesAreThoseBetweenTheVectors() throws {
    for cell in [
      "50.3 60.7 70.1 80.2 91.3 102.4", "33.3 44.4 55.5 90 117.3 90", "7 80 900 63 71 79", "40 41 42 110 95 119",
    ] {
      let experiment = try Experiment(words: "-cell \(cell) -default_F 1 -N 1 -detpixels 4".words, .spec)
      let (lattice, radians) = (experiment.crystal.lattice, experiment.crystal.lattice.reciprocalAngles.radians)
      let star = lattice.reciprocal
      for (angle, pair) in zip(radians.components, [(star.b, star.c), (star.a, star.c), (star.a, star.b)]) {
        let between = atan2(pair.0.cross(pair.1).length, pair.0.dot(pair.1))
        #expect(abs(angle - between) < 1e-13, "\(cell): \(angle) for \(between)")
      }
    }
  }

  /// The program normalises its axis in place with each factor. Some axes never settle; their roundings go round in a cycle.
  @Test func axesOfManyFactorsAreThoseOfRepeatedNormalisation() {
    var random = SplitMix64(state: 9)
    func number() -> Double { Double(random.next() >> 11) * 0x1p-52 - 1 }
    var (unsteady, cyclic) = (0, 0)
    for _ in 0..<40_000 {
      let axis = Vector3(number(), number(), number()).normalized
      let axes = Formulas<Double>.PolarizationAxis(axis)
      var wanted: [Vector3] = []
      var current = axis
      for _ in 0..<24 {
        current = current.normalized
        wanted.append(current)
      }
      let found = (0..<24).map { axes[$0].normalized }
      #expect(found == wanted, "\(axis)")
      #expect(axes.isSteady == wanted.allSatisfy { $0 == wanted[0] }, "\(axis)")
      unsteady += axes.isSteady ? 0 : 1
      cyclic += wanted[22] == wanted[23] ? 0 : 1
    }
    #expect(unsteady > 200 && cyclic > 20, "\(unsteady) axes change, \(cyclic) without end")
  }

  /// One axis in ten thousand does not repeat within a hundred factors, one with a tiny component within millions.
  @Test(arguments: [
    Vector3(0.89683324692132405, -0.81924634799637586, -0.034521971902976567),
    Vector3(0.70317238633565993, -0.71101940556852095, -2.4458449742863688e-08), Vector3(.nan, 0, 1), .zero,
    Vector3(1, 0x1p-1060, 0),
  ])
  func axesThatDoNotSettle(axis: Vector3) {
    let plain = Formulas<Double>.PolarizationAxis(axis.normalized)
    var foreseen = plain
    foreseen.foresee(calls: 3000)
    func bits(_ vector: Vector3) -> [UInt64] { vector.normalized.components.map { $0.isNaN ? 1 : $0.bitPattern } }
    var current = axis.normalized
    for call in 0..<3300 {
      #expect(bits(plain[call]) == bits(current) && bits(foreseen[call]) == bits(current), "\(axis), \(call)")
      current = current.normalized
    }
  }

  /// The same in an image: each pixel has the factor of the axis that the pixels before it have left.
  @Test func factorsOfAnImageFollowTheAxis() throws {
    let line =
      "-cell 50 60 70 80 90 100 -N 2 -default_F 10 -lambda 1 -oversample 1 -distance 50 -pixel 1 -detpixels_f 40"
      + " -detpixels_s 30 -polar 0.8 -polar_vector 0.70317238633565993 -0.71101940556852095 -2.4458449742863688e-08"
    let experiment = try Experiment(command: line)
    let simulator = Simulator(experiment, instructions: .scalar)
    var axis = experiment.beam.polarizationAxis
    simulator.forEachPixel(only: nil, of: try simulator.render()) { values in
      let wanted = Formulas<Double>.Polarization(
        kahnFactor: 0.8, incident: experiment.beam.sources[0].direction, diffracted: values.position.normalized,
        axis: axis)
      #expect(values.polarization == wanted.factor, "\(values.pixel)")
      axis = axis.normalized
    }
    #expect(axis != experiment.beam.polarizationAxis.normalized)
  }
}
