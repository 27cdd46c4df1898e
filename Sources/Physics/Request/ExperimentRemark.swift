/// An interpretation of a request that a user may not expect. The text of each remark is in the module of the command
/// line.
public enum ExperimentRemark: Sendable, Hashable {
  /// An orientation matrix gives the whole cell; lengths and angles are ignored.
  case cellIgnored
  /// Directions come from the orientation matrix, lengths and volume from the cell (`Quirk.cellAndMatrixMix`).
  case cellAndMatrixMixed
  /// The crystal is cut to the size of the beam along y and z, in mm.
  case crystalCut(beamSize: Double)
  /// The distance along the beam is used; the distance along the normal is ignored.
  case distanceWins
  /// The distance along the normal is used; the distance along the beam is ignored.
  case closeDistanceWins
  /// A detector origin only selects the custom convention (`Quirk.originIgnored`).
  case cornerIgnored
  /// The fluence is used, because it was given after the flux.
  case fluenceWins
  /// The flux is used and the fluence ignored: the flux was given last, or `Quirk.fluxOverridesFluence` acts.
  case fluxWins
}
