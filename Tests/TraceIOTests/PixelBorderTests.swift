import Physics
import TestSupport
import Testing
import TraceIO

/// Pixels, directions and axes next to the borders at which they are told apart.
@Suite(.tags(.verification), .generousTime) struct PixelBorderTests {
  private func trace(
    _ place: Vector3, origin: Vector3, fast: Vector3 = Vector3(0, 0, 1), slow: Vector3 = Vector3(0, 1, 0),
    more: [(String, Double)] = []
  ) -> Trace {
    let vectors: [TraceField] = [
      TraceField("pix0_vector_meters", origin), TraceField("fdet_vec", fast), TraceField("sdet_vec", slow),
      TraceField("pixel_pos_meters", place),
    ]
    let numbers: [TraceField] = more.map { (name: String, number: Double) in TraceField(name, number) }
    return Trace(author: "C", lines: (vectors + numbers).map { TraceLine(.pixel, [$0]) })
  }

  /// A position a millionth of its distance in front of the plane is on it. Behind the plane, a distance that is traced
  /// to a thousand-millionth is that of a sphere, and a layer is at most three pixels deep.
  @Test func depthsNextToThePlane() {
    // Of these distances, a millionth and a thousand-millionth are powers of two: 2^-20 and 2^-30.
    let (near, far): (Double, Double) = (15625 / 16384, 1_953_125 / 2_097_152)
    let size: Double = 1e-4
    // Without a sphere: at most a millimetre, or three pixels of 2^-11 m, behind the plane.
    let layers: [(place: Double, depth: Double, size: Double, isFound: Bool)] = [
      (near, 0, size, true), (near, -0x1p-20, size, true), (near, -0x1p-19, size, false), (far, 0x1p-13, size, true),
      (64, 0x1p-11, size, true), (1, 0x1.8p-10, 0x1p-11, true), (1, 0x1.cp-10, 0x1p-11, false),
    ]
    for row in layers {
      let trace: Trace = self.trace(Vector3(row.place, 0, 0), origin: Vector3(row.place - row.depth, 0, 0))
      #expect((PixelLocation(trace, pixelSize: row.size) != nil) == row.isFound, "\(row)")
    }
    // The traced distance, of either sign, is longer than that of the position.
    let spheres: [(place: Double, depth: Double, longer: Double, isFound: Bool)] = [
      (far, 0, 0, true), (far, 0x1p-13, 0, false), (far, 0x1p-13, 0x1p-31, false), (far, 0x1p-13, -0x1p-31, false),
      (far, 0x1p-13, 0x1p-30, true), (far, 0x1p-13, -0x1p-30, true), (64, 0x1p-11, 0x1p-26, false),
      (64, 0x1p-11, 0x1p-23, true),
    ]
    for row in spheres {
      let distance: Double = row.place + row.longer
      for traced in [distance, -distance] {
        let trace: Trace = self.trace(
          Vector3(row.place, 0, 0), origin: Vector3(row.place - row.depth, 0, 0), more: [("distance_meters", traced)])
        #expect((PixelLocation(trace, pixelSize: size) != nil) == row.isFound, "\(row) \(traced)")
      }
    }
  }

  /// A coordinate is counted in pixels, and is less than a thousand million of them.
  @Test func coordinatesAreCountedInPixels() {
    let rows: [(along: Double, size: Double, isFound: Bool)] = [
      (0.9e5, 1e-4, true), (2e5, 1e-4, false), (1.2e9, 2, true), (2.4e9, 2, false), (6e8, 0.5, false), (4e8, 0.5, true),
      (1, 0, false), (0, 0, false), (1, -1e-4, false), (1, .infinity, false), (1, .nan, false), (0, 1e-4, true),
    ]
    let origin = Vector3(1, 0, 0)
    for row in rows {
      for along in [row.along, -row.along] {
        for place in [Vector3(1, along, 0), Vector3(1, 0, along)] {
          let trace: Trace = self.trace(place, origin: origin)
          #expect((PixelLocation(trace, pixelSize: row.size) != nil) == row.isFound, "\(row) \(place)")
        }
      }
    }
  }

  /// Axes span a plane if the square of the area between them is more than 1e-6.
  @Test func axesSpanAnArea() {
    let rows: [(length: Double, isFound: Bool)] = [(0.0009, false), (0.001, false), (0.0011, true)]
    for row in rows {
      let trace: Trace = self.trace(
        Vector3(1, 0, 0.01), origin: Vector3(1, 0, 0), slow: Vector3(0, row.length, 0))
      #expect((PixelLocation(trace, pixelSize: 1e-4) != nil) == row.isFound, "\(row)")
    }
  }

  /// The size of a pixel is √(Ω R² / (Dc / R)); the solid angle of a point is 1 / R², to 1e-9.
  @Test func sizesOfSolidAngles() throws {
    typealias Row = (distance: Double, more: [(String, Double)], size: Double)
    let (whole, obliquity, distance) = ("omega_pixel", "obliquity_factor", "close_distance_meters")
    let rows: [Row] = [
      (1, [(whole, 4)], 2), (2, [(whole, 1)], 2), (1, [(whole, 9), ("omega_pixel_sr", 4)], 2),
      (1, [(whole, 0.25), (obliquity, 0.25)], 1), (1, [(whole, 2), (obliquity, 0.25), (distance, 0.5)], 2),
      (2, [(whole, 0.5), (distance, 1)], 2), (1, [(whole, 1.0000000015)], 1.00000000075),
      (1, [(whole, 0.9999999985)], 0.99999999925),
    ]
    for row in rows {
      let place = Vector3(row.distance, 0, 0)
      let found: PixelLocation = try #require(PixelLocation(trace(place, origin: place, more: row.more)), "\(row)")
      #expect(abs(found.pixelSize - row.size) < 1e-15, "\(row): \(found.pixelSize)")
    }
    let none: [[(String, Double)]] = [
      [], [(whole, 0)], [(whole, -4)], [(whole, .nan)], [(whole, 4), (obliquity, 0)], [(whole, 4), (obliquity, -1)],
      [(whole, 1)], [(whole, 1.0000000005)], [(whole, 0.9999999995)],
    ]
    for more in none {
      #expect(PixelLocation(trace(Vector3(1, 0, 0), origin: Vector3(1, 0, 0), more: more)) == nil, "\(more)")
    }
  }

  /// A trace whose solid angle tells no size has the size that the other trace tells.
  @Test func aTraceWithoutSizeHasThatOfTheOther() {
    let place = Vector3(1, 0, 0)
    let sized: Trace = trace(place, origin: place, more: [("omega_pixel", 4)])
    let others: [[(String, Double)]] = [
      [], [("omega_pixel", 0)], [("omega_pixel", -4)], [("omega_pixel", 1)], [("omega_pixel", .nan)],
      [("omega_pixel", 4), ("obliquity_factor", 0)],
    ]
    for more in others {
      let other: Trace = self.trace(place, origin: place, more: more)
      let first = PixelPair(reference: other, candidate: sized)
      let second = PixelPair(reference: sized, candidate: other)
      let sizes: [Double?] = [
        first.reference?.pixelSize, first.candidate?.pixelSize, second.reference?.pixelSize,
        second.candidate?.pixelSize,
      ]
      #expect(sizes == [2, 2, 2, 2], "\(more)")
    }
  }

  /// Directions that are 1e-7 apart, traced or of the positions, are those of one pixel.
  @Test func directionsOfOnePixel() {
    let rows: [(shift: Double, tilt: Double?, areDifferent: Bool)] = [
      (0.001, nil, true), (0.001, 0, false), (0.001, 0.9e-7, false), (0.001, 1e-7, false), (0.001, 1.5e-7, true),
      (0.5e-8, nil, false), (1.5e-8, nil, true), (1.5e-8, 1.5e-7, true), (0.5e-8, 1.5e-7, false),
    ]
    let origin = Vector3(0.1, 0, 0)
    func pixel(_ shift: Double, _ tilt: Double?) -> Trace {
      var trace: Trace = self.trace(Vector3(0.1, shift, 0), origin: origin)
      if let tilt { trace.lines.append(TraceLine(.pixel, [TraceField("diffracted_vec", Vector3(1, tilt, 0))])) }
      return trace
    }
    for row in rows {
      let reference: Trace = pixel(0, row.tilt == nil ? nil : 0)
      let pair = PixelPair(reference: reference, candidate: pixel(row.shift, row.tilt))
      #expect(pair.areDifferent == row.areDifferent, "\(row)")
    }
  }

  /// A trace whose position has these coordinates, in pixels of 0.1 mm.
  private func trace(_ axes: (fast: Vector3, slow: Vector3), at coordinates: (fast: Double, slow: Double)) -> Trace {
    let (size, origin): (Double, Vector3) = (1e-4, Vector3(0.1, 0, 0))
    let (alongFast, alongSlow): (Double, Double) = (size * coordinates.fast, size * coordinates.slow)
    let place: Vector3 = origin + alongFast * axes.fast + alongSlow * axes.slow
    let solidAngle: Double = size * size / place.dot(place)
    return trace(place, origin: origin, fast: axes.fast, slow: axes.slow, more: [("omega_pixel", solidAngle)])
  }

  /// Each axis of the reference is less than 1e-6 from the other one of the candidate, and more than 1e-3 from its own
  /// neighbour, whatever is between the axes of the candidate.
  @Test func exchangedAxes() {
    typealias Axes = (fast: Vector3, slow: Vector3)
    func areDifferent(_ reference: Axes, _ candidate: Axes) -> Bool {
      let first: Trace = trace(reference, at: (fast: 30.5, slow: 20.5))
      let second: Trace = trace(candidate, at: (fast: 50.5, slow: 70.5))
      return PixelPair(reference: first, candidate: second).areDifferent
    }
    let (down, along): (Vector3, Vector3) = (Vector3(0, -1, 0), Vector3(0, 0, 1))
    let tilts: [(tilt: Double, areDifferent: Bool)] = [(0, false), (0.9e-6, false), (1e-6, true), (1.5e-6, true)]
    for (tilt, isOther) in tilts {
      #expect(areDifferent((along, down), (down, Vector3(0, tilt, 1))) == isOther, "\(tilt)")
      #expect(areDifferent((along, down), (Vector3(0, -1, tilt), along)) == isOther, "\(tilt)")
    }
    let long = Vector3(0, 0, 10)
    let (wide, narrow): (Vector3, Vector3) = (Vector3(0, 0.0010005, 10), Vector3(0, 0.0009998, 10))
    #expect(!areDifferent((long, wide), (narrow, long)) && areDifferent((long, narrow), (wide, long)))
    let opposite = Vector3(0, 0.0009, -10)
    #expect(!areDifferent((long, opposite), (opposite, long)))
  }
}
