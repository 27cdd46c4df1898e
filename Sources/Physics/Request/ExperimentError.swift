/// The reason why no experiment can be made from a request, or why a pixel has no trace.
///
/// The cases and their messages name quantities. `RequestError` adds the options of the command line.
public enum ExperimentError: Error, Sendable, Hashable {
  /// Neither a cell nor an orientation matrix.
  case noCell
  /// The first length of a cell is not a positive number.
  case cellLengthNotPositive(cell: [Double])
  /// Another length of a cell is zero.
  case cellLengthZero(axis: String, cell: [Double])
  /// No parallelepiped has the angles of a cell.
  case impossibleCellAngles(cell: [Double])
  /// The volume of a cell is infinite.
  case infiniteCellVolume(cell: [Double])
  /// An orientation matrix does not have nine values.
  case matrixSize(Int, source: String)
  /// The reciprocal vectors of an orientation matrix lie in a plane.
  case singularMatrix(source: String)
  /// A reflection list spans more indices than a table can have. `h`, `k` and `l` are the numbers of indices; the sizes
  /// are in MiB.
  case tableTooLarge(h: Int, k: Int, l: Int, mebibytes: Int, limit: Int, source: String)
  /// Neither reflections nor a default structure factor.
  case noStructureFactors
  /// The crystal is more than 10¹⁵ cells wide.
  case crystalTooLarge
  /// A fudge factor that the shape cannot have.
  case fudge(Double, problem: String)
  /// A wavelength that is not positive, in Å.
  case wavelengthNotPositive(Double)
  /// A pixel size that is not positive, in mm.
  case pixelSizeNotPositive(Double)
  /// A distance along the beam of zero.
  case distanceZero
  /// A distance along the normal of zero.
  case closeDistanceZero
  /// A negative distance along the beam, in mm.
  case distanceNegative(Double)
  /// A negative distance along the normal, in mm.
  case closeDistanceNegative(Double)
  /// More pixels than an image can have.
  case imageTooLarge(fastPixels: Int, slowPixels: Int)
  /// A side of the detector with no pixel or too many pixels: the given number of pixels, the size in mm, and the
  /// number of pixels that follows from the size.
  case detectorSide(isFast: Bool, pixels: Int?, millimetres: Double, count: Double)
  /// The beam runs along the detector plane.
  case beamAlongDetector
  /// The sample would see the back of the detector, at this distance along the normal, in mm.
  case backOfDetector(closeDistance: Double)
  /// The mask has fewer pixels than the image.
  case maskTooSmall(pixels: Int, fastPixels: Int, slowPixels: Int)
  /// A flux through a beam of size zero.
  case beamSizeZero
  /// A source point with a wavelength or position that cannot be used: its number from 1, its wavelength in m, its
  /// position in m.
  case unusableSource(number: Int, wavelength: Double, position: [Double], isFromFile: Bool)
  /// No source has a positive weight.
  case sourcesWithoutWeight
  /// More source points than are supported.
  case tooManySources(Double, limit: Int)
  /// The elliptical trim leaves no source point.
  case divergenceTrimmedAway
  /// A range of more steps than the limit.
  case tooManySteps(SampledQuantity, steps: Double, limit: Int)
  /// A count above the limit.
  case countTooLarge(SampledQuantity, count: Int, limit: Int)
  /// The automatic number of sub-pixels is infinite, because the distance along the beam is zero.
  case noAutomaticSubPixels
  /// More than 1000 sub-pixels along each side of a pixel would follow from the size of the crystal.
  case tooManySubPixels(Double)
  /// More steps in a pixel than the limit of 32-bit integers.
  case tooManyStepsInPixel(limit: Int)
  /// The pixel is outside the image.
  case pixelOutside(PixelIndex, fastPixels: Int, slowPixels: Int)
  /// The pixel is outside the region, or masked.
  case pixelNotRendered(PixelIndex)

  /// A quantity that is sampled in steps.
  public enum SampledQuantity: Sendable, Hashable {
    /// The spindle angle.
    case phi
    /// The horizontal divergence.
    case horizontalDivergence
    /// The vertical divergence.
    case verticalDivergence
    /// The wavelength.
    case dispersion
    /// The mosaic domains.
    case mosaicDomains
    /// The layers of the sensor.
    case sensorLayers
  }
}

extension ExperimentError: CustomStringConvertible {
  /// The problem, in one sentence without a full stop.
  public var description: String {
    switch self {
    case .noCell, .cellLengthNotPositive, .cellLengthZero, .impossibleCellAngles, .infiniteCellVolume, .matrixSize,
      .singularMatrix, .tableTooLarge, .noStructureFactors, .crystalTooLarge, .fudge:
      crystalProblem
    case .wavelengthNotPositive, .beamSizeZero, .unusableSource, .sourcesWithoutWeight, .tooManySources,
      .divergenceTrimmedAway:
      beamProblem
    case .tooManySteps, .countTooLarge, .noAutomaticSubPixels, .tooManySubPixels, .tooManyStepsInPixel:
      samplingProblem
    case .pixelSizeNotPositive, .distanceZero, .closeDistanceZero, .distanceNegative, .closeDistanceNegative,
      .imageTooLarge, .detectorSide, .beamAlongDetector, .backOfDetector, .maskTooSmall, .pixelOutside,
      .pixelNotRendered:
      detectorProblem
    }
  }

  private var crystalProblem: String {
    switch self {
    case .noCell: "no unit cell: neither lengths and angles nor an orientation matrix was given"
    case .cellLengthNotPositive: "the length of a must be a positive number of Å"
    case .cellLengthZero(let axis, _): "the length of \(axis) is zero"
    case .impossibleCellAngles: "no cell has these angles: its volume would be zero or imaginary"
    case .infiniteCellVolume: "the volume of the cell is too large for a number"
    case .matrixSize(let count, _): "the matrix has \(count) numbers, nine are needed"
    case .singularMatrix: "the three reciprocal vectors do not span a volume"
    case .tableTooLarge(let h, let k, let l, let size, let limit, _):
      "the indices span \(h) x \(k) x \(l) values, \(size) MiB; at most \(limit) MiB are accepted here"
    case .noStructureFactors: "no structure factors: neither reflections nor a default was given"
    case .crystalTooLarge: "the crystal would be more than 1e15 cells wide"
    case .fudge(_, let problem): problem
    default: ""
    }
  }

  private var beamProblem: String {
    switch self {
    case .wavelengthNotPositive: "the wavelength must be positive"
    case .beamSizeZero: "with a flux a beam of no size has an infinite fluence"
    case .unusableSource(let number, let wavelength, let position, _):
      "source \(number) has wavelength \(wavelength) m and position \(position)"
    case .sourcesWithoutWeight: "no source has a positive weight"
    case .tooManySources(let count, _): "the source would have \(count) points"
    case .divergenceTrimmedAway: "the elliptical trim removes every source point"
    default: ""
    }
  }

  private var samplingProblem: String {
    switch self {
    case .tooManySteps(_, let steps, let limit): "the range would take \(steps) steps, more than \(limit)"
    case .countTooLarge(_, _, let limit): "more than \(limit) are not supported"
    case .noAutomaticSubPixels: "the distance along the beam is zero: the beam runs along the detector plane"
    case .tooManySubPixels(let count):
      "the size of the crystal asks for \(count) sub-pixels along each side of a pixel"
    case .tooManyStepsInPixel(let limit): "a pixel would take more than \(limit) steps"
    default: ""
    }
  }

  private var detectorProblem: String {
    switch self {
    case .pixelSizeNotPositive: "the pixel size must be positive"
    case .distanceZero: "the detector would be at the sample"
    case .closeDistanceZero: "the detector plane would contain the sample"
    case .distanceNegative, .closeDistanceNegative: "the distance is negative"
    case .imageTooLarge: "the image would have more than 2^30 pixels"
    case .detectorSide(_, _, _, let count):
      "the detector would have \(count >= 1 ? NumberText.text("%.0f", count) : "no") pixels"
    case .beamAlongDetector: "the beam runs along the detector plane and never meets it"
    case .backOfDetector(let distance):
      "the sample would see the back of the detector: its distance along the normal is "
        + NumberText.text("%g mm", distance)
    case .maskTooSmall(let pixels, let fast, let slow): "it has \(pixels) pixels, the image has \(fast) x \(slow)"
    case .pixelOutside: "the pixel is outside the image"
    case .pixelNotRendered: "the pixel is not rendered: outside the region of interest, or masked"
    default: ""
    }
  }
}
