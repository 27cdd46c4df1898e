extension Formulas {
  /// One point of the X-ray source: a direction and a wavelength.
  public struct Source: Sendable, Hashable {
    /// The position as generated or read, before normalisation, in m (C names `source_X`, `source_Y`, `source_Z`). The
    /// beam travels from the position to the sample at the origin.
    public let position: Vector3
    /// The unit vector of the incident ray; zero for a source at the origin.
    public let direction: Vector3
    /// The wavelength, in m (C name `source_lambda`).
    public let wavelength: Number
    /// The relative weight as generated or read, dimensionless (C name `source_I`).
    public let weight: Number

    /// A source point at `position`, in m, of `wavelength`, in m, and relative `weight`.
    public init(position: Vector3, wavelength: Number, weight: Number) {
      self.position = position
      self.direction = -position.normalized
      self.wavelength = wavelength
      self.weight = weight
    }
  }

  /// One line of a source list; nil for a column that the line does not have.
  public struct SourceLine: Sendable, Hashable {
    /// The x coordinate of the position, in any length unit, because the image depends only on the direction.
    public var x: Number?
    /// The y coordinate of the position, in the unit of `x`.
    public var y: Number?
    /// The z coordinate of the position, in the unit of `x`.
    public var z: Number?
    /// Relative weight.
    public var weight: Number?
    /// Wavelength, in m.
    public var wavelength: Number?

    /// A line with the columns that are present.
    public init(
      x: Number? = nil, y: Number? = nil, z: Number? = nil, weight: Number? = nil, wavelength: Number? = nil
    ) {
      self.x = x
      self.y = y
      self.z = z
      self.weight = weight
      self.wavelength = wavelength
    }
  }

  /// The grid of divergence and dispersion (docs/reference/40-beam-and-sampling.md §2).
  public struct SourceGrid: Sendable, Hashable {
    /// The range, step and count of the horizontal divergence, in radians, with omitted values filled in.
    public let horizontal: SamplingTable
    /// The range, step and count of the vertical divergence, in radians, with omitted values filled in.
    public let vertical: SamplingTable
    /// The range, step and count of the dispersion, in fractions of the wavelength, with omitted values filled in.
    public let dispersion: SamplingTable
    /// The points of the divergence, in radians from the beam, horizontal index outermost; nil if a source file replaces
    /// the grid.
    public private(set) var deviations: [Deviation]?

    /// A direction of the divergence, in radians from the beam.
    public struct Deviation: Sendable, Hashable {
      /// The angle about the vertical axis.
      public let horizontal: Number
      /// The angle about the polarization axis.
      public let vertical: Number
    }

    /// A grid whose points are not laid out yet.
    init(horizontal: SamplingTable, vertical: SamplingTable, dispersion: SamplingTable) {
      (self.horizontal, self.vertical, self.dispersion) = (horizontal, vertical, dispersion)
    }

    /// Lays out the points of the divergence.
    /// - Parameters:
    ///   - round: Whether the corners are cut off along an ellipse.
    ///   - centred: Whether the angles are centred on the beam; otherwise they start at minus half the range.
    mutating func layOut(round: Bool, centred: Bool) {
      var points: [Deviation] = []
      for h in 0..<horizontal.count {
        let horizontalAngle = horizontal.value(h, centred: centred)
        for v in 0..<vertical.count {
          let verticalAngle = vertical.value(v, centred: centred)
          let excess = horizontal.ellipseTerm(horizontalAngle) + vertical.ellipseTerm(verticalAngle)
          if round && excess * 4 > Constants.ellipticalTrimLimit { continue }
          points.append(Deviation(horizontal: horizontalAngle, vertical: verticalAngle))
        }
      }
      deviations = points
    }

    /// The wavelengths of the dispersion, in m.
    /// - Parameter wavelength: The nominal wavelength, in m.
    public func wavelengths(_ wavelength: Number) -> [Number] {
      (0..<dispersion.count).map { wavelength * (1.0 + dispersion.step * Number($0) - dispersion.range / 2.0) }
    }
  }

  /// The list of source points of a run.
  enum SourceList {
    /// The points of a grid, wavelength innermost.
    static func points(
      of grid: SourceGrid, beam: Vector3, polarizationAxis: Vector3, verticalAxis: Vector3, wavelength: Number
    ) -> [Source] {
      let wavelengths = grid.wavelengths(wavelength)
      let deviations = grid.deviations ?? []
      let weight = 1.0 / Number(deviations.count * wavelengths.count)
      let origin = -Constants.sourceDistance * beam
      return deviations.flatMap { deviation in
        let tilted = Rotation.aboutAxis(origin, axis: polarizationAxis, angle: deviation.vertical)
        let position = Rotation.aboutAxis(tilted, axis: verticalAxis, angle: deviation.horizontal)
        return wavelengths.map { Source(position: position, wavelength: $0, weight: weight) }
      }
    }

    /// The lines of a source file, missing columns filled in (docs/reference/40-beam-and-sampling.md §3).
    static func list(_ lines: [SourceLine], beam: Vector3, wavelength: Number) -> [Source] {
      let origin = -Constants.sourceDistance * beam
      return lines.map { line in
        Source(
          position: Vector3(line.x ?? origin.x, line.y ?? origin.y, line.z ?? origin.z),
          wavelength: line.wavelength ?? wavelength, weight: line.weight ?? 1)
      }
    }
  }
}

extension Formulas.SamplingTable {
  /// The `index`-th value of a divergence range, which starts at minus half the range or is centred.
  fileprivate func value(_ index: Int, centred: Bool) -> Number {
    step * Number(index) - (centred ? step * Number(count - 1) : range) / 2.0
  }

  /// The contribution of an angle to the term T of the elliptical trim, dimensionless; not a number if the range is
  /// zero (docs/reference/40-beam-and-sampling.md §2).
  fileprivate func ellipseTerm(_ angle: Number) -> Number {
    let evenCount = Number(1 - count % 2)
    return (angle * angle - step * step / 4.0 * evenCount) / range / range
  }
}
