import Physics
import TestSupport
import Testing
import TraceIO

/// Orders of three rows or components that are not that of the reference.
private let orders: [[Int]] = [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]

/// Rules about phi steps and structure factors, at their limits.
@Suite(.tags(.verification), .generousTime) struct CrystalDiagnosisBorderTests {
  /// A log with the index k of each phi step.
  private func phi(_ indices: [String]) -> String {
    indices.enumerated().map { "TRACE_C_PHI phi_tic=\($0.offset) k_frac=\($0.element)\n" }.joined()
  }

  /// A step line of the first sub-pixel and domain.
  private func step(source: Int, phi: Int, _ k: String) -> String {
    "TRACE_C_STEP layer=0 subS=0 subF=0 source=\(source) phi_tic=\(phi) mos_tic=0 k=\(k)\n"
  }

  @Test func aLaterIndexAtTheLimitAgrees() throws {
    let reference = phi(["0.5", "0", "0.5"])
    let found = try causes(.phiCarryOver, reference, phi(["0.25", "0.001", "0.5"]))
    #expect(found.map(\.confidence) == [.certain])
    #expect(try causes(.phiCarryOver, reference, phi(["0.25", "0.0011", "0.5"])).isEmpty)
  }

  @Test func twoEqualStepsAreCarriedOverAndThreeAreNot() throws {
    let two = try causes(.phiCarryOver, phi(["0.5", "0.5"]), phi(["0.25", "0.5"]))
    let text =
      "the reference uses at phi step 0 the rotated cell of phi step 1 (k 0.5 against 0.25), the candidate rotates "
      + "afresh; all later steps agree: phi carry-over"
    #expect(two.map(\.text) == [text])
    // A crystal that does not turn has one index at all steps.
    #expect(try causes(.phiCarryOver, phi(["0.5", "0.5", "0.5"]), phi(["0.25", "0.5", "0.5"])).isEmpty)
  }

  /// The index that is compared is that of the first source, wherever its line is in the log.
  @Test func stepLinesOfTheFirstSourceTellOfCarryOver() throws {
    let before = step(source: 1, phi: 0, "0.9")
    let later = step(source: 0, phi: 1, "0.4") + step(source: 0, phi: 2, "0.5")
    let carried = before + step(source: 0, phi: 0, "0.5") + later
    let fresh = before + step(source: 0, phi: 0, "0.3") + later
    let found = try causes(.phiCarryOver, carried, fresh)
    #expect(found.map(\.confidence) == [.certain])
    #expect(found.first?.text.contains("phi step 2 (k 0.5 against 0.3), the candidate rotates afresh") == true)
    let turned = try causes(.phiCarryOver, fresh, carried)
    #expect(turned.first?.text.contains("phi step 2 (k 0.3 against 0.5), the reference rotates afresh") == true)
  }

  @Test func theNearestStructureFactorTellsWhoInterpolates() throws {
    let nearest = logOf(["F_cell 100"])
    let smooth = logOf(["F_cell 90", "F_cell_nearest 100"])
    let found = try causes(.interpolation, nearest, smooth)
    #expect(found.map(\.text) == ["the candidate interpolates F_cell, the reference takes the nearest reflection"])
    let turned = try causes(.interpolation, smooth, nearest)
    #expect(turned.map(\.text) == ["the reference interpolates F_cell, the candidate takes the nearest reflection"])
    // Another nearest structure factor than that of the reference explains nothing.
    let other = try causes(.interpolation, nearest, logOf(["F_cell 90", "F_cell_nearest 101"]))
    #expect(other.map(\.confidence) == [.possible])
  }
}

/// Rules about axes, directions and units, at their limits.
@Suite(.tags(.verification), .generousTime) struct GeometryDiagnosisBorderTests {
  @Test func onlyTheRangesOfARegionAreExchanged() throws {
    let found = try causes(
      .rowsAndColumns, "TRACE_C_SETUP: roi 0 9 20 39\n", "TRACE_C_SETUP: roi 20 39 0 9\n")
    #expect(found.map(\.text) == ["the ranges of roi are exchanged: rows and columns are mixed up"])
    let other = try causes(.rowsAndColumns, logOf(["of_my_own 0 9 20 39"]), logOf(["of_my_own 20 39 0 9"]))
    #expect(other.isEmpty)
  }

  @Test(arguments: orders) func componentsInAnotherOrderAndOfAnotherSign(order: [Int]) throws {
    let numbers = order.map { ["1", "2", "3"][$0] }.joined(separator: " ")
    let letters = order.map { ["x", "y", "z"][$0] }.joined(separator: ", ")
    let name = "scattering_vec_A_inv"
    let found = try causes(.permutedAxes, logOf(["\(name) 1 2 3"]), logOf(["\(name) -\(numbers)"]))
    let text =
      "apart from signs, the components of \(name) are those of the reference in the order \(letters): "
      + "another laboratory frame"
    #expect(found.map(\.text) == [text])
  }

  @Test(arguments: orders) func cellAxesInAnotherOrder(order: [Int]) throws {
    let names = ["rot_a_angstroms", "rot_b_angstroms", "rot_c_angstroms"]
    let rows = ["11 2 3", "4 50 6", "7 8 90"]
    let reference = logOf((0..<3).map { "\(names[$0]) \(rows[$0])" })
    let candidate = logOf((0..<3).map { "\(names[$0]) \(rows[order[$0]])" })
    let letters = order.map { ["a", "b", "c"][$0] }.joined(separator: ", ")
    let found = try causes(.permutedAxes, reference, candidate)
    #expect(found.map(\.text) == ["the cell axes are those of the reference in the order \(letters)"])
  }

  /// A component of a millionth of a millionth of the length is rounding, and its sign says nothing.
  @Test func theSignOfRoundingDoesNotCount() throws {
    let rounding = try causes(.signFlip, logOf(["incident_vec 1 1e-12 0"]), logOf(["incident_vec -1 1e-12 0"]))
    #expect(rounding.map(\.text) == ["incident_vec has the opposite sign"])
    let more = try causes(.signFlip, logOf(["incident_vec 1 2e-12 0"]), logOf(["incident_vec -1 2e-12 0"]))
    #expect(more.map(\.text) == ["incident_vec has the opposite sign in x"])
  }

  @Test func aDeviationAtTheLimitIsClose() throws {
    let found = try causes(.signFlip, logOf(["F_latt 1000000"]), logOf(["F_latt -999999"]))
    #expect(found.map(\.text) == ["F_latt has the opposite sign"])
    #expect(try causes(.signFlip, logOf(["F_latt 1000000"]), logOf(["F_latt -999998"])).isEmpty)
  }

  /// The causes of another length of the fast axis, with a lattice factor that differs.
  private func lengths(_ axis: String, _ latticeFactor: String, relative: Double = 1e-9) throws -> [Finding] {
    try causes(
      .normalization, logOf(["fdet_vec 1 0 0", "F_latt 1"]),
      logOf(["fdet_vec \(axis) 0 0", "F_latt \(latticeFactor)"]),
      relative: relative)
  }

  @Test func aLengthWithinRoundingIsNormalised() throws {
    #expect(try lengths("1.000000000005", "1.00000001").isEmpty)
    #expect(try lengths("1", "1.00000001").isEmpty)
    #expect(try lengths("1.00000000002", "1.00000001").map(\.confidence) == [.possible])
  }

  @Test func aLengthExplainsTenThousandTimesItsError() throws {
    #expect(try lengths("1.00000001", "1.00015", relative: 1e-6).isEmpty)
    #expect(try lengths("1.00000001", "1.00009", relative: 1e-6).count == 1)
  }

  @Test func theDirectionThatIsFurthestFromLengthOneIsNamed() throws {
    let reference = logOf(["fdet_vec 1 0 0", "sdet_vec 0 1 0", "F_latt 1"])
    let short = logOf(["fdet_vec 0.9999995 0 0", "sdet_vec 0 1.0000001 0", "F_latt 1.0001"])
    let found = try causes(.normalization, reference, short)
    #expect(found.count == 1)
    #expect(found.first?.text.hasPrefix("fdet_vec of the candidate has length 1 -5e-07, ") == true)
    let other = logOf(["fdet_vec 1.0000001 0 0", "sdet_vec 0 0.9999995 0", "F_latt 1.0001"])
    let second = try causes(.normalization, reference, other)
    #expect(second.first?.text.hasPrefix("sdet_vec of the candidate has length 1 -5e-07, ") == true)
  }

  private static let factors: [(Double, String)] = [
    (4 * Double.pi, "4 pi"), (0.25 / Double.pi, "1/(4 pi)"), (Double.pi / 180, "pi/180"),
  ]

  @Test(arguments: factors) func unitsWithPi(factor: Double, text: String) throws {
    let trace: Trace = try TraceParser.parse(logOf(["scattering_vec_A_inv 1 2 2"]), file: "a.log")
    let scaled = trace.changing("scattering_vec_A_inv") { $0.map { factor * $0 } }
    let found = compare(trace, scaled).findings.filter { $0.kind == .units }
    #expect(found.map(\.text) == ["scattering_vec_A_inv is that of the reference times \(text): another unit"])
  }
}

/// Rules about rounding, at their limits.
@Suite(.tags(.verification), .generousTime) struct PrecisionDiagnosisBorderTests {
  /// The causes named if the candidate has the numbers of the reference as floats, and a lattice factor that differs.
  private func ofFloats(_ rows: [String]) throws -> [Finding] {
    let reference: Trace = try TraceParser.parse(logOf(rows + ["F_latt 3"]), file: "a.log")
    let candidate = reference.inSinglePrecision.changing("F_latt") { _ in [3.003] }
    return compare(reference, candidate).findings.filter { $0.kind == .singlePrecision }
  }

  private func stol(_ number: String, _ count: Int) -> [String] { Array(repeating: "stol \(number)", count: count) }

  @Test func floatsOfTheCandidateAreExplained() throws {
    let text =
      "nine of ten numbers of the candidate, or more, are single-precision floats: it calculates in 32 bits, "
      + "which accounts for deviations up to 0.01 here; that of F_latt is 0.001"
    let found = try ofFloats(["diffracted_vec 0.1 0.2 0.3", "incident_vec 0.7 0.6 0.9"])
    #expect(found.map(\.text) == [text])
    #expect(found.map(\.confidence) == [.certain])
  }

  @Test func fiveFloatsAreEnoughIfMostOfTheReferenceAreNone() throws {
    #expect(try ofFloats(stol("1.1", 5)).map(\.confidence) == [.certain])
    #expect(try ofFloats(stol("1.1", 4)).isEmpty)
    #expect(try ofFloats(stol("0.5", 2) + stol("1.1", 3)).map(\.confidence) == [.certain])
    #expect(try ofFloats(stol("0.5", 3) + stol("1.1", 3)).isEmpty)
  }

  @Test func unknownQuantitiesTellNothingOfThePrecision() throws {
    #expect(try ofFloats(Array(repeating: "of_my_own 1.1", count: 5)).isEmpty)
  }

  /// The causes named if some of the numbers before deviate by 2e-7, and the lattice factor of 100 is another one.
  private func noisy(_ count: Int, of all: Int, _ latticeFactor: String) throws -> [Finding] {
    let reference = logOf(stol("1.1", all) + ["F_latt 100"])
    let candidate = logOf(stol("1.1000002", count) + stol("1.1", all - count) + ["F_latt \(latticeFactor)"])
    return try causes(.singlePrecision, reference, candidate)
  }

  @Test func noiseExplainsADeviationAtItsLimit() throws {
    #expect(try noisy(5, of: 5, "101").map(\.confidence) == [.likely])
    #expect(try noisy(5, of: 5, "102").isEmpty)
  }

  @Test func noiseIsInAtLeastHalfOfTheQuantities() throws {
    #expect(try noisy(5, of: 10, "101").map(\.confidence) == [.likely])
    #expect(try noisy(5, of: 11, "101").isEmpty)
    #expect(try noisy(4, of: 4, "101").isEmpty)
  }
}

/// Rules about factors and formulas, at their limits.
@Suite(.tags(.verification), .generousTime) struct FactorDiagnosisBorderTests {
  /// An obliquity of 1 is no factor that a solid angle may lack.
  @Test func anObliquityOfOneIsNoCause() throws {
    let reference = logOf(["omega_pixel_sr 1e-6", "obliquity_factor 1"])
    let candidate = logOf(["omega_pixel_sr 1.00000001e-6", "obliquity_factor 1"])
    #expect(try causes(.solidAngle, reference, candidate, relative: 1e-9).isEmpty)
    let found = try causes(
      .solidAngle, logOf(["omega_pixel_sr 1e-6", "obliquity_factor 0.5"]),
      logOf(["omega_pixel_sr 2e-6", "obliquity_factor 0.5"]))
    #expect(found.map(\.text) == ["the candidate's solid angle lacks the obliquity factor Dc/R"])
  }

  @Test func theLatticeFactorIsTheProductUnlessAllFactorsAreOne() throws {
    func log(_ factors: [Int], _ product: Int) -> String {
      logOf(zip(["F_latt_a", "F_latt_b", "F_latt_c", "F_latt"], factors + [product]).map { "\($0) \($1)" })
    }
    let text =
      "F_latt = F_latt_a F_latt_b F_latt_c holds in the reference and not in the candidate (off by 0.5): "
      + "the mistake is made here, not before"
    for factors in [[2, 1, 1], [1, 2, 1], [1, 1, 2]] {
      let found = try causes(.ownFormula, log(factors, 2), log(factors, 3))
      #expect(found.map(\.text) == [text])
    }
    #expect(try causes(.ownFormula, log([1, 1, 1], 1), log([1, 1, 1], 2)).isEmpty)
  }

  @Test func moreThanFourSmallDifferencesAreCutShort() throws {
    let start =
      "lambda_angstroms = 1e10 lambda_meters holds in the candidate, too: the deviation comes from before; within the "
      + "tolerance differ R_distance_meters by 1e-07, omega_pixel_sr by 2e-07, close_distance_meters by 3e-07, "
    let before = ["R_distance_meters 1", "omega_pixel_sr 1", "close_distance_meters 1", "obliquity_factor 1"]
    let three = ["R_distance_meters 1.0000001", "omega_pixel_sr 1.0000002", "close_distance_meters 1.0000003"]
    let wavelength = ["lambda_meters 1.5e-10", "lambda_angstroms 1.5"]
    let other = ["lambda_meters 1.50000105e-10", "lambda_angstroms 1.5000021"]
    let reference = logOf(before + wavelength)
    let four = try causes(.inherited, reference, logOf(three + ["obliquity_factor 1"] + other))
    #expect(four.map(\.text) == [start + "lambda_meters by 7e-07"])
    let five = try causes(.inherited, reference, logOf(three + ["obliquity_factor 1.0000004"] + other))
    #expect(five.map(\.text) == [start + "obliquity_factor by 4e-07, …"])
  }
}
