import Foundation
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/KinematicProperties.swift")

/// A crystal turned so that one reflection is exactly on the Ewald sphere, in units of Å and radians.
private struct Reflecting: Sendable, Equatable {
  var index: [Int]
  var count: Int
  var fudge: Double
  var wavelength: Double
  var twoTheta: Double
  var azimuth: Double
  /// A turn about the scattering vector, which leaves the reflection where it is.
  var roll: Double
  /// The spindle, as a direction.
  var spindle: Vector3

  var incident: Vector3 { Vector3(0, 0, 1) }
  var diffracted: Vector3 {
    Vector3(sin(twoTheta) * cos(azimuth), sin(twoTheta) * sin(azimuth), cos(twoTheta))
  }
  var node: Vector3 { Vector3(Double(index[0]), Double(index[1]), Double(index[2])) }
  var scatteringVector: Vector3 { (1 / wavelength) * (diffracted - incident) }
  /// The edge of the cubic cell that reflects at this angle.
  var edge: Double { node.length / scatteringVector.length }

  /// The direct vectors, in Å.
  var cell: DirectCell {
    let (from, to) = (node.normalized, scatteringVector.normalized)
    let axis = from.cross(to)
    let first =
      axis.length < 1e-9
      ? Turn(axis: Vector3(1, 0, 0), angle: 0) : Turn(axis: axis.normalized, angle: atan2(axis.length, from.dot(to)))
    let second = Turn(axis: to, angle: roll)
    let axes = [Vector3(edge, 0, 0), Vector3(0, edge, 0), Vector3(0, 0, edge)].map { second(first($0)) }
    return DirectCell(a: axes[0], b: axes[1], c: axes[2])
  }

  var form: CrystalForm {
    let n = Double(count)
    let star = [cell.a, cell.b, cell.c].map { (1 / (edge * edge)) * $0 }
    return CrystalForm(
      shape: .gauss, cells: Vector3(n, n, n), fudge: fudge,
      reciprocal: ReciprocalBasis(a: star[0], b: star[1], c: star[2]), widthFromProduct: false, unreducedPhases: false)
  }

  /// How fast the reflection crosses the Ewald sphere.
  var rate: Double { spindle.dot(diffracted.cross(incident)) }

  /// How far to integrate along three coordinates whose steps move the scattering vector by the given vectors: five
  /// standard deviations of the Gaussian spot, exp(−2 (N a r)² f/0.63).
  func reach(_ columns: [Vector3]) throws -> [Double] {
    let deviation = (0.63 / (4 * fudge)).squareRoot() / (Double(count) * edge)
    return try LinearAlgebra.reciprocal(rows: columns.map(\.simd)).map { 5 * deviation * LinearAlgebra.length($0) }
  }

  /// The square of the spot's width over the scattering vector: the curvature of the Ewald sphere.
  var curvature: Double { pow(1 / (Double(count) * edge * scatteringVector.length), 2) / fudge }
}

private let reflecting = zip(
  Generator<Int>.integer(in: 2...6).array(3...3), .integer(in: 40...80), .double(in: 0.5...2),
  zip(.double(in: 0.7...2), .double(in: 0.3...1.2), .double(in: 0...6.28), .double(in: 0...6.28)),
  Generator<Vector3>.direction
).map { index, count, fudge, angles, spindle in
  Reflecting(
    index: index, count: count, fudge: fudge, wavelength: angles.0, twoTheta: angles.1, azimuth: angles.2,
    roll: angles.3,
    spindle: spindle)
}.map { spot in
  // A spindle along the scattering plane or along the scattering vector would not carry the spot through the sphere:
  // it is turned towards the normal of the plane.
  var spot = spot
  let normal = spot.diffracted.cross(spot.incident).normalized
  spot.spindle = (normal + 0.45 * spot.spindle).normalized
  return spot
}

/// The most valuable end-to-end oracle: a reflection integrated over rotation and solid angle.
@Suite(.tags(.sampling, .oracle, .property), .generousTime) struct KinematicProperties {
  @Test("The squared lattice factor integrated over rotation and solid angle is λ³ S L (oracle)")
  func integratedLatticeFactor() {
    forAll("oracle: |F_latt|² integrated over rotation and solid angle is λ³ S L", reflecting, cost: .dear) {
      check, spot in
      let rule = try Quadrature.GaussLegendre(20)
      let (s1, q0) = (spot.diffracted, spot.scatteringVector)
      let e1 = s1.cross(spot.incident).normalized
      let e2 = s1.cross(e1)
      let turning = spot.spindle.cross(q0)
      let columns = [(1 / spot.wavelength) * e1, (1 / spot.wavelength) * e2, -turning]
      let (cell, form) = (spot.cell, spot.form)
      let reach = try spot.reach(columns)
      let integral = rule.integrate(-reach[2], reach[2]) { phi in
        let turned = cell.rotated(axis: spot.spindle, angle: phi)
        return rule.integrate(-reach[0], reach[0]) { x in
          rule.integrate(-reach[1], reach[1]) { y in
            let ray = s1 + x * e1 + y * e2
            let q = (1 / spot.wavelength) * (ray.normalized - spot.incident)
            let factor = form.latticeFactor(MillerIndices(cell: turned, scatteringVector: q)).value
            return factor * factor / pow(1 + x * x + y * y, 1.5)
          }
        }
      }
      let cells = pow(Double(spot.count), 3)
      let volume = try SpotVolumeOracles.gaussian(fudge: spot.fudge)
      let expected = try KinematicOracles.integratedIntensity(
        wavelength: spot.wavelength, spotVolume: cells * volume.value / pow(spot.edge, 3), axis: spot.spindle.simd,
        incident: spot.incident.simd, diffracted: s1.simd)
      let steepness = pow(sin(spot.twoTheta) / spot.rate, 2)
      try check.close(
        integral / expected.value, 1, within: 2e-5 + 1.5 * spot.curvature * steepness,
        because: "20 points over ten standard deviations, and the curvature of the Ewald sphere")
    }
  }

  @Test("The simulated image has the photons of a rotated spot (oracle)") func photonsOfARotatedSpot() {
    forAll(
      "oracle: photons of a rotated spot in the simulated image", reflecting, .logUniform(in: 1...1000), cost: .dear
    ) {
      check, spot, amplitude in
      let distance = 0.2
      let middle = (distance / spot.diffracted.z) * spot.diffracted
      // How a step on the detector, and of the spindle, moves the scattering vector.
      func shift(_ step: Vector3) -> Vector3 {
        let ray = (middle + 1e-6 * step).normalized - spot.diffracted
        return (1e6 / spot.wavelength) * ray
      }
      let reach = try spot.reach([
        shift(Vector3(1, 0, 0)), shift(Vector3(0, 1, 0)), -spot.spindle.cross(spot.scatteringVector),
      ])
      let pixels = 32
      let pixel = 2 * max(reach[0], reach[1]) / Double(pixels)
      try check.assume(min(reach[0], reach[1]) > 0.35 * max(reach[0], reach[1]))
      let steps = 24
      var request = SimulationRequest.minimal
      request.place(.convention(.custom))
      let xds = Convention.xds.vectors
      request.place(
        .vector(.beam, xds.beam), .vector(.fast, xds.fast), .vector(.slow, xds.slow), .vector(.normal, xds.normal),
        .vector(.polarization, xds.fast), .vector(.spindle, spot.spindle))
      request.place(.distance(.metres(distance)), .pivot(.sample))
      request.pixelSize = .metres(pixel)
      (request.pixelsFast, request.pixelsSlow) = (pixels, pixels)
      let corner = (x: middle.x - pixel * Double(pixels) / 2, y: middle.y - pixel * Double(pixels) / 2)
      request.place(.xClose(.metres(-corner.x)), .yClose(.metres(-corner.y)))
      let star = [spot.cell.a, spot.cell.b, spot.cell.c].map { (1 / (spot.edge * spot.edge)) * $0 }
      request.matrix = try OrientationMatrix(star, wavelength: spot.wavelength)
      (request.cell, request.wavelength) = ([], .angstroms(spot.wavelength))
      (request.cellsA, request.cellsB, request.cellsC) = (spot.count, spot.count, spot.count)
      (request.shape, request.fudge, request.defaultAmplitude) = (.gauss, spot.fudge, amplitude)
      let range = 2 * reach[2]
      // Steps stand at their starts: begin half a step late, so that they stand in the middle.
      request.phi = (-reach[2] + range / Double(steps) / 2) * Constants.degreesPerRadian
      (request.oscillation, request.phiSteps) = (range * Constants.degreesPerRadian, steps)
      (request.oversample, request.photons) = (1, [.fluence(1e24)])
      let image = try Simulator(try Experiment(resolving: request, compatibility: .spec)).render().image
      let photons = image.pixels.reduce(0) { $0 + Double($1) } * range

      let cells = pow(Double(spot.count), 3)
      let volume = try SpotVolumeOracles.gaussian(fudge: spot.fudge)
      let integral = try KinematicOracles.integratedIntensity(
        wavelength: spot.wavelength, spotVolume: cells * volume.value / pow(spot.edge, 3), axis: spot.spindle.simd,
        incident: spot.incident.simd, diffracted: spot.diffracted.simd)
      let polarization = PolarizationOracles.azimuthalMean(cosTwoTheta: cos(spot.twoTheta)).value
      let expected =
        PolarizationOracles.electronRadiusSquared.value * 1e24 * amplitude * amplitude * polarization * integral.value
      let steepness = pow(sin(spot.twoTheta) / spot.rate, 2)
      try check.close(
        photons / expected, 1, within: 1e-4 + 2 * spot.curvature * steepness,
        because: "midpoints of 32² × 24 cells over ten standard deviations, curvature, polarization at the middle")
    }
  }
}
