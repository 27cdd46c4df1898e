import Glibc

extension Formulas {
  /// Random rotations as the reference program draws them (docs/reference/60-random-numbers.md §6 and §7).
  public enum CapRotation {
    /// Draws the rotation of one mosaic domain from three deviates (C name `mosaic_rotation_umat`).
    ///
    /// The axis is uniform on the sphere and the angle is `limit`·(1 − r²)^⅓ with r uniform on (−1, 1).
    /// - Parameters:
    ///   - limit: The largest angle, in radians; rounded to single precision on entry.
    ///   - generator: The shared generator.
    ///   - stream: The state of the stream.
    /// - Returns: A right-handed rotation matrix acting on column vectors.
    public static func draw(
      limit: Number, from generator: inout UniformDeviates, stream: inout Int
    ) -> Matrix3 {
      let r1 = Number(2.0 * Double(generator.next(&stream)) - 1.0)
      let r2 = Number(2.0 * Double(generator.next(&stream)) - 1.0)
      let r3 = 2.0 * Double(generator.next(&stream)) - 1.0
      let angle = limit.multipliedInSingle(powf(Float(1.0 - r3 * r3), Float(1.0 / 3.0)))
      let inPlane = (1.0 - r2 * r2).squareRoot()
      let n = Vector3(inPlane * sin(Number.pi * r1), inPlane * cos(Number.pi * r1), r2)
      return matrix(axis: n, angle: angle)
    }

    /// The rotation matrix about a unit axis by an angle, in radians, with products in the order of
    /// docs/reference/60-random-numbers.md §6.
    package static func matrix(axis n: Vector3, angle: Number) -> Matrix3 {
      let (s, c) = (sin(angle), cos(angle))
      let t = 1.0 - c
      let (xy, xz, yz) = (t * n.x * n.y, t * n.x * n.z, t * n.y * n.z)
      return Matrix3(
        rows: Vector3(c + t * (n.x * n.x), xy - s * n.z, xz + s * n.y),
        Vector3(xy + s * n.z, c + t * (n.y * n.y), yz - s * n.x),
        Vector3(xz - s * n.y, yz + s * n.x, c + t * (n.z * n.z)))
    }

    /// The angles about the laboratory x, y and z axes, applied in this order, that reproduce a rotation matrix (C name
    /// `umat2misset`).
    /// - Parameter matrix: A rotation matrix with rows of non-zero length.
    /// - Returns: The angles about x, y and z, in radians.
    public static func missetAngles(of matrix: Matrix3) -> Vector3 {
      // The reference program normalises twice. The second normalisation changes last bits of about one matrix in thirty.
      let (u1, u2, u3) = (
        matrix.row1.normalized.normalized, matrix.row2.normalized.normalized, matrix.row3.normalized.normalized
      )
      if u3.x * u3.x < 1 {
        return Vector3(
          atan2(u3.y, u3.z), atan2(-u3.x, (u3.y * u3.y + u3.z * u3.z).squareRoot()), atan2(u2.x, u1.x))
      }
      return Vector3(4 * atan2(1, 1), 2 * atan2(1, 1), atan2(u1.y, -u2.y))
    }
  }
}
