import Physics
import TestSupport
import Testing

/// The generators against the reference numbers of docs/reference/60-random-numbers.md, printed by the C program.
@Suite(.tags(.statistics), .generousTime) struct RandomTests {
  @Test(arguments: [
    (1, [0.415999353, 0.091964893, 0.75641048, 0.52970022, 0.930436492, 0.383502066, 0.653918982, 0.0668422356]),
    (12_345_678, [0.765989304, 0.023453664, 0.589726627, 0.535101593, 0.982231438, 0.693016112, 0.328146875]),
    (2468, [0.966642201, 0.822067201, 0.323968768, 0.53838706, 0.59435457, 0.355384976, 0.686412692]),
  ])
  func uniformDeviates(seed: Int, expected: [Double]) {
    var generator = UniformDeviates()
    var stream = -seed
    let drawn = expected.map { _ in generator.next(&stream) }
    #expect(drawn == expected.map { Float($0) }, "nine digits determine a single-precision number")
  }

  @Test func streamStates() {
    var generator = UniformDeviates()
    var stream = -1
    let states = (0..<3).map { _ in
      _ = generator.next(&stream)
      return stream
    }
    #expect(states == [530_511_967, 2_110_010_672, 1_551_901_393])
  }

  @Test func seedZeroIsSeedOne() {
    var (first, second) = (UniformDeviates(), UniformDeviates())
    var (zero, one) = (0, -1)
    for _ in 0..<50 { #expect(first.next(&zero) == second.next(&one)) }
  }

  @Test func gaussianDeviates() {
    var generator = UniformDeviates()
    var stream = -1
    let expected: [Double] = [
      -0.836853981, -0.172279969, 0.187117606, 1.61543977, -0.17677407, 0.653144717, -0.546363592, 0.194145709,
      0.92570889, 1.20432079,
    ]
    #expect(expected.map { _ in generator.nextGaussian(&stream) } == expected.map { Float($0) })
  }

  @Test(
    arguments: [
      (0.5, [0, 0, 1, 1, 1, 1, 0, 1, 0, 1]), (5, [5, 5, 8, 5, 6, 6, 1, 5, 5, 3]),
      (11.9, [15, 14, 12, 13, 16, 11, 10, 12, 15, 9]), (12, [7, 10, 10, 13, 10, 9, 11, 7, 10, 5]),
      (100, [86, 96, 73, 94, 103, 95, 91, 99, 87, 95]), (1e4, [9864, 9968, 9730, 9946, 10032, 9952]),
      (1e6, [997_306, 999_464, 1_000_328, 999_528, 1_001_388]),
      (2e6, [1_998_816.5, 1_999_756.38, 2_000_264.62, 2_002_284.62, 1_999_750]),
    ] as [(Double, [Double])])
  func poissonDeviates(mean: Double, expected: [Double]) {
    var generator = UniformDeviates()
    var stream = -1
    for value in expected {
      let drawn = PoissonDeviates.draw(mean: Float(mean), from: &generator, stream: &stream)
      expectClose(Double(drawn), value, within: 0.005, because: "the reference is printed with nine digits")
    }
  }

  @Test func logGamma() {
    let expected: [(Float, Float)] = [
      (1, 0), (3.5, 1.20097363), (13, 19.987215), (101, 363.73938), (10001, 82108.9297), (1e6, 12_815_505),
    ]
    for (argument, value) in expected { #expect(PoissonDeviates.logGamma(argument) == value) }
  }

  @Test func capRotations() {
    var generator = UniformDeviates()
    var stream = -12_345_678
    let limit = 0.5 / Constants.degreesPerRadian
    let drawn = (0..<4).map { _ in CapRotation.draw(limit: limit, from: &generator, stream: &stream) }
    #expect(
      drawn[0]
        == Matrix3(
          rows: Vector3(0.99996612375044724, 0.0082266013279829672, -0.00027273081166300314),
          Vector3(-0.0082272825073718553, 0.99996277932151434, -0.002598421470118665),
          Vector3(0.00025134448292042335, 0.0026005772787805153, 0.99999658690605941)))
    #expect(
      drawn[3]
        == Matrix3(
          rows: Vector3(0.99997328100466476, -0.00099578238670063046, 0.0072419399475676565),
          Vector3(0.0010300984016003182, 0.99998825298719207, -0.0047363260979907647),
          Vector3(-0.0072371385263002878, 0.0047436594588803225, 0.99996256005957007)))
  }

  @Test(arguments: [
    (1, Vector3(0.081383955370810321, -0.20673388068880616, 0.30757148560872183)),
    (12345, Vector3(1.8451752577429177, -0.61001558335036155, -1.7073434076993237)),
  ])
  func randomMissetAngles(seed: Int, expected: Vector3) {
    var generator = UniformDeviates()
    var stream = -seed
    let rotation = CapRotation.draw(limit: 90, from: &generator, stream: &stream)
    #expect(CapRotation.missetAngles(of: rotation) == expected)
  }

  @Test func negativeSeedsContinueAnotherStream() {
    var generator = UniformDeviates()
    var (mosaic, noise) = (-12_345_678, 1)
    for _ in 0..<3 { _ = generator.next(&mosaic) }
    var fresh = UniformDeviates()
    var freshNoise = -1
    #expect(generator.next(&noise) != fresh.next(&freshNoise), "a positive state does not fill the table anew (Q-36)")
  }
}

/// From photons to counts (docs/reference/70-files.md §3 and §5).
@Suite(.tags(.detectorResponse), .generousTime) struct CountTests {
  private func counts(_ pixels: [Float], scale: Double = 1, offset: Double) throws -> [UInt16] {
    let experiment = try Experiment(
      command: "-cell 100 -default_F 1 -oversample 1 -detpixels_f \(pixels.count) -detpixels_s 1")
    let image = FloatImage(fastPixels: pixels.count, slowPixels: 1, pixels: pixels)
    return NoiselessImage(image, region: experiment.region, scale: scale, offset: offset).counts.pixels
  }

  /// The sum with one half is rounded to single precision first: 49999.999 has no float nearer than 50000.
  @Test func sumsAreRoundedToSinglePrecision() throws {
    #expect(try counts([1, 1.002, 0.99], offset: 49998.499) == [50000, 50000, 49999])
  }

  @Test func limits() throws {
    #expect(
      try counts([65495.4, 65495.6, 1e30, .infinity, -39.5, -41, .nan, 0], offset: 40) == [
        65535, 65535, 65535, 65535, 1, 0, 0, 40,
      ])
    #expect(try counts([2, 3], scale: 2.5, offset: 0) == [5, 8], "a half is rounded up")
  }

  @Test func scales() {
    #expect(CountImage.scale(given: 2, maximum: 10) == 2 && CountImage.scale(given: 0, maximum: 10) == 5500)
    #expect(CountImage.scale(given: -1, maximum: 0) == 1)
    #expect(GreyMap.scale(given: 0, deviation: 5, integerScale: 7) == 10)
    #expect(
      GreyMap.scale(given: 0, deviation: 0, integerScale: 7) == 7
        && GreyMap.scale(given: 3, deviation: 1, integerScale: 7) == 3)
  }
}
