/// Where an image header says that the detector stands: in vectors, so that rotations are not lost.
public struct HeaderPose: Sendable, Hashable {
  /// Beam, detector axes, polarization and spindle; unit vectors.
  public let vectors: GivenVectors
  /// The outer corner of the first pixel, in m.
  public let origin: Vector3
  private let holdsInBoth: Bool
  /// What else the header said of the placement, to tell whether an option has changed it since.
  private let placement: Placement

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
    placement = Placement(request)
  }

  /// Everything by which options place or turn the detector.
  private struct Placement: Hashable {
    let numbers: [Double?]
    let origin: Vector3?
    let vectors: GivenVectors
    let pivot: Pivot?

    init(_ request: SimulationRequest) {
      numbers = [
        request.xBeam, request.yBeam?.metres, request.xClose, request.yClose, request.originX, request.originY,
        request.distance, request.closeDistance, request.twoTheta, request.rotationX, request.rotationY,
        request.rotationZ,
      ]
      origin = request.detectorOrigin
      vectors = request.vectors
      // A convention tells in which terms a centre is given; it places nothing.
      pivot = request.namedPivot
    }
  }

  /// A request in which the pose has taken the place of centre, distance and angles, unless an option changed those.
  static func applied(to request: SimulationRequest, _ compatibility: Compatibility) -> SimulationRequest {
    guard let pose = request.headerPose, pose.holdsInBoth || !compatibility.has(.headerLosesRotations),
      pose.placement == Placement(request)
    else { return request }
    var request = request
    (request.vectors, request.detectorOrigin, request.lastConvention) = (pose.vectors, pose.origin, .custom)
    (request.namedPivot, request.headerTwoTheta, request.closeDistance) = (.sample, nil, nil)
    return request
  }
}
