/// The physical laws that the reference evaluator calls, one function each. A test can replace one law and see which
/// checks notice. The default implementations are the laws of this simulator.
package protocol DiffractionLaws: Sendable {
  /// The position of a point of the detector relative to the sample, in m; coordinates and depth in m.
  func position(on detector: Detector, fast: Double, slow: Double, depth: Double) -> Vector3
  /// The solid angle of a pixel, in sr; distance and depth in m.
  func solidAngle(of detector: Detector, radius: Double, depth: Double) -> Double
  /// The fraction of the photons of a ray that a layer captures; `parallax` is the cosine between ray and normal.
  func captureFraction(of sensor: Sensor, layer: Int, parallax: Double) -> Double
  /// The scattering vector (d − i)/λ, in 1/m, of a source and the unit vector d of the diffracted ray.
  func scatteringVector(_ diffracted: Vector3, _ source: Source) -> Vector3
  /// The polarization factor of an incident and a diffracted ray, both unit vectors.
  func polarization(kahnFactor: Double, incident: Vector3, diffracted: Vector3, axis: Vector3) -> Polarization
  /// The direct vectors of the cell, in m, rotated about the spindle axis by an angle in radians.
  func rotated(_ cell: DirectCell, axis: Vector3, angle: Double) -> DirectCell
  /// The direct vectors of a mosaic domain, in m.
  func rotated(_ cell: DirectCell, by domain: Matrix3) -> DirectCell
  /// The Miller indices of a scattering vector, in 1/m, in a cell, in m.
  func indices(of scatteringVector: Vector3, in cell: DirectCell) -> MillerIndices
  /// The lattice factor of a crystal, dimensionless.
  func latticeFactor(of form: CrystalForm, at indices: MillerIndices) -> LatticeFactor
  /// The structure factor interpolated between reflections, in electrons.
  func interpolated(_ table: StructureFactors, at indices: MillerIndices) -> Double
  /// The structure factor of the nearest reflection, in electrons.
  func nearest(_ table: StructureFactors, at indices: MillerIndices) -> Double
}

extension DiffractionLaws {
  @inline(__always)
  package func position(on detector: Detector, fast: Double, slow: Double, depth: Double) -> Vector3 {
    detector.position(fast: fast, slow: slow, depth: depth)
  }

  @inline(__always)
  package func solidAngle(of detector: Detector, radius: Double, depth: Double) -> Double {
    detector.solidAngle(radius: radius, depth: depth)
  }

  @inline(__always)
  package func captureFraction(of sensor: Sensor, layer: Int, parallax: Double) -> Double {
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
    kahnFactor: Double, incident: Vector3, diffracted: Vector3, axis: Vector3
  ) -> Polarization {
    Polarization(kahnFactor: kahnFactor, incident: incident, diffracted: diffracted, axis: axis)
  }

  @inline(__always)
  package func rotated(_ cell: DirectCell, axis: Vector3, angle: Double) -> DirectCell {
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
  package func interpolated(_ table: StructureFactors, at indices: MillerIndices) -> Double {
    table.interpolated(indices.fractional)
  }

  @inline(__always)
  package func nearest(_ table: StructureFactors, at indices: MillerIndices) -> Double {
    table.nearest(indices.rounded)
  }
}

/// The laws of this simulator.
package struct StandardLaws: DiffractionLaws {
  /// The laws of this simulator, which have no state.
  package init() {}
}
