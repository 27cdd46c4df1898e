/// Two logs of a pixel that disagree in known ways.
public enum DisagreeingLogs {
  /// The reference, in the newer grammar of trace lines.
  public static let reference = """
    nanoBragg nanocrystal diffraction simulator
    TRACE_C: I_before_scaling 943654.80923755
    TRACE_C: r_e_sqr 7.94079248018965e-30
    TRACE_C: fluence_photons_per_m2 1e+24
    TRACE_C: steps 10
    TRACE_C: capture_fraction 0
    TRACE_C: polar 0.5
    TRACE_C: omega_pixel 4e-07
    TRACE_C: cos_2theta 0.75
    TRACE_C: I_pixel_final 2.5e-07

    """
  /// The candidate, in the older grammar.
  public static let candidate = """
    TRACE_PY:I_before_scaling=861303.580879118
    TRACE_PY:I_before_scaling_pre_polar=943654.80923755
    TRACE_PY:r_e_sqr=7.94079248018965e-30
    TRACE_PY:fluence_photons_per_m2=1e+24
    TRACE_PY:steps=5
    TRACE_PY:capture_fraction=1e-31
    TRACE_PY:polar=0.50001
    TRACE_PY:omega_pixel=4.01e-07
    TRACE_PY:cos_2theta=NOT_EXTRACTED
    TRACE_PY:I_pixel_final=2.5000002e-07

    """
}
