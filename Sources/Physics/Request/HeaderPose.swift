/// Where an image header says that the detector stands: in vectors, so that rotations are not lost.
public struct HeaderPose: Sendable, Hashable {
  /// Beam, detector axes, polarization and spindle; unit vectors.
  public let vectors: GivenVectors
  /// The outer corner of the first pixel, in m.
  public let origin: Vector3
  private let holdsInBoth: Bool
  /// What else the header said of the placement, to tell whether an option has changed it since.
  private let position: DetectorPlacement.Position

  /// A pose that holds as long as no option places the detector otherwise.
  /// - Parameters:
  ///   - vectors: The vectors.
  ///   - origin: The outer corner of the first pixel, in m.
  ///   - request: What the header has said so far.
  ///   - holdsInBoth: Whether it holds in c-parity, too, where headers of the reference program have no vectors.
  public init(vectors: GivenVectors, origin: Vector3, in request: SimulationRequest, holdsInBoth: Bool = false) {
    self.vectors = vectors
    self.holdsInBoth = holdsInBoth
    self.origin = origin
    position = request.placement.position
  }

  /// The placement in which the pose has taken the place of centre, distance and angles, unless an option changed those.
  /// - Parameter placement: What follows from all statements of headers and options.
  func applied(to placement: DetectorPlacement, _ compatibility: Compatibility) -> DetectorPlacement {
    guard holdsInBoth || !compatibility.has(.headerLosesRotations), position == placement.position else {
      return placement
    }
    var placement = placement
    (placement.position.vectors, placement.position.corner, placement.lastConvention) = (vectors, origin, .custom)
    (placement.position.namedPivot, placement.headerTwoTheta, placement.position.closeDistance) = (.sample, nil, nil)
    return placement
  }
}
