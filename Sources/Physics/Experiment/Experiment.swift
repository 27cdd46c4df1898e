extension Formulas {
  /// A completely specified simulation, in SI units: every omitted value is filled in and every quirk is resolved.
  ///
  /// `init(resolving:compatibility:)` builds an experiment from the user's request. The numbers of an experiment do not
  /// depend on the number of threads.
  public struct Experiment: Sendable {
    /// The compatibility that the numbers agree with.
    public let compatibility: Compatibility
    /// The beam.
    public let beam: Beam
    /// The detector.
    public let detector: Detector
    /// The crystal.
    public let crystal: Crystal
    /// Structure factors.
    public let structureFactors: StructureFactors
    /// Whether structure factors are interpolated, where the list has all neighbours (C name `interpolate`).
    public let interpolates: Bool
    /// The sampling of pixels and spindle angles.
    public let sampling: Sampling
    /// The rendered region.
    public let region: PixelRegion
    /// The mask of the pixels that are left out; nil if all pixels are rendered.
    public let mask: PixelMask?
    /// The random generator after misset and mosaic domains were drawn, with which the noise image starts.
    public let generator: UniformDeviates
    /// The initial state of the noise stream.
    public let noiseStream: Int
    /// Remarks on interpretations of the request that a user may not expect.
    public let remarks: [ExperimentRemark]
    /// Notes for the user that were added with `adding(notes:)`, one line each.
    public private(set) var notes: [String] = []

    /// A copy of the experiment with further notes for the user.
    public func adding(notes: [String]) -> Experiment {
      var copy = self
      copy.notes += notes
      return copy
    }

    /// The number of pixels of the image.
    public var pixelCount: Int { detector.fastPixels * detector.slowPixels }

    /// Whether a pixel is rendered: in the region and not masked.
    public func isRendered(_ pixel: PixelIndex) -> Bool { region.contains(pixel) && isUnmasked(pixel) }

    /// The index of a pixel in the image, in raster order.
    func index(of pixel: PixelIndex) -> Int { pixel.slow * detector.fastPixels + pixel.fast }

    /// The rendered pixels of a row.
    func renderedPixels(
      inRow slow: Int
    ) -> LazyFilterSequence<LazyMapSequence<Range<Int>, PixelIndex>> {
      region.fast.lazy.map { PixelIndex(slow: slow, fast: $0) }.filter { isUnmasked($0) }
    }

    /// Whether there is no mask, or the mask lets a pixel be computed.
    public func isUnmasked(_ pixel: PixelIndex) -> Bool {
      guard let mask else { return true }
      return mask.isComputed[index(of: pixel)]
    }
  }

  /// The incident beam.
  public struct Beam: Sendable {
    /// Unit vector of the nominal direction (C name `beam_vector`).
    public let direction: Vector3
    /// Unit vector of the nominal electric vector (C name `polar_vector`).
    public let polarizationAxis: Vector3
    /// The Kahn factor K, dimensionless, in −1...1 (C name `polarization`).
    public let kahnFactor: Number
    /// Whether intensities are corrected for polarization; false with `-nopolar` (C name `nopolar`).
    public let isPolarized: Bool
    /// The nominal wavelength λ0, in m (C name `lambda0`).
    public let wavelength: Number
    /// The fluence Φ, in photons/m² (C name `fluence`).
    public let fluence: Number
    /// The source points; at least one.
    public let sources: [Source]
    /// The grid of divergence and dispersion, which also exists if the sources come from a file.
    public let grid: SourceGrid
    /// The factor of each source, dimensionless: its weight over the mean weight, or 1 with `Quirk.sourceWeightsIgnored`.
    public let sourceFactors: [Number]
  }

  /// The crystal in the beam.
  public struct Crystal: Sendable {
    /// Direct and reciprocal vectors at rest.
    public let lattice: Lattice
    /// The unit cell, if lengths and angles were given and are used.
    public let cell: UnitCell?
    /// Shape and cell counts.
    public let form: CrystalForm
    /// Unit vector of the spindle.
    public let spindle: Vector3
    /// One rotation per mosaic domain; the first is the identity.
    public let domains: [Matrix3]
    /// The half-angle of the mosaic cap, in radians (C name `mosaic_spread`); zero if no domain is rotated.
    public let mosaicSpread: Number
    /// The misset angles about x, y and z, in radians (C name `misset`); nil if the crystal was not rotated.
    public let misset: Vector3?
    /// The water background I_bg, in the unit of the pixel sum (docs/reference/50-pixel-loop.md §1).
    public let background: Number
    /// The edge of the cube of water, in m (C name `water_size`).
    public let waterThickness: Number
  }

  /// The sampling of a pixel by sub-pixels and spindle steps.
  public struct Sampling: Sendable {
    /// The number of sub-pixels along each axis of a pixel (C name `oversample`).
    public let oversample: Int
    /// Whether absorption is applied per sub-pixel.
    public let thick: Bool
    /// Whether polarization is applied per sub-pixel.
    public let polar: Bool
    /// Whether the solid angle is applied per sub-pixel.
    public let omega: Bool
    /// The spindle angles φ, in radians.
    public let phi: [Number]
    /// The spindle angle φ0 at the start, in radians (C name `phi0`).
    public let phiStart: Number
    /// The range, step and count of the spindle angle, in radians, with omitted values filled in.
    public let phiTable: SamplingTable
    /// The smallest lattice spacing d that is computed, in m (C name `dmin`); zero for no limit.
    public let resolutionLimit: Number
    /// The number of steps, sources × domains × spindle steps × sub-pixels (C name `steps`).
    public let steps: Int
  }
}
