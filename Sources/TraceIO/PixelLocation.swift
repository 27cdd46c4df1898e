import Physics

/// The pixel of a trace, reconstructed from position, origin and axes: no log says which pixel it is of.
public struct PixelLocation: Sendable, Hashable, CustomStringConvertible {
  /// The slow coordinate of the traced position, in pixels from the outer edge.
  public let slowCoordinate: Double
  /// The fast coordinate of the traced position, in pixels from the outer edge.
  public let fastCoordinate: Double
  /// The size of a pixel, in metres.
  public let pixelSize: Double

  /// The slow pixel index.
  public var slow: Int { Self.index(slowCoordinate) }
  /// The fast pixel index.
  public var fast: Int { Self.index(fastCoordinate) }

  /// Slow and fast index.
  public var description: String { "(\(slow),\(fast))" }

  /// Whether both are the same pixel.
  public func isSamePixel(as other: PixelLocation) -> Bool { slow == other.slow && fast == other.fast }

  /// A position at a corner, as some programs trace it, belongs to the pixel that begins there, rounding or not.
  private static func index(_ coordinate: Double) -> Int {
    let nearest = coordinate.rounded()
    let index = abs(coordinate - nearest) < 0.02 ? nearest : coordinate.rounded(.down)
    return Int(exactly: index) ?? Int.min
  }

  /// Reconstructs the pixel of a trace.
  ///
  /// The position relative to the origin is expressed in the two axes. The size of a pixel follows from its solid
  /// angle, Ω = p² Dc / R³; where that is missing or a point pixel's, from the other trace.
  /// - Parameters:
  ///   - position: The trace whose position is looked at.
  ///   - geometry: The trace whose origin and axes are used; by default the same.
  ///   - pixelSize: The size of a pixel, in metres, if it is known.
  /// - Returns: nil if the trace lacks what is needed or the position is not on the detector's plane.
  public init?(_ position: Trace, geometry: Trace? = nil, pixelSize: Double? = nil) {
    let geometry = geometry ?? position
    guard let place = position.vector(.position),
      let origin = geometry.vectorByAnyName(.origin),
      let fastAxis = geometry.vectorByAnyName(.fastAxis),
      let slowAxis = geometry.vectorByAnyName(.slowAxis),
      let size = pixelSize ?? Self.pixelSize(of: position), size > 0, size.isFinite
    else { return nil }
    let offset = place - origin
    // The axes need not be orthogonal nor of length 1: the normal equations of the plane.
    let (ff, ss, fs) = (fastAxis.dot(fastAxis), slowAxis.dot(slowAxis), fastAxis.dot(slowAxis))
    let determinant = ff * ss - fs * fs
    guard determinant > 1e-6, determinant.isFinite else { return nil }
    let (alongFast, alongSlow) = (offset.dot(fastAxis), offset.dot(slowAxis))
    let fast = (ss * alongFast - fs * alongSlow) / determinant
    let slow = (ff * alongSlow - fs * alongFast) / determinant
    guard fast.isFinite, slow.isFinite, abs(fast / size) < 1e9, abs(slow / size) < 1e9,
      Self.isOnPlane(position, place, offset: offset - (fast * fastAxis + slow * slowAxis), pixelSize: size)
    else { return nil }
    slowCoordinate = slow / size
    fastCoordinate = fast / size
    self.pixelSize = size
  }

  /// Whether a position is on the plane of the detector, or in a layer of the sensor behind the plane.
  ///
  /// The pixels of a curved detector are on a sphere about the sample, nearer than the plane but for a detector that is
  /// tilted: there the distance of the sphere tells.
  private static func isOnPlane(
    _ trace: Trace, _ place: Vector3, offset: Vector3, pixelSize: Double
  ) -> Bool {
    let distance = place.length
    let rounding = 1e-6 * distance
    guard offset.length > rounding else { return true }
    let radius = trace.number(.distance, in: .setup) ?? trace.number(.distance)
    let isOnSphere = radius.map { abs(abs($0) - distance) < 1e-9 * distance } ?? false
    return !isOnSphere && offset.dot(place) > 0 && offset.length <= max(1e-3, 3 * pixelSize)
  }

  /// The size of a pixel in metres, from its solid angle; nil for a point pixel or where quantities are missing.
  static func pixelSize(of trace: Trace) -> Double? {
    guard let solidAngle = trace.number(.firstSolidAngle) ?? trace.number(.solidAngle),
      let distance = trace.vector(.position)?.length, distance > 0
    else { return nil }
    let area = solidAngle * distance * distance
    let closest = trace.number(.closeDistance) ?? trace.number(.closeDistance, in: .setup)
    let obliquity = closest.map { $0 / distance } ?? trace.number(.obliquity) ?? 1
    // A point pixel has Ω = 1/R²: no size can be read from it.
    guard area > 0, obliquity > 0, abs(area - 1) > 1e-9 else { return nil }
    return (area / obliquity).squareRoot()
  }
}

/// The pixels of two traces.
public struct PixelPair: Sendable, Hashable {
  /// The pixel of the reference, by its own geometry.
  public let reference: PixelLocation?
  /// The pixel of the candidate, by its own geometry.
  public let candidate: PixelLocation?
  /// Whether the traces are of different pixels; false where it cannot be told.
  public let areDifferent: Bool

  /// Directions that are nearer to each other, in radians, are those of one pixel: a pixel of 1 µm at 10 m is seen
  /// under 1e-7, and single precision leaves 6e-8.
  private static let sameDirection = 1e-7

  /// Reconstructs the pixels of two traces.
  ///
  /// They count as different only if the directions differ, too, and if neither the geometry of the candidate nor that
  /// of the reference makes them the same: a wrong origin or pixel size is a divergence, not another pixel.
  /// Where no pixel size is to be had (point pixels, curved detectors), they are different if the geometry is the same
  /// and the positions are not.
  public init(reference: Trace, candidate: Trace) {
    let referenceSize = PixelLocation.pixelSize(of: reference)
    let candidateSize = PixelLocation.pixelSize(of: candidate)
    self.reference = PixelLocation(reference, pixelSize: referenceSize ?? candidateSize)
    self.candidate = PixelLocation(candidate, pixelSize: candidateSize ?? referenceSize)
    let places = [reference, candidate].compactMap { $0.vector(.position)?.normalized }
    let isSameDirection =
      Self.distance(.diffracted, reference, candidate) ?? .infinity <= Self.sameDirection
      || places.count == 2 && (places[0] - places[1]).length <= Self.sameDirection
    guard !isSameDirection, !Self.areAxesExchanged(reference, candidate) else {
      areDifferent = false
      return
    }
    guard let expected = self.reference, let found = self.candidate else {
      // The first sub-pixel is elsewhere in the same pixel where there are more of them.
      let oversample = [reference, candidate].map { $0.number(.oversample, in: .setup) ?? $0.number(.oversample) }
      guard oversample[0] == oversample[1] else {
        areDifferent = false
        return
      }
      let placement: [TraceName] = [.origin, .fastAxis, .slowAxis]
      let geometry = placement.map { Self.distance($0, reference, candidate) }
      let isSameGeometry = geometry.allSatisfy { $0.map { $0 < 1e-12 } ?? false }
      areDifferent = isSameGeometry && Self.distance(.position, reference, candidate) ?? 0 > 1e-9
      return
    }
    let views = [
      found, PixelLocation(candidate, pixelSize: expected.pixelSize),
      PixelLocation(candidate, geometry: reference, pixelSize: expected.pixelSize),
    ]
    areDifferent = !views.contains { $0?.isSamePixel(as: expected) ?? false }
  }

  /// Whether the fast axis of one trace is the slow axis of the other: a divergence, whatever pixel they make of it.
  private static func areAxesExchanged(_ reference: Trace, _ candidate: Trace) -> Bool {
    guard let fast = reference.vector(.fastAxis), let slow = reference.vector(.slowAxis),
      let otherFast = candidate.vector(.fastAxis), let otherSlow = candidate.vector(.slowAxis)
    else { return false }
    return (fast - otherSlow).length < 1e-6 && (slow - otherFast).length < 1e-6 && (fast - slow).length > 1e-3
  }

  private static func distance(_ name: TraceName, _ reference: Trace, _ candidate: Trace) -> Double? {
    guard let first = reference.vector(name), let second = candidate.vector(name) else { return nil }
    return (first - second).length
  }
}
