import Physics
import TestSupport
import Testing
import TraceIO

/// Rules about phi steps, reciprocal vectors and structure factors, at their very limits.
@Suite(.tags(.verification), .generousTime) struct CrystalDiagnosisLimitTests {
  /// A log with the index k of each phi step.
  private func phi(_ indices: [String]) -> String {
    indices.enumerated().map { "TRACE_C_PHI phi_tic=\($0.offset) k_frac=\($0.element)\n" }.joined()
  }

  @Test func indicesABillionthApartAreOneIndex() throws {
    let at = try causes(.phiCarryOver, phi(["1e-9", "0.5", "0"]), phi(["0.25", "0.5", "0"]))
    #expect(at.map(\.confidence) == [.certain])
    #expect(try causes(.phiCarryOver, phi(["1.1e-9", "0.5", "0"]), phi(["0.25", "0.5", "0"])).isEmpty)
  }

  @Test func aCrystalThatTurnsByABillionthDoesNotTurn() throws {
    #expect(try causes(.phiCarryOver, phi(["0", "1e-9", "0"]), phi(["0.25", "1e-9", "0"])).isEmpty)
    let beyond = try causes(.phiCarryOver, phi(["0", "2e-9", "0"]), phi(["0.25", "2e-9", "0"]))
    #expect(beyond.map(\.confidence) == [.certain])
  }

  /// A log about a cubic cell of 1 Å along the axes, with reciprocal vectors.
  private func cube(_ stars: [String]) -> String {
    let cell = ["rot_a_angstroms 1 0 0", "rot_b_angstroms 0 1 0", "rot_c_angstroms 0 0 1"]
    return logOf(cell + zip(["a", "b", "c"], stars).map { "rot_\($0)_star_A_inv \($1)" })
  }

  /// The vector (1, 1.0000000000005e-6, 0) has with b the cosine 1e-6, to the last bit.
  @Test func aCosineOfAMillionthTellsNothing() throws {
    let rest = cube(["0.8 0.6 0", "-0.6 0.8 0", "0 0 1"])
    let at = cube(["1 1.0000000000005e-6 0", "0 1 0", "0 0 1"])
    #expect(try causes(.reciprocalAtRest, at, rest).isEmpty)
    let below = cube(["1 9e-7 0", "0 1 0", "0 0 1"])
    #expect(try causes(.reciprocalAtRest, below, rest).map(\.confidence) == [.certain])
  }

  /// A log with one structure factor, and two steps with it.
  private func steps(_ amplitude: Int, _ h: [String]) -> String {
    let lines = h.enumerated().map { number, index in
      let step = "layer=0 subS=0 subF=0 source=0 phi_tic=\(number) mos_tic=0"
      return "TRACE_C_STEP \(step) h=\(index) k=0 l=0 F_cell=\(amplitude)\n"
    }
    return logOf(["F_cell \(amplitude)"]) + lines.joined()
  }

  /// One structure factor at several reflections is the default. Steps about one reflection do not tell that.
  @Test func aReflectionReachesHalfAnIndexToEachSide() throws {
    let one = try causes(.interpolation, steps(100, ["-0.2", "0.2"]), steps(250, ["-0.2", "0.2"]))
    #expect(one.map(\.confidence) == [.possible])
    #expect(try causes(.interpolation, steps(100, ["0.4", "0.6"]), steps(250, ["0.4", "0.6"])).isEmpty)
  }
}

/// Rules about origins and units, at their very limits.
@Suite(.tags(.verification), .generousTime) struct GeometryDiagnosisLimitTests {
  /// A log about a detector 100 mm away with pixels of 0.1 mm, whose origin is at a place along z.
  private func detector(_ z: String) -> String {
    logOf([
      "pix0_vector_meters 0.1 0.0005 \(z)", "fdet_vec 0 0 1", "sdet_vec 0 -1 0", "pixel_pos_meters 0.1 0 0",
      "omega_pixel_sr 1e-6",
    ])
  }

  @Test func aShiftByOneWholePixelIsRemarkedOn() throws {
    let reference = detector("-0.0005")
    let remark = ": a whole pixel, as between counting from 0 and from 1"
    for z in ["-0.0004", "-0.0006"] {
      let found = try causes(.geometryOrigin, reference, detector(z))
      #expect(found.count == 1)
      #expect(found.first?.text.hasSuffix("along the normal\(remark)") == true, "\(found)")
    }
    for z in ["-0.0003", "-0.0007"] {
      let found = try causes(.geometryOrigin, reference, detector(z))
      #expect(found.count == 1)
      #expect(found.first?.text.hasSuffix("along the normal") == true, "\(found)")
    }
  }

  @Test func theWavelengthInMetresIsEnoughToKnowUnitsOfIt() throws {
    let wavelength = "lambda_meters 1.2e-10"
    let reference = logOf([wavelength, "scattering_vec_A_inv 1 2 2"])
    let found = try causes(.units, reference, logOf([wavelength, "scattering_vec_A_inv 1.2 2.4 2.4"]))
    #expect(found.map(\.text) == ["scattering_vec_A_inv is that of the reference times lambda: another unit"])
    #expect(found.map(\.confidence) == [.certain])
  }
}

/// Rules about rounding, at their very limits.
@Suite(.tags(.verification), .generousTime) struct PrecisionDiagnosisLimitTests {
  /// A small whole number may be the number that was meant; one of five digits is a rounded one.
  @Test func aWholeNumberOfFiveDigitsMayBeARoundedOne() throws {
    let rounded = try causes(.fewDigits, logOf(["F_latt 12345.04"]), logOf(["F_latt 12345"]))
    let text =
      "F_latt is that of the reference with 6 digits: it is printed, or passed on, with so few "
      + "(a deviation of 3.24017e-06)"
    #expect(rounded.map(\.text) == [text])
    #expect(try causes(.fewDigits, logOf(["F_latt 10000.04"]), logOf(["F_latt 10000"])).count == 1)
    let small = try causes(.fewDigits, logOf(["F_latt 9999.004"]), logOf(["F_latt 9999"]), relative: 1e-7)
    #expect(small.isEmpty)
  }

  /// The certainty of single precision if some of ten numbers are floats.
  private func certainty(floats: Int) throws -> [Finding.Confidence] {
    let reference: [String] = Array(repeating: "stol 1.1", count: 10)
    let rounded: [String] = Array(repeating: "stol 1.100000023841858", count: floats)
    let candidate = rounded + reference.dropFirst(floats)
    let found = try causes(.singlePrecision, logOf(reference + ["F_latt 3"]), logOf(candidate + ["F_latt 3.003"]))
    return found.map(\.confidence)
  }

  @Test func nineFloatsOfTenNumbersAreEnough() throws {
    #expect(try certainty(floats: 10) == [.certain])
    #expect(try certainty(floats: 9) == [.certain])
    #expect(try certainty(floats: 8) == [.likely])
  }
}
