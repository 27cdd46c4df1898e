import CommandLineSupport
import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing

/// Rules with a border: what lies on it, and next to it.
@Suite(.tags(.sampling)) struct BorderCaseTests {
  private let crystal = "-cell 50 60 70 80 90 100 -misset 10 20 30 -N 3 -default_F 100 -lambda 1"

  private func hasBlocks(_ line: String) throws -> Bool {
    Simulator(try Experiment(command: line), instructions: .baseline).plan != nil
  }

  /// A sub-pixel at the sample has no direction: blocks are for detectors of which no layer comes closer than a millionth
  /// of a pixel, 100 nm here (0.0001 mm for pixels of 100 mm).
  @Test(arguments: [1, -1]) func noLayerLiesAtTheSample(sign: Double) throws {
    let detector = "-pixel 100 -detpixels 4 -oversample 1 -Xclose 200 -Yclose 200"
    for (distance, isFar) in [
      (1.001e-4, true), (1.000_001e-4, true), (0.999_999e-4, false), (0.5e-4, false), (5, true),
    ] {
      #expect(try hasBlocks("\(crystal) \(detector) -close_distance \(sign * distance)") == isFar, "\(sign * distance)")
    }
    // As in the C program, the layers of the sensor begin 0, 12.5, 25, 37.5 and 50 µm behind the face, which is before the
    // sample.
    let sensor = "-detector_thick 50 -detector_abs 100 -detector_thicksteps 5"
    let places = [
      (0.05, false), (12.55, false), (25, false), (37.55, false), (49.95, false), (5, true), (45, true), (50.15, true),
      (-10, true),
    ]
    for (micrometres, isFar) in places {
      let found = try hasBlocks("\(crystal) \(detector) \(sensor) -close_distance \(-1e-3 * micrometres)")
      #expect(found == isFar, "\(micrometres)")
    }
  }

  /// Miller indices have 32 bits in the C program. A scattering vector is at most 2/λ long, so that edges of 5e8 wavelengths
  /// may have an index of 1e9.
  @Test(arguments: 0..<3) func noIndexIsTooLarge(axis: Int) throws {
    for (edge, fits) in [(4.9e8, true), (4.999_999e8, true), (5.000_001e8, false), (6e8, false)] {
      var cell = ["50", "60", "70"]
      cell[axis] = "\(edge)"
      let line =
        "-cell \(cell.joined(separator: " ")) 90 90 90 -N 1 -default_F 1 -oversample 1 -detpixels 4 -distance 100 -lambda"
      #expect(try hasBlocks("\(line) 1") == fits, "\(edge)")
      // The shortest wavelength counts.
      #expect(try hasBlocks("\(line) 1.02 -dispersion 4 -dispsteps 2") == (edge < 4.95e8), "\(edge)")
    }
  }

  /// A spot of the top-hat shape ends before its border: index 0.5 of one cell is 0.25 away, and the factor of the squared
  /// distance is chosen so that the product is the threshold itself.
  @Test func theBorderOfATopHatIsOutside() throws {
    let cube = DirectCell(a: Vector3(1, 0, 0), b: Vector3(0, 1, 0), c: Vector3(0, 0, 1))
    let indices = MillerIndices(cell: cube, scatteringVector: Vector3(0.5, 0, 0))
    let reciprocal = try Experiment(command: "\(crystal) -detpixels 2").crystal.form.reciprocal
    func factor(_ fudge: Double) -> Double {
      CrystalForm(
        shape: .topHat, cells: Vector3(1, 1, 1), fudge: fudge, reciprocal: reciprocal, widthFromProduct: false,
        unreducedPhases: false
      ).latticeFactor(indices).value
    }
    var (inside, outside) = (0.1, 10.0)
    while inside.nextUp < outside {
      let middle = (inside + outside) / 2
      if factor(middle) > 0 { inside = middle } else { outside = middle }
    }
    // Division by four is exact, so the first number outside is four times the threshold: 0.3969 (docs/reference).
    #expect(outside == 4 * 0.3969, "\(outside)")
  }

  // MARK: Lists

  /// The limit of a table comes first: a larger one would be tried below.
  @Test func theLargestTableFillsTwoGibibytes() {
    #expect(StructureFactors.gridLimit == Machine.limit(1 << 31) / 8)
  }

  @Test func rangesOfListsAreThoseOfTheirIndices() throws {
    #expect(ReflectionList([]) == nil)
    let one = ReflectionList([Reflection(h: 1, k: 5, l: -20, amplitude: 1)])
    #expect(one?.h == 1...1 && one?.k == 5...5 && one?.l == -20 ... -20)
    var random = SplitMix64(state: 3)
    for count in 1...40 {
      let list = (0..<count).map { _ in
        Reflection(
          h: .random(in: 20...30, using: &random), k: .random(in: -40 ... -10, using: &random),
          l: .random(in: -5...5, using: &random), amplitude: 1)
      }
      let found = try #require(ReflectionList(list))
      #expect(found.h == list.map(\.h).min()!...list.map(\.h).max()!, "\(list)")
      #expect(found.k == list.map(\.k).min()!...list.map(\.k).max()!, "\(list)")
      #expect(found.l == list.map(\.l).min()!...list.map(\.l).max()!, "\(list)")
      #expect(found.count == count && found.reflections == list)
    }
  }

  @Test func factorsWithoutListHaveNoRange() {
    let factors = StructureFactors(defaultAmplitude: 7)
    #expect(factors.h == 0...0 && factors.k == 0...0 && factors.l == 0...0 && factors.count == 0)
    #expect(factors.nearest(Vector3(0, 0, 0)) == 7 && factors.reflections.isEmpty)
  }

  /// A table needs one element more than the range in each direction, of eight bytes each.
  @Test(arguments: [
    (1, 1, 2_000_000_000), (2_000_000_000, 1, 1), (1, 3_000_000_000, 1), (70_000, 3, 90_000), (1, 1, 549_755_846_655),
  ])
  func tooLargeTablesSayTheirSize(h: Int, k: Int, l: Int) throws {
    let error = try #require(throws: ExperimentError.self) {
      _ = try StructureFactors(h: 0...h - 1, k: 0...k - 1, l: 0...l - 1, count: 1, defaultAmplitude: 0, source: "a.hkl")
    }
    let points: Double = Double(h + 1) * Double(k + 1) * Double(l + 1)
    let mebibytes = Int((points * 8 / 1_048_576).rounded())
    #expect("\(error)".contains("\(mebibytes)"), "\(error), \(mebibytes)")
  }

  // MARK: Pixels

  @Test func pixelsOutsideHaveNoTrace() throws {
    let experiment = try Experiment(
      command: "\(crystal) -detpixels_f 9 -detpixels_s 5 -pixel 1 -distance 50 -roi 2 6 1 3 -oversample 1")
    let tracer = PixelTracer(experiment)
    for slow in -1...9 {
      for fast in -1...10 {
        let pixel = PixelIndex(slow: slow, fast: fast)
        let isThere = (1...3).contains(slow) && (2...6).contains(fast)
        #expect(((try? tracer.check(pixel)) != nil) == isThere, "\(pixel)")
        #expect(((try? tracer.pixelLines(pixel)) != nil) == isThere, "\(pixel)")
        #expect(((try? tracer.trace(pixel, of: experiment, cutoff: nil)) != nil) == isThere, "\(pixel)")
        let laws = ReferenceImage(experiment, StandardLaws())
        #expect(((try? laws.trace(pixel)) != nil) == isThere, "\(pixel)")
        if !(0..<5).contains(slow) || !(0..<9).contains(fast) {
          #expect(throws: ExperimentError.pixelOutside(pixel, fastPixels: 9, slowPixels: 5)) { try tracer.check(pixel) }
        }
      }
    }
  }

  /// The pixels of an image one by one, in an arithmetic, are those of the image, also behind the first that switches the
  /// interpolation off; those that are not rendered are nil.
  @Test(arguments: [Compatibility.cParity, .spec]) func pixelsOneByOne(mode: Compatibility) throws {
    let list = PackageFolder.fixtures.appendingPathComponent("check-values/a.hkl").path
    let line =
      "-cell 50 60 70 80 90 100 -misset 10 20 30 -N 2 -lambda 1 -detpixels_f 12 -detpixels_s 9 -pixel 0.5 -distance 100"
      + " -oversample 3 -interpolate -roi 1 10 0 7 -Xbeam 2 -Ybeam 1 -detector_thick 300 -detector_abs 200"
      + " -detector_thicksteps 2"
    let experiment = try Experiment(words: "\(line) -hkl \(list)".words, mode)
    let simulator = Simulator(experiment, instructions: .scalar)
    let rendering = try simulator.render()
    #expect(rendering.interpolationCutoff == (mode == .cParity ? 8 : nil))
    #expect(ReferenceImage(experiment, StandardLaws()).image() == rendering.image)
    let waiting = PixelTracer(simulator, interruption: Interruption())
    #expect(waiting.interpolationCutoff(before: PixelIndex(slow: 8, fast: 11)) == rendering.interpolationCutoff)
    let pixel = PixelIndex(slow: 3, fast: 4)
    #expect(try waiting.pixelLines(pixel) == PixelTracer(simulator).pixelLines(pixel))
    let places = (0..<9).flatMap { slow in (0..<12).map { PixelIndex(slow: slow, fast: $0) } }
    var found: [Double?] = []
    PixelTracer(simulator).photons(of: places[...], of: experiment) { found.append($0) }
    #expect(found.count == places.count)
    for (place, photons) in zip(places, found) {
      let wanted = experiment.isRendered(place) ? Double(rendering.image[slow: place.slow, fast: place.fast]) : nil
      #expect(photons == wanted, "\(place)")
    }
  }

  @Test func maskAndRegionBothCount() throws {
    var memory = MemoryInputs()
    memory.mask = (PixelMask(isComputed: (0..<25).map { $0 % 3 != 0 }), fast: 5, slow: 5)
    let experiment = try CommandLineParser("\(crystal) -detpixels 5 -roi 1 3 0 2".words).parse().adding(memory)
      .experiment(clockSeed: 1)
    for slow in 0..<5 {
      for fast in 0..<5 {
        let isRendered = (1...3).contains(fast) && (0...2).contains(slow) && (5 * slow + fast) % 3 != 0
        #expect(experiment.isRendered(PixelIndex(slow: slow, fast: fast)) == isRendered)
      }
    }
  }

  /// A trace carries 2000 lines of steps at most.
  @Test(arguments: [1999, 2000, 2001, 2100]) func stepsOfATraceAreLimited(count: Int) throws {
    let experiment = try Experiment(
      command: "\(crystal) -detpixels 3 -oversample 1 -distance 50 -pixel 1 -osc 1 -phi 3 -phisteps \(count)")
    let lines = try PixelTracer(experiment).pixelLines(PixelIndex(slow: 1, fast: 1))
    #expect(lines.count { $0.section == .step } == min(count, 2000))
    #expect(lines.count { $0.section == .phi } == min(count, 2000))
  }

  @Test func boundsAreFourNumbers() throws {
    let bounds = PixelBounds(fast: (1, 2), slow: (3, 4))
    let data = try JSONEncoder().encode([bounds])
    #expect(String(decoding: data, as: UTF8.self) == "[[1,2,3,4]]")
    #expect(try JSONDecoder().decode([PixelBounds].self, from: data) == [bounds])
  }

  // MARK: Crystals

  @Test func onlyTheTopHatHasExactZeros() {
    #expect(CrystalShape.allCases.filter { $0.law.hasExactZeros } == [.topHat])
  }

  private func form(_ shape: CrystalShape, _ cells: Vector3, unreduced: Bool = true) throws -> CrystalForm {
    CrystalForm(
      shape: shape, cells: cells, fudge: 1,
      reciprocal: try Experiment(command: "\(crystal) -detpixels 2").crystal.form.reciprocal,
      widthFromProduct: true, unreducedPhases: unreduced)
  }

  /// The border of what is left to the scalar law lies where the docs say, to the last bit.
  @Test func theBorderOfIllConditionedIndices() throws {
    let one = try form(.round, Vector3(1, 1, 1))
    let cube = DirectCell(a: Vector3(1, 0, 0), b: Vector3(0, 1, 0), c: Vector3(0, 0, 1))
    func indices(_ axis: Int, _ place: Double) -> MillerIndices {
      var numbers = [0.0, 0, 0]
      numbers[axis] = place
      return MillerIndices(cell: cube, scatteringVector: Vector3(numbers[0], numbers[1], numbers[2]))
    }
    for axis in 0..<3 {
      #expect(!one.shape.isIllConditioned(one, at: indices(axis, 1e-3)))
      #expect(one.shape.isIllConditioned(one, at: indices(axis, 1e-3.nextDown)))
      var counts = [1.0, 1, 1]
      counts[axis] = 3
      let square = try form(.square, Vector3(counts[0], counts[1], counts[2]))
      for node in (1...60).flatMap({ [Double($0), -Double($0)] }) {
        for side in [1 - 1e-8, 1 + 1e-8] {
          var place = node * side
          for _ in 0..<8 { place = place.nextDown }
          for _ in 0..<17 {
            let isClose = abs(place - node) < 1e-8 * abs(place)
            #expect(square.shape.isIllConditioned(square, at: indices(axis, place)) == isClose, "\(place)")
            place = place.nextUp
          }
        }
      }
    }
  }

  /// Along an axis with one cell the factor is 1 whatever the index.
  @Test(arguments: [true, false]) func oneCellHasNoFactor(unreduced: Bool) throws {
    let cube = DirectCell(a: Vector3(1, 0, 0), b: Vector3(0, 1, 0), c: Vector3(0, 0, 1))
    let indices = MillerIndices(cell: cube, scatteringVector: Vector3(.infinity, .nan, -.infinity))
    let one = try form(.square, Vector3(1, 1, 1), unreduced: unreduced)
    #expect(one.latticeFactor(indices).value == 1)
  }

  @Test func largeCountsAreMultipliedInOrder() throws {
    let line = "-cell 50 -Na 1000000007 -Nb 1000000009 -Nc 998244353 -oversample 1 -default_F 1 -detpixels 2"
    let count = try Experiment(command: line).crystal.form.cellCount
    #expect(count == (1_000_000_007.0 * 1_000_000_009.0) * 998_244_353.0)
  }

  /// A cross product that underflows has no direction.
  @Test(arguments: [Compatibility.cParity, .spec]) func crossProductsThatUnderflow(mode: Compatibility) throws {
    let line = "-cell 1e100 1e100 1e100 90 90 90 -N 2 -default_F 1 -detpixels 2 -oversample 1"
    #expect(try Experiment(command: line, mode).crystal.lattice.direct.a == .zero)
  }

  /// A product of sines of exactly 8 ε is refused (with the sines of the recording's library).
  @Test(.enabled(if: RecordingLibrary.isPresent)) func eightUnitsOfTheLastPlaceAreNoCell() {
    #expect(throws: ExperimentError.self) {
      try Formulas<Double>.UnitCell([50, 60, 70, 45.76857891146789, 48.26, 94.02857891146752])
    }
  }

  /// Half of the smallest number: a division by two, not a product with a half.
  @Test func theSmallestNumberIsInterpolated() {
    let least = Double.leastNonzeroMagnitude
    #expect(LagrangeCubic.value(0, first: -1, 0, least, 0, 0) == least)
    #expect(LagrangeCubic.value(1, first: -1, 0, 0, least, 0) == least)
  }

  /// `max = a; if (max < b) max = b`: of equal numbers the first, and a number that is none is not exceeded.
  @Test func theLargerOfTwoNumbers() {
    #expect(Double.larger(0.0, -0.0).sign == .plus && Double.larger(-0.0, 0.0).sign == .minus)
    #expect(Double.larger(1, .nan) == 1 && Double.larger(.nan, 1).isNaN && Double.larger(2, 3) == 3)
  }
}
