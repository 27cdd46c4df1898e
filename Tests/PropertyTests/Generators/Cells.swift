import Foundation
import Physics
import PropertyTesting

/// The lengths (Å) and angles (degrees) of a unit cell.
struct Cell: Sendable, Equatable {
  var a: Double
  var b: Double
  var c: Double
  var alpha: Double
  var beta: Double
  var gamma: Double

  var values: [Double] { [a, b, c, alpha, beta, gamma] }
  var lengths: [Double] { [a, b, c] }

  /// The angles in radians, converted as the simulator converts them.
  var radians: [Double] { [alpha, beta, gamma].map { $0 / Constants.degreesPerRadian } }

  /// V²/(abc)²: 1 for right angles, towards 0 for a flat cell.
  var squaredSkew: Double {
    let (x, y, z) = (cos(radians[0]), cos(radians[1]), cos(radians[2]))
    return 1 - x * x - y * y - z * z + 2 * x * y * z
  }

  /// The number of angles that are not right.
  var obliqueAngles: Int { [alpha, beta, gamma].count { $0 != 90 } }
}

/// The lattice systems, and three shapes of cell that strain the arithmetic.
enum CellKind: String, Sendable, CaseIterable {
  case cubic, tetragonal, orthorhombic, hexagonal, rhombohedral, monoclinic, triclinic, needle, plate, nearlyFlat
}

extension Generator where Value == Cell {
  /// Cells of a kind, valid by construction: the third angle is drawn between the bounds that the other two leave.
  static func cell(_ kind: CellKind) -> Generator {
    let edge = Generator<Double>.logUniform(in: 5...300)
    let angle = Generator<Double>.double(in: 50...130)
    switch kind {
    case .cubic: return edge.map { Cell(a: $0, b: $0, c: $0, alpha: 90, beta: 90, gamma: 90) }
    case .tetragonal: return zip(edge, edge).map { Cell(a: $0, b: $0, c: $1, alpha: 90, beta: 90, gamma: 90) }
    case .orthorhombic:
      return zip(edge, edge, edge).map { Cell(a: $0, b: $1, c: $2, alpha: 90, beta: 90, gamma: 90) }
    case .hexagonal: return zip(edge, edge).map { Cell(a: $0, b: $0, c: $1, alpha: 90, beta: 90, gamma: 120) }
    case .rhombohedral:
      return zip(edge, .double(in: 30...115)).map { Cell(a: $0, b: $0, c: $0, alpha: $1, beta: $1, gamma: $1) }
    case .monoclinic:
      return zip(edge, edge, edge, angle).map { Cell(a: $0, b: $1, c: $2, alpha: 90, beta: $3, gamma: 90) }
    case .triclinic: return zip(edge, edge, edge, feasible(margin: 0.1...0.9)).map { Cell(lengths: ($0, $1, $2), $3) }
    case .needle:
      return zip(.double(in: 2...5), .double(in: 2...5), .double(in: 500...1000), feasible(margin: 0.2...0.8)).map {
        Cell(lengths: ($0, $1, $2), $3)
      }
    case .plate:
      return zip(.double(in: 500...1000), .double(in: 2...5), .double(in: 500...1000), feasible(margin: 0.2...0.8)).map
      {
        Cell(lengths: ($0, $1, $2), $3)
      }
    case .nearlyFlat:
      return zip(edge, edge, edge, feasible(margin: 1e-5...1e-3)).map { Cell(lengths: ($0, $1, $2), $3) }
    }
  }

  /// Cells of every kind.
  static var cell: Generator {
    Generator<CellKind>.element(of: CellKind.allCases).flatMap { cell($0) }
  }

  /// Cells that are not nearly flat and of moderate shape, for images.
  static var moderateCell: Generator {
    Generator<CellKind>.element(of: [.cubic, .orthorhombic, .hexagonal, .monoclinic, .triclinic]).flatMap { kind in
      cell(kind).map {
        Cell(a: 20 + $0.a / 5, b: 20 + $0.b / 5, c: 20 + $0.c / 5, alpha: $0.alpha, beta: $0.beta, gamma: $0.gamma)
      }
    }
  }

  /// Three angles in degrees that a cell can have: the second lies a share of the way into the interval that the others
  /// leave, |α − γ| < β < min(α + γ, 360° − α − γ).
  private static func feasible(margin: ClosedRange<Double>) -> Generator<[Double]> {
    zip(.double(in: 40...140), .double(in: 40...140), .double(in: margin)).map { alpha, gamma, share in
      let (low, high) = (abs(alpha - gamma), min(alpha + gamma, 360 - alpha - gamma))
      return [alpha, low + share * (high - low), gamma]
    }
  }
}

extension Cell {
  fileprivate init(lengths: (Double, Double, Double), _ angles: [Double]) {
    self.init(a: lengths.0, b: lengths.1, c: lengths.2, alpha: angles[0], beta: angles[1], gamma: angles[2])
  }
}
