/// A possible cause of a divergence.
public struct Finding: Sendable, Hashable {
  /// The kinds of causes.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// The traces are of different pixels.
    case differentPixels = "different-pixels"
    /// The detector's origin, distance or beam centre differs.
    case geometryOrigin = "geometry-origin"
    /// A direction of the candidate is not of length 1.
    case normalization
    /// The wavelength differs.
    case wavelength
    /// A quantity has another unit in the candidate.
    case units
    /// A component or a whole quantity has the opposite sign.
    case signFlip = "sign-flip"
    /// Components or vectors are permuted.
    case permutedAxes = "permuted-axes"
    /// Rows and columns, fast and slow, are exchanged.
    case rowsAndColumns = "rows-and-columns"
    /// One of the traces carries the rotated cell over to a phi step of zero.
    case phiCarryOver = "phi-carry-over"
    /// One of the traces interpolates structure factors, or the reflection lists differ.
    case interpolation
    /// The polarization factor is applied in one trace and not in the other, or has other parameters.
    case polarization
    /// The solid angle or its obliquity is applied in one trace and not in the other.
    case solidAngle = "solid-angle"
    /// The capture fraction is applied in one trace and not in the other.
    case absorption
    /// The number of steps differs, or the sum is not divided exactly once by this number.
    case steps
    /// The structure factors differ by one factor.
    case structureFactorScale = "structure-factor-scale"
    /// The fluence differs by a factor.
    case fluence
    /// The candidate has single precision, the reference double precision.
    case singlePrecision = "single-precision"
    /// A number is that of the reference with fewer digits.
    case fewDigits = "few-digits"
    /// One trace has the reciprocal vectors of the rotated cell, the other those at rest.
    case reciprocalAtRest = "reciprocal-at-rest"
    /// The candidate's value does not follow from its own inputs.
    case ownFormula = "own-formula"
    /// The candidate's value follows from its own inputs, so that the deviation comes from an earlier quantity.
    case inherited
  }

  /// The certainty of a finding.
  public enum Confidence: Int, Sendable, Comparable, Codable {
    /// The cause is one explanation among several.
    case possible
    /// The numbers fit the cause, more closely than by chance.
    case likely
    /// The numbers allow no other explanation.
    case certain

    /// Orders by certainty.
    public static func < (left: Confidence, right: Confidence) -> Bool { left.rawValue < right.rawValue }

    /// The name of the certainty: possible, likely or certain.
    public var name: String { "\(self)" }
  }

  /// The kind of the cause.
  public let kind: Kind
  /// The certainty of the finding.
  public let confidence: Confidence
  /// The finding in one sentence.
  public let text: String

  /// A finding with a kind, a certainty and a sentence.
  public init(_ kind: Kind, _ confidence: Confidence, _ text: String) {
    self.kind = kind
    self.confidence = confidence
    self.text = text
  }
}
