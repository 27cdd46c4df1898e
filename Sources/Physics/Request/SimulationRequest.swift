/// What a user said: every value optional, in the units of the command line (docs/reference/10-command-line.md §3).
///
/// A value that is nil was not mentioned. Where the order of what is said matters, the statements are kept in their
/// order. Nothing is checked or converted here; `Experiment` does both.
public struct SimulationRequest: Sendable {
  /// Nothing said.
  public init() {}

  // MARK: Crystal

  /// Number of cells along a.
  public var cellsA: Int?
  /// Number of cells along b.
  public var cellsB: Int?
  /// Number of cells along c.
  public var cellsC: Int?
  /// One to six of a, b, c (Å), α, β, γ (degrees); empty if not given.
  public var cell: [Double] = []
  /// The numbers of an orientation matrix file.
  public var matrix: OrientationMatrix?
  /// Extra rotations of the crystal.
  public var misset: Misset?
  /// Size of the crystal along x, in mm.
  public var sampleX: Double?
  /// Size of the crystal along y, in mm.
  public var sampleY: Double?
  /// Size of the crystal along z, in mm.
  public var sampleZ: Double?
  /// Structure factors from a list or a cache.
  public var structureFactors: StructureFactorSource?
  /// Structure factor where none is known, in electrons.
  public var defaultAmplitude: Double?
  /// Half-angle of the mosaic cap, in degrees.
  public var mosaicSpread: Double?
  /// Number of mosaic domains.
  public var mosaicDomains: Int?
  /// Shape of the crystal.
  public var shape: CrystalShape?
  /// Width of the spots of the round, Gaussian and top-hat shapes.
  public var fudge: Double?
  /// Whether to interpolate structure factors; nil leaves the choice to the cell counts.
  public var interpolate: Bool?

  // MARK: Geometry

  /// What headers and options say about where the detector stands, in its order.
  private var placements: [(statement: PlacementStatement, isFromHeader: Bool)] = []
  /// Where an image header says that the detector stands.
  public var headerPose: HeaderPose?
  /// Size of the detector along the fast axis, in mm.
  public var detectorFast: Double?
  /// Size of the detector along the slow axis, in mm.
  public var detectorSlow: Double?
  /// Number of pixels along the fast axis.
  public var pixelsFast: Int?
  /// Number of pixels along the slow axis.
  public var pixelsSlow: Int?
  /// Width of a pixel.
  public var pixelSize: Length?
  /// Whether the detector is curved.
  public var curved = false
  /// Whether the solid angle leaves the obliquity out.
  public var pointPixels = false
  /// What is said about the sensor, in its order.
  public var sensor: [SensorStatement] = []
  /// Number of sensor layers.
  public var sensorLayers: Int?

  // MARK: Beam

  /// Wavelength or photon energy.
  public var wavelength: Wavelength?
  /// What is said about the number of photons, in its order.
  public var photons: [PhotonStatement] = []
  /// Exposure time, in s.
  public var exposure: Double?
  /// Beam size, in mm.
  public var beamSize: Double?
  /// Kahn polarization factor.
  public var kahnFactor: Double?
  /// Whether the polarization correction is off.
  public var noPolarization = false
  /// Spectral dispersion, in percent.
  public var dispersion: Double?
  /// Number of wavelengths.
  public var dispersionSteps: Int?
  /// Horizontal divergence: range and step in mrad, count.
  public var horizontal = DivergenceRequest()
  /// Vertical divergence: range and step in mrad, count.
  public var vertical = DivergenceRequest()
  /// Whether the divergence grid keeps its corners.
  public var squareDivergence = false
  /// The lines of a source file.
  public var sources: [SourceLine]?
  /// Thickness of water, in µm.
  public var water: Double?

  // MARK: Sampling

  /// Sub-pixels along each axis of a pixel; zero or less chooses automatically.
  public var oversample: Int?
  /// Whether absorption is computed for every sub-pixel.
  public var oversampleThick = false
  /// Whether polarization is computed for every sub-pixel.
  public var oversamplePolar = false
  /// Whether the solid angle is computed for every sub-pixel.
  public var oversampleOmega = false
  /// Bounds of the rendered region; negative for the default.
  public var region: PixelBounds?
  /// Pixels to leave out.
  public var mask: PixelMask?
  /// Start of the spindle rotation, in degrees.
  public var phi: Double?
  /// Range of the spindle rotation, in degrees.
  public var oscillation: Double?
  /// Step of the spindle rotation, in degrees.
  public var phiStep: Double?
  /// Number of spindle steps.
  public var phiSteps: Int?
  /// Highest resolution, in Å.
  public var resolutionLimit: Double?
  /// Seed of the mosaic domains as given.
  public var mosaicSeed: Int?
  /// Seed of the random misset as given.
  public var missetSeed: Int?
  /// Seed of the noise as given.
  public var noiseSeed: Int?
  /// The seed that stands for the clock, supplied by the caller: this module reads none.
  public var clockSeed = 1
}

/// Rotations of the crystal away from its default orientation.
public enum Misset: Sendable, Hashable {
  /// Angles about the laboratory x, y and z axes, in degrees.
  case angles(Vector3)
  /// A random orientation.
  case random
}

/// Where structure factors come from.
public enum StructureFactorSource: Sendable {
  /// A list of reflections, and the file it came from.
  case list(ReflectionList, file: String)
  /// A table read from a cache.
  case table(StructureFactors)
}

/// A wavelength in the unit in which it was given.
public enum Wavelength: Sendable, Hashable {
  /// In Å.
  case angstroms(Double)
  /// As the energy of a photon, in eV.
  case electronVolts(Double)

  /// The wavelength in m.
  public var metres: Double {
    switch self {
    case .angstroms(let value): value / 1e10
    case .electronVolts(let energy): (Constants.electronVoltAngstrom / energy) / 1e10
    }
  }
}

/// One thing that is said about the sensor.
public enum SensorStatement: Sendable, Hashable {
  /// Attenuation depth, in µm; zero or infinite for no attenuation.
  case attenuationDepth(Double)
  /// Thickness, in µm.
  case thickness(Double)
}

/// One thing that is said about the number of photons.
public enum PhotonStatement: Sendable, Hashable {
  /// Fluence, in photons/m².
  case fluence(Double)
  /// Flux, in photons/s.
  case flux(Double)
}

/// A divergence as given.
public struct DivergenceRequest: Sendable, Hashable {
  /// Full range, in mrad.
  public var range: Double?
  /// Step size, in mrad.
  public var step: Double?
  /// Number of points.
  public var count: Int?
}

/// The pixels of a mask: zero means leave out.
public struct PixelMask: Sendable, Hashable {
  /// Whether each pixel is computed, in the order of an image.
  public let isComputed: [Bool]

  /// A mask.
  public init(isComputed: [Bool]) {
    self.isComputed = isComputed
  }
}

extension SimulationRequest {
  /// Adds what an option says about the placement of the detector.
  public mutating func place(_ statements: PlacementStatement...) {
    placements += statements.map { ($0, false) }
  }

  /// Adds what an image header says about the placement of the detector.
  public mutating func placeByHeader(_ statements: PlacementStatement...) {
    placements += statements.map { ($0, true) }
  }

  /// Forgets statements about the placement.
  public mutating func withdrawPlacements(where isWithdrawn: (PlacementStatement) -> Bool) {
    placements.removeAll { isWithdrawn($0.statement) }
  }

  /// What follows from all statements about the placement.
  public var placement: DetectorPlacement {
    var placement = DetectorPlacement()
    for (statement, isFromHeader) in placements {
      if isFromHeader { placement.add(header: statement) } else { placement.add(option: statement) }
    }
    return placement
  }

  /// The fluence and the flux that were given, in photons/m² and photons/s, and whether the fluence was the later one.
  var photonNumbers: (fluence: Double?, flux: Double?, isFluenceLast: Bool) {
    var found: (fluence: Double?, flux: Double?, isFluenceLast: Bool) = (nil, nil, false)
    for statement in photons {
      switch statement {
      case .fluence(let value): (found.fluence, found.isFluenceLast) = (value, true)
      case .flux(let value): (found.flux, found.isFluenceLast) = (value, false)
      }
    }
    return found
  }
}
