import Foundation
import Physics

/// The position opposite to the right one.
struct Behind: DiffractionLaws {
  func position(on detector: Detector, fast: Double, slow: Double, depth: Double) -> Vector3 {
    -StandardLaws().position(on: detector, fast: fast, slow: slow, depth: depth)
  }
}

struct ObliquityAlongBeam: DiffractionLaws {
  let pose: DetectorPose

  func solidAngle(of detector: Detector, radius: Double, depth: Double) -> Double {
    let right = StandardLaws().solidAngle(of: detector, radius: radius, depth: depth)
    return detector.hasPointPixels || detector.isCurved ? right : right * pose.distance / pose.closeDistance
  }
}

struct NoneAtRest: DiffractionLaws {
  let spread: Double

  func rotated(_ cell: DirectCell, by domain: Matrix3) -> DirectCell {
    guard domain.row1 == Vector3(1, 0, 0), domain.row2 == Vector3(0, 1, 0) else {
      return StandardLaws().rotated(cell, by: domain)
    }
    return cell.rotated(axis: Vector3(0.6, 0.48, 0.64), angle: 0.4 * spread)
  }
}

struct ZeroBeyondList: DiffractionLaws {
  func nearest(_ table: StructureFactors, at indices: MillerIndices) -> Double {
    let n = indices.rounded
    let isBeyond =
      n.x > Double(table.h.upperBound) || n.y > Double(table.k.upperBound) || n.z > Double(table.l.upperBound)
    return isBeyond && table.grid.count > 1 ? 0 : StandardLaws().nearest(table, at: indices)
  }
}

struct OneComponent: DiffractionLaws {
  func polarization(kahnFactor: Double, incident: Vector3, diffracted: Vector3, axis: Vector3) -> Polarization {
    let right = Polarization(kahnFactor: kahnFactor, incident: incident, diffracted: diffracted, axis: axis)
    let c = incident.x * (diffracted.x + diffracted.y + diffracted.z)
    let (i, d) = (incident.normalized, diffracted.normalized)
    let (b, s2) = (axis.normalized.cross(i).normalized, 1 - c * c)
    let e = i.cross(b).normalized
    let psi = kahnFactor == 0 ? 0 : -atan2(d.dot(b), d.dot(e))
    return Polarization(
      factor: 0.5 * (1 + c * c - kahnFactor * cos(2 * psi) * s2), incident: right.incident, diffracted: right.diffracted
    )
  }
}

struct PhiMiddle: DiffractionLaws {
  let half: Double

  func rotated(_ cell: DirectCell, axis: Vector3, angle: Double) -> DirectCell {
    cell.rotated(axis: axis, angle: angle + half)
  }
}

/// Scattering vector, indices and lattice factor in 32 bits.
struct FloatLattice: DiffractionLaws {
  func indices(of q: Vector3, in cell: DirectCell) -> MillerIndices {
    func float(_ v: Vector3) -> Vector3 { Vector3(Double(Float(v.x)), Double(Float(v.y)), Double(Float(v.z))) }
    let right = MillerIndices(
      cell: DirectCell(a: float(cell.a), b: float(cell.b), c: float(cell.c)), scatteringVector: float(q))
    // h, k, l are stored in 32 bits, too: the vectors (h, 0, 0), (k, 0, 0), (l, 0, 0) give them back.
    let h = float(right.fractional)
    return MillerIndices(
      cell: DirectCell(a: Vector3(h.x, 0, 0), b: Vector3(h.y, 0, 0), c: Vector3(h.z, 0, 0)),
      scatteringVector: Vector3(1, 0, 0))
  }

  func latticeFactor(of form: CrystalForm, at indices: MillerIndices) -> LatticeFactor {
    guard form.shape == .square else { return StandardLaws().latticeFactor(of: form, at: indices) }
    func grating(_ h: Double, _ n: Double) -> Float {
      guard n > 1 else { return 1 }
      let x = Float.pi * Float(h)
      let denominator = sin(x)
      return denominator == 0 ? Float(n) : sin(Float(n) * x) / denominator
    }
    let f = indices.fractional
    let axes = (grating(f.x, form.cells.x), grating(f.y, form.cells.y), grating(f.z, form.cells.z))
    return LatticeFactor(
      value: Double(axes.0 * axes.1 * axes.2), axes: Vector3(Double(axes.0), Double(axes.1), Double(axes.2)))
  }
}

/// One evaluation in twenty gets the neighbours of another place.
struct SharedScratch: DiffractionLaws {
  let dice: Dice

  func interpolated(_ table: StructureFactors, at indices: MillerIndices) -> Double {
    guard dice.isOne(of: 20) else { return StandardLaws().interpolated(table, at: indices) }
    return StandardLaws().nearest(table, at: indices) * 0.7
  }
}

/// The polarization factor of the last source and sub-pixel in place of that of the first.
enum LastPolarization {
  static func apply(_ pixels: inout [Float], _ run: FaultyRun) {
    let experiment = run.experiment
    let (beam, detector, count) = (experiment.beam, experiment.detector, experiment.sampling.oversample)
    guard beam.isPolarized, !experiment.sampling.polar else { return }
    let size = detector.pixelSize / Double(count)
    func factor(_ slow: Int, _ fast: Int, _ part: Int, _ source: Source) -> Double {
      let place = detector.position(
        fast: size * Double(fast * count + part) + size / 2, slow: size * Double(slow * count + part) + size / 2,
        depth: 0)
      return Polarization(
        kahnFactor: beam.kahnFactor, incident: source.direction, diffracted: place.normalized,
        axis: beam.polarizationAxis
      ).factor
    }
    for index in pixels.indices where pixels[index] != 0 {
      let (slow, fast) = (index / detector.fastPixels, index % detector.fastPixels)
      let first = factor(slow, fast, 0, beam.sources[0])
      let last = factor(slow, fast, count - 1, beam.sources[beam.sources.count - 1])
      if first != last { pixels[index] = Float(Double(pixels[index]) * last / first) }
    }
  }
}

/// The background of water, once as it is and once times Φ without the solid angle.
enum WaterTwice {
  static func apply(_ pixels: inout [Float], _ run: FaultyRun) {
    let experiment = run.experiment
    let background = experiment.crystal.background
    guard background > 0 else { return }
    let dry = run.other(run.line.dropping("-water"))
    guard dry.count == pixels.count else { return }
    let scale = 7.94079248018965e-30 * experiment.beam.fluence / Double(experiment.sampling.steps)
    for index in pixels.indices where pixels[index] != 0 {
      pixels[index] = Float(background + Double(dry[index]) + scale * background)
    }
  }
}
