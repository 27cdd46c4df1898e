extension Formulas {
  /// Fast and slow coordinate of a point of the detector plane, in m from the corner of the first pixel.
  public struct PlanePoint: Sendable, Hashable {
    /// The fast coordinate, in m.
    public var fast: Number
    /// The slow coordinate, in m.
    public var slow: Number

    /// A point of the plane.
    public init(fast: Number, slow: Number) {
      self.fast = fast
      self.slow = slow
    }
  }

  /// The request for a detector's position, in m and radians.
  struct PoseRequest {
    var vectors: FrameVectors
    var pivot: Pivot
    var rotations: Vector3
    var twoTheta: Number
    var distance: Number
    var closeDistance: Number?
    /// The point that fixes the detector within its plane before rotation.
    var placement: Placement

    enum Placement {
      /// The point where the direct beam meets the plane.
      case beam(PlanePoint)
      /// The point of the plane nearest the sample.
      case near(PlanePoint)
      /// The outer corner of the first pixel.
      case origin(Vector3)
    }
  }

  /// The pose of the detector: its axes, its origin, and the distances and centres derived from them
  /// (docs/reference/20-geometry.md §4 to §6).
  public struct DetectorPose: Sendable, Hashable {
    /// Unit vector of increasing fast coordinate, after all rotations.
    public let fast: Vector3
    /// Unit vector of increasing slow coordinate, after all rotations.
    public let slow: Vector3
    /// The detector normal, after all rotations.
    public let normal: Vector3
    /// The outer corner P0 of the first pixel relative to the sample, in m (C name `pix0_vector`).
    public let origin: Vector3
    /// The distance D from the sample to the detector plane along the beam, in m (C name `distance`).
    public let distance: Number
    /// The distance Dc from the sample to the detector plane along its normal, in m (C name `close_distance`).
    public let closeDistance: Number
    /// The point where the direct beam meets the detector plane (C names `Fbeam`, `Sbeam`).
    public let beamCentre: PlanePoint
    /// The point of the detector plane nearest the sample (C names `Fclose`, `Sclose`).
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
      let origin: Vector3
      switch (request.pivot, request.placement) {
      case (.beam, .beam(let centre)):
        origin = Self.corner(centre, fast: fast, slow: slow, along: beam, distance)
      case (.sample, let placement):
        origin = turned(Self.origin(placement, vectors, closeDistance))
      case (.beam, .near):
        let level = abs(distance * Self.cosine(vectors))
        let hit = Self.hit(of: beam, Self.origin(request.placement, vectors, level), vectors)
        origin = Self.corner(hit.point, fast: fast, slow: slow, along: beam, distance)
      case (.beam, .origin(let given)):
        let hit = Self.hit(of: beam, given, vectors)
        origin = Self.corner(hit.point, fast: fast, slow: slow, along: beam, hit.distance)
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

    /// The corner of the first pixel, in m, if the point (F, S) of the plane is at `distance` along `direction` from the
    /// sample.
    private static func corner(
      _ point: PlanePoint, fast: Vector3, slow: Vector3, along direction: Vector3, _ distance: Number
    ) -> Vector3 {
      func component(_ f: Number, _ s: Number, _ d: Number) -> Number {
        -point.fast * f - point.slow * s + distance * d
      }
      return Vector3(
        component(fast.x, slow.x, direction.x), component(fast.y, slow.y, direction.y),
        component(fast.z, slow.z, direction.z))
    }

    /// The corner of the first pixel relative to the sample before rotations, in m.
    private static func origin(
      _ placement: PoseRequest.Placement, _ vectors: FrameVectors, _ closeDistance: Number
    ) -> Vector3 {
      let (fast, slow) = (vectors.fast, vectors.slow)
      switch placement {
      case .near(let point): return corner(point, fast: fast, slow: slow, along: vectors.normal, closeDistance)
      case .beam(let point):
        return corner(point, fast: fast, slow: slow, along: vectors.beam, closeDistance / cosine(vectors))
      case .origin(let origin): return origin
      }
    }

    /// The point where the beam meets the unrotated detector plane, and its distance from the sample, in m.
    private static func hit(
      of beam: Vector3, _ origin: Vector3, _ vectors: FrameVectors
    ) -> (point: PlanePoint, distance: Number) {
      let distance = origin.dot(vectors.normal) / cosine(vectors)
      let inPlane = distance * beam - origin
      return (PlanePoint(fast: vectors.fast.dot(inPlane), slow: vectors.slow.dot(inPlane)), distance)
    }

    /// The cosine between the beam and the unrotated normal; the smallest normal number in place of zero.
    private static func cosine(_ vectors: FrameVectors) -> Number {
      let cosine = vectors.beam.dot(vectors.normal)
      return cosine == 0 ? Constants.tiny : cosine
    }

    /// Whether origin and distances are finite.
    var isUsable: Bool { origin.components.allSatisfy(\.isFinite) && distance.isFinite }

    /// The origin in the frame of DIALS, in mm (C name `dials_origin`): a fixed permutation of the axes
    /// (docs/reference/20-geometry.md §6). Scalar products avoid negative zeros.
    public var dialsOrigin: Vector3 {
      1000 * Vector3(origin.dot(Vector3(0, 0, 1)), origin.dot(Vector3(0, 1, 0)), origin.dot(Vector3(-1, 0, 0)))
    }
  }
}
