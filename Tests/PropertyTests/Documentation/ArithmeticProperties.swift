import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/ArithmeticProperties.swift")

/// Operands in the order of the reference program, to the last bit: the simulator against the calculation written down a second
/// time (`StraightLine`), and sums through an image.
@Suite(.tags(.verification, .property), .generousTime) struct ArithmeticProperties {
  private typealias Given = StraightLine.Given

  private func same(_ check: Check, _ ours: [Double], _ expected: [Double], _ what: String) throws {
    for (one, other) in try pairs(ours, expected) {
      // The sign of a zero counts: headers print it.
      try check.that(one.bitPattern == other.bitPattern, "\(what): \(ours) is not \(expected)")
    }
  }

  private static let scene = Generator<Given> { choices in
    func number(_ range: ClosedRange<Double>) throws -> Double {
      let text = try Generator<String>.decimal(in: range).generate(&choices)
      return Double(text) ?? .nan
    }
    func often(_ value: Double, _ range: ClosedRange<Double>) throws -> Double {
      try choices.draw(upTo: 1) == 0 ? value : try number(range)
    }
    var given = Given()
    given.cell = try (0..<3).map { _ in try number(20...90) } + (0..<3).map { _ in try often(90, 70...110) }
    given.misset = try (0..<3).map { _ in try often(0, -180...180) }
    given.counts = try (0..<3).map { _ in Double(try Generator<Int>.integer(in: 1...9).generate(&choices)) }
    given.wavelength = try number(0.5...3)
    given.distance = try number(30...300)
    given.pixel = try number(0.05...0.5)
    given.rotations = try (0..<3).map { _ in try often(0, -60...60) }
    given.twoTheta = try often(0, -50...50)
    given.centre = try (0..<2).map { _ in try often(0.5, -1...5) }
    given.isMosflm = try choices.draw(upTo: 1) == 0
    given.phi = try often(0, -180...180)
    given.kahn = try often(0, -1...1)
    given.amplitude = try number(1...300)
    given.fluence = try often(-1e-12, 1e20...9e20)
    given.water = try often(0, 1...30)
    given.shape = try Generator<String>.element(of: ["-square_xtal", "-round_xtal", "-gauss_xtal", "-tophat_spots"])
      .generate(&choices)
    given.fudge = try often(1, 0...2)
    return given
  }

  private static func arguments(_ given: Given) -> String {
    func text(_ numbers: [Double]) -> String { NumberText.row("%.17g", numbers) }
    let centre =
      given.isMosflm
      ? "-mosflm -Xbeam \(text([given.centre[0]])) -Ybeam \(text([given.centre[1]]))"
      : "-xds -ORGX \(text([given.centre[0]])) -ORGY \(text([given.centre[1]]))"
    return """
      -cell \(text(given.cell)) -misset \(text(given.misset)) -Na \(Int(given.counts[0])) -Nb \(Int(given.counts[1])) \
      -Nc \(Int(given.counts[2])) -lambda \(text([given.wavelength])) -distance \(text([given.distance])) \
      -pixel \(text([given.pixel])) -detpixels 4 -detector_rotx \(text([given.rotations[0]])) \
      -detector_roty \(text([given.rotations[1]])) -detector_rotz \(text([given.rotations[2]])) \
      -twotheta \(text([given.twoTheta])) \(centre) -phi \(text([given.phi])) -polar \(text([given.kahn])) \
      -default_F \(text([given.amplitude])) -fluence \(text([given.fluence])) -water \(text([given.water])) \(given.shape) \
      -fudge \(text([given.fudge])) -oversample 1
      """
  }

  @Test("The detector is placed as by the straight line, signs of zeros included") func detectorsOfTheStraightLine() {
    forAll("the detector is placed as by the straight line, signs of zeros included", Self.scene) { check, given in
      let (line, pose) = (StraightLine(given), try experiment(Self.arguments(given)).detector.pose)
      try same(check, pose.fast.components, line.fast, "fast axis")
      try same(check, pose.slow.components, line.slow, "slow axis")
      try same(check, pose.normal.components, line.normal, "normal")
      try same(check, pose.origin.components, line.origin, "origin")
      try same(check, pose.dialsOrigin.components, line.dialsOrigin, "origin of DIALS")
      try same(
        check, [pose.nearPoint.fast, pose.nearPoint.slow, pose.closeDistance],
        [line.nearFast, line.nearSlow, line.closeDistance], "near point")
      try same(
        check, [pose.beamCentre.fast, pose.beamCentre.slow, pose.distance],
        [line.beamFast, line.beamSlow, line.distance], "beam centre")
    }
  }

  @Test("The crystal is oriented as by the straight line") func crystalsOfTheStraightLine() {
    forAll("the crystal is oriented as by the straight line", Self.scene) { check, given in
      let (line, lattice) = (StraightLine(given), try experiment(Self.arguments(given)).crystal.lattice)
      let (direct, star) = (lattice.direct, lattice.reciprocal)
      try same(check, direct.a.components + direct.b.components + direct.c.components, line.a + line.b + line.c, "cell")
      try same(
        check, star.a.components + star.b.components + star.c.components, line.aStar + line.bStar + line.cStar,
        "reciprocal cell")
      try same(check, [lattice.volume], [line.volume], "volume")
    }
  }

  @Test("A pixel is the float of the straight line") func pixelsOfTheStraightLine() {
    forAll("a pixel is the float of the straight line", Self.scene, cost: .dear) { check, given in
      let line = StraightLine(given)
      let image = try Simulator(try experiment(Self.arguments(given)), instructions: .scalar).render().image
      for (slow, fast) in [(0, 0), (1, 3), (3, 2)] {
        try same(
          check, [Double(image[slow: slow, fast: fast])], [Double(line.pixel(slow: slow, fast: fast))],
          "pixel (\(slow),\(fast))")
      }
    }
  }

  /// Mean, rms and rmsd: sums through the whole image, the squares of the first rounded to single precision.
  @Test("The sums of the statistics run through the image") func sumsOfTheStatistics() {
    let pixels = Generator<Float>.pixels
    forAll(
      "the sums of the statistics run through the image", pixels.array(24...24),
      require: [.atLeast(20, "tells sums by rows apart"), .atLeast(20, "tells unrounded squares apart")]
    ) { check, pixels in
      let scene = try experiment("-default_F 1 -cell 50 -detpixels_x 6 -detpixels_y 4 -oversample 1")
      let image = FloatImage(fastPixels: 6, slowPixels: 4, pixels: pixels)
      let statistics = ImageStatistics(image, of: scene)
      let sum = pixels.reduce(0.0) { $0 + Double($1) }
      let rows = (0..<4).map { row in pixels[6 * row..<6 * row + 6].reduce(0.0) { $0 + Double($1) } }
      check.label("tells sums by rows apart", rows.reduce(0, +) != sum)
      let squares = pixels.reduce(0.0) { $0 + Double($1 * $1) }
      check.label("tells unrounded squares apart", pixels.reduce(0.0) { $0 + Double($1) * Double($1) } != squares)
      let mean = sum / 24
      let deviations = pixels.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      try same(
        check, [statistics.mean, statistics.rms, statistics.rmsd],
        [mean, (squares / 23).squareRoot(), (deviations / 23).squareRoot()], "statistics")
    }
  }

  /// A random misset: the rows of its matrix are normalised twice before the angles are taken.
  @Test("A random orientation has the angles of a matrix whose rows are normalised twice") func randomOrientations() {
    forAll(
      "a random orientation has the angles of a matrix whose rows are normalised twice", .integer(in: 1...1_000_000),
      require: [.atLeast(1, "tells one normalisation apart")]
    ) { check, seed in
      var (generator, stream) = (UniformDeviates(), -seed)
      let drawn = CapRotation.draw(limit: 90, from: &generator, stream: &stream)
      func unit(_ v: [Double]) -> [Double] {
        let length = (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]).squareRoot()
        return [v[0] / length, v[1] / length, v[2] / length]
      }
      func angles(_ rows: [[Double]]) -> [Double] {
        [
          atan2(rows[2][1], rows[2][2]),
          atan2(-rows[2][0], (rows[2][1] * rows[2][1] + rows[2][2] * rows[2][2]).squareRoot()),
          atan2(rows[1][0], rows[0][0]),
        ]
      }
      let once = [drawn.row1, drawn.row2, drawn.row3].map(\.components).map(unit)
      check.label("tells one normalisation apart", angles(once) != angles(once.map(unit)))
      let scene = try experiment("-default_F 1 -cell 50 -detpixels 4 -oversample 1 -misset_seed \(seed) -misset random")
      try same(check, scene.crystal.misset?.components ?? [], angles(once.map(unit)), "misset")
    }
  }

  /// Axes of three decimals that never settle: normalising one gives another for ever. About one in 170.
  private static let restlessAxes = Generator<[Double]> { choices in
    for number in Int(try choices.draw(upTo: 900_000_000))... {
      let axis = [1, 1000, 1_000_000].map { Double(number / $0 % 1000) / 1000 }
      let settled = (0..<20).reduce(axis) { last, _ in StraightLine.unit(last) }
      if StraightLine.unit(settled) != settled { return axis }
    }
    throw GenerationStop.discard
  }

  /// The polarization axis is normalised in place by each factor that is computed, and some never settle.
  @Test("The polarization axis drifts in its last bits from pixel to pixel") func polarizationAxisDrifts() {
    forAll(
      "the polarization axis drifts in its last bits from pixel to pixel", Self.restlessAxes, .double(in: 0.5...1),
      require: [.atLeast(5, "tells a settled axis apart")], cost: .dear
    ) { check, numbers, kahn in
      var axis = StraightLine.unit(numbers)
      let settled = StraightLine.unit(StraightLine.unit(axis))
      let scene = try experiment(
        "-default_F 1 -cell 50 -detpixels 3 -pixel 90 -oversample 1 -polar \(kahn) -beam_vector 3 2 1 "
          + "-polar_vector \(NumberText.row("%.3f", numbers))")
      let tracer = PixelTracer(Simulator(scene, instructions: .scalar))
      for index in 0..<9 {
        axis = StraightLine.unit(axis)
        let size = 90.0 / 1000
        let place = scene.detector.position(
          fast: size * Double(index % 3) + size / 2, slow: size * Double(index / 3) + size / 2, depth: 0)
        let (incident, diffracted) = (scene.beam.sources[0].direction.normalized, place.normalized.normalized)
        func factor(_ axis: [Double]) -> Double {
          StraightLine.polarizationFactor(
            kahn, incident: incident.components, diffracted.components, axis: axis)
        }
        check.label("tells a settled axis apart", factor(axis) != factor(settled))
        let lines = try tracer.pixelLines(PixelIndex(slow: index / 3, fast: index % 3))
        try check.identical(
          lines.compactMap { $0.real("polar_first") }.first ?? .nan, factor(axis), "pixel \(index)")
      }
    }
  }
}

extension Generator where Value == Float {
  /// Pixels of all magnitudes.
  fileprivate static var pixels: Generator {
    Generator<Double>.logUniform(in: 1e-14...1e5).map { Float($0) }
  }
}
