/// The names of the quantities that traces carry (docs/reference/90-trace-points.md).
///
/// No other file spells a name. `TraceQuantity.all` gives the meaning and unit of each quantity.
public enum TraceName: String, Sendable, CaseIterable, Codable {
  // MARK: Set-up

  /// Convention of the beam centre and of the axes.
  case convention
  /// The point that stays in place when the detector is rotated.
  case pivot
  /// Distance from the sample to the detector along the beam.
  case distance = "distance_meters"
  /// Distance from the sample to the detector along the normal.
  case closeDistance = "close_distance_meters"
  /// Beam centre along the fast axis.
  case beamFast = "Fbeam_meters"
  /// Beam centre along the slow axis.
  case beamSlow = "Sbeam_meters"
  /// Near point along the fast axis.
  case nearFast = "Fclose_meters"
  /// Near point along the slow axis.
  case nearSlow = "Sclose_meters"
  /// Unit vector of the beam.
  case beamVector = "beam_vec"
  /// Unit vector of the nominal electric vector.
  case polarizationVector = "polar_vec"
  /// Unit vector of the spindle axis.
  case spindleVector = "spindle_vec"
  /// Direct vector a at rest, misset included.
  case cellA = "a_angstroms"
  /// Direct vector b at rest.
  case cellB = "b_angstroms"
  /// Direct vector c at rest.
  case cellC = "c_angstroms"
  /// Reciprocal vector a* at rest.
  case reciprocalA = "a_star_A_inv"
  /// Reciprocal vector b* at rest.
  case reciprocalB = "b_star_A_inv"
  /// Reciprocal vector c* at rest.
  case reciprocalC = "c_star_A_inv"
  /// Volume of the cell; negative for a left-handed cell.
  case cellVolume = "V_cell_A3"
  /// Numbers of cells along a, b and c.
  case cellCounts = "N_cells"
  /// Sub-pixels along each side of a pixel.
  case oversample
  /// Number of source points.
  case sources
  /// Number of phi steps.
  case phiSteps = "phisteps"
  /// Number of mosaic domains.
  case mosaicDomains = "mosaic_domains"
  /// Number of sensor layers.
  case sensorLayers = "thicksteps"
  /// Sources × domains × phi steps × sub-pixels, without the sensor layers.
  case steps
  /// Whether structure factors are interpolated, before the first pixel.
  case interpolates = "interpolate"
  /// Fast minimum and maximum, slow minimum and maximum of the region.
  case region = "roi"
  /// Water background, in the unit of the sum.
  case background = "I_bg"

  // MARK: First sub-pixel and step

  /// Outer corner of the first pixel, after all rotations.
  case origin = "pix0_vector_meters"
  /// Unit vector of the fast axis, after all rotations.
  case fastAxis = "fdet_vec"
  /// Unit vector of the slow axis, after all rotations.
  case slowAxis = "sdet_vec"
  /// Detector normal, after all rotations.
  case normal = "odet_vec"
  /// Position of the first sub-pixel relative to the sample.
  case position = "pixel_pos_meters"
  /// Distance of the first sub-pixel from the sample.
  case radius = "R_distance_meters"
  /// Solid angle used at the first sub-pixel.
  case firstSolidAngle = "omega_pixel_sr"
  /// Cosine between the ray and the normal.
  case obliquity = "obliquity_factor"
  /// Unit vector of the diffracted ray.
  case diffracted = "diffracted_vec"
  /// Unit vector of the incident ray.
  case incident = "incident_vec"
  /// Wavelength of the first source, in m.
  case wavelength = "lambda_meters"
  /// Wavelength of the first source, in Å.
  case wavelengthAngstroms = "lambda_angstroms"
  /// Scattering vector; in 1/m in spite of its name.
  case scatteringVector = "scattering_vec_A_inv"
  /// Sin θ/λ: half the length of the scattering vector.
  case stol
  /// First polarization factor of the pixel.
  case firstPolarization = "polar_first"
  /// Direct vector a of the first step.
  case rotatedA = "rot_a_angstroms"
  /// Direct vector b of the first step.
  case rotatedB = "rot_b_angstroms"
  /// Direct vector c of the first step.
  case rotatedC = "rot_c_angstroms"
  /// Reciprocal vector a* at rest, in spite of its name.
  case restReciprocalA = "rot_a_star_A_inv"
  /// Reciprocal vector b* at rest, in spite of its name.
  case restReciprocalB = "rot_b_star_A_inv"
  /// Reciprocal vector c* at rest, in spite of its name.
  case restReciprocalC = "rot_c_star_A_inv"
  /// Reciprocal vector a* of the first step; spec only.
  case rotatedReciprocalA = "rotated_a_star_A_inv"
  /// Reciprocal vector b* of the first step; spec only.
  case rotatedReciprocalB = "rotated_b_star_A_inv"
  /// Reciprocal vector c* of the first step; spec only.
  case rotatedReciprocalC = "rotated_c_star_A_inv"
  /// Fractional Miller indices of the first step.
  case indices = "hkl_frac"
  /// Nearest whole indices, ⌈h − ½⌉.
  case roundedIndices = "hkl_rounded"
  /// Factor of the lattice factor along a; 1 for one cell along a and for shapes other than `square`.
  case latticeFactorA = "F_latt_a"
  /// Factor of the lattice factor along b; 1 for one cell along b and for shapes other than `square`.
  case latticeFactorB = "F_latt_b"
  /// Factor of the lattice factor along c; 1 for one cell along c and for shapes other than `square`.
  case latticeFactorC = "F_latt_c"
  /// Lattice factor of the first step.
  case latticeFactor = "F_latt"
  /// Structure factor of the first step.
  case structureFactor = "F_cell"

  // MARK: Phi lines

  /// Number of the phi step.
  case phiIndex = "phi_tic"
  /// Spindle angle of the step.
  case phiDegrees = "phi_deg"
  /// Fractional index k of the step.
  case indexK = "k_frac"

  // MARK: Step lines

  /// Number of the sensor layer.
  case layer
  /// Number of the sub-pixel along the slow axis.
  case subSlow = "subS"
  /// Number of the sub-pixel along the fast axis.
  case subFast = "subF"
  /// Number of the source point.
  case source
  /// Number of the mosaic domain.
  case domain = "mos_tic"
  /// Fractional index h of the step.
  case stepH = "h"
  /// Fractional index k of the step.
  case stepK = "k"
  /// Fractional index l of the step.
  case stepL = "l"
  /// Sum of the pixel up to and including this step.
  case runningSum = "I"

  // MARK: Whole pixel

  /// Sum of |F_cell F_latt|² over all steps, background included.
  case sum = "I_before_scaling"
  /// Classical electron radius.
  case electronRadius = "r_e_meters"
  /// Square of the classical electron radius.
  case thomson = "r_e_sqr"
  /// Incident fluence, in photons per m².
  case fluence = "fluence_photons_per_m2"
  /// Whether the capture fraction is applied per sub-pixel.
  case oversamplesThick = "oversample_thick"
  /// Whether the polarization factor is applied per sub-pixel.
  case oversamplesPolar = "oversample_polar"
  /// Whether the solid angle is applied per sub-pixel.
  case oversamplesOmega = "oversample_omega"
  /// Fraction of the photons that the sensor absorbs, at the end of the pixel.
  case captureFraction = "capture_fraction"
  /// Polarization factor at the end of the pixel.
  case polarization = "polar"
  /// Solid angle at the end of the pixel.
  case solidAngle = "omega_pixel"
  /// Cosine of the scattering angle of the last source and sub-pixel.
  case cosTwoTheta = "cos_2theta"
  /// Photons of the pixel.
  case photons = "I_pixel_final"
  /// Photons of the pixel as stored, in single precision.
  case storedPhotons = "floatimage_accumulated"

  // MARK: Families

  /// The direct vectors of the set-up: a, b and c.
  public static let cell: [TraceName] = [.cellA, .cellB, .cellC]
  /// The reciprocal vectors of the set-up: a*, b* and c*.
  public static let reciprocalCell: [TraceName] = [.reciprocalA, .reciprocalB, .reciprocalC]
  /// The direct vectors of the first step.
  public static let rotatedCell: [TraceName] = [.rotatedA, .rotatedB, .rotatedC]
  /// The reciprocal vectors at rest that the lines of the first step repeat.
  public static let restReciprocalCell: [TraceName] = [.restReciprocalA, .restReciprocalB, .restReciprocalC]
  /// The reciprocal vectors of the first step.
  public static let rotatedReciprocalCell: [TraceName] = [
    .rotatedReciprocalA, .rotatedReciprocalB, .rotatedReciprocalC,
  ]
  /// The three factors of the lattice factor.
  public static let latticeFactorAxes: [TraceName] = [.latticeFactorA, .latticeFactorB, .latticeFactorC]
  /// The fractional indices of a step line: h, k and l.
  public static let stepIndices: [TraceName] = [.stepH, .stepK, .stepL]
  /// The sensor layer and sub-pixel of a step line.
  public static let block: [TraceName] = [.layer, .subSlow, .subFast]
  /// The source, phi step and mosaic domain of a step line.
  public static let step: [TraceName] = [.source, .phiIndex, .domain]
}

/// Names in logs of other programs for values that are not quantities of this simulator's traces.
public enum ForeignTraceName {
  /// The sum before the polarization factor, which some programs trace beside the sum with the factor.
  public static let sumBeforePolarization = "I_before_scaling_pre_polar"
  /// The structure factor of the nearest reflection, traced beside an interpolated structure factor.
  public static let nearestStructureFactor = "F_cell_nearest"
  /// Names of intermediate values of the detector's placement.
  public static let placement: Set<String> = [
    "detector_convention", "beam_center_m", "pix0_before_rotation", "pix0_after_rotz", "pix0_after_twotheta",
    "term_fast",
    "term_slow", "term_beam",
  ]
}
