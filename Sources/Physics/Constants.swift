/// The physical constants of the reference program, to the last bit (docs/reference/00-overview.md §4).
public enum Constants {
  /// The square of the classical electron radius r_e, in m². The reference program calls it the Thomson cross section, which is
  /// 8π/3 times as much.
  public static let electronRadiusSquared = 7.94079248018965e-30
  /// The fluence for which r_e²·Φ is 1, in photons/m².
  public static let defaultFluence = 125932015286227086360700780544.0
  /// Avogadro's number, 1/mol.
  public static let avogadro = 6.02214179e23
  /// Degrees per radian; angles given in degrees are divided by it.
  public static let degreesPerRadian = 180.0 * (1.0 / Double.pi)
  /// The product of photon energy and wavelength, in eV·Å.
  public static let electronVoltAngstrom = 12398.42
  /// The amplitude of the round crystal per cell, √(π/6).
  public static let sphereAmplitude = 0.723601254558268
  /// The width of the Gaussian crystal's spots.
  public static let gaussianWidth = 0.63
  /// The squared radius of the top-hat crystal's spots.
  public static let topHatThreshold = 0.3969
  /// The structure factor of water, in electrons per molecule.
  public static let waterStructureFactor = 2.57
  /// The molecular weight of water, in g/mol.
  public static let waterMolecularWeight = 18.0
  /// The density by which a molecular weight is estimated from the volume of the crystal, in g/m³.
  public static let proteinDensity = 1.2e6
  /// Distance of a generated source point from the sample, in m; only its direction counts.
  public static let sourceDistance = 10.0
  /// Four times the squared, range-normalised divergence beyond which a source point is trimmed.
  public static let ellipticalTrimLimit = 1.1
  /// The smallest normal double: replaces a ratio or a volume of exactly zero.
  public static let tiny = Double.leastNormalMagnitude
}
