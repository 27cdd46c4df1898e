import KernelTypes
import Physics
import PropertyTesting
import TestSupport
import Testing

/// The inner loops where random arguments seldom come: next to a border between two formulas, halfway between two numbers
/// of single precision, in tables far from the origin. Digests of our own numbers, as in `KernelPinTests`.
@Suite(.tags(.sampling)) struct KernelBorderTests {
  @Test(arguments: KernelFunctionTests.sets) func lastBitsAreThoseRecorded(set: InstructionSet) throws {
    try KernelPinTests.expect(BorderExercise(try #require(set.kernels)).digests, in: "kernel-borders.json", set)
  }

  /// A denominator counts as small by its size, whatever its sign, and not at the limit itself.
  @Test(arguments: KernelFunctionTests.sets) func smallDenominatorsAreTold(set: InstructionSet) throws {
    let exercise = BorderExercise(try #require(set.kernels))
    for (index, isSmall) in [(-0.3, false), (0.3, false), (-1e-4, true), (1e-4, true)] {
      #expect(exercise.isClose(.gratings, [Double](repeating: index, count: 8), smallest: 1e-6) == isSmall)
    }
    for (index, isSmall) in [(0.25, false), (0.25.nextDown, true), (-0.25, false), (0.2499, true)] {
      // One axis counts, so that the distance is the index.
      #expect(exercise.isClose(.sphere, [Double](repeating: index, count: 8), smallest: 0.25) == isSmall)
    }
  }
}

private final class BorderExercise {
  private(set) var digests: KernelPinTests.Digests = [:]
  private let kernels: any Kernels
  private var random = SplitMix64(state: 20_261_130)
  private let count = ScatteringBlock.capacity

  init(_ kernels: any Kernels) {
    self.kernels = kernels
    exerciseSums()
    exercisePhotons()
    exerciseFormulas()
    exerciseFarTable()
    exerciseQuotients()
  }

  private func uniform() -> Double { Double(random.next() >> 11) * 0x1p-53 }

  private func record(_ name: String, _ numbers: [Double]) {
    var digest = BitDigest()
    for number in numbers { digest.add(number.isNaN ? Double.nan.bitPattern : number.bitPattern) }
    digests[name] = digest.text
  }

  /// Calls a function with memory that starts with some numbers.
  private func with<Result>(_ numbers: [Double], _ body: (BlockOutput) -> Result) -> Result {
    var numbers = numbers
    return numbers.withUnsafeMutableBufferPointer { body($0) }
  }

  private func exerciseSums() {
    let sums = (0...40).map { count in
      // Products have more digits than their sum keeps.
      with((0..<count).map { _ in (uniform() - 0.3) * uniform() * 1e3 }) { kernels.sum(of: BlockInput($0)) }
    }
    record("sums", sums)
  }

  /// Photons next to the middle between two numbers of single precision, where a last bit of a product decides.
  private func exercisePhotons() {
    let length = 4000
    let factors = (0..<3).map { _ in (0..<length).map { _ in 0.5 + uniform() } }
    let common = 7.943e-7
    let sums = (0..<length).map { i in
      let middle = (Double(1 << 23 + Int(random.next() % (1 << 23))) + 0.5) * 0x1p-20
      return middle / (common * factors[0][i] * factors[1][i] * factors[2][i])
    }
    var photons = [Float](repeating: 0, count: length)
    with(sums) { sums in
      with(factors[0]) { a in
        with(factors[1]) { b in
          with(factors[2]) { c in
            photons.withUnsafeMutableBufferPointer {
              kernels.photons(
                from: BlockInput(sums),
                factors: PhotonFactors(
                  common: common, capture: BlockInput(a), polarization: BlockInput(b), solidAngle: BlockInput(c)),
                into: $0)
            }
          }
        }
      }
    }
    record("photons", photons.map(Double.init))
  }

  private func block(_ formula: LatticeFormula, _ x: BlockOutput, _ y: BlockOutput, _ z: BlockOutput) -> ScatteringBlock
  {
    var block = ScatteringBlock(count: x.count, vectors: BlockVectors(x: x, y: y, z: z), formula: formula)
    block.lattice.cells = (5, 7, 4)
    block.lattice.squaredCount = 19_600
    block.lattice.threshold = 0.25
    block.lattice.metric = (1, 1, 1, 0, 0, 0)
    return block
  }

  private static let cube = StepCell(a: (1, 0, 0), b: (0, 1, 0), c: (0, 0, 1))

  /// Whether a block whose pixels all have one index along each axis, for `sphere` along the first only, is told to be close.
  func isClose(_ formula: LatticeFormula, _ indices: [Double], smallest: Double) -> Bool {
    with(indices) { x in
      with(indices) { y in
        with([Double](repeating: 0, count: indices.count)) { terms in
          var block = block(formula, x, y, x)
          block.lattice.smallestDenominator = smallest
          if case .sphere = formula { block.lattice.metric = (1, 0, 0, 0, 0, 0) }
          let table = TableIndices.allocate(capacity: indices.count)
          defer { table.deallocate() }
          let plain = kernels.latticeTerms(of: block, cell: Self.cube, into: terms, tableIndices: nil)
          let other = kernels.latticeTerms(of: block, cell: Self.cube, into: terms, tableIndices: table)
          let sums = RunningSums(before: BlockInput(x), after: terms)
          let uniform = kernels.addUniformStep(of: block, cell: Self.cube, factor: 1, to: sums)
          #expect(plain == other && plain == uniform)
          return plain
        }
      }
    }
  }

  private func exerciseFormulas() {
    // N times an index next to a half; a distance next to ½, where the sphere changes its formula, and to the threshold.
    let indices = (0..<count).map { i -> Double in
      let half = [0.1, 0.3, 0.5 / 7, 1.5 / 7, 0.125, 0.375, 0.5, 0.433_012_701_9][i / 32]
      return half + (uniform() - 0.5) * [1e-6, 1e-7, 1e-8, 1e-9][i % 4]
    }
    for formula in [LatticeFormula.gratings, .sphere, .exponential, .threshold] {
      for metric in [1.0, 4.0 / 3] {
        let terms = with(indices) { x in
          with(indices.map { $0 - 1e-9 }) { y in
            with(indices.map { 0.5 - $0 }) { z in
              with([Double](repeating: 0, count: count)) { terms -> [Double] in
                var block = block(formula, x, y, z)
                block.lattice.metric = (
                  metric, formula == .sphere ? 0 : metric, formula == .sphere ? 0 : metric, 0, 0, 0
                )
                _ = kernels.latticeTerms(of: block, cell: Self.cube, into: terms, tableIndices: nil)
                return Array(terms)
              }
            }
          }
        }
        record("\(formula), \(metric)", terms)
      }
    }
    for function in ElementaryFunction.allCases {
      let places =
        function == .halving ? [1021.9999, 1022, 1022.5, 1023, 4000] : [0.5, 0.5 + 1e-9, 0.5 + 2e-7, 0.5 + 4e-7]
      var more = places + places.map { $0.nextDown } + places.map { $0.nextUp }
      more += (0..<40).map { _ in function == .halving ? 1000 * uniform() : 0.5 + 5e-7 * uniform() }
      more += [Double](repeating: 0.25, count: 64 - more.count)
      let values = with(more) { x in
        with([Double](repeating: 0, count: 64)) { y -> [Double] in
          kernels.evaluate(function, at: BlockInput(x), into: y)
          return Array(y)
        }
      }
      record("\(function)", values)
    }
  }

  /// Indices that single precision does not tell apart. No amplitude is looked up.
  private func exerciseFarTable() {
    let low = 33_554_433.0
    let places = (0..<count).map { i in low - 2 + Double(i) / 4 }
    let far = (0..<count).map { i in [low + 5, low + 50_000_003, low + 0.5, low - 0.5, low + 2.5][i % 5] }
    let table = TableIndices.allocate(capacity: count)
    defer { table.deallocate() }
    for (name, x, y) in [("h", places, far), ("k", far, places)] {
      let found = with(x) { x in
        with(y) { y in
          with([Double](repeating: 0, count: count)) { terms -> [Double] in
            var block = block(.gratings, x, y, y)
            block.grid.low = (low, low, low)
            block.grid.high = (low + 60_000_001, low + 60_000_003, low + 60_000_005)
            block.grid.stride = (3, 7)
            block.grid.outside = -1
            _ = kernels.latticeTerms(of: block, cell: Self.cube, into: terms, tableIndices: table)
            return (0..<count).map { Double(table[$0]) }
          }
        }
      }
      record("indices of a far table, \(name)", found)
    }
  }

  /// Directions are quotients that are rounded once: of some, a quotient of fewer digits leads to another last bit.
  private func exerciseQuotients() {
    var row = SubPixelRow()
    row.count = 4096
    row.axis = (1, 0, 0)
    row.origin = (0, 0.3, 0.7)
    var digest: [Double] = []
    for _ in 0..<40 {
      let fast = (0..<row.count).map { _ in uniform() - 0.5 }
      let parts = (0..<3).map { _ in BlockOutput.allocate(capacity: row.count) }
      defer { for part in parts { part.deallocate() } }
      let radius = BlockOutput.allocate(capacity: row.count)
      defer { radius.deallocate() }
      with(fast) {
        kernels.directions(
          of: row, at: BlockInput($0), into: BlockVectors(x: parts[0], y: parts[1], z: parts[2]), distances: radius)
      }
      for part in parts { digest += part }
    }
    record("directions", digest)
  }
}
