import Physics

import Glibc

/// What a simulator may compute in place of a law of this one: the judge renders these to see which of them gives the
/// candidate's image.
enum OtherLaw: Sendable, Hashable {
  /// Every point of the detector is displaced, in pixels.
  case displaced(fast: Double, slow: Double)
  /// Every point lies opposite to where it should be.
  case opposite
  /// The solid angle has no obliquity.
  case noObliquity
  /// The obliquity takes the distance along the beam in place of that along the normal.
  case obliquityAlongBeam
  /// The polarization factor is 1, or has no polarized part.
  case noPolarization, unpolarized
  /// The spindle is turned by half a step more, or the other way.
  case middleOfPhiStep, phiReversed
  /// Mosaic domains are turned the other way, or not at all.
  case domainsReversed, noDomains
  /// The vectors of the cell: rounded to floats, with the lengths that follow from the reciprocal ones, transposed.
  case floatCell, unscaledCell, transposedCell
  /// Scattering vector, indices and lattice factor in single precision.
  case floatIndices
  /// Spots of the Gaussian and the top-hat shape with a width per axis.
  case widthPerAxis
  /// Friedel mates are exchanged.
  case inverted
  /// The nearest reflection in place of the interpolation, and 0 beyond the list in place of the default.
  case nearest, zeroBeyondList, zeroAboveList

  /// All laws, the more usual first.
  static let all: [OtherLaw] =
    [-1.0, -0.5, 0, 0.5, 1].flatMap { fast in
      [-1.0, -0.5, 0, 0.5, 1].compactMap { slow in
        fast == 0 && slow == 0 ? nil : .displaced(fast: fast, slow: slow)
      }
    } + [
      .opposite, .noObliquity, .obliquityAlongBeam, .noPolarization, .unpolarized, .middleOfPhiStep, .phiReversed,
      .domainsReversed, .noDomains, .floatCell, .unscaledCell, .transposedCell, .floatIndices, .widthPerAxis, .inverted,
      .nearest, .zeroBeyondList, .zeroAboveList,
    ]

  /// The cause in a few words that stay the same, for scripts.
  var code: String {
    switch self {
    case .displaced: "displaced"
    case .opposite: "opposite-position"
    case .noObliquity, .obliquityAlongBeam: "solid-angle"
    case .noPolarization, .unpolarized: "polarization"
    case .middleOfPhiStep: "phi-middle"
    case .phiReversed: "phi-reversed"
    case .domainsReversed, .noDomains: "mosaic-domains"
    case .floatCell: "single-precision-cell"
    case .unscaledCell: "cell-lengths"
    case .transposedCell: "transposed-cell"
    case .floatIndices: "single-precision"
    case .widthPerAxis: "spot-width"
    case .inverted: "inverted"
    case .nearest: "interpolation"
    case .zeroBeyondList, .zeroAboveList: "beyond-list"
    }
  }

  /// The cause in a sentence.
  var text: String {
    switch self {
    case .displaced(let fast, let slow): "the detector is displaced by \(fast) pixels along fast and \(slow) along slow"
    case .opposite: "every point of the detector lies opposite to where it should be"
    case .noObliquity: "the solid angle lacks the obliquity of the pixel"
    case .obliquityAlongBeam: "the solid angle takes the distance along the beam in place of that along the normal"
    case .noPolarization: "the polarization factor is left out"
    case .unpolarized: "the polarization factor lacks its polarized part"
    case .middleOfPhiStep: "the spindle is at the middle of each step in place of its start"
    case .phiReversed: "the spindle turns the other way"
    case .domainsReversed: "mosaic domains are turned the other way"
    case .noDomains: "mosaic domains are not turned"
    case .floatCell: "the vectors of the cell are in single precision"
    case .unscaledCell: "the vectors of the cell do not have the lengths that were asked for"
    case .transposedCell: "the matrix of the cell is transposed: rows are taken for columns"
    case .floatIndices: "scattering vector, indices and lattice factor are in single precision"
    case .widthPerAxis: "the width of the spots is in units of the indices, axis by axis (Q-18)"
    case .inverted: "the crystal is inverted: h, k, l have the opposite sign"
    case .nearest: "the nearest reflection is taken in place of an interpolation"
    case .zeroBeyondList: "reflections beyond the list have a structure factor of 0 in place of the default"
    case .zeroAboveList:
      "reflections above the highest indices of the list have a structure factor of 0 in place of the default"
    }
  }

  /// Whether the law can make a difference for an experiment.
  func applies(to experiment: Experiment) -> Bool {
    switch self {
    case .middleOfPhiStep, .phiReversed:
      experiment.sampling.phi.contains { $0 != 0 } || experiment.sampling.phi.count > 1
    case .domainsReversed, .noDomains: experiment.crystal.mosaicSpread > 0 && experiment.crystal.domains.count > 1
    case .nearest: experiment.interpolates
    case .zeroBeyondList:
      experiment.structureFactors.defaultAmplitude != 0 && experiment.structureFactors.grid.count > 1
    case .widthPerAxis: experiment.crystal.form.shape == .gauss || experiment.crystal.form.shape == .topHat
    case .noPolarization, .unpolarized: experiment.beam.isPolarized
    default: true
    }
  }

  /// The image of an experiment with this law.
  func image(of experiment: Experiment) -> FloatImage {
    ReferenceImage(experiment, OtherLaws(self, experiment)).image()
  }
}

/// The laws of this simulator but one.
private struct OtherLaws: DiffractionLaws {
  private let other: OtherLaw
  private let pixel: Double
  private let halfStep: Double
  private let lengths: Vector3
  private let standard = StandardLaws()

  init(_ other: OtherLaw, _ experiment: Experiment) {
    self.other = other
    pixel = experiment.detector.pixelSize
    halfStep = experiment.sampling.phiTable.step / 2
    // Edges that follow from the reciprocal vectors, over those in use.
    let star = experiment.crystal.lattice.reciprocal
    let cell = experiment.crystal.lattice.angstroms
    let volume = 1 / star.a.dot(star.b.cross(star.c))
    lengths = Vector3(
      volume * star.b.cross(star.c).length / cell.a.length, volume * star.c.cross(star.a).length / cell.b.length,
      volume * star.a.cross(star.b).length / cell.c.length)
  }

  func position(on detector: Detector, fast: Double, slow: Double, depth: Double) -> Vector3 {
    switch other {
    case .displaced(let f, let s):
      standard.position(on: detector, fast: fast + f * pixel, slow: slow + s * pixel, depth: depth)
    case .opposite: -standard.position(on: detector, fast: fast, slow: slow, depth: depth)
    default: standard.position(on: detector, fast: fast, slow: slow, depth: depth)
    }
  }

  func solidAngle(of detector: Detector, radius: Double, depth: Double) -> Double {
    switch other {
    case .noObliquity: pixel * pixel / radius / radius
    case .obliquityAlongBeam:
      standard.solidAngle(of: detector, radius: radius, depth: depth) * detector.pose.distance
        / detector.pose.closeDistance
    default: standard.solidAngle(of: detector, radius: radius, depth: depth)
    }
  }

  func polarization(kahnFactor: Double, incident: Vector3, diffracted: Vector3, axis: Vector3) -> Polarization {
    let right = standard.polarization(
      kahnFactor: other == .unpolarized ? 0 : kahnFactor, incident: incident, diffracted: diffracted, axis: axis)
    guard other == .noPolarization else { return right }
    return Polarization(factor: 1, incident: right.incident, diffracted: right.diffracted)
  }

  func rotated(_ cell: DirectCell, axis: Vector3, angle: Double) -> DirectCell {
    let angle = other == .middleOfPhiStep ? angle + halfStep : other == .phiReversed ? -angle : angle
    return standard.rotated(cell, axis: axis, angle: angle)
  }

  func rotated(_ cell: DirectCell, by domain: Matrix3) -> DirectCell {
    switch other {
    case .noDomains: return cell
    case .domainsReversed:
      let (r, s, t) = (domain.row1, domain.row2, domain.row3)
      return standard.rotated(
        cell, by: Matrix3(rows: Vector3(r.x, s.x, t.x), Vector3(r.y, s.y, t.y), Vector3(r.z, s.z, t.z)))
    default: return standard.rotated(cell, by: domain)
    }
  }

  func indices(of q: Vector3, in cell: DirectCell) -> MillerIndices {
    var (q, cell) = (q, cell)
    func floats(_ v: Vector3, _ unit: Double = 1) -> Vector3 {
      Vector3(Double(Float(v.x * unit)) / unit, Double(Float(v.y * unit)) / unit, Double(Float(v.z * unit)) / unit)
    }
    switch other {
    case .floatCell: cell = DirectCell(a: floats(cell.a, 1e10), b: floats(cell.b, 1e10), c: floats(cell.c, 1e10))
    case .unscaledCell: cell = DirectCell(a: lengths.x * cell.a, b: lengths.y * cell.b, c: lengths.z * cell.c)
    case .transposedCell:
      cell = DirectCell(
        a: Vector3(cell.a.x, cell.b.x, cell.c.x), b: Vector3(cell.a.y, cell.b.y, cell.c.y),
        c: Vector3(cell.a.z, cell.b.z, cell.c.z))
    case .floatIndices: (q, cell) = (floats(q), DirectCell(a: floats(cell.a), b: floats(cell.b), c: floats(cell.c)))
    case .inverted: q = -q
    default: break
    }
    return standard.indices(of: q, in: cell)
  }

  func latticeFactor(of form: CrystalForm, at indices: MillerIndices) -> LatticeFactor {
    switch other {
    case .widthPerAxis:
      let other = CrystalForm(
        shape: form.shape, cells: form.cells, fudge: form.fudge, reciprocal: form.reciprocal, widthFromProduct: false,
        unreducedPhases: form.unreducedPhases)
      return standard.latticeFactor(of: other, at: indices)
    case .floatIndices:
      let right = standard.latticeFactor(of: form, at: indices)
      return LatticeFactor(value: Double(Float(right.value)), axes: right.axes)
    default: return standard.latticeFactor(of: form, at: indices)
    }
  }

  func interpolated(_ table: StructureFactors, at indices: MillerIndices) -> Double {
    other == .nearest ? standard.nearest(table, at: indices) : standard.interpolated(table, at: indices)
  }

  func nearest(_ table: StructureFactors, at indices: MillerIndices) -> Double {
    guard other == .zeroBeyondList || other == .zeroAboveList else { return standard.nearest(table, at: indices) }
    let n = indices.rounded
    let isInside = [(table.h, n.x), (table.k, n.y), (table.l, n.z)].allSatisfy {
      (other == .zeroAboveList || Double($0.0.lowerBound) <= $0.1) && $0.1 <= Double($0.0.upperBound)
    }
    return isInside ? standard.nearest(table, at: indices) : 0
  }
}
