import KernelTypes

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
    _ job: borrowing PixelJob, _ fast: BlockInput, _ x: BlockOutput, _ y: BlockOutput, _ z: BlockOutput,
    _ radius: BlockOutput
  ) {
    let job = copy job
    for i in 0..<job.count {
      let px = fast[i] * job.axis.x + job.slow.x + job.depth.x + job.origin.x
      let py = fast[i] * job.axis.y + job.slow.y + job.depth.y + job.origin.y
      let pz = fast[i] * job.axis.z + job.slow.z + job.depth.z + job.origin.z
      let r = (px * px + py * py + pz * pz).squareRoot()
      let inverse = 1 / r
      x[i] = quotient(px, r, inverse)
      y[i] = quotient(py, r, inverse)
      z[i] = quotient(pz, r, inverse)
      radius[i] = r
    }
  }

  /// The scattering vectors of a source, in 1/m.
  package func scatteringVectors(
    _ count: Int, _ source: borrowing SourceJob, _ x: BlockInput, _ y: BlockInput, _ z: BlockInput,
    _ qx: BlockOutput, _ qy: BlockOutput, _ qz: BlockOutput
  ) {
    let (i, k) = (source.direction, source.waveNumber)
    for n in 0..<count {
      qx[n] = (x[n] - i.x) * k
      qy[n] = (y[n] - i.y) * k
      qz[n] = (z[n] - i.z) * k
    }
  }

  /// The polarization factors ½ (1 + c² − K cos 2ψ (1 − c²)), c the cosine of the scattering angle (Kahn et al., 1982).
  /// cos 2ψ = (e² − b²)/(e² + b²) of the components along and across.
  package func polarizations(
    _ count: Int, _ source: borrowing SourceJob, _ x: BlockInput, _ y: BlockInput, _ z: BlockInput,
    _ factors: BlockOutput
  ) {
    let (i, e, b, kahn) = (source.direction, source.along, source.across, source.kahnFactor)
    for n in 0..<count {
      let c = i.x * x[n] + i.y * y[n] + i.z * z[n]
      let along = e.x * x[n] + e.y * y[n] + e.z * z[n]
      let across = b.x * x[n] + b.y * y[n] + b.z * z[n]
      let (a2, b2, c2) = (along * along, across * across, c * c)
      // 1 where both are zero: in the direct beam, and where the axis lies along the beam.
      let double = (a2 - b2 + 1e-300) / (a2 + b2 + 1e-300)
      factors[n] = 0.5 * (1 + c2 - kahn * double * (1 - c2))
    }
  }

  /// The fraction of each ray that a layer captures (Beer and Lambert): rays with positive cosine `parallax`, absorption
  /// per cosine in front of the layer and behind it, both at least 0.
  package func captures(
    _ count: Int, _ parallax: BlockInput, _ front: Double, _ back: Double, _ fractions: BlockOutput
  ) {
    let (front, back) = (front * log2e, back * log2e)
    for n in 0..<count {
      let inverse = 1 / parallax[n]
      fractions[n] = halving(front * inverse) - halving(back * inverse)
    }
  }

  /// The solid angles of pixels of a flat detector: area times distance of the plane over the cube of the distance.
  package func solidAngles(_ count: Int, _ radius: BlockInput, _ areaTimesDistance: Double, _ out: BlockOutput) {
    for n in 0..<count {
      let r = radius[n]
      out[n] = areaTimesDistance / (r * r * r)
    }
  }

  /// Photons from sums: a common factor and up to three of each pixel. One that is zero becomes a positive zero.
  package func finish(
    _ count: Int, _ sums: BlockInput, _ factor: Double, _ a: BlockInput, _ b: BlockInput, _ c: BlockInput,
    _ photons: UnsafeMutablePointer<Float>
  ) {
    for n in 0..<count { photons[n] = Float(0 + factor * sums[n] * a[n] * b[n] * c[n]) }
  }
}
