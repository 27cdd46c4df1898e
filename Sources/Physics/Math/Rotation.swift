import Glibc

extension Formulas {
  /// Rotations of vectors, right-handed, angles in radians (docs/reference/20-geometry.md §1).
  public enum Rotation {
    /// Rotates about the fixed laboratory axes: first x, then y, then z.
    ///
    /// A rotation by exactly zero is skipped, which avoids its rounding errors.
    /// - Parameters:
    ///   - vector: Any vector.
    ///   - angles: The angles about x, y and z, in radians.
    public static func aboutLaboratoryAxes(_ vector: Vector3, _ angles: Vector3) -> Vector3 {
      var v = vector
      if angles.x != 0 {
        let (s, c) = (sin(angles.x), cos(angles.x))
        v = Vector3(v.x, c * v.y - s * v.z, s * v.y + c * v.z)
      }
      if angles.y != 0 {
        let (s, c) = (sin(angles.y), cos(angles.y))
        // The products with zero turn a negative zero into a positive zero, as in the matrix of the reference program.
        v = Vector3(c * v.x + 0 * v.y + s * v.z, v.y, -s * v.x + 0 * v.y + c * v.z)
      }
      if angles.z != 0 {
        let (s, c) = (sin(angles.z), cos(angles.z))
        v = Vector3(c * v.x - s * v.y, s * v.x + c * v.y, v.z)
      }
      return v
    }

    /// Rotates about an arbitrary axis by the formula of Rodrigues (1840):
    /// n (n·v)(1 − cos φ) + v cos φ + (n × v) sin φ.
    ///
    /// The axis is not normalised. With an axis that is not of unit length the map is not a rotation.
    /// - Parameters:
    ///   - vector: Any vector.
    ///   - axis: The axis n; a unit vector for a proper rotation.
    ///   - angle: The angle φ, in radians.
    public static func aboutAxis(_ vector: Vector3, axis: Vector3, angle: Number) -> Vector3 {
      let (s, c) = (sin(angle), cos(angle))
      let along = axis.dot(vector) * (1.0 - c)
      let across = axis.cross(vector)
      return Vector3(
        axis.x * along + vector.x * c + across.x * s,
        axis.y * along + vector.y * c + across.y * s,
        axis.z * along + vector.z * c + across.z * s)
    }
  }
}
