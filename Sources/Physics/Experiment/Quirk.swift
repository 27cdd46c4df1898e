/// One behaviour of the reference program that the documented physics does not share (docs/reference/80-quirks.md).
///
/// Each value is consulted at the one place where it acts. The raw value is the identifier in the register of
/// quirks; behaviours that both compatibilities keep are not listed.
public enum Quirk: String, Sendable, CaseIterable, Codable {
  /// `-twotheta_axis` also sets the two-theta angle, to its first component in degrees.
  case twoThetaAxisSetsAngle = "Q-02"
  /// At φ = 0 exactly the rotated cell of the cyclically preceding phi step is used.
  case phiCarryOver = "Q-03"
  /// A close distance wins over a distance whatever the order.
  case closeDistanceAlwaysWins = "Q-04"
  /// Header keys are found as substrings, last occurrence, even inside values.
  case headerKeysAreSubstrings = "Q-05"
  /// The sum of a pixel runs through every layer, sub-pixel, source, phi step and domain, starts with the water
  /// background and is scaled as a whole: oversampled factors multiply all that came before, the last layer's
  /// capture fraction applies to all layers, the background is scaled twice and divided by the steps
  /// and vanishes with the polarization factor where d_min removes every source; factors that are not
  /// oversampled are those of the first sub-pixel and source.
  case runningSum = "Q-06"
  /// `-oversample_polar` applies the polarization factor in spite of `-nopolar`.
  case oversamplePolarDefeatsNoPolar = "Q-08"
  /// A vector option discards all vectors of a named convention, and the other way round.
  case vectorOptionsReplaceConvention = "Q-09"
  /// Named conventions force their pivot.
  case conventionForcesPivot = "Q-10"
  /// A beam centre in the terms of another convention is ignored.
  case foreignCentreIgnored = "Q-11"
  /// A given detector origin only selects the CUSTOM convention.
  case originIgnored = "Q-12"
  /// The two-theta axis is used without normalisation.
  case twoThetaAxisNotNormalised = "Q-14"
  /// The reported distance and direct beam leave two-theta out.
  case distanceIgnoresTwoTheta = "Q-15"
  /// The z component of c* of a cell given by lengths and angles uses the direct volume ratio.
  case cellVolumeRatio = "Q-16"
  /// Gaussian and top-hat spots are as wide as the product of all cell counts says.
  case spotWidthFromProduct = "Q-18"
  /// Source weights do not count.
  case sourceWeightsIgnored = "Q-19"
  /// The curved detector bends about the laboratory y and z displacements.
  case curvedInLaboratoryFrame = "Q-20"
  /// Point pixels have no area.
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
  /// Reflections are read as a stream of numbers: a decimal point in an index ends it, extra columns shift it.
  case reflectionStream = "Q-30"
  /// The last line of a source list without newline, or a CR LF, fills the missing columns with zero.
  case sourceLineEndings = "Q-32"
  /// A reflection cache in the working directory is used although only a default structure factor was given.
  case strayCacheUsed = "Q-34"
  /// Mean and rms leave masked pixels out, rmsd has them.
  case statisticsPopulations = "Q-35"
  /// Negative seeds do not fill the generator's table anew.
  case negativeSeeds = "Q-36"
  /// The misset seed defaults to the clock even when a seed was given.
  case missetSeedFromClock = "Q-37"
  /// A header of more than 512 bytes is not padded and still claims 512.
  case headerUnpadded = "Q-39"
  /// Noisy counts are cut off rather than rounded, and negative ones wrap around.
  case noiseNotClipped = "Q-40"
  /// Mask pixels are 16-bit numbers of the machine from the start of the file: their byte order is not applied, and an
  /// odd header length counts one less.
  case maskByteOrderIgnored = "Q-41"
  /// A mask header's vertical beam centre counts from the far edge.
  case maskFlipsBeamCentre = "Q-42"
  /// A header's two-theta has no effect.
  case headerTwoThetaIgnored = "Q-43"
  /// An oscillation range of zero makes two identical steps.
  case zeroOscillationTwice = "Q-44"
  /// A step size without a range replaces the given count by two.
  case stepReplacesCount = "Q-45"
  /// Divergence points start at minus half the range, wherever the last one falls.
  case gridNotCentred = "Q-46"
  /// `-curved_det` as the last argument is ignored.
  case curvedNeedsFollower = "Q-51"
  /// The printed solid angle is divided by all steps.
  case solidAngleDividedBySteps = "Q-53"
  /// A negative close distance is accepted and makes intensities negative.
  case negativeDistance = "Q-54"
  /// Traces have the reciprocal vectors of the crystal at rest only.
  case reciprocalTracedAtRest = "Q-55"
  /// With a matrix and a cell, directions come from one and lengths from the other.
  case cellAndMatrixMix = "Q-56"
  /// Poisson deviates are formed partly in single precision; those of means above a million are not whole.
  case roughPoisson = "Q-57"
  /// A flux overrides a fluence whatever the order.
  case fluxOverridesFluence = "Q-58"
  /// Options are found as substrings of arguments.
  case optionsAreSubstrings = "Q-60"
  /// Sensor layers are evaluated at their front faces.
  case layersAtFrontFace = "Q-62"
  /// Image headers have no rotations of the detector, so that `-img` cannot restore them.
  case headerLosesRotations = "Q-63"
  /// The lattice factor takes sines of unreduced phases: next to whole indices, and for the round shape at the origin,
  /// it is rounding noise. Not in the register of docs/reference/80-quirks.md; found by the properties of this project.
  case unreducedPhases = "R-01"
}

/// What a simulation is to agree with: the reference program, its quirks included, or the documented physics.
public struct Compatibility: Sendable, Hashable {
  /// One bit for each quirk in force.
  private var bits: UInt64

  /// A compatibility with just the given quirks.
  public init(quirks: some Sequence<Quirk>) {
    bits = quirks.reduce(0) { $0 | Self.bit($1) }
  }

  /// Reproduces the reference program number for number.
  public static let cParity = Compatibility(quirks: Quirk.allCases)
  /// The physics as documented: no quirk acts.
  public static let spec = Compatibility(quirks: [])

  /// Whether a quirk is in force.
  public func has(_ quirk: Quirk) -> Bool { bits & Self.bit(quirk) != 0 }

  /// The same compatibility with one quirk switched on or off.
  public func setting(_ quirk: Quirk, _ on: Bool) -> Compatibility {
    var copy = self
    copy.bits = on ? bits | Self.bit(quirk) : bits & ~Self.bit(quirk)
    return copy
  }

  /// A bit for a quirk. In memory a case without values is its number, as tests make sure.
  private static func bit(_ quirk: Quirk) -> UInt64 { 1 << UInt64(unsafeBitCast(quirk, to: UInt8.self)) }

  /// The name shown to users: `c-parity`, `spec`, or what differs from `c-parity`.
  public var name: String {
    if self == .cParity { return "c-parity" }
    if self == .spec { return "spec" }
    let missing = Quirk.allCases.filter { !has($0) }.map(\.rawValue)
    return "c-parity without " + missing.joined(separator: ", ")
  }
}
