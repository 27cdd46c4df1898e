/// A quantity that traces carry: its name, place, number of components and true unit (spec/90).
///
/// The name of a quantity does not always tell its unit; `unit` does.
public struct TraceQuantity: Sendable, Hashable {
  /// The name in a trace.
  public let name: String
  /// The kind of line it stands on.
  public let section: TraceSection
  /// The number of values.
  public let components: Int
  /// The unit of the values; `1` for pure numbers, `word` for text.
  public let unit: String

  private init(_ name: String, _ section: TraceSection, _ components: Int, _ unit: String) {
    self.name = name
    self.section = section
    self.components = components
    self.unit = unit
  }

  private static func group(
    _ section: TraceSection, _ components: Int, _ unit: String, _ names: String...
  ) -> [TraceQuantity] {
    names.map { TraceQuantity($0, section, components, unit) }
  }

  /// Whether the values are whole numbers.
  public var isInteger: Bool { Self.integers.contains(name) }

  private static let integers: Set = [
    "N_cells", "oversample", "sources", "phisteps", "mosaic_domains", "thicksteps", "steps", "interpolate", "roi",
    "hkl_rounded", "oversample_thick", "oversample_polar", "oversample_omega", "phi_tic", "layer", "subS", "subF",
    "source", "mos_tic",
  ]

  /// The quantities of the set-up, in the order in which the simulation computes them.
  public static let setup: [TraceQuantity] =
    group(.setup, 1, "word", "convention", "pivot")
    + group(
      .setup, 1, "m", "distance_meters", "close_distance_meters", "Fbeam_meters", "Sbeam_meters", "Fclose_meters",
      "Sclose_meters")
    + group(.setup, 3, "1", "beam_vec", "polar_vec", "spindle_vec")
    + group(.setup, 3, "Å", "a_angstroms", "b_angstroms", "c_angstroms")
    + group(.setup, 3, "1/Å", "a_star_A_inv", "b_star_A_inv", "c_star_A_inv")
    + group(.setup, 1, "Å³", "V_cell_A3")
    + group(.setup, 3, "1", "N_cells")
    + group(
      .setup, 1, "1", "oversample", "sources", "phisteps", "mosaic_domains", "thicksteps", "steps", "interpolate")
    + group(.setup, 4, "pixel", "roi")
    + group(.setup, 1, "electron²", "I_bg")

  /// The quantities of a sub-pixel and its first step, in the order in which the simulation computes them.
  public static let firstStep: [TraceQuantity] =
    group(.pixel, 3, "m", "pix0_vector_meters")
    + group(.pixel, 3, "1", "fdet_vec", "sdet_vec", "odet_vec")
    + group(.pixel, 3, "m", "pixel_pos_meters")
    + group(.pixel, 1, "m", "R_distance_meters")
    + group(.pixel, 1, "sr", "omega_pixel_sr")
    + group(.pixel, 1, "m", "close_distance_meters")
    + group(.pixel, 1, "1", "obliquity_factor")
    + group(.pixel, 3, "1", "diffracted_vec", "incident_vec")
    + group(.pixel, 1, "m", "lambda_meters")
    + group(.pixel, 1, "Å", "lambda_angstroms")
    + group(.pixel, 3, "1/m", "scattering_vec_A_inv")
    + group(.pixel, 1, "1/m", "stol")
    + group(.pixel, 1, "1", "polar_first")
    + group(.pixel, 3, "Å", "rot_a_angstroms", "rot_b_angstroms", "rot_c_angstroms")
    + group(.pixel, 3, "1/Å", "rot_a_star_A_inv", "rot_b_star_A_inv", "rot_c_star_A_inv")
    + group(.pixel, 3, "1/Å", "rotated_a_star_A_inv", "rotated_b_star_A_inv", "rotated_c_star_A_inv")
    + group(.pixel, 3, "1", "hkl_frac", "hkl_rounded")
    + group(.pixel, 1, "1", "F_latt_a", "F_latt_b", "F_latt_c", "F_latt")
    + group(.pixel, 1, "electron", "F_cell")

  /// The quantities of a whole pixel, in the order in which the simulation computes them.
  public static let scaling: [TraceQuantity] =
    group(.pixel, 1, "electron²", "I_before_scaling")
    + group(.pixel, 1, "m", "r_e_meters")
    + group(.pixel, 1, "m²", "r_e_sqr")
    + group(.pixel, 1, "1/m²", "fluence_photons_per_m2")
    + group(.pixel, 1, "1", "steps", "oversample_thick", "oversample_polar", "oversample_omega")
    + group(.pixel, 1, "1", "capture_fraction", "polar")
    + group(.pixel, 1, "sr", "omega_pixel")
    + group(.pixel, 1, "1", "cos_2theta")
    + group(.pixel, 1, "photon", "I_pixel_final", "floatimage_accumulated")

  /// The fields of a phi line.
  public static let phi: [TraceQuantity] =
    group(.phi, 1, "1", "phi_tic")
    + group(.phi, 1, "°", "phi_deg")
    + group(.phi, 1, "1", "k_frac", "F_latt_b", "F_latt")

  /// The fields of a step line.
  public static let step: [TraceQuantity] =
    group(.step, 1, "1", "layer", "subS", "subF", "source", "phi_tic", "mos_tic")
    + group(.step, 1, "°", "phi_deg")
    + group(.step, 1, "1", "h", "k", "l", "F_latt")
    + group(.step, 1, "electron", "F_cell")
    + group(.step, 1, "electron²", "I")

  /// Every quantity, in the order in which the simulation computes them.
  public static let all = setup + firstStep + phi + step + scaling
}
