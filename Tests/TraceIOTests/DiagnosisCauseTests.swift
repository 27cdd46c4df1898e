import Physics
import TestSupport
import Testing
import TraceIO

/// Causes that once were said to be certain, or likely, of differences that have another one.
@Suite(.tags(.verification), .generousTime) struct DiagnosisCauseTests {
  private func findings(
    _ reference: [String], _ candidate: [String], relative: Double = ToleranceTable.usual
  ) throws -> [Finding] {
    func log(_ rows: [String]) -> String {
      rows.map { $0.hasPrefix("TRACE") ? "\($0)\n" : "TRACE_C: \($0)\n" }.joined()
    }
    let first = try TraceParser.parse(log(reference), file: "reference.log")
    let second = try TraceParser.parse(log(candidate), file: "candidate.log")
    return compare(first, second, relative: relative).findings
  }

  /// The certain and likely causes.
  private func named(
    _ reference: [String], _ candidate: [String], relative: Double = ToleranceTable.usual
  ) throws -> Set<Finding.Kind> {
    Set(try findings(reference, candidate, relative: relative).filter { $0.confidence > .possible }.map(\.kind))
  }

  /// Counts have no unit.
  @Test(arguments: ["phisteps", "sources", "mosaic_domains", "oversample"]) func countsHaveNoUnit(name: String) throws {
    for (few, many) in [("1", "1000"), ("10", "1"), ("1", "100")] {
      let found = try named(["TRACE_C_SETUP: \(name) \(few)"], ["TRACE_C_SETUP: \(name) \(many)"])
      #expect(!found.contains(.units), "\(name) \(few) \(many)")
    }
  }

  @Test func aUnitWithTheOppositeSignSaysSo() throws {
    let found = try findings(["pixel_pos_meters 0.1 0.02 0.03"], ["pixel_pos_meters -100 -20 -30"])
    let units = try #require(found.first { $0.kind == .units })
    #expect(units.text.contains("times -1e3") && units.text.contains("opposite sign"), "\(units.text)")
  }

  /// A wavelength that agrees in one unit does not differ.
  @Test func oneWavelengthInTwoUnits() throws {
    #expect(
      try named(["lambda_meters 1e-10", "lambda_angstroms 1"], ["lambda_meters 1e-10", "lambda_angstroms 1.1"])
        .isDisjoint(with: [.wavelength]))
    #expect(
      try named(["lambda_meters 1e-10", "lambda_angstroms 1"], ["lambda_meters 1.1e-10", "lambda_angstroms 1.1"])
        .contains(.wavelength))
    let vector = "scattering_vec_A_inv 1 2 2"
    #expect(try !named([vector, "stol 1.5"], [vector, "stol 3"]).contains(.wavelength))
    #expect(try named(["stol 1.5"], ["stol 1.8"]).contains(.wavelength))
  }

  /// A component that rounding made has any sign.
  @Test func noiseHasNoSign() throws {
    #expect(try !named(["incident_vec 1 1e-8 0"], ["incident_vec 1 -3e-8 0"], relative: 1e-9).contains(.signFlip))
    #expect(try named(["incident_vec 1 1e-3 0"], ["incident_vec 1 -1e-3 0"]).contains(.signFlip))
  }

  /// The origin of a detector: finite, and the cause only where nothing simpler is.
  @Test func aShiftIsCertainInOneFrameOnly() throws {
    let axes = ["fdet_vec 0 0 1", "sdet_vec 0 -1 0"]
    func confidence(_ origin: String, _ other: [String]) throws -> Finding.Confidence? {
      try findings(["pix0_vector_meters 0.1 0.02 -0.03"] + axes, ["pix0_vector_meters \(origin)"] + other)
        .first { $0.kind == .geometryOrigin }?.confidence
    }
    #expect(try confidence("0.1 0.02 -0.02", axes) == .certain)
    #expect(try confidence("0.1 0.02 -0.02", ["fdet_vec 0 1 0", "sdet_vec 0 0 1"]) == .likely)
    #expect(try confidence("100 20 -30", axes) == .possible)
    #expect(try confidence("0.1 0.02 0.03", axes) == .possible)
    let infinite = try findings(["pix0_vector_meters 0.1 0 0"] + axes, ["pix0_vector_meters inf 0 0"] + axes)
    #expect(!infinite.contains { $0.text.contains("nan") || $0.confidence == .certain }, "\(infinite)")
  }

  /// Step lines that agree do not say that all structure factors are twice as large.
  @Test func stepsThatAgreeHaveNoScale() throws {
    let steps = [100, 50].enumerated().map { number, amplitude in
      "TRACE_C_STEP layer=0 subS=0 subF=0 source=0 phi_tic=\(number) mos_tic=0 h=1.1 k=0.2 l=0.3 F_cell=\(amplitude)"
    }
    #expect(try !named(["F_cell 100"] + steps, ["F_cell 200"] + steps).contains(.structureFactorScale))
  }

  /// Inputs are not rounded: whole numbers, and structure factors of a list.
  @Test func inputsAreNotRounded() throws {
    let reference = ["diffracted_vec 0.1 0.2 0.3", "incident_vec 0.7 0.6 0.9"]
    let floats = [
      "diffracted_vec 0.100000001490116 0.200000002980232 0.300000011920929",
      "incident_vec 0.699999988079071 0.600000023841858 0.899999976158142",
    ]
    #expect(try !named(reference + ["F_cell 100"], floats + ["F_cell 100.5"]).contains(.singlePrecision))
    let cells = "TRACE_C_SETUP: N_cells 1000 1000"
    #expect(try !named(["\(cells) 1000"] + reference, ["\(cells) 1001"] + floats).contains(.singlePrecision))
  }

  /// Reciprocal vectors that belong to no rotation of the cell are not those at rest.
  @Test func otherReciprocalVectorsAreNotAtRest() throws {
    let cell = ["rot_a_angstroms 1 0 0", "rot_b_angstroms 0 1 0", "rot_c_angstroms 0 0 1"]
    func stars(_ rows: [String]) -> [String] {
      cell + zip(["a", "b", "c"], rows).map { "rot_\($0)_star_A_inv \($1)" }
    }
    let own = stars(["1 0 0", "0 1 0", "0 0 1"])
    for rows in [["0 1 0", "1 0 0", "0 0 1"], ["1 0.1 0", "0 1 0", "0 0 1"], ["2 0.1 0", "0 2 0", "0 0 2"]] {
      #expect(try !named(own, stars(rows)).contains(.reciprocalAtRest), "\(rows)")
    }
    #expect(try named(own, stars(["0.8 0.6 0", "-0.6 0.8 0", "0 0 1"])).contains(.reciprocalAtRest))
  }

  /// Another orientation at rest is no carry-over.
  @Test func anotherCellAtRestIsNoCarryOver() throws {
    let phi = ["0.5", "0.4", "0.5"].enumerated().map { "TRACE_C_PHI phi_tic=\($0) k_frac=\($1)" }
    let found = try named(
      ["TRACE_C_SETUP: a_angstroms 100 0 0", "rot_a_angstroms 99 1 0"] + phi,
      ["TRACE_C_SETUP: a_angstroms 98 5 0", "rot_a_angstroms 97 6 0"])
    #expect(!found.contains(.phiCarryOver))
  }

  /// The transposed matrix of a cubic cell is its rotation in the opposite sense.
  @Test func aCubicCellMayTurnTheOtherWay() throws {
    let reference = ["rot_a_angstroms 98 17 0", "rot_b_angstroms -17 98 0", "rot_c_angstroms 0 0 99.463561"]
    let candidate = ["rot_a_angstroms 98 -17 0", "rot_b_angstroms 17 98 0", "rot_c_angstroms 0 0 99.463561"]
    let found = try findings(reference, candidate)
    #expect(!found.contains { $0.confidence == .certain && $0.kind != .signFlip }, "\(found)")
    #expect(found.contains { $0.kind == .permutedAxes && $0.text.contains("opposite sense") })
  }

  /// Every coordinate axis is a permutation of every other one.
  @Test(arguments: ["spindle_vec", "polar_vec"]) func axesArePermutationsOfAxes(name: String) throws {
    let found = try findings(["TRACE_C_SETUP: \(name) 0 0 1"], ["TRACE_C_SETUP: \(name) 0 1 0"])
    #expect(found.allSatisfy { $0.kind != .permutedAxes || $0.confidence == .possible }, "\(found)")
    #expect(try named(["incident_vec 0.1 0.2 0.9"], ["incident_vec 0.2 0.1 0.9"]).contains(.permutedAxes))
  }

  @Test(arguments: ["polar", "capture_fraction", "omega_pixel"]) func notANumberIsNoFactorLeftOut(name: String) throws {
    for word in ["nan", "inf"] {
      #expect(try findings(["\(name) 1"], ["\(name) \(word)"]).allSatisfy { $0.confidence == .possible }, "\(word)")
    }
  }

  /// Phi steps of one angle turn nothing.
  @Test func stepsOfOneAngleCarryNothingOver() throws {
    func phi(_ indices: [String], angles: [String]) -> [String] {
      zip(indices, angles).enumerated().map { "TRACE_C_PHI phi_tic=\($0) phi_deg=\($1.1) k_frac=\($1.0)" }
    }
    let same = ["5", "5"]
    #expect(try !named(phi(["0.5", "0.5"], angles: same), phi(["0.25", "0.5"], angles: same)).contains(.phiCarryOver))
    let turned = ["0", "5"]
    #expect(
      try named(phi(["0.5", "0.5"], angles: turned), phi(["0.25", "0.5"], angles: turned)).contains(.phiCarryOver))
  }

  /// A number of few digits may be a float, or lack digits.
  @Test func fewDigitsAreNotCertainlyAFloat() throws {
    let found = try findings(["stol 1.50000001"], ["stol 1.5"], relative: 1e-9)
    #expect(!found.contains { $0.kind == .singlePrecision && $0.confidence == .certain }, "\(found)")
  }
}

/// Differences that once were explained by certain causes, and wrong ones.
@Suite(.tags(.verification), .generousTime) struct DiagnosisMistakeTests {
  private func findings(
    _ reference: [String], _ candidate: [String], relative: Double = ToleranceTable.usual
  ) throws -> [Finding] {
    let first = try TraceParser.parse(logOf(reference), file: "reference.log")
    let second = try TraceParser.parse(logOf(candidate), file: "candidate.log")
    return compare(first, second, relative: relative).findings
  }

  /// An infinite number is close to no other, and no permutation, sign or rounding of one.
  @Test(arguments: ["inf 0 0", "-inf 0 0", "nan 0 0", "1 inf 3", "9e250 1 1"])
  func anInfiniteComponentIsNotExplained(vector: String) throws {
    let found = try findings(["scattering_vec_A_inv 1 2 3"], ["scattering_vec_A_inv \(vector)"])
    #expect(found.allSatisfy { $0.confidence == .possible }, "\(found)")
    let large = try findings(["scattering_vec_A_inv 1e200 2e200 3e200"], ["scattering_vec_A_inv \(vector)"])
    #expect(large.allSatisfy { $0.confidence == .possible }, "\(large)")
  }

  @Test func anInfiniteNumberIsNotSinglePrecision() throws {
    for word in ["inf", "-inf", "nan"] {
      #expect(try !findings(["polar 0.9"], ["polar \(word)"]).contains { $0.kind == .singlePrecision })
    }
    #expect(try !findings(["polar 1e300"], ["polar inf"]).contains { $0.kind == .singlePrecision })
  }

  /// Components that are floats count, too.
  @Test func oneRoundedComponentDoesNotExplainAnother() throws {
    let rounded = try findings(
      ["rot_a_angstroms 0.1 0 0.5"], ["rot_a_angstroms 0.100000001490116 0 0.5"], relative: 1e-12)
    #expect(rounded.first?.kind == .singlePrecision && rounded.first?.confidence == .certain)
    for vector in ["0.100000001490116 0.7 0.5", "0.100000001490116 0 0.4"] {
      let found = try findings(["rot_a_angstroms 0.1 0 0.5"], ["rot_a_angstroms \(vector)"])
      #expect(!found.contains { $0.kind == .singlePrecision }, "\(found)")
    }
  }

  /// Logs that tell the same wavelength do not differ by it, in whichever unit.
  @Test(arguments: ["lambda_meters 1e-10", "lambda_angstroms 1"])
  func aWavelengthThatIsTracedIsNotInferred(line: String) throws {
    let found = try findings(
      [line, "scattering_vec_A_inv 1 2 2"], [line, "scattering_vec_A_inv 1.1 2.2 2.2"])
    #expect(!found.contains { $0.kind == .wavelength }, "\(found)")
    let without = try findings(["scattering_vec_A_inv 1 2 2"], ["scattering_vec_A_inv 1.1 2.2 2.2"])
    #expect(without.contains { $0.kind == .wavelength })
  }

  /// A name of the placement differs and the detector stands where it stood.
  @Test func anOriginThatAgreesIsNotShifted() throws {
    let geometry = ["pix0_vector_meters -0.1 0.05 0.2", "fdet_vec 0 0 1", "sdet_vec 0 -1 0"]
    let found = try findings(["pivot beam"] + geometry, ["pivot sample"] + geometry)
    #expect(found.map(\.kind) == [.geometryOrigin] && found[0].confidence == .possible, "\(found)")
    #expect(found.first?.text.contains("the same") == true)
  }

  /// Phi steps that are counted from 1.
  @Test func stepsMayBeCountedFromOne() throws {
    func log(_ indices: [String]) -> String {
      indices.enumerated().map { "TRACE_C_PHI phi_tic=\($0.offset + 1) k_frac=\($0.element)\n" }.joined()
    }
    let found = try causes(.phiCarryOver, log(["0.5", "0.4", "0.5"]), log(["0.3", "0.4", "0.5"]))
    #expect(found.map(\.confidence) == [.certain])
    #expect(found.first?.text.contains("at phi step 1 the rotated cell of phi step 3") == true)
  }
}
