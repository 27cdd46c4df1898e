import Foundation
import Physics
import PropertyTesting
import TestSupport
import Testing

/// The last bits of small formulas for arguments that scenes seldom have, as digests of our own numbers. Properties and
/// oracles judge the formulas within tolerances.
@Suite(.tags(.geometry), .enabled(if: RecordingLibrary.isPresent)) struct FormulaPinTests {
  private static let file = PackageFolder.fixtures.appendingPathComponent("check-values/formulas.json")

  @Test func lastBitsAreThoseRecorded() throws {
    let recorded = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: Self.file))
    var random = Arguments()
    let formulas: [(String, [Double])] = [
      ("rotations about the laboratory axes", random.laboratoryRotations), ("rotations", random.rotations),
      ("matrices of rotations", random.matrices), ("cells", random.cells), ("polarization", random.polarizations),
      ("lattices", try random.lattices()), ("sources", try random.sources()),
      ("lattice factors", try random.latticeFactors()), ("extreme cells", random.extremeCells),
      ("limits of cells", random.cellLimits), ("singular matrices", random.singularMatrices),
      ("frames", random.frames), ("ill-conditioned indices", try random.illConditioned()),
      ("spheres", random.spheres), ("rotations by one radian", random.unitRotations),
    ]
    for (name, numbers) in formulas {
      var digest = BitDigest()
      for number in numbers { digest.add(number.isNaN ? Double.nan.bitPattern : number.bitPattern) }
      #expect(digest.text == recorded[name], "\(name): other bits; record \(digest.text) if that is meant")
    }
    #expect(formulas.count == recorded.count)
  }
}

/// Formulas with arguments of a fixed generator.
private struct Arguments {
  private var random = SplitMix64(state: 20_261_201)
  private let count = 3000

  private mutating func number(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * Double(random.next() >> 11) * 0x1p-53
  }

  private mutating func vector(_ scale: Double = 1) -> Vector3 {
    Vector3(number(-scale...scale), number(-scale...scale), number(-scale...scale))
  }

  /// Vectors some of whose components are zero, of both signs: the sums with zero times a component matter for these.
  private mutating func thinVector() -> Vector3 {
    let (v, kept) = (vector(), random.next())
    func part(_ value: Double, _ bit: UInt64) -> Double { kept >> bit & 3 == 0 ? (value < 0 ? -0.0 : 0) : value }
    return Vector3(part(v.x, 0), part(v.y, 2), part(v.z, 4))
  }

  var laboratoryRotations: [Double] {
    mutating get {
      (0..<count).flatMap { number -> [Double] in
        let angles = number % 2 == 0 ? vector(4) : thinVector()
        return Formulas<Double>.Rotation.aboutLaboratoryAxes(thinVector(), angles).components
      }
    }
  }

  var rotations: [Double] {
    mutating get {
      (0..<count).flatMap { _ -> [Double] in
        Formulas<Double>.Rotation.aboutAxis(vector(), axis: vector().normalized, angle: number(-7...7)).components
      }
    }
  }

  var matrices: [Double] {
    mutating get {
      (0..<count).flatMap { _ -> [Double] in
        let matrix: Matrix3 = CapRotation.matrix(axis: vector().normalized, angle: number(-4...4))
        return (matrix.row1.components + matrix.row2.components + matrix.row3.components)
          + CapRotation.missetAngles(of: matrix).components
      }
    }
  }

  var cells: [Double] {
    mutating get {
      (0..<count).flatMap { _ -> [Double] in
        let lengths = (0..<3).map { _ in number(5...300) }
        let angles = (0..<3).map { _ in number(40...140) }
        guard let cell = try? Formulas<Double>.UnitCell(lengths + angles) else { return [0] }
        let star = cell.reciprocalAngles
        return [cell.volume, cell.alpha, cell.beta, cell.gamma] + star.sines.components + star.cosines.components
          + star.radians.components
      }
    }
  }

  var polarizations: [Double] {
    mutating get {
      (0..<count).flatMap { _ -> [Double] in
        let polarization = Formulas<Double>.Polarization(
          kahnFactor: number(-1...1), incident: vector().normalized, diffracted: vector().normalized, axis: vector())
        return [polarization.factor] + polarization.incident.components + polarization.diffracted.components
      }
    }
  }

  /// Cells in their orientation, with all angles.
  mutating func lattices() throws -> [Double] {
    try (0..<400).flatMap { number -> [Double] in
      let cell = (0..<6).map { $0 < 3 ? self.number(20...200) : self.number(65...115) }
      let turn = (0..<3).map { _ in self.number(-180...180) }
      let words =
        "-cell \(cell.map { "\($0)" }.joined(separator: " ")) -misset \(turn.map { "\($0)" }.joined(separator: " "))"
      let mode = number % 2 == 0 ? Compatibility.cParity : .spec
      let lattice = try Experiment(command: "\(words) -default_F 1 -N 2 -detpixels 2", mode).crystal.lattice
      let direct = [lattice.direct.a, lattice.direct.b, lattice.direct.c, lattice.angstroms.a]
      let star = [lattice.reciprocal.a, lattice.reciprocal.b, lattice.reciprocal.c]
      let angles = [lattice.angles, lattice.reciprocalAngles].flatMap { [$0.sines, $0.cosines, $0.radians] }
      return (direct + star + angles).flatMap(\.components) + [lattice.volume]
    }
  }

  /// Grids of directions and wavelengths, round and square, by steps, counts and ranges.
  mutating func sources() throws -> [Double] {
    try (0..<120).flatMap { number -> [Double] in
      func value(_ limit: Double) -> String { "\(self.number(limit / 8...limit))" }
      let grid = [
        "-hdivrange \(value(9)) -vdivrange \(value(7)) -hdivsteps \(number % 6 + 1) -vdivsteps \(number % 5 + 1)",
        "-hdivrange \(value(9)) -hdivstep \(value(3)) -vdivsteps \(number % 4) -vdivstep \(value(1))",
        "-divergence \(value(5)) -divsteps \(number % 7 + 1)",
        "-vdivrange \(value(4)) -vdivstep \(value(1)) -hdivsteps 3",
      ][number % 4]
      let shape = number % 3 == 0 ? "-square_div" : "-round_div"
      let spread = "-dispersion \(value(4)) -dispsteps \(number % 4 + 1) -lambda \(value(2))"
      let line = "-cell 50 \(grid) \(shape) \(spread) -default_F 1 -N 2 -detpixels 2"
      let sources = try Experiment(command: line, number % 2 == 0 ? .cParity : .spec).beam.sources
      return sources.flatMap { $0.position.components + $0.direction.components + [$0.wavelength, $0.weight] }
    }
  }

  /// The scalar lattice factors of all shapes, at indices near and between nodes.
  mutating func latticeFactors() throws -> [Double] {
    let cube = DirectCell(a: Vector3(1, 0, 0), b: Vector3(0, 1, 0), c: Vector3(0, 0, 1))
    return try ["-square_xtal", "-round_xtal", "-gauss_xtal", "-tophat_spots"].flatMap { shape -> [Double] in
      try [Compatibility.cParity, .spec].flatMap { mode -> [Double] in
        let line =
          "-cell 51 63 77 81 92 103 -misset 3 14 25 -Na 3 -Nb 5 -Nc 7 -fudge 1.37 \(shape) -default_F 1 -detpixels 2"
        let form = try Experiment(command: line, mode).crystal.form
        return (0..<600).map { number in
          let scale = [2.0, 0.3, 0.05][number % 3]
          let indices = MillerIndices(cell: cube, scatteringVector: Vector3(3, -2, 5) + vector(scale))
          return form.latticeFactor(indices).value
        }
      }
    }
  }

  /// Cells whose volume, or a product of two lengths, leaves the range of the numbers.
  var extremeCells: [Double] {
    mutating get {
      (0..<count).flatMap { _ -> [Double] in
        let lengths = (0..<3).map { _ in number(1...9) * Double("1e\(Int(number(-165...120)))")! }
        guard let cell = try? Formulas<Double>.UnitCell(lengths + [number(60...90), number(60...110), 90]) else {
          return [0]
        }
        let star = cell.reciprocalAngles
        return [cell.volume] + star.sines.components + star.cosines.components
      }
    }
  }

  /// The largest and the smallest third angle with which two others make a cell, by bisection.
  var cellLimits: [Double] {
    mutating get {
      (0..<60).flatMap { _ -> [Double] in
        let (alpha, beta) = (number(30...110), number(30...110))
        func isCell(_ gamma: Double) -> Bool {
          (try? Formulas<Double>.UnitCell([50, 60, 70, alpha, beta, gamma])) != nil
        }
        func limit(from inside: Double, to outside: Double) -> Double {
          var (good, bad) = (inside, outside)
          while true {
            let middle = (good + bad) / 2
            guard middle != good, middle != bad else { return good }
            if isCell(middle) { good = middle } else { bad = middle }
          }
        }
        let middle = (abs(alpha - beta) + min(alpha + beta, 360 - alpha - beta)) / 2
        let near = min(alpha + beta, 360 - alpha - beta) - 1e-5
        return [limit(from: middle, to: 179.99), limit(from: middle, to: 1e-3), isCell(near) ? 1 : 0]
      }
    }
  }

  /// Which matrices with a row that is the sum of the others, but for rounding, count as singular.
  var singularMatrices: [Double] {
    mutating get {
      (0..<count).map { _ -> Double in
        let rows = (0..<6).map { _ in (number(-30...30)).rounded() / 10 }
        let sum = (0..<3).map { rows[$0] + rows[$0 + 3] }
        return (try? Formulas<Double>.OrientationMatrix(rows + sum, source: "test")) == nil ? 0 : 1
      }
    }
  }

  /// Frames whose normal has a length of nearly one, and does not stand on the plane.
  var frames: [Double] {
    mutating get {
      (0..<count).flatMap { number -> [Double] in
        var frame = Convention.xds.vectors
        (frame.beam, frame.fast, frame.slow) = (vector(), vector(), vector())
        (frame.twoTheta, frame.polarization, frame.spindle) = (vector(), vector(), vector())
        let errors = [0, 0x1p-52, -0x1p-53, 3e-13, 9.999_999e-13, 1.000_000_5e-12, -9.99e-13, -1.01e-12, 2e-12, 0.1]
        frame.normal = (1 + errors[number % errors.count]) * [vector().normalized, Vector3(0, 0, 1)][number / 10 % 2]
        return [Compatibility.cParity, .spec].flatMap { mode -> [Double] in
          let straight = frame.straightened(mode)
          let vectors = [
            straight.beam, straight.fast, straight.slow, straight.normal, straight.twoTheta, straight.polarization,
            straight.spindle,
          ]
          return vectors.flatMap(\.components)
        }
      }
    }
  }

  /// Which indices next to a node are left to the scalar law.
  mutating func illConditioned() throws -> [Double] {
    let cube = DirectCell(a: Vector3(1, 0, 0), b: Vector3(0, 1, 0), c: Vector3(0, 0, 1))
    return try ["-square_xtal", "-round_xtal", "-gauss_xtal", "-tophat_spots"].flatMap { shape -> [Double] in
      try [(1, 2, 3), (3, 1, 2), (2, 3, 1), (2, 2, 2)].flatMap { cells -> [Double] in
        let line =
          "-cell 50 60 70 90 90 90 -Na \(cells.0) -Nb \(cells.1) -Nc \(cells.2) -fudge 1.37 \(shape) -default_F 1 -detpixels 2"
        let form = try Experiment(command: line, .cParity).crystal.form
        return (0..<900).map { number in
          var place = [3.3, -2.4, 5.2]
          let node = [3.0, -7, 11, 0][number % 4]
          let offset = self.number(0.9...1.1) * [1e-8, -1e-8, 1e-3][number % 3]
          place[number / 4 % 3] = node + offset * (number % 3 == 2 ? 1 : abs(node))
          if number % 5 == 0 { place = place.map { $0.rounded() + 1e-4 * self.number(0...9) } }
          let indices = MillerIndices(cell: cube, scatteringVector: Vector3(place[0], place[1], place[2]))
          return form.shape.isIllConditioned(form, at: indices) ? 1 : 0
        }
      }
    }
  }

  var spheres: [Double] {
    mutating get {
      ([0, 1, 1.0.nextDown, 1.0.nextUp, 0.5, 2] + (0..<count).map { _ in number(0...3) }).flatMap {
        [InterferenceFunctions.sphere($0), InterferenceFunctions.sphereBySeries($0)]
      }
    }
  }

  /// Angles of exactly one and minus one, and vectors with zeros of both signs.
  var unitRotations: [Double] {
    mutating get {
      (0..<count).flatMap { _ -> [Double] in
        let turn = thinVector()
        func angle(_ value: Double) -> Double { value == 0 ? 0 : value < 0 ? -1 : 1 }
        return Formulas<Double>.Rotation.aboutLaboratoryAxes(
          thinVector(), Vector3(angle(turn.x), angle(turn.y), angle(turn.z))
        ).components
      }
    }
  }
}
