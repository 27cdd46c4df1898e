import KernelTypes
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/KernelProperties.swift")

/// The inner loops over blocks give what the scalar formulas give.
@Suite(.tags(.sampling, .property), .generousTime) struct KernelProperties {
  @Test("Loops over blocks give the scalar image", arguments: KernelFunctionTests.sets)
  func loopsGiveTheScalarImage(set: InstructionSet) {
    let shapes = [.square] + CrystalShape.allCases
    let twists = Generator<Twist>.element(of: Twist.allCases).array(0...5)
    // Where the simulator takes the scalar formulas, the scalar image is compared with itself: every kind of experiment must
    // meet the loops often enough.
    let coverage =
      Twist.allCases.map { Coverage.atLeast(4, "blocks, \($0)") }
      + shapes.map { .atLeast(8, "blocks, \($0)") } + [.atLeast(85, "blocks"), .atLeast(70, "blocks, lit")]
    forAll(
      "\(set) loops give the scalar image", .scene(shapes: shapes), bothModes, twists, require: coverage, cost: .dear
    ) { check, scene, mode, twists in
      let experiment = try scene.experiment(mode) { request in
        // The width comes before the mask.
        let ordered = twists.filter { $0 == .wide } + twists.filter { $0 != .wide }
        for twist in ordered { try twist.apply(to: &request) }
      }
      let (plain, blocks) = (Simulator(experiment, instructions: .scalar), Simulator(experiment, instructions: set))
      try check.that(!plain.usesBlocks, "the scalar formulas have no blocks")
      let (scalar, loops) = (try plain.render(), try blocks.render(threads: 2))
      check.label("blocks", blocks.usesBlocks)
      for twist in Twist.allCases { check.label("blocks, \(twist)", blocks.usesBlocks && twists.contains(twist)) }
      for shape in shapes { check.label("blocks, \(shape)", blocks.usesBlocks && scene.shape == shape) }
      try check.that(loops.interpolationCutoff == scalar.interpolationCutoff, "the same pixel ends interpolation")
      let largest = scalar.image.pixels.filter(\.isFinite).reduce(0.0) { max($0, abs(Double($1))) }
      check.label("blocks, lit", blocks.usesBlocks && largest > 0)
      let cancelled = 1e-14 * max(scene.amplitude, 1) * Double(scene.cells.reduce(1, *))
      for (index, (ours, wanted)) in try pairs(loops.image.pixels, scalar.image.pixels).enumerated() {
        if ours.isNaN && wanted.isNaN { continue }
        var room = 1.3e-7 * abs(Double(wanted)) + 1e-9 * largest + cancelled * cancelled
        if scene.shape == .round, abs(Double(ours) - Double(wanted)) > room {
          let width = scalar.image.fastPixels
          let place = PixelIndex(slow: index / width, fast: index % width)
          room += try lostNextToReflections(of: experiment, at: place) * abs(Double(wanted))
        }
        try check.close(
          Double(ours), Double(wanted), within: room,
          because: """
            one rounding to single precision; phases πNh of some ε·N·h, which count against the largest amplitude; \
            squares of amplitudes that cancel to some 10⁻¹⁴ of the largest, times the number of cells; what the \
            transform of a sphere loses next to a reflection
            """, "pixel \(index)")
      }
      try check.close(
        loops.statistics.solidAngle, scalar.statistics.solidAngle, within: 1e-12 * scalar.statistics.solidAngle,
        because: "sums of positive terms in another order")
    }
  }

  /// The share of a pixel that two evaluations of the transform of a sphere may differ by: sin x - x cos x is x³/3 for a
  /// small x, and both terms have rounding errors of ε x, so that an amplitude loses 6 ε/x² and an intensity 12 ε/x².
  private func lostNextToReflections(of experiment: Experiment, at place: PixelIndex) throws -> Double {
    let crystal = experiment.crystal.form
    let steps = try PixelTracer(experiment).trace(place).filter { $0.section == .step }
    let phases = steps.map { step -> Double in
      func part(_ name: String, _ cells: Double) -> Double {
        let index = step.fields.first { $0.name == name }?.values.first?.number ?? .nan
        return cells * (index - index.rounded())
      }
      let (h, k, l) = (part("h", crystal.cells.x), part("k", crystal.cells.y), part("l", crystal.cells.z))
      return .pi * (crystal.fudge * (h * h + k * k + l * l)).squareRoot()
    }
    let x = phases.filter { $0 > 0 }.min() ?? .infinity
    return 12 * Double.ulpOfOne / (x * x)
  }

  /// Half indices go down, as ⌈h − ½⌉ says, and what is not in the table has its amplitude behind it.
  @Test(arguments: KernelFunctionTests.sets) func indicesOfTheTable(set: InstructionSet) throws {
    let kernels = try #require(set.kernels)
    var indices = [-3.5, -2.5, -2, -1.5, -0.5, 0, 0.5, 1.5, 2.499, 2.5, 2.501, 3.5, 1e9, -1e9, .nan, 0.4999]
    var zeros = [Double](repeating: 0, count: indices.count)
    var (terms, tableIndices) = (zeros, [Int32](repeating: -1, count: indices.count))
    let unitCell = StepCell(a: (1, 0, 0), b: (0, 1, 0), c: (0, 0, 1))
    indices.withUnsafeMutableBufferPointer { x in
      zeros.withUnsafeMutableBufferPointer { zero in
        let vectors = BlockVectors(x: x, y: zero, z: zero)
        var block = ScatteringBlock(count: x.count, vectors: vectors, formula: .threshold)
        (block.grid.low, block.grid.high) = ((-2, 0, 0), (2, 0, 0))
        (block.grid.stride, block.grid.outside) = ((2, 4), 24)
        terms.withUnsafeMutableBufferPointer { terms in
          tableIndices.withUnsafeMutableBufferPointer {
            _ = kernels.latticeTerms(of: block, cell: unitCell, into: terms, tableIndices: $0)
          }
        }
      }
    }
    let expected = indices.map { h -> Int32 in
      let node = (h - 0.5).rounded(.up)
      return abs(node) <= 2 ? Int32(4 * (node + 2)) : 24
    }
    #expect(tableIndices == expected)
  }

  /// Where loops once went another way than the scalar formulas. In some of these corners the simulator takes the scalar
  /// formulas since.
  @Test(arguments: KernelFunctionTests.sets) func cornersGiveTheScalarImage(set: InstructionSet) throws {
    let cube = "-cell 100 100 100 90 90 90 -default_F 100 -N 5 -distance 100 -oversample 1 -detpixels 64 -pixel 1"
    for (command, hasBlocks) in [
      ("\(cube) -water 10 -dmin 3", true),
      ("\(cube) -N 20 -pixel 0.4 -gauss_xtal -oversample_omega -mosaic 3 -mosaic_domains 3", false),
      ("\(cube) -beam_vector 0 0 1 -odet_vector 0 0 1 -fdet_vector 1 0 0 -sdet_vector 0 -1 0 -polar 0.9", true),
      ("\(cube) -default_F 1e200 -tophat_spots -N 12", false),
      ("\(cube) -round_xtal -xds -pixel 0.172 -detpixels 101 -oversample 3 -lambda 0.9768", true),
      ("\(cube) -detpixels_x 600 -detpixels_y 2 -pixel 0.05 -phi 0 -osc 1 -phisteps 4", true),
      // At grazing incidence a capture fraction of zero counts as not known.
      (
        "-cell 21 21 21 90 90 90 -default_F 1 -lambda 0.5 -polar -1 -oversample 2 -mosflm -distance 31 -twotheta -25 -Xbeam 0 "
          + "-Ybeam 0 -detector_rotx -25 -detector_rotz 0.2056923989406989 -pixel 0.52 -detpixels_f 1 -detpixels_s 2 "
          + "-detector_thick 400 -detector_abs 200 -thicksteps 3 -curved_det -beam_vector 0 0 1 -polar_vector 0 0 1 "
          + "-odet_vector 0 0 1 -fdet_vector 1 0 0 -sdet_vector 0 -1 0", true
      ),
    ] {
      let experiment = try experiment(command)
      let scalar = try Simulator(experiment, instructions: .scalar).render().image
      let blocks = Simulator(experiment, instructions: set)
      let loops = try blocks.render(threads: 2).image
      #expect(blocks.usesBlocks == hasBlocks, "\(command)")
      #expect(loops.deviation(from: scalar) < 1.3e-7 || loops.isSame(as: scalar), "\(command)")
    }
  }

  /// Counts, grey values and statistics are the same numbers in all instruction sets, and those of plain formulas.
  @Test(arguments: KernelFunctionTests.sets) func conversionsAreExact(set: InstructionSet) throws {
    let kernels = try #require(set.kernels)
    let special: [Float] = [
      0, -0, 0.49, 0.5, 0.50001, 1.5, 254.99, 255, 255.5, 256, 65534.5, 65535, 65535.4, 65536, 1e9, 3e9, 1e30,
      .infinity, -.infinity, .nan, -0.3, -0.7, -1.2, -200.7, -3e9, -1e30,
    ]
    let pixels = special + (0..<2000).map { Float($0) * 0.37 }
    for (scale, offset) in [(1.0, 0.0), (0.7, 40.0), (-1.3, 10.0)] {
      var (counts, greys) = ([UInt16](repeating: 0, count: pixels.count), [UInt8](repeating: 0, count: pixels.count))
      pixels.withUnsafeBufferPointer { pixels in
        counts.withUnsafeMutableBufferPointer { kernels.counts(of: pixels, scale: scale, offset: offset, into: $0) }
        greys.withUnsafeMutableBufferPointer { kernels.greys(of: pixels, scale: scale, into: $0) }
      }
      for (index, pixel) in pixels.enumerated() {
        let scaled = Double(pixel) * scale + offset
        let clipped = min(max(scaled.isNaN ? -0.5 : scaled, -0.5), 65535)
        let count = scaled >= 0 ? UInt16(Float(clipped + 0.5).rounded(.down)) : 0
        #expect(counts[index] == count, "\(pixel)")
        let grey = Double(pixel) * scale
        let whole = grey > -2_147_483_649 && grey < 2_147_483_648 ? Int32(grey) : .min
        #expect(greys[index] == (grey > 255 ? 255 : UInt8(truncatingIfNeeded: whole)), "\(pixel)")
      }
    }
  }
}
