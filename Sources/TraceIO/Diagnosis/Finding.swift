/// Something that a comparison points to.
public struct Finding: Sendable, Hashable {
  /// What kind of thing.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// The traces are of different pixels.
    case differentPixels = "different-pixels"
    /// The detector's origin, distance or beam centre differs.
    case geometryOrigin = "geometry-origin"
    /// A direction is not of length 1 in one of the two.
    case normalization
    /// The wavelength differs.
    case wavelength
    /// The same quantity in another unit.
    case units
    /// A component or a whole quantity has the other sign.
    case signFlip = "sign-flip"
    /// Components or vectors are permuted.
    case permutedAxes = "permuted-axes"
    /// Rows and columns, fast and slow, are exchanged.
    case rowsAndColumns = "rows-and-columns"
    /// One of the two carries the rotated cell over to a phi step of zero.
    case phiCarryOver = "phi-carry-over"
    /// One of the two interpolates structure factors.
    case interpolation
    /// The polarization factor is applied in one and not in the other.
    case polarization
    /// The solid angle or its obliquity is applied in one and not in the other.
    case solidAngle = "solid-angle"
    /// The capture fraction is applied in one and not in the other.
    case absorption
    /// The number of steps differs, or the sum is divided by it at another place.
    case steps
    /// All structure factors differ by one factor.
    case structureFactorScale = "structure-factor-scale"
    /// The fluence differs by a factor.
    case fluence
    /// Single against double precision.
    case singlePrecision = "single-precision"
    /// A number is the reference's with fewer digits.
    case fewDigits = "few-digits"
    /// Reciprocal vectors that follow the rotation, where the reference has those at rest, or the reverse.
    case reciprocalAtRest = "reciprocal-at-rest"
    /// The candidate's value does not follow from its own inputs.
    case ownFormula = "own-formula"
    /// The candidate's value follows from its own inputs: the deviation comes from before.
    case inherited
  }

  /// How sure it is.
  public enum Confidence: Int, Sendable, Comparable, Codable {
    /// One explanation among several.
    case possible
    /// The numbers fit, by a margin that chance would rarely give.
    case likely
    /// The numbers leave no other reading.
    case certain

    /// Orders by certainty.
    public static func < (left: Confidence, right: Confidence) -> Bool { left.rawValue < right.rawValue }

    /// The name.
    public var name: String { "\(self)" }
  }

  /// What kind of thing.
  public let kind: Kind
  /// How sure it is.
  public let confidence: Confidence
  /// What it is, in one sentence.
  public let text: String

  /// A finding.
  public init(_ kind: Kind, _ confidence: Confidence, _ text: String) {
    self.kind = kind
    self.confidence = confidence
    self.text = text
  }
}
