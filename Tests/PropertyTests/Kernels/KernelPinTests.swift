import Foundation
import KernelTypes
import Physics
import PropertyTesting
import TestSupport
import Testing

/// The last bits of the inner loops. Other tests judge the loops' numbers within some 1e-13, so a product in another order
/// or a term in single precision could pass them; images in single precision hide it. The digests pin the state that those
/// tests have judged: who changes a rounding means it, and records the digests anew. They are our own numbers, no oracle.
@Suite(.tags(.sampling), .generousTime) struct KernelPinTests {
  /// The name of a loop, and the digest of what it gives for fixed arguments.
  typealias Digests = [String: String]

  @Test(arguments: KernelFunctionTests.sets) func lastBitsAreThoseRecorded(set: InstructionSet) throws {
    #expect(ScatteringBlock.capacity % ScatteringBlock.lanes == 0)
    try Self.expect(KernelExercise(try #require(set.kernels)).digests, in: "kernels.json", set)
  }

  /// Compares the digests of the loops of an instruction set with those of a file below `fixtures/check-values`, which has
  /// those of the loops with and without fused operations.
  static func expect(_ digests: Digests, in file: String, _ set: InstructionSet) throws {
    let url = PackageFolder.fixtures.appendingPathComponent("check-values").appendingPathComponent(file)
    let recorded = try JSONDecoder().decode([String: Digests].self, from: Data(contentsOf: url))
    let wanted = try #require(recorded[set == .baseline ? "unfused" : "fused"])
    #expect(digests.keys.sorted() == wanted.keys.sorted())
    for (name, digest) in digests.sorted(by: { $0.key < $1.key }) {
      #expect(digest == wanted[name], "\(set) \(name): other bits; record \(digest) if that is meant")
    }
  }
}

/// Every loop with arguments of a fixed generator, of all signs and sizes, and with the corners that code mentions.
private final class KernelExercise {
  private(set) var digests: KernelPinTests.Digests = [:]
  private let kernels: any Kernels
  private var random = SplitMix64(state: 20_261_129)
  private let count = ScatteringBlock.capacity
  private var arrays: [UnsafeMutableBufferPointer<Double>] = []

  init(_ kernels: any Kernels) {
    self.kernels = kernels
    exerciseElementary()
    exerciseSteps()
    exerciseTables()
    exerciseCorners()
    exerciseDirections()
    exerciseFactors()
    exerciseImages()
    for array in arrays { array.deallocate() }
    arrays = []
  }

  // MARK: Arguments and digests

  /// A uniform number of a range.
  private func number(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * Double(random.next() >> 11) * 0x1p-53
  }

  /// Numbers of a range; the first ones are given.
  private func numbers(_ range: ClosedRange<Double>, first: [Double] = [], count: Int? = nil) -> BlockOutput {
    let array = UnsafeMutableBufferPointer<Double>.allocate(capacity: count ?? self.count)
    for i in array.indices { array.initializeElement(at: i, to: i < first.count ? first[i] : number(range)) }
    arrays.append(array)
    return array
  }

  private func vectors(_ scale: Double) -> BlockVectors {
    BlockVectors(x: numbers(-scale...scale), y: numbers(-scale...scale), z: numbers(-scale...scale))
  }

  private func triple(_ scale: Double) -> (x: Double, y: Double, z: Double) {
    (number(-scale...scale), number(-scale...scale), number(-scale...scale))
  }

  private func cell() -> StepCell { StepCell(a: triple(6e-9), b: triple(7e-9), c: triple(8e-9)) }

  private func record(_ name: String, _ bits: some Sequence<UInt64>) {
    var digest = BitDigest()
    for word in bits { digest.add(word) }
    digests[name] = digest.text
  }

  private func record(_ name: String, _ numbers: BlockOutput...) {
    // All numbers that are none are one.
    record(name, numbers.flatMap { $0.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern } })
  }

  // MARK: Loops

  private func exerciseElementary() {
    for function in ElementaryFunction.allCases {
      let range = function == .halving ? 0...60.0 : function == .sphere ? 0...30.0 : -0.5...0.5
      let last =
        function == .halving
        ? [0, 0.5, 1, 1021.5, 1022, 1e9]
        : function == .sphere ? [0, 0.25, 0.5, 0.4999999, 2.3e7, 5.1e7, 1.7e8] : [0, 0.25, 0.5, -0.5, 0.4999999]
      let (x, y) = (numbers(range, first: last, count: 4096), numbers(0...1, count: 4096))
      kernels.evaluate(function, at: BlockInput(x), into: y)
      record("\(function)", y)
    }
  }

  private static let formulas: [LatticeFormula] = [.gratings, .sphere, .exponential, .threshold]

  private func block(_ formula: LatticeFormula) -> ScatteringBlock {
    var block = ScatteringBlock(count: count, vectors: vectors(3e9), formula: formula)
    block.lattice.cells = (5, 7, 4)
    block.lattice.smallestDenominator = 1e-9
    block.lattice.squaredCount = 19_600
    block.lattice.threshold = 9
    let scale = formula == .sphere ? 30.0 : formula == .threshold ? 40 : 70
    block.lattice.metric = (scale * 1.1, scale * 1.3, scale * 0.9, scale * 0.21, scale * 0.13, scale * 0.17)
    if case .sphere = formula { block.lattice.metric = (5.1, 7.3, 4.2, 0, 0, 0) }
    return block
  }

  private func exerciseSteps() {
    for formula in Self.formulas {
      let (block, cell) = (block(formula), cell())
      let sums = RunningSums(before: BlockInput(numbers(0...1e4)), after: numbers(0...1))
      let isClose = kernels.addUniformStep(of: block, cell: cell, factor: 1.7, to: sums)
      let terms = numbers(0...1)
      let wasClose = kernels.latticeTerms(of: block, cell: cell, into: terms, tableIndices: nil)
      record("\(formula)", sums.after, terms, numbers(0...1, first: [isClose ? 1 : 0, wasClose ? 1 : 0], count: 2))
      let plain = numbers(0...3, first: [0, 0, -0.0, 2])
      kernels.addTerms(BlockInput(plain), count: count, times: 1.3, to: sums)
      record("\(formula), terms added", sums.after)
    }
    let (sums, factors) = (numbers(0...9), numbers(0...1))
    for skips in [false, true] {
      let terms = numbers(0...3, first: [0, 1, 0, -0.0])
      kernels.multiply(sums, count: count, by: BlockInput(factors), terms: BlockInput(terms), skipsZeros: skips)
      record("multiplied, \(skips)", sums)
    }
  }

  private func exerciseTables() {
    var block = block(.gratings)
    block.vectors = vectors(1.2e9)
    block.grid.low = (-7, -5, -6)
    block.grid.high = (6, 7, 8)
    block.grid.stride = (15, 13 * 15)
    block.grid.outside = Double(14 * 13 * 15)
    let table = numbers(0...99, count: 14 * 13 * 15 + 1)
    block.amplitudes = BlockInput(table)
    let (cell, terms) = (cell(), numbers(0...1))
    let indices = TableIndices.allocate(capacity: count)
    defer { indices.deallocate() }
    indices.initialize(repeating: -1)
    _ = kernels.latticeTerms(of: block, cell: cell, into: terms, tableIndices: indices)
    record("terms of a table", terms)
    record("indices of a table", indices.map { UInt64(bitPattern: Int64($0)) })
    for i in 0..<24 { terms[i] = 0 }
    let sums = RunningSums(before: BlockInput(numbers(0...1e4)), after: numbers(0...1))
    kernels.addTabulated(of: block, at: indices, terms: BlockInput(terms), weight: 0.37, to: sums)
    record("tabulated", sums.after)
    let places = BlockIndices(h: numbers(0...1), k: numbers(0...1), l: numbers(0...1))
    kernels.fractionalIndices(of: block, cell: cell, into: places)
    record("fractional indices", places.h, places.k, places.l)
    placeAtEdges(places)
    for (switchesOff, skipsZeros) in [(false, false), (true, false), (false, true), (true, true)] {
      let states = UnsafeMutableBufferPointer<InterpolationState>.allocate(capacity: count)
      defer { states.deallocate() }
      states.initialize(repeating: .interpolates)
      for i in stride(from: 3, to: count, by: 16) { states[i] = [] }
      kernels.addInterpolated(
        of: block, at: places, terms: BlockInput(terms),
        by: Interpolation(states: states, switchesOff: switchesOff, skipsZeros: skipsZeros, weight: 0.83), to: sums)
      record("interpolated, \(switchesOff), \(skipsZeros)", sums.after)
      record("states, \(switchesOff), \(skipsZeros)", states.map { UInt64($0.rawValue) })
    }
  }

  /// Most indices in reach of the table, some on its edges and just beyond: one axis at a time.
  private func placeAtEdges(_ places: BlockIndices) {
    let axes = [(places.h, -7.0, 6.0), (places.k, -5.0, 7.0), (places.l, -6.0, 8.0)]
    for (number, (axis, low, high)) in axes.enumerated() {
      for i in axis.indices where i % 8 != 7 { axis[i] = self.number(low + 2...high - 2) }
      let edges = [
        low, low + 1, low + 2, low + 2 - 1e-9, low + 1.75, high - 2, high - 2 + 1e-9, high - 1.75, high - 1, high, 0,
        1.5,
        0.5, -0.5, 0.5 + 1e-9, -0.5 - 1e-9, 1e9, -1e9, .nan,
      ]
      for (i, x) in edges.enumerated() { axis[8 + 8 * i + number] = x }
    }
  }

  /// The formulas at given indices: half ones, nodes, the edge of the threshold, what is not a number.
  private func exerciseCorners() {
    let corners = [
      0.5, -0.5, 1.5, -1.5, 0.5 + 1e-9, 0.5 - 1e-9, -0.5 + 1e-9, -0.5 - 1e-9, 0, -0.0, 1, -1, 1e-9, 1e-50, 3 - 1e-12,
      2.5,
      0.25, 1.25, -0.25, 0.3, 1e7 + 0.25, -3e7 + 0.5, 6e8 + 0.5, -6e8, .nan, .infinity, 7, -7, 6, -6, 6.5, -7.5,
    ]
    var random = random
    for (number, formula) in Self.formulas.enumerated() {
      var block = block(formula)
      for axis in [block.vectors.x, block.vectors.y, block.vectors.z] {
        for i in 0..<count { axis[i] = corners[Int(random.next() % UInt64(corners.count))] }
      }
      block.lattice.smallestDenominator = 1e-3
      if number == 3 { (block.lattice.metric, block.lattice.threshold) = ((1, 1, 1, 0, 0, 0), 0.0625) }
      if case .exponential = formula { block.lattice.metric = (9, 9, 9, 1, 1, 1) }
      (block.grid.low, block.grid.high) = ((-7, -7, -7), (6, 6, 6))
      (block.grid.stride, block.grid.outside) = ((15, 15 * 15), 14 * 15 * 15)
      let indices = TableIndices.allocate(capacity: count)
      defer { indices.deallocate() }
      let cell = StepCell(a: (1, 0, 0), b: (0, 1, 0), c: (0, 0, 1))
      var (isClose, terms): ([UInt64], [UInt64]) = ([], [])
      // Eight pixels at a time, so that whether one of them is close is told often.
      for first in stride(from: 0, to: count, by: ScatteringBlock.lanes) {
        func part(_ array: BlockOutput) -> BlockOutput { BlockOutput(rebasing: array[first..<first + 8]) }
        var eight = block
        eight.count = ScatteringBlock.lanes
        eight.vectors = BlockVectors(x: part(block.vectors.x), y: part(block.vectors.y), z: part(block.vectors.z))
        let squares = numbers(0...1)
        for table in [nil, indices] {
          isClose.append(kernels.latticeTerms(of: eight, cell: cell, into: squares, tableIndices: table) ? 1 : 0)
          terms += squares[..<8].map { $0.isNaN ? 1 : $0.bitPattern }
          if table != nil { terms += indices[..<8].map { UInt64(bitPattern: Int64($0)) } }
        }
        let sums = RunningSums(before: BlockInput(numbers(0...1)), after: squares)
        isClose.append(kernels.addUniformStep(of: eight, cell: cell, factor: 0.7, to: sums) ? 1 : 0)
        terms += squares[..<8].map { $0.isNaN ? 1 : $0.bitPattern }
      }
      record("\(formula) at corners", terms)
      record("\(formula) at corners, close", isClose)
    }
  }

  private func exerciseDirections() {
    var row = SubPixelRow()
    row.count = count
    (row.axis, row.slow, row.depth, row.origin) = (triple(1), triple(0.02), triple(1e-4), triple(0.1))
    let (fast, r) = (numbers(-0.1...0.1), numbers(0...1))
    let directions = vectors(1)
    kernels.directions(of: row, at: BlockInput(fast), into: directions, distances: r)
    record("directions", directions.x, directions.y, directions.z, r)
    // At the sample, and too far away to have a direction.
    var edge = SubPixelRow()
    (edge.count, edge.axis) = (ScatteringBlock.lanes, (1, 0, 0))
    let places = numbers(-1...1, first: [0, -0.0, 1e300, -1e200, 1e-300, .nan, .infinity, 1])
    let at = vectors(1)
    kernels.directions(of: edge, at: BlockInput(places), into: at, distances: r)
    record("directions at the edge", at.x, at.y, at.z, r)
    var source = SourceGeometry()
    (source.direction, source.along, source.across) = (triple(1), triple(1), triple(1))
    (source.waveNumber, source.kahnFactor) = (1.0000317e10, 0.93)
    let scattering = vectors(1)
    kernels.scatteringVectors(of: directions, count: count, source: source, into: scattering)
    record("scattering vectors", scattering.x, scattering.y, scattering.z)
    let factors = numbers(0...1)
    kernels.polarizations(of: directions, count: count, source: source, into: factors)
    record("polarizations", factors)
    // Nothing across the beam: the axis lies along it.
    (source.along, source.across) = ((0, 0, 0), (0, 0, 0))
    kernels.polarizations(of: directions, count: count, source: source, into: factors)
    record("polarizations along the beam", factors)
  }

  private func exerciseFactors() {
    let (cosines, fractions) = (numbers(0.2...1), numbers(0...1))
    kernels.captures(parallax: BlockInput(cosines), count: count, depths: (0.31, 0.77), into: fractions)
    record("captures", fractions)
    let (distances, angles) = (numbers(0.1...0.3), numbers(0...1))
    kernels.solidAngles(distances: BlockInput(distances), count: count, areaTimesDistance: 1.17e-9, into: angles)
    record("solid angles", angles)
    let photons = UnsafeMutableBufferPointer<Float>.allocate(capacity: 60_001)
    defer { photons.deallocate() }
    let sums = numbers(0...1e9, first: [0, -0.0, 1e-30], count: photons.count)
    let parts = (0..<3).map { _ in BlockInput(numbers(0...1, count: photons.count)) }
    kernels.photons(
      from: BlockInput(sums),
      factors: PhotonFactors(common: 7.94e-7, capture: parts[0], polarization: parts[1], solidAngle: parts[2]),
      into: photons)
    record("photons", photons.map { UInt64($0.bitPattern) })
  }

  private func exerciseImages() {
    record("sums", (0...19).map { kernels.sum(of: BlockInput(numbers(-1...1, count: $0))).bitPattern })
    let given: [Float] = [
      0, -0.0, 0.5, -0.5, 1, 1.5, 2.5, -1, -1.5, 254.99998, 255, 255.5, 256, 65534.5, 65535, 65535.5, 1e9, 1e30, -1e30,
      .nan,
      .infinity, -.infinity, -2_147_483_648, -2_147_483_904, 16_777_215, 8_388_607.5, -0.49999997, 0.49999997, -255.5,
      -256,
    ]
    var pixels = given + (0..<20_000).map { _ in Float(number(-300...70_000)) }
    pixels += (0..<20_000).map { _ in Float(number(-2...2)) }
    var (counts, greys) = ([UInt16](repeating: 1, count: pixels.count), [UInt8](repeating: 1, count: pixels.count))
    for (scale, offset) in [(1.0, 0.0), (0.013, 40), (1.7, -3)] {
      pixels.withUnsafeBufferPointer { pixels in
        counts.withUnsafeMutableBufferPointer { kernels.counts(of: pixels, scale: scale, offset: offset, into: $0) }
        greys.withUnsafeMutableBufferPointer { kernels.greys(of: pixels, scale: scale, into: $0) }
      }
      record("counts, \(scale)", counts.map(UInt64.init))
      record("greys, \(scale)", greys.map(UInt64.init))
    }
  }
}
