/// The physical laws that the reference evaluator calls, one function each. A test can replace one law and see which
/// checks notice. The default implementations are the laws of this simulator.
package protocol DiffractionLaws<Number>: Sendable {
  /// The arithmetic.
  associatedtype Number: RealNumber
  /// The position of a point of the detector relative to the sample, in m; coordinates and depth in m.
  func position(on detector: Formulas<Number>.Detector, fast: Number, slow: Number, depth: Number)
    -> Formulas<Number>.Vector3
  /// The solid angle of a pixel, in sr; distance and depth in m.
  func solidAngle(of detector: Formulas<Number>.Detector, radius: Number, depth: Number) -> Number
  /// The fraction of the photons of a ray that a layer captures; `parallax` is the cosine between ray and normal.
  func captureFraction(of sensor: Formulas<Number>.Sensor, layer: Int, parallax: Number) -> Number
  /// The scattering vector (d − i)/λ, in 1/m, of a source and the unit vector d of the diffracted ray.
  func scatteringVector(_ diffracted: Formulas<Number>.Vector3, _ source: Formulas<Number>.Source)
    -> Formulas<Number>.Vector3
  /// The polarization factor of an incident and a diffracted ray, both unit vectors.
  func polarization(
    kahnFactor: Number, incident: Formulas<Number>.Vector3, diffracted: Formulas<Number>.Vector3,
    axis: Formulas<Number>.Vector3
  ) -> Formulas<Number>.Polarization
  /// The direct vectors of the cell, in m, rotated about the spindle axis by an angle in radians.
  func rotated(_ cell: Formulas<Number>.DirectCell, axis: Formulas<Number>.Vector3, angle: Number)
    -> Formulas<Number>.DirectCell
  /// The direct vectors of a mosaic domain, in m.
  func rotated(_ cell: Formulas<Number>.DirectCell, by domain: Formulas<Number>.Matrix3) -> Formulas<Number>.DirectCell
  /// The Miller indices of a scattering vector, in 1/m, in a cell, in m.
  func indices(of scatteringVector: Formulas<Number>.Vector3, in cell: Formulas<Number>.DirectCell)
    -> Formulas<Number>.MillerIndices
  /// The lattice factor of a crystal, dimensionless.
  func latticeFactor(of form: Formulas<Number>.CrystalForm, at indices: Formulas<Number>.MillerIndices)
    -> Formulas<Number>.LatticeFactor
  /// The structure factor interpolated between reflections, in electrons.
  func interpolated(_ table: Formulas<Number>.StructureFactors, at indices: Formulas<Number>.MillerIndices) -> Number
  /// The structure factor of the nearest reflection, in electrons.
  func nearest(_ table: Formulas<Number>.StructureFactors, at indices: Formulas<Number>.MillerIndices) -> Number
}

extension Formulas {
  /// The laws of this simulator.
  package struct StandardLaws: DiffractionLaws {
    /// The laws of this simulator, which have no state.
    package init() {}

    @inline(__always)
    package func position(on detector: Detector, fast: Number, slow: Number, depth: Number) -> Vector3 {
      detector.position(fast: fast, slow: slow, depth: depth)
    }

    @inline(__always)
    package func solidAngle(of detector: Detector, radius: Number, depth: Number) -> Number {
      detector.solidAngle(radius: radius, depth: depth)
    }

    @inline(__always)
    package func captureFraction(of sensor: Sensor, layer: Int, parallax: Number) -> Number {
      sensor.captureFraction(layer: layer, parallax: parallax)
    }

    /// The scattering vector (d − i)/λ, in 1/m.
    @inline(__always)
    package func scatteringVector(_ diffracted: Vector3, _ source: Source) -> Vector3 {
      let difference = diffracted - source.direction
      return Vector3(
        difference.x / source.wavelength, difference.y / source.wavelength, difference.z / source.wavelength)
    }

    @inline(__always)
    package func polarization(
      kahnFactor: Number, incident: Vector3, diffracted: Vector3, axis: Vector3
    ) -> Polarization {
      Polarization(kahnFactor: kahnFactor, incident: incident, diffracted: diffracted, axis: axis)
    }

    @inline(__always)
    package func rotated(_ cell: DirectCell, axis: Vector3, angle: Number) -> DirectCell {
      cell.rotated(axis: axis, angle: angle)
    }

    @inline(__always)
    package func rotated(_ cell: DirectCell, by domain: Matrix3) -> DirectCell { cell.rotated(by: domain) }

    @inline(__always)
    package func indices(of scatteringVector: Vector3, in cell: DirectCell) -> MillerIndices {
      MillerIndices(cell: cell, scatteringVector: scatteringVector)
    }

    @inline(__always)
    package func latticeFactor(of form: CrystalForm, at indices: MillerIndices) -> LatticeFactor {
      form.latticeFactor(indices)
    }

    @inline(__always)
    package func interpolated(_ table: StructureFactors, at indices: MillerIndices) -> Number {
      table.interpolated(indices.fractional)
    }

    @inline(__always)
    package func nearest(_ table: StructureFactors, at indices: MillerIndices) -> Number {
      table.nearest(indices.rounded)
    }
  }
}

/// The laws of this simulator in `Double`, compiled for clients that call single laws.
package struct StandardLaws: DiffractionLaws {
  /// The arithmetic.
  package typealias Number = Double

  /// The laws of this simulator, which have no state.
  package init() {}
}

/// A law that is not replaced is that of this simulator.
extension DiffractionLaws where Number == Double {
  package func position(on detector: Detector, fast: Double, slow: Double, depth: Double) -> Vector3 {
    Formulas<Double>.StandardLaws().position(on: detector, fast: fast, slow: slow, depth: depth)
  }

  package func solidAngle(of detector: Detector, radius: Double, depth: Double) -> Double {
    Formulas<Double>.StandardLaws().solidAngle(of: detector, radius: radius, depth: depth)
  }

  package func captureFraction(of sensor: Sensor, layer: Int, parallax: Double) -> Double {
    Formulas<Double>.StandardLaws().captureFraction(of: sensor, layer: layer, parallax: parallax)
  }

  package func scatteringVector(_ diffracted: Vector3, _ source: Source) -> Vector3 {
    Formulas<Double>.StandardLaws().scatteringVector(diffracted, source)
  }

  package func polarization(
    kahnFactor: Double, incident: Vector3, diffracted: Vector3, axis: Vector3
  ) -> Polarization {
    Formulas<Double>.StandardLaws().polarization(
      kahnFactor: kahnFactor, incident: incident, diffracted: diffracted, axis: axis)
  }

  package func rotated(_ cell: DirectCell, axis: Vector3, angle: Double) -> DirectCell {
    Formulas<Double>.StandardLaws().rotated(cell, axis: axis, angle: angle)
  }

  package func rotated(_ cell: DirectCell, by domain: Matrix3) -> DirectCell {
    Formulas<Double>.StandardLaws().rotated(cell, by: domain)
  }

  package func indices(of scatteringVector: Vector3, in cell: DirectCell) -> MillerIndices {
    Formulas<Double>.StandardLaws().indices(of: scatteringVector, in: cell)
  }

  package func latticeFactor(of form: CrystalForm, at indices: MillerIndices) -> LatticeFactor {
    Formulas<Double>.StandardLaws().latticeFactor(of: form, at: indices)
  }

  package func interpolated(_ table: StructureFactors, at indices: MillerIndices) -> Double {
    Formulas<Double>.StandardLaws().interpolated(table, at: indices)
  }

  package func nearest(_ table: StructureFactors, at indices: MillerIndices) -> Double {
    Formulas<Double>.StandardLaws().nearest(table, at: indices)
  }
}
