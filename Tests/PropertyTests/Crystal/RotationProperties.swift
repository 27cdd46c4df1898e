import Foundation
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/RotationProperties.swift")

/// Vectors and rotations: algebra, and agreement with matrix exponentials.
@Suite(.tags(.geometry, .oracle, .property), .generousTime) struct RotationProperties {
  private let vector = Generator<Vector3>.vector(length: 1e-3...1e3)

  @Test("A rotation keeps scalar products") func scalarProductsAreKept() {
    forAll("a rotation keeps scalar products", Generator.turn, vector, vector) { check, turn, u, v in
      let scale = u.length * v.length
      try check.close(
        turn(u).dot(turn(v)), u.dot(v), within: 24 * eps * scale, because: "three products per component, twice")
    }
  }

  @Test("The images of the axes under a rotation span a volume of +1") func rotationsAreRightHanded() {
    forAll("the images of the axes span a volume of +1", Generator.turn) { check, turn in
      let rows = [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)].map { turn($0).simd }
      let volume = try LinearAlgebra.determinant(rows: rows)
      try check.close(volume.value, 1, within: volume.error + 24 * eps, because: "rounding of nine elements")
    }
  }

  @Test("A quarter turn takes the second axis of a triad to the third") func quarterTurn() {
    forAll("a quarter turn takes the second axis of a triad to the third", vector, vector) { check, u, v in
      let across = u.cross(v)
      try check.assume(across.length > 1e-3 * u.length * v.length)
      let (n, e) = (u.normalized, across.normalized)
      let turned = Rotation.aboutAxis(e, axis: n, angle: .pi / 2)
      try check.close(
        (turned - n.cross(e)).length, 0, within: 1e4 * eps,
        because: "u × v is rounded to some ε of |u| |v| and may be a thousandth of that: e is across n to a few 1000 ε")
    }
  }

  @Test("Angles about one axis add: R(a) R(b) = R(a + b)") func anglesAboutOneAxisAdd() {
    forAll("R(a) R(b) = R(a + b)", .direction, .double(in: -7...7), .double(in: -7...7), vector) { check, n, a, b, v in
      let twice = Rotation.aboutAxis(Rotation.aboutAxis(v, axis: n, angle: a), axis: n, angle: b)
      let once = Rotation.aboutAxis(v, axis: n, angle: a + b)
      try check.close(
        (twice - once).length, 0, within: 40 * eps * v.length, because: "two rotations, and a + b rounded below 14")
    }
  }

  @Test("R(−a) undoes R(a)") func theOppositeAngleUndoes() {
    forAll("R(−a) undoes R(a)", Generator.turn, vector) { check, turn, v in
      let back = Rotation.aboutAxis(turn(v), axis: turn.axis, angle: -turn.angle)
      try check.close((back - v).length, 0, within: 32 * eps * v.length, because: "two rotations")
    }
  }

  @Test("A rotation keeps its axis, and what lies across it across") func theAxisStays() {
    forAll("a rotation keeps its axis, and what lies across it across", Generator.turn, vector) { check, turn, v in
      try check.close(
        (turn(turn.axis) - turn.axis).length, 0, within: 8 * eps, because: "one rotation of a unit vector")
      try check.close(
        turn(v).dot(turn.axis), v.dot(turn.axis), within: 16 * eps * v.length, because: "one rotation and a product")
    }
  }

  @Test("A rotation about an axis is a matrix exponential (oracle)") func matrixExponential() {
    forAll("oracle: rotation about an axis", Generator.turn, vector) { check, turn, v in
      let matrix = try RotationOracles.matrix(axis: turn.axis.simd, angle: turn.angle)
      for (row, ours) in try pairs(matrix, turn(v).components) {
        try check.close(
          ours, (row * v.simd).sum(), within: (3 * RotationOracles.matrixError + 16 * eps) * v.length,
          because: "error of the matrix exponential")
      }
    }
  }

  @Test("A rotation has the angle and axis of its eigenvectors (oracle)") func angleAndAxis() {
    forAll("oracle: angle and axis of a rotation", Generator<Turn>.uniform) { check, turn in
      let rows = CapRotation.matrix(axis: turn.axis, angle: turn.angle).rows
      let angle = try RotationOracles.angle(of: rows)
      let expected = turn.angle > .pi ? 2 * .pi - turn.angle : turn.angle
      try check.close(
        angle.value, expected, within: angle.error + 1e-13,
        because: "the phase of an eigenvalue of a matrix whose elements are good to 24 ε")
      let half = max(abs(sin(turn.angle / 2)), 1e-8)
      let axis = Vector3(try RotationOracles.axis(of: rows))
      try check.close(
        axis.cross(turn.axis).length, 0, within: 32 * eps / half, because: "null vector of R − 1, of size sin(angle/2)")
    }
  }

  @Test("Rotations about the laboratory axes go x, then y, then z (oracle)") func laboratoryAxes() {
    forAll("oracle: rotation about x, then y, then z", .angles(4), vector) { check, angles, v in
      let (x, y, z) = (SIMD3(1.0, 0, 0), SIMD3(0.0, 1, 0), SIMD3(0.0, 0, 1))
      let product = try RotationOracles.product([
        try RotationOracles.matrix(axis: z, angle: angles.z), try RotationOracles.matrix(axis: y, angle: angles.y),
        try RotationOracles.matrix(axis: x, angle: angles.x),
      ])
      let ours = Rotation.aboutLaboratoryAxes(v, angles)
      for (row, component) in try pairs(product, ours.components) {
        try check.close(
          component, (row * v.simd).sum(), within: (9 * RotationOracles.matrixError + 24 * eps) * v.length,
          because: "three matrix exponentials")
      }
    }
  }

  @Test("A rotation about one laboratory axis is one about that axis") func oneLaboratoryAxis() {
    forAll(
      "a rotation about one laboratory axis is one about that axis", .integer(in: 0...2), .double(in: -7...7), vector
    ) {
      check, index, angle, v in
      let axis = [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)][index]
      let ours = Rotation.aboutLaboratoryAxes(v, angle * axis)
      let expected = Rotation.aboutAxis(v, axis: axis, angle: angle)
      try check.close((ours - expected).length, 0, within: 12 * eps * v.length, because: "two formulas")
    }
  }

  @Test("No angle is no rotation, to the last bit") func noAngleIsNoRotation() {
    forAll("no angle is no rotation, to the last bit", vector) { check, v in
      try check.equal(Rotation.aboutLaboratoryAxes(v, .zero), v)
    }
  }

  @Test("The matrix of a domain is the rotation about its axis") func matricesOfDomains() {
    forAll("the matrix of a domain is the rotation about its axis", Generator.turn, vector) { check, turn, v in
      let matrix = CapRotation.matrix(axis: turn.axis, angle: turn.angle)
      try check.close(
        (matrix * v - turn(v)).length, 0, within: 24 * eps * v.length, because: "the same formula, multiplied out")
      try check.close(
        try RotationOracles.orthogonalityDefect(matrix.rows), 0, within: 24 * eps, because: "elements of 8 ε")
    }
  }

  @Test("Misset angles reproduce their matrix") func missetAnglesReproduceTheirMatrix() {
    forAll("misset angles reproduce their matrix", Generator.turn, vector) { check, turn, v in
      let matrix = CapRotation.matrix(axis: turn.axis, angle: turn.angle)
      // At exactly ±90° about y the other two angles are not unique; next to it the sines lose half the digits.
      try check.assume(abs(matrix.row3.x) < 1 - 1e-12)
      let again = Rotation.aboutLaboratoryAxes(v, CapRotation.missetAngles(of: matrix))
      let conditioning = 1 / (1 - matrix.row3.x * matrix.row3.x).squareRoot()
      try check.close(
        (again - matrix * v).length, 0, within: 64 * eps * conditioning * v.length,
        because: "1/cos of the angle about y")
    }
  }

  @Test("A normalised vector has length 1 and the old direction") func normalisedVectors() {
    forAll("a normalised vector has length 1 and the old direction", Generator<Vector3>.vector(length: 1e-100...1e100))
    {
      check, v in
      try check.close(v.normalized.length, 1, within: 4 * eps, because: "a root, a division and a root")
      try check.close(v.normalized.cross(v).length, 0, within: 4 * eps * v.length, because: "parallel up to rounding")
      try check.that(v.normalized.dot(v) > 0, "the direction is kept")
    }
  }

  @Test("The product u × v lies across both, with Lagrange's length") func vectorProducts() {
    forAll("u × v lies across both, with Lagrange's length", vector, vector) { check, u, v in
      let w = u.cross(v)
      let scale = u.length * v.length
      try check.close(w.dot(u), 0, within: 8 * eps * scale * u.length, because: "cancellation of six products")
      try check.close(w.dot(v), 0, within: 8 * eps * scale * v.length, because: "cancellation of six products")
      try check.close(
        w.dot(w) + u.dot(v) * u.dot(v), scale * scale, within: 16 * eps * scale * scale, because: "Lagrange's identity")
      try check.equal(v.cross(u), -w, "the product changes its sign with the order, exactly")
    }
  }

  @Test("An axis that is not of unit length stretches along itself") func axesThatAreNoUnitVectors() {
    forAll(
      "an axis that is not of unit length stretches along itself", .direction, .double(in: 0.5...2), .double(in: -3...3)
    ) {
      check, n, length, angle in
      let stretched = Rotation.aboutAxis(n, axis: length * n, angle: angle)
      let factor = cos(angle) + length * length * (1 - cos(angle))
      try check.close(
        (stretched - factor * n).length, 0, within: 16 * eps * max(abs(factor), 4),
        because: "docs/reference/20-geometry.md §1: used as given"
      )
    }
  }
}
