import KernelTypes
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing

/// The elementary functions of the inner loops, in all instruction sets that this processor has.
@Suite(.tags(.sampling, .oracle), .generousTime) struct KernelFunctionTests {
  static let sets = InstructionSet.allCases.filter { $0.isAvailable && $0 != .scalar }

  /// Values at many arguments at once.
  private static func values(_ set: InstructionSet, _ function: ElementaryFunction, _ x: [Double]) throws -> [Double] {
    let kernels = try #require(set.kernels)
    return [Double](unsafeUninitializedCapacity: x.count) { y, count in
      x.withUnsafeBufferPointer { kernels.evaluate(function, at: $0, into: y) }
      count = x.count
    }
  }

  /// Arguments from −½ to ½: evenly spread, and down to tiny ones.
  private static let phases: [Double] =
    (-20_000...20_000).map { Double($0) / 40_000 }
    + (1...300).flatMap { k in [-1.0, 1].map { $0 * pow2(-Double(k)) / 3 } }

  private static func pow2(_ x: Double) -> Double { (0..<Int(-x)).reduce(1) { value, _ in value / 2 } }

  private func expectValues(
    _ set: InstructionSet, _ function: ElementaryFunction, _ x: [Double], errors: Double,
    _ oracle: (Double) throws -> OracleValue
  ) throws {
    for (x, y) in try pairs(x, Self.values(set, function, x)) {
      let expected = try oracle(x)
      let allowed = 2 * expected.error + errors * max(abs(expected.value).ulp, 0x1p-1074)
      guard abs(y - expected.value) <= allowed else {
        Issue.record("\(set) \(function)(\(x)) is \(y), GSL \(expected.value), allowed \(allowed)")
        return
      }
    }
  }

  @Test(arguments: sets) func agreeWithGSL(set: InstructionSet) throws {
    try expectValues(set, .sinePi, Self.phases, errors: 3, ElementaryOracles.sinePi)
    // The cosine's error counts in units of 1: it is added to something of that size.
    for (x, y) in try pairs(Self.phases, Self.values(set, .cosinePi, Self.phases)) {
      let expected = try ElementaryOracles.cosinePi(x)
      expectClose(
        y, expected.value, within: expected.error + 2 * Double.ulpOfOne,
        because: "the oracle's error and two units of 2⁻⁵²: the cosine is added to something of size 1")
    }
    try expectValues(set, .halving, (0...30_000).map { Double($0) / 31 }, errors: 3, ElementaryOracles.halving)
    // Where the terms of the sphere cancel its error is that of the larger one, of order 1/r².
    let radii = (1...40_000).map { Double($0) / 1601 }
    for (r, y) in try pairs(radii, Self.values(set, .sphere, radii)) {
      let expected = try LatticeOracles.sphere(.pi * r)
      let phase = Double.ulpOfOne * .pi * r * 0.304 / (r * r)  // The oracle's π r is rounded.
      expectClose(
        abs(y), abs(expected.value), within: 2 * expected.error + phase + 4 * Double.ulpOfOne * min(1, 0.4 / (r * r)),
        because: "the oracle's error, its rounded π r, and four units of the larger term of order 1/r²")
    }
  }

  @Test(arguments: sets) func edges(set: InstructionSet) throws {
    #expect(try Self.values(set, .sinePi, [0, -0.0, 1e-60, -1e-60]) == [0, 0, 1e-60, -1e-60])
    #expect(try Self.values(set, .cosinePi, [0]) == [1])
    #expect(
      try Self.values(set, .halving, [0, 1, 10, 1021, 1022, 5000, .infinity]) == [1, 0.5, 0x1p-10, 0x1p-1021, 0, 0, 0])
    #expect(try Self.values(set, .sphere, [0]) == [1])
  }

  #if arch(x86_64)
    /// The largest error in units of the last place, against series in 80-bit numbers.
    private func error(
      _ set: InstructionSet, _ function: ElementaryFunction, _ x: [Double], unit: (Double) -> Double = { $0.ulp },
      _ exact: (Float80) -> Float80
    ) throws -> Double {
      try pairs(x, Self.values(set, function, x)).reduce(0.0) { worst, pair in
        let expected = exact(Float80(pair.0))
        let error = abs(Float80(abs(pair.1)) - abs(expected)) / Float80(unit(Double(abs(expected))))
        return max(worst, Double(error))
      }
    }

    /// The errors that `docs/speed.md` states, in units of the last place; for the cosine and the sphere, which are parts of
    /// sums, in units of 2⁻⁵².
    @Test(arguments: sets) func errorsInUnitsOfTheLastPlace(set: InstructionSet) throws {
      let pi = Float80("3.14159265358979323846264338327950288")!
      let ln2 = Float80("0.693147180559945309417232121458176568")!
      /// Σ uᵏ/(d₁ d₂ … dₖ)
      func series(_ u: Float80, terms: Int, _ divisor: (Int) -> Int) -> Float80 {
        var sum: Float80 = 1
        for k in stride(from: terms, to: 0, by: -1) { sum = 1 + sum * u / Float80(divisor(k)) }
        return sum
      }
      func sine(_ x: Float80) -> Float80 {
        x * series(-(pi * x) * (pi * x), terms: 16) { 2 * $0 * (2 * $0 + 1) }
      }
      func cosine(_ x: Float80) -> Float80 {
        series(-(pi * x) * (pi * x), terms: 16) { 2 * $0 * (2 * $0 - 1) }
      }
      func halving(_ x: Float80) -> Float80 {
        let whole = x.rounded()
        let part = series(-(x - whole) * ln2, terms: 24) { $0 }
        return part * Float80(sign: .plus, exponent: -Int(whole), significand: 1)
      }
      func sphere(_ r: Float80) -> Float80 {
        let x = pi * r
        // 3 Σ (−x²)ᵏ (2k + 2)/(2k + 3)!
        guard r >= 0.25 else { return series(-x * x, terms: 16) { 2 * $0 * (2 * $0 + 3) } }
        let g = r - r.rounded()
        return 3 * (pi * sine(g) - x * cosine(g)) / (x * x * x)
      }
      let radii = (0...60_000).map { Double($0) / 2411 }
      let errors = [
        try error(set, .sinePi, Self.phases, sine),
        try error(set, .cosinePi, Self.phases, unit: { _ in 0x1p-52 }, cosine),
        try error(set, .halving, (0...60_000).map { Double($0) / 61 }, halving),
        try error(set, .sphere, radii, unit: { _ in 0x1p-52 }, sphere),
      ]
      print("\(set): errors of sinePi, cosinePi, halving, sphere: \(errors)")
      #expect(errors[0] < 2.1)
      #expect(errors[1] < 1.3)
      #expect(errors[2] < 2.4)
      #expect(errors[3] < 2.1)
    }
  #endif
}
