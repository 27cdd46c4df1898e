import KernelTypes

/// What is added to the difference and to the sum of two squares before their ratio is taken: the ratio becomes 1 where both
/// squares are zero. The number is below the rounding error of squares above 1e-283.
private let axialSquare = 1e-300

/// a/b, rounded once: the direct beam must come out as its own direction, to the last bit. With fused operations from the
/// rounded reciprocal of b (Markstein, 1990), which costs less than a division.
@inline(__always)
private func quotient(_ a: Double, _ b: Double, _ inverse: Double) -> Double {
  #if FUSED
    let q = a * inverse
    return fused(fused(-q, b, a), inverse, q)
  #else
    return a / b
  #endif
}

extension Loops {
  /// The unit vectors from the sample to a row of sub-pixels, and their distances, in m. Products are summed in the order
  /// of the scalar code.
  package func directions(
    of row: borrowing SubPixelRow, at fast: BlockInput, into directions: BlockVectors, distances: BlockOutput
  ) {
    let row = copy row
    let (x, y, z) = (directions.x, directions.y, directions.z)
    for i in 0..<row.count {
      let px = fast[i] * row.axis.x + row.slow.x + row.depth.x + row.origin.x
      let py = fast[i] * row.axis.y + row.slow.y + row.depth.y + row.origin.y
      let pz = fast[i] * row.axis.z + row.slow.z + row.depth.z + row.origin.z
      let r = (px * px + py * py + pz * pz).squareRoot()
      // A sub-pixel at the sample, or so far away that its distance is infinite, has the direction (0, 0, 0), as in the
      // scalar code.
      let hasDirection = r != 0 && r != .infinity
      let divisor = hasDirection ? r : 1
      let inverse = 1 / divisor
      x[i] = quotient(hasDirection ? px : 0, divisor, inverse)
      y[i] = quotient(hasDirection ? py : 0, divisor, inverse)
      z[i] = quotient(hasDirection ? pz : 0, divisor, inverse)
      distances[i] = r
    }
  }

  /// The scattering vectors of a source, in 1/m.
  package func scatteringVectors(
    of directions: BlockVectors, count: Int, source: borrowing SourceGeometry, into vectors: BlockVectors
  ) {
    let (i, k) = (source.direction, source.waveNumber)
    let (x, y, z) = (directions.x, directions.y, directions.z)
    for n in 0..<count {
      vectors.x[n] = (x[n] - i.x) * k
      vectors.y[n] = (y[n] - i.y) * k
      vectors.z[n] = (z[n] - i.z) * k
    }
  }

  /// The polarization factors ½ (1 + c² − K cos 2ψ (1 − c²)), c the cosine of the scattering angle (Kahn et al., 1982).
  /// cos 2ψ = (e² − b²)/(e² + b²) of the components along and across.
  package func polarizations(
    of directions: BlockVectors, count: Int, source: borrowing SourceGeometry, into factors: BlockOutput
  ) {
    let (x, y, z) = (directions.x, directions.y, directions.z)
    let (i, e, b, kahn) = (source.direction, source.along, source.across, source.kahnFactor)
    for n in 0..<count {
      let c = i.x * x[n] + i.y * y[n] + i.z * z[n]
      let along = e.x * x[n] + e.y * y[n] + e.z * z[n]
      let across = b.x * x[n] + b.y * y[n] + b.z * z[n]
      let (a2, b2, c2) = (along * along, across * across, c * c)
      // 1 where both are zero: in the direct beam, and where the axis lies along the beam.
      let double = (a2 - b2 + axialSquare) / (a2 + b2 + axialSquare)
      factors[n] = 0.5 * (1 + c2 - kahn * double * (1 - c2))
    }
  }

  /// The fraction of each ray that a layer captures (Beer and Lambert): rays with positive cosine `parallax`, absorption
  /// per cosine in front of the layer and behind it, both at least 0.
  package func captures(
    parallax: BlockInput, count: Int, depths: (front: Double, back: Double), into fractions: BlockOutput
  ) {
    let (front, back) = (depths.front * log2e, depths.back * log2e)
    for n in 0..<count {
      let inverse = 1 / parallax[n]
      fractions[n] = halving(front * inverse) - halving(back * inverse)
    }
  }

  /// The solid angles of pixels of a flat detector, in sr: area times distance of the plane over the cube of the distance.
  package func solidAngles(
    distances: BlockInput, count: Int, areaTimesDistance: Double, into solidAngles: BlockOutput
  ) {
    for n in 0..<count {
      let r = distances[n]
      solidAngles[n] = areaTimesDistance / (r * r * r)
    }
  }

  /// Photons from sums: a common factor and three of each pixel. A negative zero becomes a positive one.
  package func photons(from sums: BlockInput, factors: PhotonFactors, into photons: UnsafeMutableBufferPointer<Float>) {
    let (a, b, c) = (factors.capture, factors.polarization, factors.solidAngle)
    for n in 0..<photons.count { photons[n] = Float(0 + factors.common * sums[n] * a[n] * b[n] * c[n]) }
  }
}
