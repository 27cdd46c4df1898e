#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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

  /// A cell from up to six values; missing or non-positive lengths repeat a, angles become 90° (spec/30 §1).
  /// - Parameter values: a, b, c in Å, α, β, γ in degrees; one to six of them.
  /// - Throws: `RequestError` for a length that is not positive, or angles that no parallelepiped has.
  public init(_ values: [Double]) throws(RequestError) {
    func said() -> String { values.map { "\($0)" }.joined(separator: " ") }
    guard let a = values.first, a > 0, a.isFinite else {
      throw RequestError(
        "-cell", value: said(), "the length of a must be a positive number of Å",
        remedy: "give -cell a b c alpha beta gamma, for example -cell 100 100 100 90 90 90")
    }
    func value(_ index: Int, else fallback: Double) -> Double {
      index < values.count && values[index] > 0 ? values[index] : fallback
    }
    func radians(_ index: Int) -> Double {
      index < values.count && values[index] > 0 ? values[index] / Constants.degreesPerRadian : Double.pi / 2
    }
    for (index, name) in ["b", "c", "alpha", "beta", "gamma"].enumerated() where index + 1 < values.count {
      guard values[index + 1] != 0 || index >= 2 else {
        throw RequestError(
          "-cell", value: said(), "the length of \(name) is zero", remedy: "leave it out to repeat a, or give it in Å")
      }
    }
    self.a = a
    self.b = value(1, else: a)
    self.c = value(2, else: a)
    self.alpha = radians(3)
    self.beta = radians(4)
    self.gamma = radians(5)
    // Below 8 ε the product of sines is rounding noise: the three edges lie in a plane.
    guard radicand > 8 * Double.ulpOfOne, volume.isFinite else {
      throw RequestError(
        "-cell", value: said(), "no cell has these angles: its volume would be zero or imaginary",
        remedy: "every angle must be below the sum of the other two, and all three together below 360 degrees")
    }
  }

  /// sin σ sin(σ−α) sin(σ−β) sin(σ−γ), σ half the sum of the angles: positive for a cell that exists.
  private var radicand: Double {
    let half = (alpha + beta + gamma) / 2.0
    return sin(half) * sin(half - alpha) * sin(half - beta) * sin(half - gamma)
  }

  /// The volume, in Å³ (spec/30 §1, step 2).
  public var volume: Double {
    2.0 * a * b * c * radicand.squareRoot()
  }

  /// The reciprocal vectors in the default orientation: a* along x, b* in the xy plane.
  /// - Parameter compatibility: With `Quirk.cellVolumeRatio` the z component of c* is that of the reference program.
  func reciprocalBasis(_ compatibility: Compatibility) -> ReciprocalBasis {
    let volume = self.volume
    let reciprocalVolume = 1.0 / volume
    let aStar = b * c * sin(alpha) * reciprocalVolume
    let bStar = c * a * sin(beta) * reciprocalVolume
    let cStar = a * b * sin(gamma) * reciprocalVolume
    var sinGammaStar = c * reciprocalVolume / aStar / bStar
    var cosAlphaStar = (cos(beta) * cos(gamma) - cos(alpha)) / (sin(beta) * sin(gamma))
    var cosBetaStar = (cos(gamma) * cos(alpha) - cos(beta)) / (sin(gamma) * sin(alpha))
    var cosGammaStar = (cos(alpha) * cos(beta) - cos(gamma)) / (sin(alpha) * sin(beta))
    sinGammaStar = min(max(sinGammaStar, -1), 1)
    if cosAlphaStar * cosAlphaStar > 1 { cosAlphaStar = 1 }
    if cosBetaStar * cosBetaStar > 1 { cosBetaStar = 1 }
    if cosGammaStar * cosGammaStar > 1 { cosGammaStar = 1 }
    let zComponent =
      compatibility.has(.cellVolumeRatio) ? cStar * volume / (a * b * c * sinGammaStar) : 1.0 / c
    return ReciprocalBasis(
      a: Vector3(aStar, 0, 0),
      b: Vector3(bStar * cosGammaStar, bStar * sinGammaStar, 0),
      c: Vector3(
        cStar * cosBetaStar, cStar * (cosAlphaStar - cosBetaStar * cosGammaStar) / sinGammaStar, zComponent))
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

  /// A basis from the nine numbers of an orientation matrix file (spec/30 §2).
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
  /// - Throws: `RequestError` for another number of values, or a singular matrix.
  public init(_ values: [Double], source: String) throws(RequestError) {
    guard values.count == 9 else {
      throw RequestError(
        "-mat", value: source, "the matrix has \(values.count) numbers, nine are needed",
        remedy: "give three rows of three: the x, y and z components of a*, b*, c* times the wavelength")
    }
    let columns = (0..<3).map { Vector3(values[$0], values[$0 + 3], values[$0 + 6]) }
    let volume = columns[0].dot(columns[1].cross(columns[2]))
    guard volume.isFinite, volume != 0 else {
      throw RequestError(
        "-mat", value: source, "the three reciprocal vectors do not span a volume",
        remedy: "check that the columns a*, b*, c* are independent and finite")
    }
    self.values = values
    self.source = source
  }
}
