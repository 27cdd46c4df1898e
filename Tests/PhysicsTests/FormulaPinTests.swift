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
      ("lattice factors", try random.latticeFactors()),
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
}
