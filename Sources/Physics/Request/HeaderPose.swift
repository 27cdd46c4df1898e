extension Formulas {
  /// The pose of the detector in an image header, by vectors, which preserve rotations.
  public struct HeaderPose: Sendable, Hashable {
    /// Beam, detector axes, polarization and spindle; unit vectors.
    public let vectors: GivenVectors
    /// The outer corner of the first pixel, in m.
    public let origin: Vector3
    let holdsInBoth: Bool
    /// The placement by the header's other values, for deciding whether a later option has changed the placement.
    let position: DetectorPlacement.Position

    /// A pose that is used unless a later option changes the placement of the detector.
    /// - Parameters:
    ///   - vectors: Beam, detector axes, polarization and spindle; unit vectors.
    ///   - origin: The outer corner of the first pixel, in m.
    ///   - request: The request with all other values of the header.
    ///   - holdsInBoth: Whether the pose is used in c-parity, too. Headers of the reference program have no vectors.
    public init(vectors: GivenVectors, origin: Vector3, in request: SimulationRequest, holdsInBoth: Bool = false) {
      self.vectors = vectors
      self.holdsInBoth = holdsInBoth
      self.origin = origin
      position = request.placement.position
    }

    /// A pose with the given value of every property.
    init(vectors: GivenVectors, origin: Vector3, position: DetectorPlacement.Position, holdsInBoth: Bool) {
      (self.vectors, self.origin) = (vectors, origin)
      (self.position, self.holdsInBoth) = (position, holdsInBoth)
    }

    /// A copy of the placement in which the pose replaces centre, distance and angles. If an option has changed the
    /// placement, the placement is returned unchanged.
    /// - Parameter placement: The placement by all statements of headers and options.
    func applied(to placement: DetectorPlacement, _ compatibility: Compatibility) -> DetectorPlacement {
      guard holdsInBoth || !compatibility.has(.headerLosesRotations), position == placement.position else {
        return placement
      }
      var placement = placement
      (placement.position.vectors, placement.position.corner, placement.lastConvention) = (vectors, origin, .custom)
      (placement.position.namedPivot, placement.headerTwoTheta, placement.position.closeDistance) = (.sample, nil, nil)
      placement.isHeaderPose = true
      return placement
    }
  }
}
