import Physics
import TestSupport
import Testing
import TraceIO

/// The formulas of quantities, each with a log in which it holds.
@Suite(.tags(.verification), .generousTime) struct RelationTests {
  private func isBroken(_ formula: String, _ size: String) -> String {
    "\(formula) holds in the reference and not in the candidate (off by \(size)): the mistake is made here, not before"
  }

  /// A number of twice the size is off by the size.
  @Test func everyFormulaIsToldWhereItIsBroken() throws {
    let cell: [String] = ["rot_a_angstroms 2 0 1", "rot_b_angstroms 0 3 0", "rot_c_angstroms 1 0 4"]
    let rows: [(inputs: [String], name: String, values: String, doubled: String, formula: String)] = [
      (["pixel_pos_meters 2 3 6"], "R_distance_meters", "7", "14", "|pixel_pos_meters|"),
      (
        ["pixel_pos_meters 2 3 6", "R_distance_meters 2"], "diffracted_vec", "1 1.5 3", "2 3 6",
        "pixel_pos_meters / R_distance_meters"
      ),
      (
        ["close_distance_meters 3", "R_distance_meters 4"], "obliquity_factor", "0.75", "1.5",
        "close_distance_meters / R_distance_meters"
      ),
      (["lambda_meters 1.5e-10"], "lambda_angstroms", "1.5", "3", "1e10 lambda_meters"),
      (
        ["diffracted_vec 0 3 6", "incident_vec 1 1 2", "lambda_meters 0.5"], "scattering_vec_A_inv", "-2 4 8",
        "-4 8 16", "(diffracted_vec - incident_vec) / lambda_meters"
      ),
      (["scattering_vec_A_inv 2 3 6"], "stol", "3.5", "7", "|scattering_vec_A_inv| / 2"),
      (
        cell + ["scattering_vec_A_inv 1e10 2e10 3e10"], "hkl_frac", "5 6 13", "10 12 26",
        "rot_a, rot_b, rot_c . scattering_vec_A_inv"
      ),
      (["hkl_frac 1.5 -0.5 2.6"], "hkl_rounded", "1 -1 3", "2 -2 6", "ceil(hkl_frac - 0.5)"),
      (["F_latt_a 2", "F_latt_b 3", "F_latt_c -5"], "F_latt", "-30", "-60", "F_latt_a F_latt_b F_latt_c"),
    ]
    for (inputs, name, values, doubled, formula) in rows {
      let reference: String = logOf(inputs + ["\(name) \(values)"])
      let found: [Finding] = try causes(.ownFormula, reference, logOf(inputs + ["\(name) \(doubled)"]))
      #expect(found.map(\.text) == [isBroken("\(name) = \(formula)", "1")], "\(name)")
      #expect(found.map(\.confidence) == [.possible], "\(name)")
      let without: String = logOf(Array(inputs.dropFirst()) + ["\(name) \(values)"])
      let lacking: [Finding] = try causes(
        .ownFormula, without, logOf(Array(inputs.dropFirst()) + ["\(name) \(doubled)"]))
      #expect(lacking.isEmpty, "\(name)")
    }
    let steps = "TRACE_C_STEP phi_tic=0 I=5\nTRACE_C_STEP phi_tic=1 I=9\n"
    let sums: [Finding] = try causes(
      .ownFormula, steps + logOf(["I_before_scaling 9"]), steps + logOf(["I_before_scaling 18"]))
    #expect(sums.map(\.text) == [isBroken("I_before_scaling = I after the last step", "1")])
  }

  /// A value of zero that is zero is not off; any other number is infinitely far off.
  @Test func aFormulaWhoseValueIsZeroHoldsForZero() throws {
    func distance(_ number: String) -> String { logOf(["pixel_pos_meters 0 0 0", "R_distance_meters \(number)"]) }
    for number in ["1", "2", "0.001"] {
      let found: [Finding] = try causes(.ownFormula, distance("0"), distance(number))
      #expect(found.map(\.text) == [isBroken("R_distance_meters = |pixel_pos_meters|", "inf")], "\(number)")
      #expect(try causes(.ownFormula, distance(number), distance("0")).isEmpty, "\(number)")
      #expect(try causes(.inherited, distance(number), distance("0")).isEmpty, "\(number)")
    }
    // Factors below 1e-30 count as equal.
    func product(_ first: String, _ all: String) -> String {
      logOf(["F_latt_a \(first)", "F_latt_b 1e20", "F_latt_c 1e20", "F_latt \(all)"])
    }
    let reference: String = product("1e-31", "1e9")
    let inherited: [Finding] = try causes(.inherited, reference, product("0", "0"))
    let text =
      "F_latt = F_latt_a F_latt_b F_latt_c holds in the candidate, too: the deviation comes from before; within the "
      + "tolerance differ F_latt_a by 1"
    #expect(inherited.map(\.text) == [text])
    let own: [Finding] = try causes(.ownFormula, reference, product("0", "1"))
    #expect(own.map(\.text) == [isBroken("F_latt = F_latt_a F_latt_b F_latt_c", "inf")])
  }

  /// A factor that is applied at each step is not applied once more. Logs without the flags apply all at the end.
  @Test func photonsAreTheSumTimesTheFactorsOfTheEnd() throws {
    let before: [String] = ["I_before_scaling 100", "r_e_sqr 2", "fluence_photons_per_m2 3", "steps 4"]
    let factors: [String] = ["capture_fraction 0.5", "polar 0.25", "omega_pixel 0.8"]
    let (thick, polar, omega): (String, String, String) = ("oversample_thick", "oversample_polar", "oversample_omega")
    let rows: [(flags: [String], photons: Double)] = [
      ([], 15), (["\(thick) 0", "\(polar) 0", "\(omega) 0"], 15), (["\(thick) 1"], 30), (["\(polar) 1"], 60),
      (["\(omega) 1"], 18.75), (["\(thick) 1", "\(polar) 1", "\(omega) 1"], 150), (["\(thick) 1", "\(polar) 0"], 30),
    ]
    let text = isBroken("I_pixel_final = r_e_sqr fluence I_before_scaling / steps x factors", "1")
    for (flags, photons) in rows {
      let inputs: [String] = before + flags + factors
      func found(_ inputs: [String], _ photons: Double) throws -> [String] {
        let reference: String = logOf(inputs + ["I_pixel_final \(photons)"])
        return try causes(.ownFormula, reference, logOf(inputs + ["I_pixel_final \(2 * photons)"])).map(\.text)
      }
      #expect(try found(inputs, photons) == [text], "\(flags)")
      #expect(try found(inputs, 1.001 * photons).isEmpty, "\(flags)")
      for lacking in before + factors {
        #expect(try found(inputs.filter { $0 != lacking }, photons).isEmpty, "\(flags) \(lacking)")
      }
    }
  }
}
