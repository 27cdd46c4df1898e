import Foundation
import Oracles
import Physics
import PropertyTesting
import TestSupport
import Testing

private let forAll = PropertyFamily("PropertyTests/CrystalProperties.swift")

private func oriented(
  _ cell: Cell, misset: Vector3? = nil, mode: Compatibility = .spec, matrix: OrientationMatrix? = nil
) throws -> Lattice {
  var request = SimulationRequest.minimal
  request.cell = matrix == nil ? cell.values : []
  request.matrix = matrix
  request.misset = misset.map { .angles($0) }
  request.resolutionLimit = 0
  return try Experiment(resolving: request, compatibility: mode).crystal.lattice
}

extension CellOracle {
  fileprivate init(_ cell: Cell) throws(GSLFailure) {
    try self.init(
      a: cell.a, b: cell.b, c: cell.c, alpha: cell.radians[0], beta: cell.radians[1], gamma: cell.radians[2])
  }
}

/// Cells, their reciprocals and their rotations.
@Suite(.tags(.crystal, .oracle, .property), .generousTime) struct CrystalProperties {
  private let flatness = "rounding of the cosines, over the squared skew of the cell"

  @Test("The lattice has the metric tensor of its cell (oracle)") func metricTensor() {
    forAll(
      "oracle: metric tensor of the lattice", .cell, .angles(180),
      require: [.atLeast(3, "nearly flat"), .atLeast(20, "oblique"), .atLeast(20, "right angles")]
    ) { check, cell, misset in
      check.label("nearly flat", cell.squaredSkew < 1e-2)
      check.label("oblique", cell.obliqueAngles == 3)
      check.label("right angles", cell.obliqueAngles == 0)
      let oracle = try CellOracle(cell)
      let gram = try LinearAlgebra.gram(try oriented(cell, misset: misset).direct.rows(1e10))
      for i in 0..<3 {
        for j in 0..<3 {
          let scale = cell.lengths[i] * cell.lengths[j]
          try check.close(
            gram[i][j], oracle.metric[i][j], within: scale * (16 * eps + 2 * oracle.relativeError), because: flatness,
            "G\(i)\(j)")
        }
      }
    }
  }

  @Test("Spindle and mosaic rotations keep the metric tensor") func rotationsKeepTheMetric() {
    forAll("spindle and mosaic rotations keep the metric tensor", .cell, Generator.turn, Generator.turn) {
      check, cell, spindle, domain in
      let rest = try oriented(cell).direct
      let turned = rest.rotated(axis: spindle.axis, angle: spindle.angle)
        .rotated(by: CapRotation.matrix(axis: domain.axis, angle: domain.angle))
      let (before, after) = (try LinearAlgebra.gram(rest.rows(1e10)), try LinearAlgebra.gram(turned.rows(1e10)))
      for i in 0..<3 {
        for j in 0..<3 {
          try check.close(
            after[i][j], before[i][j], within: 64 * eps * cell.lengths[i] * cell.lengths[j], because: "two rotations")
        }
      }
    }
  }

  @Test("Missetting rotates each reciprocal vector, x, then y, then z") func missettingRotatesReciprocalVectors() {
    forAll("missetting rotates each reciprocal vector, x, then y, then z", .cell, .angles(180)) { check, cell, misset in
      let (rest, turned) = (try oriented(cell).reciprocal, try oriented(cell, misset: misset).reciprocal)
      let angles = (1 / Constants.degreesPerRadian) * misset
      for (a, b) in [(rest.a, turned.a), (rest.b, turned.b), (rest.c, turned.c)] {
        try check.close(
          (Rotation.aboutLaboratoryAxes(a, angles) - b).length, 0,
          within: (64 * eps + 200 * eps / cell.squaredSkew) * a.length, because: "regenerated from the direct vectors")
      }
    }
  }

  @Test("Reciprocal vectors are the columns of the inverse (oracle)") func reciprocalVectors() {
    forAll("oracle: reciprocal vectors", .cell, .angles(180), .element(of: [Compatibility.cParity, .spec])) {
      check, cell, misset, mode in
      let lattice = try oriented(cell, misset: misset, mode: mode)
      let expected = try LinearAlgebra.reciprocal(rows: lattice.direct.rows(1e10))
      let ours = lattice.reciprocal
      // With the reference program's defect volume and vectors do not belong together: only directions do.
      let isExact = mode == .spec || cell.obliqueAngles <= 1
      for (vector, wanted) in try pairs([ours.a, ours.b, ours.c], expected) {
        let scale = LinearAlgebra.length(wanted)
        let difference = isExact ? vector.simd - wanted : vector.normalized.simd - wanted / scale
        try check.close(
          LinearAlgebra.length(difference), 0, within: 200 * eps * (isExact ? scale : 1) / cell.squaredSkew,
          because: flatness)
      }
    }
  }

  @Test("Direct and reciprocal vectors are dual, and the reciprocal of the reciprocal is the lattice")
  func directAndReciprocalAreDual() {
    forAll(
      "direct and reciprocal vectors are dual, and the reciprocal of the reciprocal is the lattice", .cell, .angles(180)
    ) { check, cell, misset in
      let lattice = try oriented(cell, misset: misset)
      let (direct, star) = (lattice.direct, lattice.reciprocal)
      let again = try LinearAlgebra.reciprocal(rows: [star.a, star.b, star.c].map(\.simd))
      for (back, axis) in try pairs(again, direct.rows(1e10)) {
        try check.close(
          LinearAlgebra.length(back - axis), 0, within: 400 * eps * LinearAlgebra.length(axis) / cell.squaredSkew,
          because: flatness)
      }
      for (i, a) in [direct.a, direct.b, direct.c].enumerated() {
        for (j, b) in [star.a, star.b, star.c].enumerated() {
          try check.close(
            1e10 * a.dot(b), i == j ? 1 : 0,
            within: 200 * eps * (1 / cell.squaredSkew + 1e10 * a.length * b.length / cell.squaredSkew.squareRoot()),
            because: flatness)
        }
      }
    }
  }

  @Test("1/d² of any reflection follows from the cell (oracle)") func spacingOfReflections() {
    forAll(
      "oracle: 1/d² of any reflection", .cell, .integer(in: -20...20), .integer(in: -20...20), .integer(in: -20...20)
    ) {
      check, cell, h, k, l in
      let oracle = try CellOracle(cell)
      let star = try oriented(cell).reciprocal
      let vector = Double(h) * star.a + Double(k) * star.b + Double(l) * star.c
      let lengths = oracle.reciprocalLengths
      let scale = pow(Double(abs(h)) * lengths[0] + Double(abs(k)) * lengths[1] + Double(abs(l)) * lengths[2], 2)
      try check.close(
        vector.dot(vector), oracle.squaredReciprocalLength(Double(h), Double(k), Double(l)),
        within: scale * (32 * eps + 4 * oracle.relativeError), because: flatness)
    }
  }

  @Test("Four routes lead to one volume of the cell (oracle)") func volumeByFourRoutes() {
    forAll("oracle: volume by four routes", .cell, .angles(180)) { check, cell, misset in
      let oracle = try CellOracle(cell)
      let lattice = try oriented(cell, misset: misset)
      let product = lattice.direct.a.dot(lattice.direct.b.cross(lattice.direct.c)) * 1e30
      for (name, value) in [
        ("formula", lattice.volume), ("triple product", product), ("determinant", oracle.volumeByDeterminant),
      ] {
        try check.close(
          value, oracle.volumeByCholesky, within: (8 * eps + 2 * oracle.relativeError) * oracle.volumeByCholesky,
          because: flatness, name)
      }
    }
  }

  @Test("A cell is refused where the metric tensor is not positive (oracle)") func impossibleCellsAreRefused() {
    let anyAngles = zip(Generator<Double>.double(in: 5...175), .double(in: 5...175), .double(in: 5...175))
    forAll(
      "oracle: a cell is refused where the metric tensor is not positive", anyAngles,
      require: [.atLeast(20, "possible"), .atLeast(20, "impossible")]
    ) { check, angles in
      let cell = Cell(a: 50, b: 60, c: 70, alpha: angles.0, beta: angles.1, gamma: angles.2)
      // On the border rounding decides.
      try check.assume(abs(cell.squaredSkew) > 1e-12)
      let exists = (try? CellOracle(cell)) != nil
      check.label("possible", exists)
      check.label("impossible", !exists)
      if exists {
        _ = try oriented(cell)
      } else {
        try check.fails(with: ExperimentError.self, "an impossible cell") { _ = try oriented(cell) }
      }
    }
  }

  @Test("A cell goes through an orientation matrix and back") func cellThroughMatrix() {
    forAll("cell to orientation matrix to cell", .cell, .angles(180), .double(in: 0.5...3)) {
      check, cell, misset, wavelength in
      let first = try oriented(cell, misset: misset)
      let (a, b, c) = (first.reciprocal.a, first.reciprocal.b, first.reciprocal.c)
      var request = SimulationRequest.minimal
      request.cell = []
      request.matrix = try OrientationMatrix([a, b, c], wavelength: wavelength)
      request.wavelength = .angstroms(wavelength)
      let second = try Experiment(resolving: request, compatibility: .spec).crystal.lattice
      for (u, v) in [
        (first.direct.a, second.direct.a), (first.direct.b, second.direct.b), (first.direct.c, second.direct.c),
      ] {
        try check.close(
          (u - v).length, 0, within: 400 * eps * u.length / cell.squaredSkew, because: flatness)
      }
      try check.close(
        second.volume, first.volume, within: 400 * eps * first.volume / cell.squaredSkew, because: flatness)
    }
  }

  @Test("A matrix of left-handed vectors has a negative volume and the inverted lattice") func leftHandedMatrix() {
    forAll("a matrix of left-handed vectors has a negative volume and the inverted lattice", .cell(.triclinic)) {
      check, cell in
      let star = try oriented(cell).reciprocal
      func direct(_ sign: Double) throws -> Lattice {
        try oriented(cell, matrix: try OrientationMatrix([star.a, star.b, star.c], wavelength: sign))
      }
      let (right, left) = (try direct(1), try direct(-1))
      try check.identical(left.volume, -right.volume)
      let (l, r) = (left.direct, right.direct)
      for (inverted, axis) in [(l.a, r.a), (l.b, r.b), (l.c, r.c)] { try check.equal(inverted, -axis) }
    }
  }

  @Test("Given lengths are kept in both modes, whatever the defects") func givenLengthsAreKept() {
    forAll(
      "given lengths are kept in both modes, whatever the defects", .cell, .angles(180),
      .element(of: [Compatibility.cParity, .spec])
    ) {
      check, cell, misset, mode in
      let direct = try oriented(cell, misset: misset, mode: mode).direct
      for (axis, length) in try pairs([direct.a, direct.b, direct.c], cell.lengths) {
        try check.close(
          axis.length * 1e10, length, within: 16 * eps * length, because: "the cross products are scaled to it")
      }
    }
  }

  @Test("C-parity builds the cell that was asked for if at most one angle is oblique")
  func parityBuildsNearlyRightCells() {
    forAll(
      "c-parity builds the cell that was asked for if at most one angle is oblique", .cell,
      require: [.atLeast(10, "differs")]
    ) { check, cell in
      let (parity, spec) = (try oriented(cell, mode: .cParity).direct, try oriented(cell).direct)
      let difference =
        (parity.a - spec.a).length / spec.a.length + (parity.b - spec.b).length / spec.b.length
        + (parity.c - spec.c).length / spec.c.length
      check.label("differs", difference > 1e-6)
      if cell.obliqueAngles <= 1 {
        try check.close(
          difference, 0, within: 100 * eps / cell.squaredSkew, because: "c* has the same z component (Q-16)")
      }
    }
  }

  @Test("A crystal size is rounded up to whole cells") func sizesAreRoundedUpToWholeCells() {
    forAll("a crystal size is rounded up to whole cells", .cell(.orthorhombic), .double(in: 1e-6...1e-5)) {
      check, cell, size in
      var request = SimulationRequest.minimal
      request.cell = cell.values
      (request.sampleX, request.sampleY, request.sampleZ) = (size, size, size)
      let counts = try Experiment(resolving: request, compatibility: .spec).crystal.form.cells.components
      for (count, length) in try pairs(counts, cell.lengths) {
        let ratio = size * 1e7 / length
        try check.assume(abs(ratio - ratio.rounded()) > 1e-9)
        try check.identical(count, max(ratio.rounded(.up), 1))
      }
    }
  }
}
