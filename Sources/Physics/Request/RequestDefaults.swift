extension Formulas {
  /// The values of quantities that the user does not give, in the units of the options. A test compares the help texts
  /// with these values.
  public enum RequestDefaults {
    /// Wavelength, in Å.
    public static var wavelength: Number { 1.0 }
    /// Distance along the beam, in mm.
    public static var distance: Number { 100.0 }
    /// Width of a pixel, in mm.
    public static var pixelSize: Number { 0.1 }
    /// Size of the detector along each axis, in mm.
    public static var detectorSize: Number { 102.4 }
    /// Size of the beam, in mm.
    public static var beamSize: Number { 0.1 }
    /// Exposure time, in s.
    public static var exposure: Number { 1.0 }
    /// Number of cells along each axis.
    public static var cells: Int { 1 }
    /// Fudge factor of the squared spot distance, dimensionless.
    public static var fudge: Number { 1.0 }
    /// Seed of the mosaic domains.
    public static var mosaicSeed: Int { 12_345_678 }
  }
}
