/// One behaviour of the reference program that the documented physics does not share (docs/reference/80-quirks.md).
///
/// Each quirk is consulted at the one place in the code where it acts. The raw value is the identifier in the register
/// of quirks; behaviours that both compatibilities keep are not listed.
public enum Quirk: String, Sendable, CaseIterable, Codable {
  /// `-twotheta_axis` also sets the two-theta angle, to its first component in degrees.
  case twoThetaAxisSetsAngle = "Q-02"
  /// At φ = 0 exactly the rotated cell of the cyclically preceding phi step is used.
  case phiCarryOver = "Q-03"
  /// A close distance overrides a distance, whatever the order of the options.
  case closeDistanceAlwaysWins = "Q-04"
  /// Header keys are found as substrings, last occurrence, even inside values.
  case headerKeysAreSubstrings = "Q-05"
  /// The sum of a pixel runs through every layer, sub-pixel, source, phi step and domain, starts with the water
  /// background and is scaled as a whole: oversampled factors multiply all terms added before, the last layer's
  /// capture fraction applies to all layers, the background is scaled twice and divided by the steps and
  /// vanishes with the polarization factor where d_min removes every source; factors that are not oversampled
  /// are those of the first sub-pixel and source.
  case runningSum = "Q-06"
  /// `-oversample_polar` applies the polarization factor in spite of `-nopolar`.
  case oversamplePolarDefeatsNoPolar = "Q-08"
  /// A vector option discards all vectors of a named convention, and a named convention discards all vector options.
  case vectorOptionsReplaceConvention = "Q-09"
  /// Named conventions force their pivot.
  case conventionForcesPivot = "Q-10"
  /// A beam centre in the terms of another convention is ignored.
  case foreignCentreIgnored = "Q-11"
  /// A given detector origin only selects the CUSTOM convention.
  case originIgnored = "Q-12"
  /// The two-theta axis is used without normalisation.
  case twoThetaAxisNotNormalised = "Q-14"
  /// The reported distance and beam centre are computed without the two-theta swing.
  case distanceIgnoresTwoTheta = "Q-15"
  /// The z component of c* of a cell given by lengths and angles uses the direct volume ratio.
  case cellVolumeRatio = "Q-16"
  /// The widths of Gaussian and top-hat spots follow from the product of all cell counts.
  case spotWidthFromProduct = "Q-18"
  /// Source weights are ignored.
  case sourceWeightsIgnored = "Q-19"
  /// The curved detector is bent by the laboratory y and z components of the flat position.
  case curvedInLaboratoryFrame = "Q-20"
  /// The solid angle of point pixels lacks the factor of the pixel's area.
  case pointPixelWithoutArea = "Q-21"
  /// A divergence count without range or step spans one radian.
  case divergenceCountSpansRadian = "Q-22"
  /// A given layer count n makes n layers of thickness T/(n − 1), and at least two.
  case layersExceedSensor = "Q-23"
  /// `-oversample_thick` without a thickness blanks the image.
  case thickWithoutThickness = "Q-24"
  /// An infinite attenuation depth ahead of a thickness blanks the image.
  case infiniteAttenuationOrder = "Q-25"
  /// An oscillation of zero with a positive phi step makes no phi steps at all.
  case zeroPhiSteps = "Q-26"
  /// The first out-of-range index switches interpolation off for the rest of the run.
  case interpolationSwitchesOff = "Q-28"
  /// Interpolation is chosen by the cell counts before the crystal size is converted.
  case interpolationBeforeSize = "Q-29"
  /// Reflections are read as a stream of numbers: a decimal point in an index ends the list, extra columns shift all
  /// later numbers.
  case reflectionStream = "Q-30"
  /// The last line of a source list without newline, or a CR LF, fills the missing columns with zero.
  case sourceLineEndings = "Q-32"
  /// A reflection cache in the working directory is used although only a default structure factor was given.
  case strayCacheUsed = "Q-34"
  /// Mean and rms are over the unmasked pixels; the rmsd includes masked pixels as zeros.
  case statisticsPopulations = "Q-35"
  /// Negative seeds do not fill the generator's table anew.
  case negativeSeeds = "Q-36"
  /// The misset seed defaults to the clock even when a seed was given.
  case missetSeedFromClock = "Q-37"
  /// A header of more than 512 bytes is not padded and still claims 512.
  case headerUnpadded = "Q-39"
  /// The fraction of noisy counts is cut off rather than rounded, and negative counts wrap around.
  case noiseNotClipped = "Q-40"
  /// Mask pixels are 16-bit numbers of the machine from the start of the file: their byte order is not applied, and an
  /// odd header length is rounded down.
  case maskByteOrderIgnored = "Q-41"
  /// A mask header's vertical beam centre is measured from the far edge.
  case maskFlipsBeamCentre = "Q-42"
  /// A header's two-theta has no effect.
  case headerTwoThetaIgnored = "Q-43"
  /// An oscillation range of zero makes two identical steps.
  case zeroOscillationTwice = "Q-44"
  /// A step size without a range replaces the given count by two.
  case stepReplacesCount = "Q-45"
  /// Divergence points start at minus half the range, even if they do not end at plus half the range.
  case gridNotCentred = "Q-46"
  /// `-curved_det` as the last argument is ignored.
  case curvedNeedsFollower = "Q-51"
  /// The printed solid angle is divided by all steps.
  case solidAngleDividedBySteps = "Q-53"
  /// A negative close distance is accepted and makes intensities negative.
  case negativeDistance = "Q-54"
  /// Traces have the reciprocal vectors of the crystal at rest, but not those of the rotated crystal.
  case reciprocalTracedAtRest = "Q-55"
  /// With a matrix and a cell, directions come from the matrix and lengths from the cell.
  case cellAndMatrixMix = "Q-56"
  /// Poisson deviates are formed partly in single precision; deviates of means above a million are not whole numbers.
  case roughPoisson = "Q-57"
  /// A flux overrides a fluence, whatever the order of the options.
  case fluxOverridesFluence = "Q-58"
  /// Options are found as substrings of arguments.
  case optionsAreSubstrings = "Q-60"
  /// Sensor layers are evaluated at their front faces.
  case layersAtFrontFace = "Q-62"
  /// Image headers have no rotations of the detector, so that `-img` cannot restore them.
  case headerLosesRotations = "Q-63"
  /// The lattice factor uses sines of unreduced phases, and is rounding noise next to whole indices, for the round
  /// shape next to reflections. The register docs/reference/80-quirks.md lacks this quirk, which properties of this
  /// project found.
  case unreducedPhases = "R-01"
}

/// The set of quirks that a simulation reproduces: all for the reference program, none for the documented physics.
public struct Compatibility: Sendable, Hashable {
  /// One bit for each quirk; 1 if the simulation reproduces the quirk.
  private var bits: UInt64

  /// A compatibility with exactly the given quirks.
  public init(quirks: some Sequence<Quirk>) {
    bits = quirks.reduce(0) { $0 | Self.bit($1) }
  }

  /// Reproduces the reference program number for number.
  public static let cParity = Compatibility(quirks: Quirk.allCases)
  /// The physics as documented: no quirk acts.
  public static let spec = Compatibility(quirks: [])

  /// Whether the simulation reproduces a quirk.
  public func has(_ quirk: Quirk) -> Bool { bits & Self.bit(quirk) != 0 }

  /// A copy of the compatibility with one quirk switched on or off.
  public func setting(_ quirk: Quirk, _ on: Bool) -> Compatibility {
    var copy = self
    copy.bits = on ? bits | Self.bit(quirk) : bits & ~Self.bit(quirk)
    return copy
  }

  /// The bit of a quirk. The memory of an enumeration case without associated values is the case's position in the
  /// declaration; tests check this.
  private static func bit(_ quirk: Quirk) -> UInt64 { 1 << UInt64(unsafeBitCast(quirk, to: UInt8.self)) }

  /// The name shown to users: `c-parity`, `spec`, or `c-parity` with a list of the missing quirks.
  public var name: String {
    if self == .cParity { return "c-parity" }
    if self == .spec { return "spec" }
    let missing = Quirk.allCases.filter { !has($0) }.map(\.rawValue)
    return "c-parity without " + missing.joined(separator: ", ")
  }
}
