import Physics
import TestSupport
import Testing
import TraceIO

/// Rules about rounding and formulas, at the limits of what they explain.
@Suite(.tags(.verification), .generousTime) struct FloatRuleTests {
  /// The causes named if five numbers before the last row were 2 in the reference.
  private func noise(
    _ numbers: [String], _ name: String = "F_latt", _ reference: String = "100", _ candidate: String = "100.5",
    relative: Double = ToleranceTable.usual
  ) throws -> [Finding] {
    let expected: [String] = numbers.map { _ in "stol 2" } + ["\(name) \(reference)"]
    let found: [String] = numbers.map { "stol \($0)" } + ["\(name) \(candidate)"]
    return try causes(.singlePrecision, logOf(expected), logOf(found), relative: relative)
  }

  /// The noise before, and what it accounts for, are told: less at the indices than after them.
  @Test func noiseIsToldWithItsMedianAndItsReach() throws {
    func text(_ median: String, _ reach: String) -> String {
      "the deviations before the sum have a median of \(median) and none exceeds 1e-05: rounding of single precision, "
        + "or inputs given with few digits, which accounts for deviations up to \(reach)"
    }
    let numbers: [String] = ["2.0000002", "2.000001", "2.0000004", "2.0000008", "2.0000006"]
    let after: [Finding] = try noise(numbers)
    #expect(after.map(\.text) == [text("3e-07", "0.01 here; that of F_latt is 0.005")])
    #expect(after.map(\.confidence) == [.likely])
    let before: [Finding] = try noise(numbers, "hkl_frac", "3 4 0", "3.00002 4 0")
    #expect(before.map(\.text) == [text("4e-07", "1e-05 here; that of hkl_frac is 4e-06")])
  }

  @Test func noiseHasTheSizeOfFloats() throws {
    let medians: [(number: String, isNoise: Bool)] = [
      ("2.0000000019", false), ("2.0000000021", true), ("2.0000059", true), ("2.0000061", false),
    ]
    for (number, isNoise) in medians {
      let found: [Finding] = try noise(Array(repeating: number, count: 5), relative: 1e-4)
      #expect(found.count == (isNoise ? 1 : 0), "\(number)")
    }
    let largest: [(number: String, isNoise: Bool)] = [("2.0000199", true), ("2.0000201", false)]
    for (number, isNoise) in largest {
      let found: [Finding] = try noise(Array(repeating: "2.0000006", count: 4) + [number], relative: 1e-4)
      #expect(found.count == (isNoise ? 1 : 0), "\(number)")
    }
  }

  /// Another input explains a deviation of a millionth; a smaller one may be rounding.
  @Test func aDeviationOfAMillionthIsNoRounding() throws {
    let inputs: [(row: String, kind: Finding.Kind, confidence: Finding.Confidence)] = [
      ("TRACE_C_SETUP: distance_meters", .geometryOrigin, .likely),
      ("TRACE_C: lambda_angstroms", .wavelength, .certain),
      ("TRACE_C: fluence_photons_per_m2", .fluence, .certain),
    ]
    for (row, kind, confidence) in inputs {
      let reference = "\(row) 1000000\n"
      let at: [Finding] = try causes(kind, reference, "\(row) 1000001\n", relative: 1e-9)
      #expect(at.map(\.confidence) == [confidence], "\(row)")
      let below: [Finding] = try causes(kind, reference, "\(row) 1000000.9\n", relative: 1e-9)
      #expect(below.map(\.confidence) == [.possible], "\(row)")
    }
  }

  /// A formula holds in the reference if it is off by less than 1e-7, and in the candidate by less than 1e-6.
  @Test func aFormulaHoldsBelowItsLimit() throws {
    func found(_ kind: Finding.Kind, _ reference: String, _ candidate: String) throws -> [String] {
      func log(_ distance: String) -> String {
        logOf(["pixel_pos_meters 10000000 0 0", "R_distance_meters \(distance)"])
      }
      return try causes(kind, log(reference), log(candidate), relative: 1e-9).map(\.text)
    }
    func own(_ size: String) -> String {
      "R_distance_meters = |pixel_pos_meters| holds in the reference and not in the candidate (off by \(size)): the "
        + "mistake is made here, not before"
    }
    let inherited =
      "R_distance_meters = |pixel_pos_meters| holds in the candidate, too: the deviation comes from before; no "
      + "quantity before it differs, so that it depends on something not traced"
    #expect(try found(.ownFormula, "10000000.9", "10000020") == [own("2e-06")])
    #expect(try found(.ownFormula, "10000001", "10000020").isEmpty)
    #expect(try found(.inherited, "10000001", "10000002").isEmpty)
    #expect(try found(.ownFormula, "10000000", "10000010") == [own("1e-06")])
    #expect(try found(.ownFormula, "10000000", "10000009").isEmpty)
    #expect(try found(.inherited, "10000000", "10000009") == [inherited])
  }
}
