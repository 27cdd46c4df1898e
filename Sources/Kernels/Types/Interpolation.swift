/// What a pixel has to do with interpolation. The type is public, as only then its functions become part of the loops of other
/// modules; no product has this module.
@frozen
public struct InterpolationState: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt8

  /// A state of given bits.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The pixel interpolates.
  @inlinable
  public static var interpolates: Self { Self(rawValue: 1) }
  /// The pixel met an index out of the table's reach.
  @inlinable
  public static var metOutOfReach: Self { Self(rawValue: 2) }
}

/// How the pixels of a block interpolate in a step, and what becomes of those beyond the table's reach.
package struct Interpolation {
  /// One of each pixel.
  package var states: UnsafeMutableBufferPointer<InterpolationState>
  /// Whether a pixel that met an index out of reach interpolates no more.
  package var switchesOff: Bool
  /// Whether pixels with a lattice factor of zero look nothing up.
  package var skipsZeros: Bool
  /// The weight of the step.
  package var weight: Double

  /// The interpolation of a step.
  package init(
    states: UnsafeMutableBufferPointer<InterpolationState>, switchesOff: Bool, skipsZeros: Bool, weight: Double
  ) {
    self.states = states
    self.switchesOff = switchesOff
    self.skipsZeros = skipsZeros
    self.weight = weight
  }
}
