import Physics
import PropertyTesting
import TestSupport
import Testing
import TraceIO

/// The pixel of a trace from its position, origin and axes, whatever these are.
@Suite(.tags(.verification), .generousTime) struct PixelLocationTests {
  /// A trace with a position on the plane of some axes, and what else locates it.
  private func trace(
    origin: Vector3, fast: Vector3, slow: Vector3, position: Vector3, more: [(String, [Double])] = []
  ) -> Trace {
    let fields = [
      ("pix0_vector_meters", origin.components), ("fdet_vec", fast.components), ("sdet_vec", slow.components),
      ("pixel_pos_meters", position.components),
    ]
    return Trace(
      author: "C",
      lines: (fields + more).map { TraceLine(.pixel, [TraceField($0.0, $0.1.map(TraceValue.real))]) })
  }

  /// Axes of any length and angle: the coordinates are those with which the position was made.
  @Test func coordinatesOfSkewAxes() throws {
    var random = SplitMix64(state: 11)
    func number(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
    for _ in 0..<300 {
      let fast = number(0.3...3) * Vector3(number(-0.2...0.2), 1, number(-0.2...0.2))
      let slow = number(0.3...3) * Vector3(number(-0.2...0.2), number(-0.6...0.6), -1)
      let origin = Vector3(number(0.05...0.3), number(-0.1...0.1), number(-0.1...0.1))
      let (size, a, b) = (number(2e-5...3e-4), number(-20...3000), number(-20...3000))
      let position = origin + (size * a) * fast + (size * b) * slow
      let found = try #require(
        PixelLocation(trace(origin: origin, fast: fast, slow: slow, position: position), pixelSize: size))
      // Solving amplifies rounding by the condition of the axes, here below 100; coordinates are up to 3000.
      #expect(abs(found.fastCoordinate - a) < 1e-8 && abs(found.slowCoordinate - b) < 1e-8, "\(found) \(a) \(b)")
      #expect(found.pixelSize == size)
    }
  }

  /// Positions before the plane, and further behind it than a sensor is thick, have no pixel; layers have one.
  @Test(arguments: [(0.0, true), (5e-7, true), (9e-4, true), (1.1e-3, false), (-5e-4, false), (-5e-7, true)])
  func positionsBesideThePlane(depth: Double, isFound: Bool) {
    let (fast, slow) = (Vector3(0, 0, 1), Vector3(0, -1, 0))
    let place = Vector3(1 + depth, 0.01, 0.02)
    let trace = trace(origin: Vector3(1, 0, 0), fast: fast, slow: slow, position: place)
    #expect((PixelLocation(trace, pixelSize: 1e-4) != nil) == isFound)
    // Three pixels of half a millimetre are more than a millimetre.
    #expect(PixelLocation(trace, pixelSize: 5e-4) != nil || depth < 0)
    // A position at the traced distance is one of a sphere.
    let curved = self.trace(
      origin: Vector3(1, 0, 0), fast: fast, slow: slow, position: place, more: [("distance_meters", [place.length])])
    #expect((PixelLocation(curved, pixelSize: 1e-4) != nil) == (abs(depth) < 1e-6))
  }

  /// Parallel axes span no plane.
  @Test func parallelAxes() {
    let place = Vector3(0.1, 0.01, 0)
    func found(_ slow: Vector3) -> PixelLocation? {
      PixelLocation(
        trace(origin: Vector3(0.1, 0, 0), fast: Vector3(0, 1, 0), slow: slow, position: place), pixelSize: 1e-4)
    }
    #expect(found(Vector3(0, 1, 0)) == nil && found(Vector3(0, 1, 5e-4)) == nil && found(Vector3(0, 1, 0.01)) != nil)
  }

  /// Ω = p² Dc / R³, whichever of the quantities with Dc the trace has.
  @Test func sizeFromTheSolidAngle() throws {
    let (fast, slow, place) = (Vector3(0, 0, 1), Vector3(0, -1, 0), Vector3(0.1, 0.02, 0.03))
    let (size, distance) = (1.7e-4, place.length)
    let solidAngle = size * size * 0.1 / (distance * distance * distance)
    for more: [(String, [Double])] in [
      [("close_distance_meters", [0.1])], [("obliquity_factor", [0.1 / distance])],
    ] {
      let trace = trace(
        origin: Vector3(0.1, 0, 0), fast: fast, slow: slow, position: place,
        more: [("omega_pixel", [solidAngle])] + more)
      let found = try #require(PixelLocation(trace))
      #expect(abs(found.pixelSize / size - 1) < 1e-14, "three roundings and a root")
    }
    // Without a sensor's obliquity the pixel is taken to face the sample; a point pixel has no size.
    let plain = trace(
      origin: Vector3(0.1, 0, 0), fast: fast, slow: slow, position: place, more: [("omega_pixel", [solidAngle])])
    #expect(abs(try #require(PixelLocation(plain)).pixelSize / (size * (0.1 / distance).squareRoot()) - 1) < 1e-14)
    let point = trace(
      origin: Vector3(0.1, 0, 0), fast: fast, slow: slow, position: place,
      more: [("omega_pixel", [1 / (distance * distance)])])
    #expect(PixelLocation(point) == nil)
  }
}
