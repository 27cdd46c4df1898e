/// The values of quantities that the user does not give, in the units of the options. A test compares the help texts
/// with these values.
public enum RequestDefaults {
  /// Wavelength, in Å.
  public static let wavelength = 1.0
  /// Distance along the beam, in mm.
  public static let distance = 100.0
  /// Width of a pixel, in mm.
  public static let pixelSize = 0.1
  /// Size of the detector along each axis, in mm.
  public static let detectorSize = 102.4
  /// Size of the beam, in mm.
  public static let beamSize = 0.1
  /// Exposure time, in s.
  public static let exposure = 1.0
  /// Number of cells along each axis.
  public static let cells = 1
  /// Fudge factor of the squared spot distance, dimensionless.
  public static let fudge = 1.0
  /// Seed of the mosaic domains.
  public static let mosaicSeed = 12_345_678
}
