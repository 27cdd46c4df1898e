import Glibc

extension Formulas {
  /// The lengths and angles of a unit cell.
  public struct UnitCell: Sendable, Hashable {
    /// Length of a, in Å.
    public let a: Number
    /// Length of b, in Å.
    public let b: Number
    /// Length of c, in Å.
    public let c: Number
    /// Angle between b and c, in radians.
    public let alpha: Number
    /// Angle between a and c, in radians.
    public let beta: Number
    /// Angle between a and b, in radians.
    public let gamma: Number

    /// A cell from up to six values. A missing or negative b or c becomes a; a missing or non-positive angle becomes 90°
    /// (docs/reference/30-crystal.md §1).
    /// - Parameter values: a, b, c in Å, α, β, γ in degrees; one to six of them.
    /// - Throws: `ExperimentError` if a is not positive and finite, if b or c is zero, if no parallelepiped has the
    ///   angles, or if the volume overflows.
    public init(_ values: [Number]) throws(ExperimentError) {
      guard let a = values.first, a > 0, a.isFinite else {
        throw ExperimentError.cellLengthNotPositive(cell: values.map(\.approximation))
      }
      func value(_ index: Int, else fallback: Number) -> Number {
        index < values.count && values[index] > 0 ? values[index] : fallback
      }
      func radians(_ index: Int) -> Number {
        index < values.count && values[index] > 0 ? values[index] / Constants.degreesPerRadian : Number.pi / 2
      }
      for (index, name) in ["b", "c", "alpha", "beta", "gamma"].enumerated() where index + 1 < values.count {
        guard values[index + 1] != 0 || index >= 2 else {
          throw ExperimentError.cellLengthZero(axis: name, cell: values.map(\.approximation))
        }
      }
      self.a = a
      self.b = value(1, else: a)
      self.c = value(2, else: a)
      self.alpha = radians(3)
      self.beta = radians(4)
      self.gamma = radians(5)
      // A product of sines below 8 ε is rounding noise: the three edges lie in a plane. Each angle is checked separately,
      // because two negative sines make a positive product although no cell has such angles.
      let half = (alpha + beta + gamma) / 2.0
      guard half < Number.pi, [alpha, beta, gamma].allSatisfy({ $0 < half }), radicand > Number(8 * Double.ulpOfOne)
      else {
        throw ExperimentError.impossibleCellAngles(cell: values.map(\.approximation))
      }
      guard volume.isFinite else {
        throw ExperimentError.infiniteCellVolume(cell: values.map(\.approximation))
      }
    }

    /// The product sin σ sin(σ−α) sin(σ−β) sin(σ−γ) with σ = (α + β + γ)/2, which is positive for every possible cell.
    private var radicand: Number {
      let half = (alpha + beta + gamma) / 2.0
      return sin(half) * sin(half - alpha) * sin(half - beta) * sin(half - gamma)
    }

    /// The volume 2abc √(radicand), in Å³ (C name `V_cell`; docs/reference/30-crystal.md §1, step 2); the smallest normal
    /// number if the product underflows to zero.
    public var volume: Number {
      let volume = 2.0 * a * b * c * radicand.squareRoot()
      return volume <= 0 ? Constants.tiny : volume
    }

    /// The lengths of a*, b* and c*, in 1/Å. A length that underflows to zero becomes the smallest normal number.
    private var reciprocalLengths: Vector3 {
      let reciprocalVolume = 1.0 / volume
      let lengths = Vector3(
        b * c * sin(alpha) * reciprocalVolume, c * a * sin(beta) * reciprocalVolume,
        a * b * sin(gamma) * reciprocalVolume
      )
      func positive(_ length: Number) -> Number { length == 0 ? Constants.tiny : length }
      return Vector3(positive(lengths.x), positive(lengths.y), positive(lengths.z))
    }

    /// The angles α*, β* and γ* between a*, b* and c*, by sines and cosines.
    public var reciprocalAngles: CellAngles {
      let (reciprocalVolume, star) = (1.0 / volume, reciprocalLengths)
      return CellAngles(
        sines: Vector3(
          a * reciprocalVolume / star.y / star.z, b * reciprocalVolume / star.x / star.z,
          c * reciprocalVolume / star.x / star.y),
        cosines: Vector3(
          (cos(beta) * cos(gamma) - cos(alpha)) / (sin(beta) * sin(gamma)),
          (cos(gamma) * cos(alpha) - cos(beta)) / (sin(gamma) * sin(alpha)),
          (cos(alpha) * cos(beta) - cos(gamma)) / (sin(alpha) * sin(beta))))
    }

    /// The reciprocal vectors in the default orientation, in 1/Å: a* along x, b* in the xy plane.
    /// - Parameter compatibility: With `Quirk.cellVolumeRatio` the z component of c* is c*V/(abc sin γ*), as in the
    ///   reference program; otherwise it is 1/c.
    func reciprocalBasis(_ compatibility: Compatibility) -> ReciprocalBasis {
      let (star, angles) = (reciprocalLengths, reciprocalAngles.clamped)
      let (sine, cosine) = (angles.sines.z, angles.cosines)
      let zComponent = compatibility.has(.cellVolumeRatio) ? star.z * volume / (a * b * c * sine) : 1.0 / c
      return ReciprocalBasis(
        a: Vector3(star.x, 0, 0), b: Vector3(star.y * cosine.z, star.y * sine, 0),
        c: Vector3(star.z * cosine.y, star.z * (cosine.x - cosine.y * cosine.z) / sine, zComponent))
    }
  }

  /// Three reciprocal vectors, in 1/Å.
  public struct ReciprocalBasis: Sendable, Hashable {
    /// a*.
    public var a: Vector3
    /// b*.
    public var b: Vector3
    /// c*.
    public var c: Vector3

    /// A basis from its three vectors.
    public init(a: Vector3, b: Vector3, c: Vector3) {
      self.a = a
      self.b = b
      self.c = c
    }

    /// A basis from the nine numbers of an orientation matrix file (docs/reference/30-crystal.md §2).
    /// - Parameters:
    ///   - matrix: Row by row: the x, then the y, then the z components of a*, b* and c*, times the wavelength in Å.
    ///   - wavelength: The wavelength λ0, in m.
    init(matrix: OrientationMatrix, wavelength: Number) {
      let m = matrix.values
      let factor = 1e-10 / wavelength
      self.a = Vector3(m[0] * factor, m[3] * factor, m[6] * factor)
      self.b = Vector3(m[1] * factor, m[4] * factor, m[7] * factor)
      self.c = Vector3(m[2] * factor, m[5] * factor, m[8] * factor)
    }

    /// The basis rotated about the laboratory axes x, y, z in turn by three angles, in radians.
    func rotated(by angles: Vector3) -> ReciprocalBasis {
      ReciprocalBasis(
        a: Rotation.aboutLaboratoryAxes(a, angles), b: Rotation.aboutLaboratoryAxes(b, angles),
        c: Rotation.aboutLaboratoryAxes(c, angles))
    }
  }

  /// The nine numbers of an orientation matrix file in the style of MOSFLM, row by row. Its columns are a*, b* and c*
  /// times the wavelength, so that the numbers are dimensionless.
  public struct OrientationMatrix: Sendable, Hashable {
    /// The nine numbers, row by row.
    public let values: [Number]
    /// The file or option that the numbers come from, for messages.
    public let source: String

    /// A matrix whose numbers were checked before.
    init(unchecked values: [Number], source: String) { (self.values, self.source) = (values, source) }

    /// A matrix from nine finite numbers.
    /// - Throws: `ExperimentError` if `values` does not have nine elements, or if the matrix is singular or its
    ///   determinant overflows.
    public init(_ values: [Number], source: String) throws(ExperimentError) {
      guard values.count == 9 else {
        throw ExperimentError.matrixSize(values.count, source: source)
      }
      let columns = (0..<3).map { Vector3(values[$0], values[$0 + 3], values[$0 + 6]) }
      let volume = columns[0].dot(columns[1].cross(columns[2]))
      guard volume.isFinite, volume != 0 else {
        throw ExperimentError.singularMatrix(source: source)
      }
      self.values = values
      self.source = source
    }
  }
}
