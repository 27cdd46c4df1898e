/// Fast and slow coordinate of a point of the detector plane, in m from the corner of the first pixel.
public struct PlanePoint: Sendable, Hashable {
  /// The fast coordinate, in m.
  public var fast: Double
  /// The slow coordinate, in m.
  public var slow: Double

  /// A point of the plane.
  public init(fast: Double, slow: Double) {
    self.fast = fast
    self.slow = slow
  }
}

/// What the user fixes of a detector's position, in m and radians.
struct PoseRequest {
  var vectors: FrameVectors
  var pivot: Pivot
  var rotations: Vector3
  var twoTheta: Double
  var distance: Double
  var closeDistance: Double?
  /// The direct beam; used by the beam pivot.
  var beamCentre: PlanePoint
  /// The near point; used by the sample pivot.
  var nearPoint: PlanePoint
  /// If true, the near point places the detector even with the beam pivot.
  var nearPointGiven = false
  /// The origin before rotations, if the user's is to be used.
  var origin: Vector3?
}

/// Where the detector stands: its axes, origin and the centres derived from them (spec/20 §4 to §6).
public struct DetectorPose: Sendable, Hashable {
  /// Unit vector of increasing fast coordinate, after all rotations.
  public let fast: Vector3
  /// Unit vector of increasing slow coordinate, after all rotations.
  public let slow: Vector3
  /// The detector normal, after all rotations.
  public let normal: Vector3
  /// The outer corner of the first pixel relative to the sample (P0), in m.
  public let origin: Vector3
  /// The distance along the beam D, in m.
  public let distance: Double
  /// The distance along the normal Dc, in m.
  public let closeDistance: Double
  /// Where the direct beam meets the detector plane.
  public let beamCentre: PlanePoint
  /// The point of the detector plane nearest the sample.
  public let nearPoint: PlanePoint

  init(_ request: PoseRequest, _ compatibility: Compatibility) {
    let vectors = request.vectors
    let beam = vectors.beam
    let tilted = Rotation.aboutLaboratoryAxes(vectors.normal, request.rotations)
    var ratio = beam.dot(tilted)
    if ratio == 0 { ratio = Constants.tiny }
    let closeDistance = request.closeDistance ?? abs(ratio * request.distance)
    let distance = closeDistance / ratio

    func swing(_ vector: Vector3) -> Vector3 {
      Rotation.aboutAxis(vector, axis: vectors.twoTheta, angle: request.twoTheta)
    }
    func turned(_ vector: Vector3) -> Vector3 {
      swing(Rotation.aboutLaboratoryAxes(vector, request.rotations))
    }
    let fast = turned(vectors.fast)
    let slow = turned(vectors.slow)
    let normal = turned(vectors.normal)
    let unrotated =
      request.origin
      ?? Self.corner(
        request.nearPoint, fast: vectors.fast, slow: vectors.slow, along: vectors.normal, closeDistance)
    let origin: Vector3
    switch request.pivot {
    case .sample:
      origin = turned(unrotated)
    case .beam where request.nearPointGiven || request.origin != nil:
      let hit = Self.hit(of: beam, origin: unrotated, fast: vectors.fast, slow: vectors.slow, normal: vectors.normal)
      origin = Self.corner(hit.point, fast: fast, slow: slow, along: beam, hit.distance)
    case .beam:
      origin = Self.corner(request.beamCentre, fast: fast, slow: slow, along: beam, distance)
    }
    self.fast = fast
    self.slow = slow
    self.normal = normal
    self.origin = origin
    self.nearPoint = PlanePoint(fast: -origin.dot(fast), slow: -origin.dot(slow))
    self.closeDistance = origin.dot(normal)
    if !compatibility.has(.distanceIgnoresTwoTheta) {
      ratio = beam.dot(normal)
      if ratio == 0 { ratio = Constants.tiny }
    }
    self.distance = self.closeDistance / ratio
    let inPlane = (self.closeDistance / ratio) * beam - origin
    self.beamCentre = PlanePoint(fast: fast.dot(inPlane), slow: slow.dot(inPlane))
  }

  /// The corner of the first pixel, given one point of the plane and where it lies.
  private static func corner(
    _ point: PlanePoint, fast: Vector3, slow: Vector3, along direction: Vector3, _ distance: Double
  ) -> Vector3 {
    func component(_ f: Double, _ s: Double, _ d: Double) -> Double {
      -point.fast * f - point.slow * s + distance * d
    }
    return Vector3(
      component(fast.x, slow.x, direction.x), component(fast.y, slow.y, direction.y),
      component(fast.z, slow.z, direction.z))
  }

  /// Where a beam from the sample meets a detector plane.
  private static func hit(
    of beam: Vector3, origin: Vector3, fast: Vector3, slow: Vector3, normal: Vector3
  ) -> (point: PlanePoint, distance: Double) {
    var ratio = beam.dot(normal)
    if ratio == 0 { ratio = Constants.tiny }
    let distance = origin.dot(normal) / ratio
    let inPlane = distance * beam - origin
    return (PlanePoint(fast: fast.dot(inPlane), slow: slow.dot(inPlane)), distance)
  }

  /// Whether origin and distances are finite, and the distance is more than a millionth of a pixel.
  func isUsable(pixel: Double) -> Bool {
    origin.components.allSatisfy(\.isFinite) && distance.isFinite && abs(distance) > 1e-6 * pixel
  }

  /// The origin in the frame of DIALS, in mm: a fixed permutation of the axes (spec/20 §6).
  public var dialsOrigin: Vector3 { Vector3(1000 * origin.z, 1000 * origin.y, -1000 * origin.x) }
}
