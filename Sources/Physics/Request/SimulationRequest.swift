/// What a user said: every value optional, in the units of the command line (spec/10 §3).
///
/// A value that is nil was not mentioned. Nothing is checked or converted here; `Experiment` does both.
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
  /// Size of the crystal along x, y and z, in mm.
  public var sampleX: Double?
  /// See `sampleX`.
  public var sampleY: Double?
  /// See `sampleX`.
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

  /// The value of the reference program's one convention variable: the last convention or vector option wins.
  public var lastConvention: Convention?
  /// The last convention that was named.
  public var namedConvention: Convention?
  /// Vectors that were given.
  public var vectors = GivenVectors()
  /// The value of the reference program's one pivot variable: the last option with a side effect on it wins.
  public var lastPivot: Pivot?
  /// The pivot that was asked for by name.
  public var namedPivot: Pivot?
  /// Beam centre in the terms of the convention: x, in mm.
  public var xBeam: Double?
  /// Beam centre in the terms of the convention: y.
  public var yBeam: BeamCentreY?
  /// Fast coordinate of the near point, in mm.
  public var xClose: Double?
  /// Slow coordinate of the near point, in mm.
  public var yClose: Double?
  /// Near point in pixels, counted from 1 at the middle of the first pixel: fast.
  public var originX: Double?
  /// See `originX`: slow.
  public var originY: Double?
  /// A detector origin, in m.
  public var detectorOrigin: Vector3?
  /// Distance along the beam, in mm.
  public var distance: Double?
  /// Distance along the normal, in mm.
  public var closeDistance: Double?
  /// Whether the last of the two distances given was the one along the beam.
  public var distanceGivenLast = false
  /// Angle of the two-theta swing, in degrees.
  public var twoTheta: Double?
  /// Two-theta of an image header, in degrees.
  public var headerTwoTheta: Double?
  /// Where an image header says that the detector stands.
  public var headerPose: HeaderPose?
  /// Rotation of the detector about x, y and z, in degrees.
  public var rotationX: Double?
  /// See `rotationX`.
  public var rotationY: Double?
  /// See `rotationX`.
  public var rotationZ: Double?
  /// Size of the detector along the fast axis, in mm.
  public var detectorFast: Double?
  /// Size of the detector along the slow axis, in mm.
  public var detectorSlow: Double?
  /// Number of pixels along the fast axis.
  public var pixelsFast: Int?
  /// Number of pixels along the slow axis.
  public var pixelsSlow: Int?
  /// Width of a pixel, in mm.
  public var pixelSize: Double?
  /// Whether the detector is curved.
  public var curved = false
  /// Whether the solid angle leaves the obliquity out.
  public var pointPixels = false
  /// Attenuation depth of the sensor, in µm.
  public var attenuationDepth: Double?
  /// Thickness of the sensor, in µm.
  public var sensorThickness: Double?
  /// Number of sensor layers.
  public var sensorLayers: Int?

  // MARK: Beam

  /// Wavelength, in m as the reference program computes it from Å or eV.
  public var wavelength: Double?
  /// Fluence, in photons/m².
  public var fluence: Double?
  /// Flux, in photons/s.
  public var flux: Double?
  /// Whether the fluence was given after the flux.
  public var fluenceGivenLast = false
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
  /// Bounds of the rendered region: fast minimum, maximum, slow minimum, maximum; negative for the default.
  public var region: [Int]?
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

/// Vectors of the laboratory frame that a user gave.
public struct GivenVectors: Sendable, Hashable {
  /// None given.
  public init() {}

  /// Direction of the beam.
  public var beam: Vector3?
  /// Direction of increasing fast coordinate.
  public var fast: Vector3?
  /// Direction of increasing slow coordinate.
  public var slow: Vector3?
  /// Detector normal.
  public var normal: Vector3?
  /// Axis of the two-theta swing.
  public var twoTheta: Vector3?
  /// Polarization axis.
  public var polarization: Vector3?
  /// Spindle axis.
  public var spindle: Vector3?

  /// The vectors of a convention where none was given.
  func filled(from base: FrameVectors) -> FrameVectors {
    FrameVectors(
      beam: beam ?? base.beam, fast: fast ?? base.fast, slow: slow ?? base.slow, normal: normal ?? base.normal,
      twoTheta: twoTheta ?? base.twoTheta, polarization: polarization ?? base.polarization,
      spindle: spindle ?? base.spindle)
  }
}

/// The vertical beam centre as given.
public enum BeamCentreY: Sendable, Hashable {
  /// From the first pixel, in mm.
  case fromOrigin(Double)
  /// From the far edge of a mask of `pixels` × `pixelSize` (mm), in mm.
  case fromFarEdge(Double, pixelSize: Double, pixels: Int)

  /// The distance from the first pixel, in m.
  var metres: Double {
    switch self {
    case .fromOrigin(let value): value / 1000
    case .fromFarEdge(let value, let pixelSize, let pixels): pixelSize / 1000 * Double(pixels) - value / 1000
    }
  }
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
