extension Formulas {
  /// The request of a user: every value is optional and in the unit of its option (docs/reference/10-command-line.md §3).
  ///
  /// A value that was not given is nil. Statements whose order matters are kept in their order. A request does not check
  /// or convert values; `Experiment` does both.
  public struct SimulationRequest: Sendable {
    /// A request without any value.
    public init() {}

    // MARK: Crystal

    /// Number of cells along a.
    public var cellsA: Int?
    /// Number of cells along b.
    public var cellsB: Int?
    /// Number of cells along c.
    public var cellsC: Int?
    /// One to six of a, b, c (Å), α, β, γ (degrees); empty if not given.
    public var cell: [Number] = []
    /// The numbers of an orientation matrix file.
    public var matrix: OrientationMatrix?
    /// Extra rotations of the crystal.
    public var misset: Misset?
    /// Size of the crystal along x, in mm.
    public var sampleX: Number?
    /// Size of the crystal along y, in mm.
    public var sampleY: Number?
    /// Size of the crystal along z, in mm.
    public var sampleZ: Number?
    /// Structure factors from a list or a cache.
    public var structureFactors: StructureFactorSource?
    /// Structure factor where no reflection is known, in electrons.
    public var defaultAmplitude: Number?
    /// Half-angle of the mosaic cap, in degrees.
    public var mosaicSpread: Number?
    /// Number of mosaic domains.
    public var mosaicDomains: Int?
    /// Shape of the crystal.
    public var shape: CrystalShape?
    /// Factor of the squared spot distance of the round, Gaussian and top-hat shapes, dimensionless.
    public var fudge: Number?
    /// Whether structure factors are interpolated; nil for the automatic choice by the cell counts.
    public var interpolate: Bool?

    /// The numbers of cells along a, b and c as real numbers, by which numbers can be differentiated; nil for the whole
    /// numbers above.
    package var continuousCells: Vector3?

    // MARK: Geometry

    /// The statements of headers and options about the placement of the detector, in their order.
    var placements: [(statement: PlacementStatement, isFromHeader: Bool)] = []
    /// The pose of the detector in an image header.
    public var headerPose: HeaderPose?
    /// Size of the detector along the fast axis, in mm.
    public var detectorFast: Number?
    /// Size of the detector along the slow axis, in mm.
    public var detectorSlow: Number?
    /// Number of pixels along the fast axis.
    public var pixelsFast: Int?
    /// Number of pixels along the slow axis.
    public var pixelsSlow: Int?
    /// Width of a pixel.
    public var pixelSize: Length?
    /// Whether the detector is curved.
    public var curved = false
    /// Whether the solid angle lacks the obliquity factor.
    public var pointPixels = false
    /// The statements about the sensor, in their order.
    public var sensor: [SensorStatement] = []
    /// Number of sensor layers.
    public var sensorLayers: Int?

    // MARK: Beam

    /// Wavelength or photon energy.
    public var wavelength: Wavelength?
    /// The statements about the number of photons, in their order.
    public var photons: [PhotonStatement] = []
    /// Exposure time, in s.
    public var exposure: Number?
    /// Beam size, in mm.
    public var beamSize: Number?
    /// Kahn factor K, in −1...1.
    public var kahnFactor: Number?
    /// Whether the polarization correction is off.
    public var noPolarization = false
    /// Spectral dispersion, in percent.
    public var dispersion: Number?
    /// Number of wavelengths.
    public var dispersionSteps: Int?
    /// Range, step and count of the horizontal divergence.
    public var horizontal = DivergenceRequest()
    /// Range, step and count of the vertical divergence.
    public var vertical = DivergenceRequest()
    /// Whether the divergence grid keeps its corners.
    public var squareDivergence = false
    /// The lines of a source file.
    public var sources: [SourceLine]?
    /// Edge of the cube of water, in µm.
    public var water: Number?

    // MARK: Sampling

    /// Sub-pixels along each axis of a pixel; zero or less for the automatic number.
    public var oversample: Int?
    /// Whether absorption is computed for every sub-pixel.
    public var oversampleThick = false
    /// Whether polarization is computed for every sub-pixel.
    public var oversamplePolar = false
    /// Whether the solid angle is computed for every sub-pixel.
    public var oversampleOmega = false
    /// Inclusive bounds of the rendered region; a negative bound is replaced by the default.
    public var region: PixelBounds?
    /// The mask of the pixels that are left out.
    public var mask: PixelMask?
    /// Start of the spindle rotation, in degrees.
    public var phi: Number?
    /// Range of the spindle rotation, in degrees.
    public var oscillation: Number?
    /// Step of the spindle rotation, in degrees.
    public var phiStep: Number?
    /// Number of spindle steps.
    public var phiSteps: Int?
    /// Smallest lattice spacing d that is computed, in Å.
    public var resolutionLimit: Number?
    /// Seed of the mosaic domains.
    public var mosaicSeed: Int?
    /// Seed of the random misset.
    public var missetSeed: Int?
    /// Seed of the noise.
    public var noiseSeed: Int?
    /// The seed in place of a missing misset or noise seed. The caller takes it from the clock, because this module reads
    /// no clock.
    public var clockSeed = 1
  }

  /// Rotations of the crystal away from its default orientation.
  public enum Misset: Sendable, Hashable {
    /// Angles about the laboratory x, y and z axes, in degrees.
    case angles(Vector3)
    /// A random orientation.
    case random
  }

  /// The source of the structure factors.
  public enum StructureFactorSource: Sendable {
    /// A list of reflections, and the file of the list.
    case list(ReflectionList, file: String)
    /// A table read from a cache.
    case table(StructureFactors)
  }

  /// A wavelength in the unit in which it was given.
  public enum Wavelength: Sendable, Hashable {
    /// In Å.
    case angstroms(Number)
    /// As the energy of a photon, in eV.
    case electronVolts(Number)

    /// The wavelength in m.
    public var metres: Number {
      switch self {
      case .angstroms(let value): value / 1e10
      case .electronVolts(let energy): (Constants.electronVoltAngstrom / energy) / 1e10
      }
    }
  }

  /// One statement about the sensor.
  public enum SensorStatement: Sendable, Hashable {
    /// Attenuation depth, in µm; zero or infinite for no attenuation.
    case attenuationDepth(Number)
    /// Thickness, in µm.
    case thickness(Number)
  }

  /// One statement about the number of photons.
  public enum PhotonStatement: Sendable, Hashable {
    /// Fluence, in photons/m².
    case fluence(Number)
    /// Flux, in photons/s.
    case flux(Number)
  }

  /// The values given for a divergence.
  public struct DivergenceRequest: Sendable, Hashable {
    /// Full range, in mrad.
    public var range: Number?
    /// Step size, in mrad.
    public var step: Number?
    /// Number of points.
    public var count: Int?
  }
}

/// A mask of the pixels that are computed.
public struct PixelMask: Sendable, Hashable {
  /// Whether each pixel is computed, in raster order.
  public let isComputed: [Bool]

  /// A mask with one value for each pixel, in raster order.
  public init(isComputed: [Bool]) {
    self.isComputed = isComputed
  }
}

extension Formulas.SimulationRequest {
  /// Adds statements of an option about the placement of the detector.
  public mutating func place(_ statements: Formulas.PlacementStatement...) {
    placements += statements.map { ($0, false) }
  }

  /// Adds statements of an image header about the placement of the detector.
  public mutating func placeByHeader(_ statements: Formulas.PlacementStatement...) {
    placements += statements.map { ($0, true) }
  }

  /// Removes the statements about the placement for which `isWithdrawn` is true.
  public mutating func withdrawPlacements(where isWithdrawn: (Formulas.PlacementStatement) -> Bool) {
    placements.removeAll { isWithdrawn($0.statement) }
  }

  /// The placement that follows from all statements, in their order.
  public var placement: Formulas.DetectorPlacement {
    var placement = Formulas.DetectorPlacement()
    for (statement, isFromHeader) in placements {
      if isFromHeader { placement.add(header: statement) } else { placement.add(option: statement) }
    }
    return placement
  }

  /// The fluence and the flux that were given, in photons/m² and photons/s, and whether the fluence was given last. Of
  /// several values of a quantity, the last is used.
  var photonNumbers: (fluence: Number?, flux: Number?, isFluenceLast: Bool) {
    var found: (fluence: Number?, flux: Number?, isFluenceLast: Bool) = (nil, nil, false)
    for statement in photons {
      switch statement {
      case .fluence(let value): (found.fluence, found.isFluenceLast) = (value, true)
      case .flux(let value): (found.flux, found.isFluenceLast) = (value, false)
      }
    }
    return found
  }
}
