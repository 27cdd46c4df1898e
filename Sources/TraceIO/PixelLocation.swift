import Physics

/// The pixel of a trace, reconstructed from position, origin and axes, because no log contains the pixel's indices.
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

  /// Whether the slow and fast indices of both locations are equal.
  public func isSamePixel(as other: PixelLocation) -> Bool { slow == other.slow && fast == other.fast }

  /// The pixel index of a coordinate. Some programs trace the corner of a pixel: a coordinate within 0.02 pixels of a
  /// whole number belongs to the pixel that begins there.
  private static func index(_ coordinate: Double) -> Int {
    let nearest = coordinate.rounded()
    let index = abs(coordinate - nearest) < 0.02 ? nearest : coordinate.rounded(.down)
    return Int(index)
  }

  /// Reconstructs the pixel of a trace.
  ///
  /// The position relative to the origin is expressed in the two axes. The size of a pixel follows from its solid
  /// angle, Ω = p² Dc / R³; if that is impossible, `pixelSize` of the other trace is needed.
  /// - Parameters:
  ///   - position: The trace whose position is located.
  ///   - geometry: The trace whose origin and axes are used; nil for `position`.
  ///   - pixelSize: The size of a pixel, in m; nil to derive the size from the solid angle.
  /// - Returns: nil if a trace lacks a needed quantity or if the position is not on the plane of the detector.
  public init?(_ position: Trace, geometry: Trace? = nil, pixelSize: Double? = nil) {
    let geometry = geometry ?? position
    guard let place = position.vector(.position),
      let origin = geometry.vectorByAnyName(.origin),
      let fastAxis = geometry.vectorByAnyName(.fastAxis),
      let slowAxis = geometry.vectorByAnyName(.slowAxis),
      let size = pixelSize ?? Self.pixelSize(of: position), size > 0, size.isFinite
    else { return nil }
    let offset = place - origin
    // The axes need not be orthogonal or of length 1, so that the coordinates are solved from the normal equations.
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
  /// The pixels of a curved detector are on a sphere about the sample. They are nearer than the plane, unless the
  /// detector is tilted; a position at the traced distance is therefore taken as a point of the sphere.
  private static func isOnPlane(
    _ trace: Trace, _ place: Vector3, offset: Vector3, pixelSize: Double
  ) -> Bool {
    let distance = place.length
    let rounding = 1e-6 * distance
    guard offset.length > rounding else { return true }
    let radius = trace.number(.distance, in: .setup) ?? trace.numberByAnyName(.distance)
    let isOnSphere = radius.map { abs(abs($0) - distance) < 1e-9 * distance } ?? false
    return !isOnSphere && offset.dot(place) > 0 && offset.length <= max(1e-3, 3 * pixelSize)
  }

  /// The size of a pixel in metres, from its solid angle; nil for a point pixel or if quantities are missing.
  static func pixelSize(of trace: Trace) -> Double? {
    guard let solidAngle = trace.number(.firstSolidAngle) ?? trace.number(.solidAngle),
      let distance = trace.vector(.position)?.length
    else { return nil }
    let area = solidAngle * distance * distance
    let obliquity = trace.numberByAnyName(.closeDistance).map { $0 / distance } ?? trace.number(.obliquity) ?? 1
    // A point pixel has Ω = 1/R², which does not depend on the size of the pixel.
    guard area > 0, area.isFinite, obliquity > 0, abs(area - 1) > 1e-9 else { return nil }
    return (area / obliquity).squareRoot()
  }
}

/// The pixels of two traces.
public struct PixelPair: Sendable, Hashable {
  /// The pixel of the reference, by its own geometry.
  public let reference: PixelLocation?
  /// The pixel of the candidate, by its own geometry.
  public let candidate: PixelLocation?
  /// Whether the traces are of different pixels; false if the traces do not determine this.
  public let areDifferent: Bool

  /// The angle, in radians, below which two directions belong to one pixel. A pixel of 1 µm at 10 m subtends 1e-7, and
  /// the rounding of single precision is 6e-8.
  private static let sameDirection = 1e-7

  /// Reconstructs the pixels of two traces.
  ///
  /// The pixels are different only if their directions differ, too, and if neither the geometry of the candidate nor
  /// that of the reference gives equal indices, because a wrong origin or pixel size is a divergence and not another
  /// pixel. Without a pixel size (point pixels, curved detectors), the pixels are different if the geometry is equal
  /// and the positions differ.
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
      // With another number of sub-pixels, the first sub-pixel of one pixel is at another position.
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

  /// Whether the fast axis of one trace is the slow axis of the other, which is a divergence and not another pixel.
  private static func areAxesExchanged(_ reference: Trace, _ candidate: Trace) -> Bool {
    guard let fast = reference.vectorByAnyName(.fastAxis), let slow = reference.vectorByAnyName(.slowAxis),
      let otherFast = candidate.vectorByAnyName(.fastAxis), let otherSlow = candidate.vectorByAnyName(.slowAxis)
    else { return false }
    return (fast - otherSlow).length < 1e-6 && (slow - otherFast).length < 1e-6 && (fast - slow).length > 1e-3
  }

  private static func distance(_ name: TraceName, _ reference: Trace, _ candidate: Trace) -> Double? {
    guard let first = reference.vectorByAnyName(name), let second = candidate.vectorByAnyName(name) else { return nil }
    return (first - second).length
  }
}
