import Glibc

/// The lengths and angles of a unit cell.
public struct UnitCell: Sendable, Hashable {
  /// Length of a, in Å.
  public let a: Double
  /// Length of b, in Å.
  public let b: Double
  /// Length of c, in Å.
  public let c: Double
  /// Angle between b and c, in radians.
  public let alpha: Double
  /// Angle between a and c, in radians.
  public let beta: Double
  /// Angle between a and b, in radians.
  public let gamma: Double

  /// A cell from up to six values; missing or non-positive lengths repeat a, angles become 90°
  /// (docs/reference/30-crystal.md §1).
  /// - Parameter values: a, b, c in Å, α, β, γ in degrees; one to six of them.
  /// - Throws: `ExperimentError` for a length that is not positive, or angles that no parallelepiped has.
  public init(_ values: [Double]) throws(ExperimentError) {
    guard let a = values.first, a > 0, a.isFinite else {
      throw ExperimentError.cellLengthNotPositive(cell: values)
    }
    func value(_ index: Int, else fallback: Double) -> Double {
      index < values.count && values[index] > 0 ? values[index] : fallback
    }
    func radians(_ index: Int) -> Double {
      index < values.count && values[index] > 0 ? values[index] / Constants.degreesPerRadian : Double.pi / 2
    }
    for (index, name) in ["b", "c", "alpha", "beta", "gamma"].enumerated() where index + 1 < values.count {
      guard values[index + 1] != 0 || index >= 2 else {
        throw ExperimentError.cellLengthZero(axis: name, cell: values)
      }
    }
    self.a = a
    self.b = value(1, else: a)
    self.c = value(2, else: a)
    self.alpha = radians(3)
    self.beta = radians(4)
    self.gamma = radians(5)
    // Below 8 ε the product of sines is rounding noise: the three edges lie in a plane. Two negative sines make a
    // positive product of angles that no cell has.
    let half = (alpha + beta + gamma) / 2.0
    guard half < Double.pi, [alpha, beta, gamma].allSatisfy({ $0 < half }), radicand > 8 * Double.ulpOfOne else {
      throw ExperimentError.impossibleCellAngles(cell: values)
    }
    guard volume.isFinite else {
      throw ExperimentError.infiniteCellVolume(cell: values)
    }
  }

  /// sin σ sin(σ−α) sin(σ−β) sin(σ−γ), σ half the sum of the angles: positive for a cell that exists.
  private var radicand: Double {
    let half = (alpha + beta + gamma) / 2.0
    return sin(half) * sin(half - alpha) * sin(half - beta) * sin(half - gamma)
  }

  /// The volume, in Å³ (docs/reference/30-crystal.md §1, step 2); the smallest normal number if the product is too
  /// small for one.
  public var volume: Double {
    let volume = 2.0 * a * b * c * radicand.squareRoot()
    return volume <= 0 ? Constants.tiny : volume
  }

  /// The lengths of a*, b* and c*, in 1/Å; the smallest normal number for one that is too small to be told from zero.
  private var reciprocalLengths: Vector3 {
    let reciprocalVolume = 1.0 / volume
    let lengths = Vector3(
      b * c * sin(alpha) * reciprocalVolume, c * a * sin(beta) * reciprocalVolume, a * b * sin(gamma) * reciprocalVolume
    )
    guard lengths.components.contains(where: { $0 <= 0 }) else { return lengths }
    func positive(_ length: Double) -> Double { length == 0 ? Constants.tiny : abs(length) }
    return Vector3(positive(lengths.x), positive(lengths.y), positive(lengths.z))
  }

  /// The angles between a*, b* and c* that follow from the angles of the cell.
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

  /// The reciprocal vectors in the default orientation: a* along x, b* in the xy plane.
  /// - Parameter compatibility: With `Quirk.cellVolumeRatio` the z component of c* is that of the reference program.
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
  init(matrix: OrientationMatrix, wavelength: Double) {
    let m = matrix.values
    let factor = 1e-10 / wavelength
    self.a = Vector3(m[0] * factor, m[3] * factor, m[6] * factor)
    self.b = Vector3(m[1] * factor, m[4] * factor, m[7] * factor)
    self.c = Vector3(m[2] * factor, m[5] * factor, m[8] * factor)
  }

  /// The basis rotated about the laboratory axes, angles in radians.
  func rotated(by angles: Vector3) -> ReciprocalBasis {
    ReciprocalBasis(
      a: Rotation.aboutLaboratoryAxes(a, angles), b: Rotation.aboutLaboratoryAxes(b, angles),
      c: Rotation.aboutLaboratoryAxes(c, angles))
  }
}

/// The nine numbers of an orientation matrix file in the style of MOSFLM, row by row, in units of 1/λ.
public struct OrientationMatrix: Sendable, Hashable {
  /// The numbers; always nine.
  public let values: [Double]
  /// Where they come from, for messages.
  public let source: String

  /// A matrix from nine finite numbers.
  /// - Throws: `ExperimentError` for another number of values, or a singular matrix.
  public init(_ values: [Double], source: String) throws(ExperimentError) {
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
