import Physics
import TestSupport
import Testing

/// Places that random scenes hardly meet: limits, degenerate cases, images of several parts. Each was found by a change of
/// the sources that no test noticed.
@Suite(.tags(.sampling), .generousTime) struct EdgeTests {
  // MARK: Counts

  /// The counts of an image, pixel by pixel (docs/reference/70-files.md §3).
  private func count(_ pixel: Float, scale: Double, offset: Double) -> UInt16 {
    let scaled = Double(pixel) * scale + offset
    return scaled >= 0 ? UInt16(Float(min(scaled, 65535) + 0.5)) : 0
  }

  /// Parts make up the image whatever its shape, and none is larger than it needs to be.
  @Test(arguments: [
    (300, 301, [0, 299, 0, 300]), (301, 300, [17, 290, 111, 270]), (40_000, 3, [5, 39_000, 0, 2]),
    (1, 40_001, [0, 0, 1, 40_000]),
    (7, 2, [2, 2, 1, 1]),
  ])
  func countsComeInParts(fast: Int, slow: Int, region: [Int]) throws {
    let image = FloatImage(
      fastPixels: fast, slowPixels: slow, pixels: (0..<fast * slow).map { Float($0 * 7919 % 70_001) - 300 })
    let bounds = try #require(PixelBounds(numbers: region))
    let noiseless = NoiselessImage(
      image, region: PixelRegion(bounds: bounds, fastPixels: fast, slowPixels: slow), scale: 0.9, offset: 40)
    let wanted = image.pixels.indices.map { index -> UInt16 in
      let (i, j) = (index % fast, index / fast)
      guard (region[0]...region[1]).contains(i), (region[2]...region[3]).contains(j) else { return 0 }
      return count(image.pixels[index], scale: 0.9, offset: 40)
    }
    let counts = noiseless.counts
    #expect(counts.fastPixels == fast && counts.slowPixels == slow)
    #expect(counts.pixels == wanted)
    var next = 0
    for part in 0..<noiseless.partCount {
      noiseless.withPart(part) { first, counts in
        #expect(first == next)
        #expect(counts.count <= max(fast, 1 << 15), "a part is no more than a row, or some 32,000 counts")
        #expect(Array(counts) == Array(wanted[first..<first + counts.count]))
        next += counts.count
      }
    }
    #expect(next == fast * slow)
    #expect(noiseless.partCount <= 1 + fast * slow / max(1, (1 << 15) - fast), "no more parts than needed")
  }

  @Test func automaticScalesNeedSomethingToScale() {
    #expect(CountImage.scale(given: 0.5, maximum: 10) == 0.5)
    #expect(CountImage.scale(given: 0, maximum: 0.5) == 110_000)
    #expect(GreyMap.scale(given: 0.5, deviation: 5, integerScale: 7) == 0.5)
    #expect(GreyMap.scale(given: 0, deviation: 0.5, integerScale: 7) == 100)
  }

  // MARK: Indices and numbers

  @Test func boundsOfOnePixelAreInside() throws {
    for (numbers, isInside) in [
      ([0, 0, 0, 0], true), ([3, 3, 1, 1], true), ([3, 4, 1, 1], false), ([3, 3, 1, 2], false), ([-1, 0, 0, 0], false),
      ([0, 0, -1, 0], false), ([2, 1, 0, 0], false), ([0, 0, 1, 0], false),
    ] {
      #expect(
        try #require(PixelBounds(numbers: numbers)).isInside(fastPixels: 4, slowPixels: 2) == isInside, "\(numbers)")
    }
    let moved = PixelIndex(slow: 3, fast: 5).offset(slow: 10, fast: 200)
    #expect(moved == PixelIndex(slow: 13, fast: 205))
  }

  /// As the processor of the reference program converts numbers beyond 32 bits: to the lowest whole number.
  @Test(arguments: [
    (2_147_483_647.0, 2_147_483_647.0), (2_147_483_648, -2_147_483_648), (-2_147_483_647, -2_147_483_647),
    (-2_147_483_649, -2_147_483_648), (-4e9, -2_147_483_648), (4e9, -2_147_483_648), (.nan, -2_147_483_648),
  ])
  func indicesBeyond32Bits(index: Double, rounded: Double) {
    let cell = DirectCell(a: Vector3(1, 0, 0), b: Vector3(0, 1, 0), c: Vector3(0, 0, 1))
    let indices = MillerIndices(cell: cell, scatteringVector: Vector3(index, 0.25, index))
    // What is not a number spoils all three, as zero times it is none.
    #expect(indices.rounded == Vector3(rounded, index.isNaN ? rounded : 0, rounded))
  }

  @Test func numbersAreLimited() {
    #expect([1.5, -1.5, 0.7, -0.7, 1, -1].map(\.limitedToOne) == [1, -1, 0.7, -0.7, 1, -1])
    #expect(Double.larger(2, 3) == 3 && Double.larger(3, 2) == 3)
    var number = 1.0
    number /= 3
    #expect(number == 1.0 / 3)
  }

  // MARK: Cells and orientations

  @Test func smallCellsKeepTheirValues() throws {
    expectClose(try UnitCell([0.5]).volume, 0.125, within: 1e-16, because: "a root of sines near 1")
    let flat = try UnitCell([10, 20, 30, 0.9, 0.8, 0.7])
    let degree = 180.0 * (1.0 / Double.pi)
    #expect([flat.alpha, flat.beta, flat.gamma] == [0.9 / degree, 0.8 / degree, 0.7 / degree])
    #expect(try UnitCell([10, -3, 0.5]).b == 10)
    #expect(try UnitCell([10, 0.25, 0.5]).b == 0.25)
  }

  @Test(arguments: [[10, 0], [10, 10, 0], [10, 0, 10], [10, 0, 10, 90, 90, 90], [0], [-1], [.nan], [.infinity]])
  func cellsWithoutLengthsAreRefused(values: [Double]) {
    #expect(throws: ExperimentError.self) { try UnitCell(values) }
  }

  /// Each sine belongs to its cosine.
  @Test(arguments: [[70, 80, 90, 75, 85, 95], [3, 50, 400, 100, 60, 80], [20, 20, 60, 90, 90, 120]])
  func reciprocalAnglesAreAngles(values: [Double]) throws {
    let angles = try UnitCell(values).reciprocalAngles
    for (sine, cosine) in zip(angles.sines.components, angles.cosines.components) {
      #expect(abs(sine * sine + cosine * cosine - 1) < 1e-12, "\(sine), \(cosine): a handful of roundings")
      #expect(sine > 0)
    }
    #expect(!angles.areOdd)
  }

  /// Where the first axis ends up along x, only the sum of two angles is determined, and the reference program leaves one
  /// of the three as π.
  @Test func orientationsWithoutUniqueAngles() {
    let quarter = Double.pi / 2
    for angle in [0.3, -1.2] {
      let (s, c) = (sine(angle), cosine(angle))
      let matrix = Matrix3(rows: Vector3(0, s, c), Vector3(0, c, -s), Vector3(-1, 0, 0))
      let angles = CapRotation.missetAngles(of: matrix)
      #expect(angles.x == Double.pi && angles.y == quarter)
      expectClose(angles.z, atan(s, -c), within: 1e-15, because: "an arc tangent of two rounded numbers")
    }
    // Another component of one is no such case.
    let turned = Matrix3(rows: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, 1, 0))
    #expect(CapRotation.missetAngles(of: turned) == Vector3(quarter, 0, 0))
    let swapped = Matrix3(rows: Vector3(0, -1, 0), Vector3(1, 0, 0), Vector3(0, 0, 1))
    #expect(CapRotation.missetAngles(of: swapped) == Vector3(0, 0, quarter))
  }

  private func sine(_ angle: Double) -> Double { Double.sine(angle) }
  private func cosine(_ angle: Double) -> Double { Double.cosine(angle) }
  private func atan(_ y: Double, _ x: Double) -> Double { Double.arcTangent(y: y, x: x) }

  // MARK: Where scalar numbers have large rounding errors

  /// A phase of a grating is ill-conditioned if an index is closer to a node than 1e-8 of itself, a sphere's near its centre.
  @Test func illConditionedPhases() throws {
    let near = [(0.9e-8, true), (1.1e-8, false), (-0.9e-8, true), (-1.1e-8, false)]
    let form = try Experiment(command: "-cell 50 60 70 90 90 90 -default_F 1 -detpixels 4 -Na 3 -Nb 1 -Nc 4").crystal
      .form
    func isClose(_ fractional: Vector3) -> Bool {
      let rounded = Vector3(fractional.x.rounded(), fractional.y.rounded(), fractional.z.rounded())
      return form.shape.law.isIllConditioned(form, at: MillerIndices(fractional: fractional, rounded: rounded))
    }
    for (relative, close) in near {
      #expect(isClose(Vector3(5 * (1 + relative), 0.3, 0.4)) == close, "along a")
      #expect(!isClose(Vector3(0.3, 5 * (1 + relative), 0.4)), "a single cell along b has no phase")
      #expect(isClose(Vector3(0.3, 0.4, -5 * (1 + relative))) == close, "along c")
    }
    #expect(!isClose(Vector3(0.5e-8, 0.3, 0.4)) && !isClose(Vector3(0, 0.3, 0.4)), "the centre is a node of no phase")

    let round = try Experiment(
      command: "-cell 50 60 70 90 90 90 -default_F 1 -detpixels 4 -Na 3 -Nb 5 -Nc 4 -round_xtal"
    ).crystal.form
    for (radius, close) in [(0.9e-3, true), (1.1e-3, false), (-0.9e-3, true)] {
      for fractional in [Vector3(2 + radius / 3, 0, 1), Vector3(2, radius / 5, 1), Vector3(2, 0, 1 + radius / 4)] {
        let indices = MillerIndices(fractional: fractional, rounded: Vector3(2, 0, 1))
        #expect(round.shape.law.isIllConditioned(round, at: indices) == close, "\(fractional)")
      }
    }
  }

  // MARK: Noise

  /// The defaults are those of the program noisify, and counts are cut, wrapped or clipped as it does.
  @Test func countsOfNoiseAreCut() throws {
    var noise = DetectorNoise()
    #expect(noise.offset == 40 && noise.gain == 1 && noise.scale == 1 && noise.wraps && noise.stream == -1)
    (noise.flicker, noise.calibration) = (0, 0)
    let dark = FloatImage(fastPixels: 3, slowPixels: 1, pixels: [0, 0, 0])
    func counts(offset: Double, wraps: Bool) -> [UInt16] {
      (noise.offset, noise.wraps) = (offset, wraps)
      return noise.apply(to: dark).counts.pixels
    }
    for (offset, cut, clipped) in [
      (40.6, 40, 41), (-0.4, 0, 0), (-1.6, 65535, 0), (65535, 65535, 65535), (65535.5, 65535, 65535),
      (-3e9, 0, 0), (-2_147_483_648.5, 0, 0), (0.5, 0, 1),
    ] as [(Double, UInt16, UInt16)] {
      #expect(counts(offset: offset, wraps: true) == [cut, cut, cut], "\(offset)")
      #expect(counts(offset: offset, wraps: false) == [clipped, clipped, clipped], "\(offset)")
    }
    noise.offset = 65535
    #expect(noise.apply(to: dark).overloads == 0)
    noise.offset = 65535.25
    #expect(noise.apply(to: dark).overloads == 3)
    #expect(
      [Int32(cut: -2_147_483_648.5), Int32(cut: 2_147_483_647.5), Int32(cut: 2_147_483_648)] == [.min, .max, .min])
  }

  // MARK: Tables

  @Test func aListSpansItsReflections() throws {
    let one = try #require(ReflectionList([Reflection(h: 1, k: 2, l: 3, amplitude: 7)]))
    #expect(one.h == 1...1 && one.k == 2...2 && one.l == 3...3 && one.count == 1)
    let two = try #require(
      ReflectionList([Reflection(h: 4, k: -2, l: 3, amplitude: 7), Reflection(h: -1, k: 5, l: 9, amplitude: 7)]))
    #expect(two.h == -1...4 && two.k == -2...5 && two.l == 3...9 && two.count == 2)
    #expect(ReflectionList([]) == nil)
  }

  /// The grid has one element more than the range in each direction, and all of them count.
  @Test(arguments: [0, 1, 2]) func theLimitCountsTheWholeGrid(axis: Int) {
    let limit = StructureFactors.gridLimit
    var ranges = [0...0, 0...0, 0...0]
    // 2 · 2 · (n + 1) is just above the limit.
    ranges[axis] = 0...limit / 4 - 1 + 1
    let error = #expect(throws: ExperimentError.self) {
      try StructureFactors(h: ranges[0], k: ranges[1], l: ranges[2], count: 1, defaultAmplitude: 0, source: "a.hkl")
    }
    let mebibytes = Int((Double(4 * (limit / 4 + 2)) * 8 / 1_048_576).rounded())
    #expect(error?.description.contains("\(mebibytes) MiB") == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("at most \(limit * 8 / 1_048_576) MiB") == true)
  }

  @Test func compatibilitiesNameWhatTheyLack() {
    let two = Compatibility.cParity.setting(.unreducedPhases, false).setting(.sourceWeightsIgnored, false)
    #expect(two.name.hasPrefix("c-parity without "))
    #expect(two.name.contains(Quirk.unreducedPhases.rawValue) && two.name.contains(Quirk.sourceWeightsIgnored.rawValue))
  }

  // MARK: Frames

  /// All vectors of a convention are unit vectors, those of the detector at right angles, and only ADXV's are left-handed.
  @Test(arguments: Convention.allCases) func conventionsAreFrames(convention: Convention) {
    let v = convention.vectors
    for vector in [v.beam, v.fast, v.slow, v.normal, v.twoTheta, v.polarization, v.spindle] {
      #expect(vector.components.map(abs).sorted() == [0, 0, 1], "\(vector)")
    }
    #expect(v.fast.dot(v.slow) == 0 && v.fast.dot(v.normal) == 0 && v.slow.dot(v.normal) == 0)
    #expect(v.fast.cross(v.slow) == (convention == .adxv ? -1 : 1) * v.normal)
    #expect(v.normal == v.beam && v.polarization.dot(v.beam) == 0)
  }

  // MARK: Where vector code suits

  /// Vector code leaves out what would need single steps: amplitudes without a finite square, pixels at the sample, indices
  /// beyond 32 bits, and steps in order beyond a resolution limit.
  @Test(arguments: [
    ("-default_F 10", true), ("-default_F 1e160", false), ("-default_F 1e150", true),
    ("-default_F 10 -distance 1e-8 -close_distance 1e-8", false), ("-default_F 10 -lambda 1e-7", false),
    ("-default_F 10 -lambda 4e-7", true), ("-default_F 10 -lambda 2.1e-7", true),
    ("-default_F 10 -lambda 1.9e-7", false),
    ("-default_F 10 -dmin 3", true),
  ])
  func vectorCodeIsTakenWhereItSuits(options: String, suits: Bool) throws {
    let experiment = try Experiment(
      command: "-cell 100 90 80 90 90 90 -N 3 -detpixels 8 -pixel 0.1 -oversample 1 -distance 100 " + options)
    #expect(Simulator(experiment, instructions: .baseline).usesBlocks == suits)
    #expect(!Simulator(experiment, instructions: .scalar).usesBlocks)
  }
}
