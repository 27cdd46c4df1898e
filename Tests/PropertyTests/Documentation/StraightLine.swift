import Foundation

/// The calculation of the reference program written down a second time, in one line of operations after another, as
/// docs/reference/20-geometry.md to docs/reference/50-pixel-loop.md order them: one source, one phi step, one domain,
/// one sub-pixel, one layer. Nothing here is the simulator's.
struct StraightLine {
  /// Numbers as they stand on the command line.
  struct Given: Sendable {
    var cell: [Double] = [50, 60, 70, 90, 90, 90]
    var misset: [Double] = [0, 0, 0]
    var counts: [Double] = [3, 3, 3]
    var wavelength = 1.0
    var distance = 100.0
    var pixel = 0.1
    var pixels = [4, 4]
    var rotations: [Double] = [0, 0, 0]
    var twoTheta = 0.0
    /// Xbeam and Ybeam with the beam pivot, ORGX and ORGY with the sample pivot.
    var centre: [Double] = [1, 1]
    /// Whether the frame is MOSFLM's, with the beam pivot; that of XDS, with the sample pivot, otherwise.
    var isMosflm = true
    var phi = 0.0
    var kahn = 0.0
    var amplitude = 100.0
    var fluence = 1e20
    var water = 0.0
    var shape = "-square_xtal"
    var fudge = 1.0
  }

  typealias V = [Double]

  var (fast, slow, normal, origin): (V, V, V, V) = ([], [], [], [])
  var dialsOrigin: V = []
  var (distance, closeDistance, nearFast, nearSlow, beamFast, beamSlow) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
  var (a, b, c): (V, V, V) = ([], [], [])
  var (aStar, bStar, cStar): (V, V, V) = ([], [], [])
  var volume = 0.0
  private let given: Given
  private let beam: V
  private let polarization: V
  private let spindle: V
  private let degrees = 180.0 * 0.318309886183790671538

  init(_ given: Given) {
    self.given = given
    beam = given.isMosflm ? [1, 0, 0] : [0, 0, 1]
    polarization = given.isMosflm ? [0, 0, 1] : [1, 0, 0]
    spindle = polarization
    placeDetector()
    orientCrystal()
  }

  // MARK: Vectors, x before y before z

  private static func dot(_ v: V, _ w: V) -> Double { v[0] * w[0] + v[1] * w[1] + v[2] * w[2] }
  private static func length(_ v: V) -> Double { dot(v, v).squareRoot() }
  private static func cross(_ v: V, _ w: V) -> V {
    [v[1] * w[2] - v[2] * w[1], v[2] * w[0] - v[0] * w[2], v[0] * w[1] - v[1] * w[0]]
  }
  static func unit(_ v: V) -> V {
    let size = length(v)
    return size == 0 ? [0, 0, 0] : [v[0] / size, v[1] / size, v[2] / size]
  }
  private static func times(_ s: Double, _ v: V) -> V { [s * v[0], s * v[1], s * v[2]] }

  /// About x, then y, then z, each by a matrix whose zeros are multiplied, too.
  private static func turn(_ v: V, _ angles: V) -> V {
    var (x, y, z) = (v[0], v[1], v[2])
    if angles[0] != 0 {
      let (s, c) = (sin(angles[0]), cos(angles[0]))
      (y, z) = (y * c + z * -s, y * s + z * c)
    }
    if angles[1] != 0 {
      let (s, c) = (sin(angles[1]), cos(angles[1]))
      (x, z) = (x * c + y * 0 + z * s, x * -s + y * 0 + z * c)
    }
    if angles[2] != 0 {
      let (s, c) = (sin(angles[2]), cos(angles[2]))
      (x, y) = (x * c + y * -s, x * s + y * c)
    }
    return [x, y, z]
  }

  private static func turn(_ v: V, about n: V, _ angle: Double) -> V {
    let (s, c) = (sin(angle), cos(angle))
    let along = (n[0] * v[0] + n[1] * v[1] + n[2] * v[2]) * (1 - c)
    return [
      n[0] * along + v[0] * c + (-n[2] * v[1] + n[1] * v[2]) * s,
      n[1] * along + v[1] * c + (n[2] * v[0] - n[0] * v[2]) * s,
      n[2] * along + v[2] * c + (-n[1] * v[0] + n[0] * v[1]) * s,
    ]
  }

  // MARK: docs/reference/20-geometry.md §2 to §6

  private mutating func placeDetector() {
    let pixel = given.pixel / 1000
    let angles = given.rotations.map { $0 / degrees }
    let swing = given.twoTheta / degrees
    let axis: V = given.isMosflm ? [0, 0, -1] : [1, 0, 0]
    let (f, s, o): (V, V, V) =
      given.isMosflm ? ([0, 0, 1], [0, -1, 0], [1, 0, 0]) : ([1, 0, 0], [0, 1, 0], [0, 0, 1])
    let ratio = Self.dot(beam, Self.turn(o, angles))
    let close = abs(ratio * (given.distance / 1000))
    fast = Self.turn(Self.turn(f, angles), about: axis, swing)
    slow = Self.turn(Self.turn(s, angles), about: axis, swing)
    normal = Self.turn(Self.turn(o, angles), about: axis, swing)
    if given.isMosflm {
      let (fastBeam, slowBeam) = (given.centre[1] / 1000 + 0.5 * pixel, given.centre[0] / 1000 + 0.5 * pixel)
      let along = close / ratio
      origin = (0..<3).map { -fastBeam * fast[$0] - slowBeam * slow[$0] + along * beam[$0] }
    } else {
      let (fastNear, slowNear) = ((given.centre[0] - 0.5) * pixel, (given.centre[1] - 0.5) * pixel)
      let corner = (0..<3).map { -fastNear * f[$0] - slowNear * s[$0] + close * o[$0] }
      origin = Self.turn(Self.turn(corner, angles), about: axis, swing)
    }
    dialsOrigin = [[0, 0, 1], [0, 1, 0], [-1, 0, 0]].map { 1000 * Self.dot(origin, $0) }
    nearFast = -Self.dot(origin, fast)
    nearSlow = -Self.dot(origin, slow)
    closeDistance = Self.dot(origin, normal)
    let impact = (0..<3).map { closeDistance / ratio * beam[$0] - origin[$0] }
    beamFast = Self.dot(fast, impact)
    beamSlow = Self.dot(slow, impact)
    distance = closeDistance / ratio
  }

  // MARK: docs/reference/30-crystal.md §1 to §5

  private mutating func orientCrystal() {
    let (la, lb, lc) = (given.cell[0], given.cell[1], given.cell[2])
    let (al, be, ga) = (given.cell[3] / degrees, given.cell[4] / degrees, given.cell[5] / degrees)
    let half = (al + be + ga) / 2
    let cellVolume = 2 * la * lb * lc * (sin(half) * sin(half - al) * sin(half - be) * sin(half - ga)).squareRoot()
    let inverse = 1 / cellVolume
    let (sa, sb, sc) = (lb * lc * sin(al) * inverse, lc * la * sin(be) * inverse, la * lb * sin(ga) * inverse)
    let sine = min(lc * inverse / sa / sb, 1)
    let cosA = (cos(be) * cos(ga) - cos(al)) / (sin(be) * sin(ga))
    let cosB = (cos(ga) * cos(al) - cos(be)) / (sin(ga) * sin(al))
    let cosC = (cos(al) * cos(be) - cos(ga)) / (sin(al) * sin(be))
    let angles = given.misset.map { $0 / degrees }
    let r1 = Self.turn([sa, 0, 0], angles)
    let r2 = Self.turn([sb * cosC, sb * sine, 0], angles)
    let r3 = Self.turn([sc * cosB, sc * (cosA - cosB * cosC) / sine, sc * cellVolume / (la * lb * lc * sine)], angles)
    func rescaled(_ v: V, _ edge: Double) -> V { Self.times(edge / cellVolume / Self.length(v), v) }
    volume = 1 / inverse
    let (av, bv, cv) = (
      Self.times(volume, rescaled(Self.cross(r2, r3), la)), Self.times(volume, rescaled(Self.cross(r3, r1), lb)),
      Self.times(volume, rescaled(Self.cross(r1, r2), lc))
    )
    aStar = Self.times(inverse, Self.cross(bv, cv))
    bStar = Self.times(inverse, Self.cross(cv, av))
    cStar = Self.times(inverse, Self.cross(av, bv))
    (a, b, c) = (Self.times(1e-10, av), Self.times(1e-10, bv), Self.times(1e-10, cv))
  }

  // MARK: docs/reference/50-pixel-loop.md §3

  /// The stored pixel.
  func pixel(slow s: Int, fast f: Int) -> Float {
    let size = given.pixel / 1000
    let (fastPlace, slowPlace) = (size * Double(f) + size / 2, size * Double(s) + size / 2)
    // The layer is at depth zero.
    let place = (0..<3).map { fastPlace * fast[$0] + slowPlace * slow[$0] + 0 * normal[$0] + origin[$0] }
    let radius = Self.length(place)
    let d = [place[0] / radius, place[1] / radius, place[2] / radius]
    let omega = size * size / radius / radius * closeDistance / radius
    let wavelength = given.wavelength / 1e10
    let q = [(d[0] - beam[0]) / wavelength, (d[1] - beam[1]) / wavelength, (d[2] - beam[2]) / wavelength]
    let polar = polarizationFactor(Self.unit(d))
    let factor = latticeFactor(q)
    let water = given.water / 1e6
    let crossSection = 7.94079248018965e-30
    let background =
      2.57 * 2.57 * crossSection * given.fluence * water * water * water * 1e6 * 6.02214179e23 / 18
    var sum = background
    if factor != 0 || water != 0 { sum += given.amplitude * given.amplitude * factor * factor }
    return Float(0 + crossSection * given.fluence * sum / 1 * polar * omega)
  }

  private func polarizationFactor(_ d: V) -> Double {
    Self.polarizationFactor(given.kahn, incident: Self.unit(beam), d, axis: Self.unit(polarization))
  }

  /// The polarization factor of unit vectors; none of them is normalised again.
  static func polarizationFactor(_ kahn: Double, incident i: V, _ d: V, axis: V) -> Double {
    let cosine = dot(i, d)
    let (square, rest) = (cosine * cosine, 1 - cosine * cosine)
    guard kahn != 0 else { return 0.5 * (1 + square - 0 * rest) }
    let across = unit(cross(axis, i))
    let along = unit(cross(i, across))
    let psi = -atan2(dot(d, across), dot(d, along))
    return 0.5 * (1 + square - kahn * cos(2 * psi) * rest)
  }

  private func latticeFactor(_ q: V) -> Double {
    let phi = given.phi / degrees
    let cell = [a, b, c].map { phi != 0 ? Self.turn($0, about: spindle, phi) : $0 }
    let index = cell.map { Self.dot($0, q) }
    let offset = index.map { $0 - ceil($0 - 0.5) }
    let n = given.counts
    let all = n[0] * n[1] * n[2]
    if given.shape == "-square_xtal" {
      return (0..<3).reduce(1.0) { product, axis in
        let x = Double.pi * index[axis]
        return n[axis] > 1 ? product * (x == 0 ? n[axis] : sin(x * n[axis]) / sin(x)) : product
      }
    }
    if given.shape == "-round_xtal" {
      let square =
        offset[0] * offset[0] * n[0] * n[0] + offset[1] * offset[1] * n[1] * n[1] + offset[2] * offset[2] * n[2] * n[2]
      let x = Double.pi * (square * given.fudge).squareRoot()
      return all * 0.723601254558268 * (x == 0 ? 1 : 3 * (sin(x) / x - cos(x)) / (x * x))
    }
    let star = (0..<3).map { offset[0] * aStar[$0] + offset[1] * bStar[$0] + offset[2] * cStar[$0] }
    let square = Self.dot(star, star) * n[0] * n[0] * n[1] * n[1] * n[2] * n[2]
    if given.shape == "-gauss_xtal" { return all * exp(-(square / 0.63 * given.fudge)) }
    return square * given.fudge < 0.3969 ? all : 0
  }
}
