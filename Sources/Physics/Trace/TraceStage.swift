/// The stages of the calculation, in the order of computation, with the implication of a first divergence at each
/// stage.
public enum TraceStage: Int, Sendable, Comparable, CaseIterable {
  /// Convention, distance, beam centre, axes and counts.
  case setUp
  /// Origin and axes of the detector, position of the pixel.
  case detector
  /// Solid angle and obliquity.
  case solidAngle
  /// Directions of the diffracted and incident beam.
  case directions
  /// The wavelength.
  case wavelength
  /// The scattering vector.
  case scatteringVector
  /// The first polarization factor.
  case firstPolarization
  /// The rotated cell.
  case orientation
  /// The Miller indices.
  case indices
  /// The lattice factor.
  case latticeFactor
  /// The structure factor.
  case structureFactor
  /// The sum over the steps.
  case sum
  /// Constants and factors of the scaling.
  case scaling
  /// The photons of the pixel.
  case result

  /// Orders stages by the order of computation.
  public static func < (left: TraceStage, right: TraceStage) -> Bool { left.rawValue < right.rawValue }

  /// The implication, in one sentence, if all earlier stages agree and this stage does not: what is right and what to
  /// check.
  public var implication: String {
    switch self {
    case .setUp: "the two runs are set up differently: compare the command lines before anything else"
    case .detector: "look at the convention, the pivot, the beam centre and the detector's rotations"
    case .solidAngle: "the pixel is in place; look at pixel size, obliquity and point-pixel options"
    case .directions: "the pixel is in place; look at the normalisation of positions and at the beam vector"
    case .wavelength: "the geometry is right; look at wavelength, energy and source list, and at their units"
    case .scatteringVector: "directions and wavelength are right; look at q = (d - i)/lambda and at its unit"
    case .firstPolarization: "q is right; look at the polarization axis and the Kahn factor"
    case .orientation: "the scattering vector is right; look at cell, matrix, misset, phi and mosaic rotations"
    case .indices: "cell and scattering vector are right; look at h = a.q and at the rounding to whole indices"
    case .latticeFactor: "the indices are right; look at the number of cells and the shape of the crystal"
    case .structureFactor: "indices and lattice factor are right; look at the reflection list and at interpolation"
    case .sum: "the first step is right; look at the loops over sources, phi steps, domains and sub-pixels"
    case .scaling: "the sum is right; look at this factor alone"
    case .result: "all factors are right; look at how they are multiplied"
    }
  }
}
