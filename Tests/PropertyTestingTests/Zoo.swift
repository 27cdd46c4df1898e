import Foundation

import PropertyTesting
import Testing

/// A scene of the zoo: what a diffraction simulator has, in its own units, with nothing of ours.
struct ZooScene: Equatable {
  var a, b, c: Double
  var alpha: Double
  var na, nb, nc: Int
  var wavelength: Double
  var distance: Double
  var twoTheta: Double
  var pixel: Double
  var polar: Double
  var thickness: Double
  var phi: Double
  var steps: Int
  var x, y: Int
  var shape: Shape
  var h: Double

  enum Shape { case square, round, gauss, tophat }

  /// All scenes; without edges as engine 1 drew them.
  static func scenes(edges: Bool = true) -> Generator<ZooScene> {
    func number(_ range: ClosedRange<Double>) -> Generator<Double> { .double(in: range, edges: edges) }
    func whole(_ range: ClosedRange<Int>) -> Generator<Int> { .integer(in: range) }
    let crystal = zip(number(20...200), number(20...200), number(20...200), number(70...110))
    let counts = zip(whole(1...30), whole(1...30), whole(1...30))
    let camera = zip(number(0.5...2.5), number(50...500), number(-30...30), number(0.02...0.3))
    let beam = zip(number(-1...1), number(0...500), number(-180...180), whole(1...20))
    let place = zip(
      whole(0...100), whole(0...100), Generator<Shape>.element(of: [.square, .round, .gauss, .tophat]), number(-20...20)
    )
    return zip(crystal, counts, camera, beam, place).map { crystal, counts, camera, beam, place in
      ZooScene(
        a: crystal.0, b: crystal.1, c: crystal.2, alpha: crystal.3, na: counts.0, nb: counts.1, nc: counts.2,
        wavelength: camera.0, distance: camera.1, twoTheta: camera.2, pixel: camera.3, polar: beam.0,
        thickness: beam.1, phi: beam.2, steps: beam.3, x: place.0, y: place.1, shape: place.2, h: place.3)
    }
  }

  /// The parts by name, each with what takes it from another scene.
  static let parts: [(name: String, copy: @Sendable (inout ZooScene, ZooScene) -> Void)] = [
    ("a", { $0.a = $1.a }), ("b", { $0.b = $1.b }), ("c", { $0.c = $1.c }), ("alpha", { $0.alpha = $1.alpha }),
    ("na", { $0.na = $1.na }), ("nb", { $0.nb = $1.nb }), ("nc", { $0.nc = $1.nc }),
    ("wavelength", { $0.wavelength = $1.wavelength }), ("distance", { $0.distance = $1.distance }),
    ("twoTheta", { $0.twoTheta = $1.twoTheta }), ("pixel", { $0.pixel = $1.pixel }), ("polar", { $0.polar = $1.polar }),
    ("thickness", { $0.thickness = $1.thickness }), ("phi", { $0.phi = $1.phi }), ("steps", { $0.steps = $1.steps }),
    ("x", { $0.x = $1.x }), ("y", { $0.y = $1.y }), ("shape", { $0.shape = $1.shape }), ("h", { $0.h = $1.h }),
  ]
}

/// A formula and a wrong form of it.
struct ZooFault: Sendable, CustomStringConvertible {
  let description: String
  /// The largest relative deviation that passes.
  var tolerance = 1e-9
  let right: @Sendable (ZooScene) -> Double
  let wrong: @Sendable (ZooScene) -> Double

  func claim(_ check: Check, _ scene: ZooScene) throws {
    let expected = right(scene)
    try check.close(
      wrong(scene), expected, within: tolerance * abs(expected) + (tolerance == 0 ? 0 : 1e-300),
      because: "a planted fault")
  }

  private static let degree = Double.pi / 180

  private static func grating(_ x: Double, _ n: Int) -> Double {
    let bottom = sin(x)
    return bottom == 0 ? Double(n) : sin(Double(n) * x) / bottom
  }

  static let all: [ZooFault] = constants + terms + branches + cancellations + units + indices

  private static let constants: [ZooFault] = [
    ZooFault(description: "hc is 12398", right: { 12398.42 / $0.wavelength }, wrong: { 12398 / $0.wavelength }),
    ZooFault(
      description: "57.3 degrees per radian", right: { sin($0.twoTheta * degree) + 2 },
      wrong: { sin($0.twoTheta / 57.3) + 2 }),
    ZooFault(
      description: "pi is 3.1416", right: { 1.5 + sin(.pi * $0.h) }, wrong: { 1.5 + sin(3.1416 * $0.h) }),
    ZooFault(
      description: "another constant for round crystals",
      right: { Double($0.na) * ($0.shape == .round ? 0.723601254558268 : 1) },
      wrong: { Double($0.na) * ($0.shape == .round ? 0.7236 : 1) }),
    ZooFault(
      description: "water of 18.015", right: { $0.thickness / 18.01528 }, wrong: { $0.thickness / 18.015 }),
    ZooFault(
      description: "the power of the distance", right: { 1 / ($0.distance * $0.distance) },
      wrong: { 100 / ($0.distance * $0.distance * $0.distance) }),
  ]

  private static let terms: [ZooFault] = [
    ZooFault(
      description: "obliquity is lost", right: { cos($0.twoTheta * degree) / $0.distance }, wrong: { 1 / $0.distance }),
    ZooFault(
      description: "a small sine is lost", right: { $0.a + 1e-4 * sin($0.phi * degree) }, wrong: { $0.a }),
    ZooFault(
      description: "the mixed term of the cell is lost",
      right: { $0.b * $0.b + $0.c * $0.c + 2 * $0.b * $0.c * cos($0.alpha * degree) },
      wrong: { $0.b * $0.b + $0.c * $0.c }),
    ZooFault(
      description: "negative polarization is lost", right: { 2 + $0.polar }, wrong: { 2 + max($0.polar, 0) }),
    ZooFault(
      description: "the sum is not divided", right: { $0.pixel / Double($0.steps) }, wrong: { $0.pixel }),
    ZooFault(
      description: "absorption by its first term", right: { 1 - exp(-$0.thickness / 2e4) + 1 },
      wrong: { $0.thickness / 2e4 + 1 }),
    ZooFault(
      description: "a damping above 10 cells", right: { $0.nc > 10 ? exp(-$0.h * $0.h / 100) : 1 }, wrong: { _ in 1 }),
  ]

  private static let branches: [ZooFault] = [
    ZooFault(
      description: "the limit of the grating too early", right: { abs(grating(.pi * $0.h, $0.na)) + 1 },
      wrong: { abs(abs(sin(.pi * $0.h)) < 0.02 ? Double($0.na) : grating(.pi * $0.h, $0.na)) + 1 }),
    ZooFault(
      description: "a wrong branch beyond 29 degrees", right: { 1 + tan($0.twoTheta * degree) * $0.distance * 1e-3 },
      wrong: { 1 + ($0.twoTheta > 29 ? sin($0.twoTheta * degree) : tan($0.twoTheta * degree)) * $0.distance * 1e-3 }),
    ZooFault(
      description: "rounding towards zero", right: { $0.h.rounded(.down) + 40 },
      wrong: { $0.h.rounded(.towardZero) + 40 }),
    ZooFault(
      description: "a right angle is taken for another cell", right: { $0.b * sin($0.alpha * degree) },
      wrong: { $0.alpha == 90 ? $0.b * 0.5 : $0.b * sin($0.alpha * degree) }),
    ZooFault(
      description: "the last pixel of a row", right: { Double($0.x) * $0.pixel + 1 },
      wrong: { Double($0.x == 100 ? 99 : $0.x) * $0.pixel + 1 }),
    ZooFault(
      description: "long wavelengths", right: { 1 / $0.wavelength }, wrong: { 1 / min($0.wavelength, 2.4) }),
    ZooFault(
      description: "lengths are cut off", right: { $0.a * Double($0.nb) }, wrong: { min($0.a, 180) * Double($0.nb) }),
    ZooFault(
      description: "the smaller count", right: { Double(max($0.na, $0.nb)) }, wrong: { Double(min($0.na, $0.nb)) }),
    ZooFault(
      description: "half a turn", right: { $0.phi + 400 }, wrong: { ($0.phi == 180 ? -180 : $0.phi) + 400 }),
    ZooFault(
      description: "another count where two are equal", right: { Double($0.nc) },
      wrong: { Double($0.na == $0.nb ? $0.nb : $0.nc) }),
    ZooFault(
      description: "unpolarized is zero", right: { 1 + $0.polar * 0.3 },
      wrong: { $0.polar == 0 ? 2 : 1 + $0.polar * 0.3 }),
  ]

  private static let cancellations: [ZooFault] = [
    ZooFault(
      description: "one minus a cosine", right: { 2 * pow(sin($0.twoTheta * degree / 2), 2) },
      wrong: { 1 - cos($0.twoTheta * degree) }),
    ZooFault(
      description: "a difference of lengths",
      right: {
        let s = Double($0.x) * $0.pixel; return s * s / (sqrt($0.distance * $0.distance + s * s) + $0.distance)
      },
      wrong: {
        let s = Double($0.x) * $0.pixel; return sqrt($0.distance * $0.distance + s * s) - $0.distance
      }),
    ZooFault(description: "a large number beside", right: { $0.polar }, wrong: { ($0.polar + 1e8) - 1e8 }),
    ZooFault(
      description: "the sphere by its closed form",
      right: {
        let x = abs($0.h) / 10;
        return x < 0.5
          ? 1.0 / 3 - x * x / 30 + x * x * x * x / 840 - pow(x, 6) / 45360 + pow(x, 8) / 3991680
          : (sin(x) - x * cos(x)) / (x * x * x)
      },
      wrong: {
        let x = abs($0.h) / 10; return x == 0 ? 1.0 / 3 : (sin(x) - x * cos(x)) / (x * x * x)
      }),
    ZooFault(
      description: "single precision", tolerance: 1e-10, right: { 1 / $0.wavelength },
      wrong: { Double(Float(1 / $0.wavelength)) }),
    ZooFault(
      description: "single precision of large indices", tolerance: 1e-10, right: { 25 + $0.h },
      wrong: { 25 + (abs($0.h) > 10 ? Double(Float($0.h)) : $0.h) }),
  ]

  private static let units: [ZooFault] = [
    ZooFault(
      description: "times a thousandth", tolerance: 0, right: { $0.distance / 1e3 }, wrong: { $0.distance * 1e-3 }),
    ZooFault(
      description: "thick sensors in millimetres", right: { $0.thickness * 1e-6 + 1 },
      wrong: { $0.thickness * ($0.thickness > 400 ? 1e-3 : 1e-6) + 1 }),
    ZooFault(
      description: "ångströms twice for Gaussian crystals", right: { $0.a },
      wrong: { $0.shape == .gauss ? $0.a * 1e-10 : $0.a }),
    ZooFault(
      description: "radians for negative angles", right: { 2 + sin($0.twoTheta * degree) },
      wrong: { 2 + sin($0.twoTheta < 0 ? $0.twoTheta : $0.twoTheta * degree) }),
    ZooFault(
      description: "the sign of the angle", right: { 2 + sin($0.twoTheta * degree) },
      wrong: { 2 - sin($0.twoTheta * degree) }),
    ZooFault(
      description: "the sign of polarization of round crystals", right: { 2 + $0.polar },
      wrong: { 2 + ($0.shape == .round ? -$0.polar : $0.polar) }),
  ]

  private static let indices: [ZooFault] = [
    ZooFault(
      description: "half indices are rounded up", right: { ($0.h - 0.5).rounded(.up) + 40 },
      wrong: { ($0.h + 0.5).rounded(.down) + 40 }),
    ZooFault(
      description: "the next index of a whole one", right: { $0.h.rounded(.up) + 40 },
      wrong: { $0.h.rounded(.down) + 1 + 40 }),
    ZooFault(
      description: "even counts are one less", right: { Double($0.na) },
      wrong: { Double($0.na % 2 == 0 ? $0.na - 1 : $0.na) }),
    ZooFault(
      description: "the last of many steps", right: { Double($0.steps) * 0.1 + 1 },
      wrong: { Double($0.steps > 10 ? $0.steps - 1 : $0.steps) * 0.1 + 1 }),
    ZooFault(
      description: "every tenth pixel", right: { Double($0.x) * $0.pixel + 1 },
      wrong: { Double($0.x % 10 == 0 ? $0.x + 1 : $0.x) * $0.pixel + 1 }),
    ZooFault(
      description: "rows for columns", right: { Double($0.x) + 1 }, wrong: { Double($0.y) + 1 }),
  ]
}
