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
  /// CUSTOM: all vectors are given by the user.
  case custom = "CUSTOM"
}

/// The point that stays in place when the detector is rotated (C name `detector_pivot`).
public enum Pivot: String, Sendable, CaseIterable, Codable {
  /// The point where the direct beam meets the detector.
  case beam
  /// The sample.
  case sample
}

extension Formulas {
  /// The vectors that define a laboratory frame, dimensionless and of any length.
  public struct FrameVectors: Sendable, Hashable {
    /// Direction of the beam (C name `beam_vector`).
    public var beam: Vector3
    /// Direction of increasing fast pixel coordinate (C name `fdet_vector`).
    public var fast: Vector3
    /// Direction of increasing slow pixel coordinate (C name `sdet_vector`).
    public var slow: Vector3
    /// Detector normal, away from the sample (C name `odet_vector`).
    public var normal: Vector3
    /// Axis of the two-theta swing (C name `twotheta_axis`).
    public var twoTheta: Vector3
    /// Nominal direction of the electric vector (C name `polar_vector`).
    public var polarization: Vector3
    /// The spindle axis (C name `spindle_vector`).
    public var spindle: Vector3
  }
}

extension Convention {
  /// The vectors of the convention; for `custom`, the initial vectors of the reference program.
  public var vectors: FrameVectors { vectors(in: Double.self) }

  /// The vectors of the convention in an arithmetic.
  package func vectors<Number>(in arithmetic: Number.Type) -> Formulas<Number>.FrameVectors {
    typealias FrameVectors = Formulas<Number>.FrameVectors
    typealias Vector3 = Formulas<Number>.Vector3
    return switch self {
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

extension Formulas.FrameVectors {
  /// The vectors straightened as docs/reference/20-geometry.md §3 prescribes.
  ///
  /// Beam, fast, slow, polarization and spindle become unit vectors; fast and slow are not made orthogonal. A normal
  /// whose length is not exactly 1 is replaced by fast × slow. Without `Quirk.headerLosesRotations` a normal whose
  /// length is 1 within 1e-12, as read from a header, keeps its direction, because the axes of ADXV are left-handed and
  /// fast × slow points towards the sample.
  /// - Parameter compatibility: With `Quirk.twoThetaAxisNotNormalised` the two-theta axis is not normalised.
  package func straightened(_ compatibility: Compatibility) -> Formulas.FrameVectors {
    var copy = self
    copy.beam = beam.normalized
    copy.fast = fast.normalized
    copy.slow = slow.normalized
    let rounding: Number = compatibility.has(.headerLosesRotations) ? 0 : 1e-12
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
