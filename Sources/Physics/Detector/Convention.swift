/// The coordinate conventions of the programs whose beam centres users quote (docs/reference/20-geometry.md §2).
public enum Convention: String, Sendable, CaseIterable, Codable {
  /// ADXV: beam along z, y counted from the far edge.
  case adxv = "ADXV"
  /// MOSFLM, the default: beam along x, centre half a pixel off.
  case mosflm = "MOSFLM"
  /// DENZO: as MOSFLM without the half pixel.
  case denzo = "DENZO"
  /// XDS: beam along z, pivot at the sample.
  case xds = "XDS"
  /// DIALS: beam along z, spindle along y, pivot at the sample.
  case dials = "DIALS"
  /// Any vectors that the user gives.
  case custom = "CUSTOM"
}

/// What stays in place when the detector is rotated.
public enum Pivot: String, Sendable, CaseIterable, Codable {
  /// The spot of the direct beam.
  case beam
  /// The sample.
  case sample
}

/// The vectors that define a laboratory frame; none need be normalised yet.
public struct FrameVectors: Sendable, Hashable {
  /// Direction of the beam.
  public var beam: Vector3
  /// Direction of increasing fast pixel coordinate.
  public var fast: Vector3
  /// Direction of increasing slow pixel coordinate.
  public var slow: Vector3
  /// Detector normal, away from the sample.
  public var normal: Vector3
  /// Axis of the two-theta swing.
  public var twoTheta: Vector3
  /// Nominal direction of the electric vector.
  public var polarization: Vector3
  /// The spindle axis.
  public var spindle: Vector3
}

extension Convention {
  /// The vectors of the convention; for `custom`, those the reference program starts with.
  public var vectors: FrameVectors {
    switch self {
    case .adxv:
      FrameVectors(
        beam: Vector3(0, 0, 1), fast: Vector3(1, 0, 0), slow: Vector3(0, -1, 0), normal: Vector3(0, 0, 1),
        twoTheta: Vector3(-1, 0, 0), polarization: Vector3(1, 0, 0), spindle: Vector3(1, 0, 0))
    case .mosflm, .denzo:
      FrameVectors(
        beam: Vector3(1, 0, 0), fast: Vector3(0, 0, 1), slow: Vector3(0, -1, 0), normal: Vector3(1, 0, 0),
        twoTheta: Vector3(0, 0, -1), polarization: Vector3(0, 0, 1), spindle: Vector3(0, 0, 1))
    case .xds:
      FrameVectors(
        beam: Vector3(0, 0, 1), fast: Vector3(1, 0, 0), slow: Vector3(0, 1, 0), normal: Vector3(0, 0, 1),
        twoTheta: Vector3(1, 0, 0), polarization: Vector3(1, 0, 0), spindle: Vector3(1, 0, 0))
    case .dials:
      FrameVectors(
        beam: Vector3(0, 0, 1), fast: Vector3(1, 0, 0), slow: Vector3(0, 1, 0), normal: Vector3(0, 0, 1),
        twoTheta: Vector3(0, 1, 0), polarization: Vector3(0, 1, 0), spindle: Vector3(0, 1, 0))
    case .custom:
      FrameVectors(
        beam: Vector3(1, 0, 0), fast: Vector3(0, 0, 1), slow: Vector3(0, -1, 0), normal: Vector3(1, 0, 0),
        twoTheta: Vector3(0, 1, 0), polarization: Vector3(0, 0, 1), spindle: Vector3(0, 0, 1))
    }
  }

  /// The pivot that the convention forces; nil for `custom`.
  public var forcedPivot: Pivot? {
    switch self {
    case .adxv, .mosflm, .denzo: .beam
    case .xds, .dials: .sample
    case .custom: nil
    }
  }
}

extension FrameVectors {
  /// The vectors straightened as docs/reference/20-geometry.md §3 prescribes.
  ///
  /// Beam, fast, slow, polarization and spindle become unit vectors; fast and slow are not made orthogonal.
  /// A normal whose length is not exactly 1 is replaced by fast × slow; without `Quirk.headerLosesRotations` one that
  /// was read from a header, 1 but for rounding, is kept: ADXV's axes are left-handed, so that the product points back.
  /// - Parameter compatibility: With `Quirk.twoThetaAxisNotNormalised` the two-theta axis stays as it is.
  func straightened(_ compatibility: Compatibility) -> FrameVectors {
    var copy = self
    copy.beam = beam.normalized
    copy.fast = fast.normalized
    copy.slow = slow.normalized
    let rounding = compatibility.has(.headerLosesRotations) ? 0 : 1e-12
    if !(abs(normal.length - 1) <= rounding) {
      copy.normal = copy.fast.cross(copy.slow).normalized
    } else if normal.length != 1 {
      copy.normal = normal.normalized
    }
    copy.polarization = polarization.normalized
    copy.spindle = spindle.normalized
    if !compatibility.has(.twoThetaAxisNotNormalised) { copy.twoTheta = twoTheta.normalized }
    return copy
  }
}
