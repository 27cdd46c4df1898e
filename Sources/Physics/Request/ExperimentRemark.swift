/// How a request was read where a user may not expect it. The words for it are those of the command line's module.
public enum ExperimentRemark: Sendable, Hashable {
  /// An orientation matrix gives the whole cell; lengths and angles are ignored.
  case cellIgnored
  /// Directions come from the orientation matrix, lengths and volume from the cell (`Quirk.cellAndMatrixMix`).
  case cellAndMatrixMixed
  /// The crystal is cut to the size of the beam along y and z, in mm.
  case crystalCut(beamSize: Double)
  /// The distance along the beam counts, not the one along the normal.
  case distanceWins
  /// The distance along the normal counts, not the one along the beam.
  case closeDistanceWins
  /// A detector origin only selects the custom convention (`Quirk.originIgnored`).
  case cornerIgnored
  /// The fluence counts, which was given after the flux.
  case fluenceWins
  /// The flux counts, whatever the order (`Quirk.fluxOverridesFluence`).
  case fluxWins
}
