/// A simulation in which nothing is left open: SI units, every blank filled in, every quirk resolved.
///
/// Built by `init(resolving:compatibility:)` from what the user said; the same experiment gives the same numbers
/// whatever the number of threads.
public struct Experiment: Sendable {
  /// What the numbers are to agree with.
  public let compatibility: Compatibility
  /// The beam.
  public let beam: Beam
  /// The detector.
  public let detector: Detector
  /// The crystal.
  public let crystal: Crystal
  /// Structure factors.
  public let structureFactors: StructureFactors
  /// Whether structure factors are interpolated, as far as the list reaches.
  public let interpolates: Bool
  /// How pixels and angles are sampled.
  public let sampling: Sampling
  /// The rendered region.
  public let region: PixelRegion
  /// Pixels left out, if any.
  public let mask: PixelMask?
  /// The random generator after misset and mosaic domains, as the noise image finds it.
  public let generator: UniformDeviates
  /// The initial state of the noise stream.
  public let noiseStream: Int
  /// How the request was read where a user may not expect it.
  public let remarks: [ExperimentRemark]
  /// What the user should know, one line each: what was added with `adding(notes:)`.
  public private(set) var notes: [String] = []

  /// The same experiment with further notes for the user.
  public func adding(notes: [String]) -> Experiment {
    var copy = self
    copy.notes += notes
    return copy
  }

  /// The number of pixels of the image.
  public var pixelCount: Int { detector.fastPixels * detector.slowPixels }

  /// Whether a pixel is rendered: in the region and not masked.
  public func isRendered(_ pixel: PixelIndex) -> Bool { region.contains(pixel) && isUnmasked(pixel) }

  /// The place of a pixel in the image, counted along the rows.
  func index(of pixel: PixelIndex) -> Int { pixel.slow * detector.fastPixels + pixel.fast }

  /// The rendered pixels of a row.
  func renderedPixels(
    inRow slow: Int
  ) -> LazyFilterSequence<LazyMapSequence<Range<Int>, PixelIndex>> {
    region.fast.lazy.map { PixelIndex(slow: slow, fast: $0) }.filter { isUnmasked($0) }
  }

  /// Whether the mask leaves a pixel in.
  public func isUnmasked(_ pixel: PixelIndex) -> Bool {
    guard let mask else { return true }
    return mask.isComputed[index(of: pixel)]
  }
}

/// The incident beam.
public struct Beam: Sendable {
  /// Unit vector of the nominal direction.
  public let direction: Vector3
  /// Unit vector of the nominal electric vector.
  public let polarizationAxis: Vector3
  /// Kahn's polarization factor.
  public let kahnFactor: Double
  /// Whether intensities are corrected for polarization.
  public let isPolarized: Bool
  /// The nominal wavelength, in m.
  public let wavelength: Double
  /// Photons per m².
  public let fluence: Double
  /// The source points; at least one.
  public let sources: [Source]
  /// Divergence and dispersion, whether or not the sources come from them.
  public let grid: SourceGrid
  /// The factor of each source: its weight over the mean weight, or 1 with `Quirk.sourceWeightsIgnored`.
  public let sourceFactors: [Double]
}

/// The crystal in the beam.
public struct Crystal: Sendable {
  /// Direct and reciprocal vectors at rest.
  public let lattice: Lattice
  /// The cell by lengths and angles, if one was given and counts.
  public let cell: UnitCell?
  /// Shape and cell counts.
  public let form: CrystalForm
  /// Unit vector of the spindle.
  public let spindle: Vector3
  /// One rotation per mosaic domain; the first is the identity.
  public let domains: [Matrix3]
  /// The half-angle of the mosaic cap, in radians; zero if no domain is rotated.
  public let mosaicSpread: Double
  /// The misset angles in force, in radians, if the crystal was rotated.
  public let misset: Vector3?
  /// The water background I_bg, in the unit of the pixel sum (docs/reference/50-pixel-loop.md §1).
  public let background: Double
  /// The thickness of water, in m.
  public let waterThickness: Double
}

/// How finely a pixel is sampled.
public struct Sampling: Sendable {
  /// Sub-pixels along each axis of a pixel.
  public let oversample: Int
  /// Whether absorption is applied per sub-pixel.
  public let thick: Bool
  /// Whether polarization is applied per sub-pixel.
  public let polar: Bool
  /// Whether the solid angle is applied per sub-pixel.
  public let omega: Bool
  /// The spindle angles φ, in radians.
  public let phi: [Double]
  /// Where the spindle starts, in radians.
  public let phiStart: Double
  /// The phi steps as completed.
  public let phiTable: SamplingTable
  /// The highest resolution, in m; zero for no limit.
  public let resolutionLimit: Double
  /// Sources × domains × phi steps × sub-pixels.
  public let steps: Int
}
