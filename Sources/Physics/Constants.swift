extension Formulas {
  /// The physical constants of the reference program, to the last bit (docs/reference/00-overview.md §4).
  public enum Constants {
    /// The square of the classical electron radius r_e, in m² (C name `r_e_sqr`). The reference program calls this
    /// constant the Thomson cross section, which is 8π/3 times r_e².
    public static var electronRadiusSquared: Number { 7.94079248018965e-30 }
    /// The fluence Φ for which r_e²·Φ is 1, in photons/m² (initial value of the C name `fluence`).
    public static var defaultFluence: Number { 125932015286227086360700780544.0 }
    /// Avogadro's number, in 1/mol (C name `Avogadro`).
    public static var avogadro: Number { 6.02214179e23 }
    /// Degrees per radian, by which angles given in degrees are divided (C name `RTD`).
    public static var degreesPerRadian: Number { 180.0 * (1.0 / Number.pi) }
    /// The product of photon energy and wavelength, in eV·Å.
    public static var electronVoltAngstrom: Number { 12398.42 }
    /// The lattice factor of the round crystal at a reflection, per cell: √(π/6), dimensionless.
    public static var sphereAmplitude: Number { 0.723601254558268 }
    /// The width of the Gaussian crystal's spots, dimensionless: F_latt falls by a factor of e where d²·fudge is 0.63.
    public static var gaussianWidth: Number { 0.63 }
    /// The squared radius 0.63² of the top-hat crystal's spots, dimensionless.
    public static var topHatThreshold: Number { 0.3969 }
    /// The structure factor of water, in electrons per molecule.
    public static var waterStructureFactor: Number { 2.57 }
    /// The molecular weight of water, in g/mol.
    public static var waterMolecularWeight: Number { 18.0 }
    /// The density of protein, in g/m³, by which the molecular weight of the crystal is estimated from its volume.
    public static var proteinDensity: Number { 1.2e6 }
    /// Distance of a generated source point from the sample, in m. The image depends only on the direction of the source.
    public static var sourceDistance: Number { 10.0 }
    /// The limit of four times the squared divergence, in units of the range, beyond which a source point is left out.
    public static var ellipticalTrimLimit: Number { 1.1 }
    /// The smallest normal double, which replaces a ratio or a volume of exactly zero.
    public static var tiny: Number { Number(Double.leastNormalMagnitude) }
  }
}
