import Foundation
import Physics
import PropertyTesting

/// A rotation about a unit axis by an angle in radians.
struct Turn: Sendable, Equatable {
  var axis: Vector3
  var angle: Double

  func callAsFunction(_ vector: Vector3) -> Vector3 {
    Rotation.aboutAxis(vector, axis: axis, angle: angle)
  }
}

extension Generator where Value == Vector3 {
  /// Unit vectors, uniform on the sphere; axes, diagonals, and directions close to an axis among them.
  static var direction: Generator {
    let special = [
      Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1), Vector3(-1, 0, 0), Vector3(0, -1, 0), Vector3(0, 0, -1),
      Vector3(1, 1, 0).normalized, Vector3(1, -1, 1).normalized, Vector3(1, 1e-8, 0).normalized,
      Vector3(1e-8, 0, -1).normalized,
    ]
    return zip(.double(in: -1...1), .double(in: 0...2)).map { z, turns in
      let radius = max(0, 1 - z * z).squareRoot()
      return Vector3(radius * cos(.pi * turns), radius * sin(.pi * turns), z).normalized
    }.mixing(special, every: 5)
  }

  /// Vectors of any direction whose length is spread evenly over orders of magnitude.
  static func vector(length: ClosedRange<Double>) -> Generator {
    zip(direction, .logUniform(in: length)).map { $1 * $0 }
  }

  /// Three angles, each within ± `limit`.
  static func angles(_ limit: Double) -> Generator {
    zip(.double(in: -limit...limit), .double(in: -limit...limit), .double(in: -limit...limit)).map {
      Vector3($0, $1, $2)
    }
  }
}

extension Generator where Value == Turn {
  /// Rotations uniform on SO(3) (Shoemake, 1992).
  static var uniform: Generator {
    zip(.uniform(in: 0...1), .uniform(in: 0...1), .uniform(in: 0...1)).map { u, v, w in
      let (outer, inner) = ((1 - u).squareRoot(), u.squareRoot())
      let q = (
        x: outer * sin(2 * .pi * v), y: outer * cos(2 * .pi * v), z: inner * sin(2 * .pi * w),
        w: inner * cos(2 * .pi * w)
      )
      let vector = Vector3(q.x, q.y, q.z)
      return Turn(axis: vector.length == 0 ? Vector3(0, 0, 1) : vector.normalized, angle: 2 * atan2(vector.length, q.w))
    }
  }

  /// Rotations of every kind: uniform ones, none, quarter and half turns, tiny ones, nearly half turns.
  static var turn: Generator {
    let angles: [Double] = [0, .pi / 2, .pi, 1e-9, .pi - 1e-9, -.pi / 2, 1e-300]
    let special = zip(.direction, .element(of: angles))
    return .weighted((1, special.map { Turn(axis: $0, angle: $1) }), (3, uniform))
  }
}

extension Vector3: SwiftSourceConvertible {
  /// The vector as source.
  public var swiftSource: String { "Vector3(\(x), \(y), \(z))" }

  /// The vector in the terms of the oracles.
  var simd: SIMD3<Double> { SIMD3(x, y, z) }

  init(_ simd: SIMD3<Double>) { self.init(simd.x, simd.y, simd.z) }
}

extension Matrix3 {
  /// The rows in the terms of the oracles.
  var rows: [SIMD3<Double>] { [row1.simd, row2.simd, row3.simd] }
}

extension DirectCell {
  /// The vectors in the terms of the oracles, multiplied by a factor.
  func rows(_ factor: Double) -> [SIMD3<Double>] { [a, b, c].map { (factor * $0).simd } }
}

extension OrientationMatrix {
  /// The matrix of three reciprocal vectors in 1/Å, at a wavelength in Å: their components stand in its columns.
  init(_ vectors: [Vector3], wavelength: Double) throws {
    let v = vectors.map { wavelength * $0 }
    try self.init(v.map(\.x) + v.map(\.y) + v.map(\.z), source: "a.mat")
  }
}
