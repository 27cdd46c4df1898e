import Physics
import TestSupport
import Testing

/// Detector poses against the check values of docs/reference/20-geometry.md §6, printed by the C program with 15
/// digits.
@Suite(.tags(.geometry), .generousTime) struct GeometryTests {
  struct Pose: Sendable, CustomTestStringConvertible {
    var name: String
    var convention: Convention
    var rotation = Vector3.zero
    var twoTheta = 0.0
    var fast: Vector3
    var slow: Vector3
    var normal: Vector3
    var origin: Vector3
    var distance: Double
    var testDescription: String { name }
  }

  private static let (s, c) = (0.17364817766693, 0.984807753012208)

  static let poses = [
    Pose(
      name: "MOSFLM rotx 10", convention: .mosflm, rotation: Vector3(10, 0, 0), fast: Vector3(0, -s, c),
      slow: Vector3(0, -c, -s), normal: Vector3(1, 0, 0),
      origin: Vector3(0.1, 0.00104261033761122, -0.00073004361781075), distance: 0.1),
    Pose(
      name: "MOSFLM roty 10", convention: .mosflm, rotation: Vector3(0, 10, 0), fast: Vector3(s, 0, c),
      slow: Vector3(0, -1, 0), normal: Vector3(c, 0, -s),
      origin: Vector3(0.0998437166400998, 0.0009, -0.000886326977710987), distance: 0.1),
    Pose(
      name: "MOSFLM 2theta 10", convention: .mosflm, twoTheta: 10, fast: Vector3(0, 0, 1), slow: Vector3(-s, -c, 0),
      normal: Vector3(c, -s, 0), origin: Vector3(0.1001562833599, 0.000886326977710987, -0.0009),
      distance: 0.0984808),
    Pose(
      name: "ADXV 2theta 10", convention: .adxv, twoTheta: 10, fast: Vector3(1, 0, 0), slow: Vector3(0, -c, s),
      normal: Vector3(0, s, c), origin: Vector3(-0.00085, 0.000837086590060377, 0.0998523990489831),
      distance: 0.0984808),
    Pose(
      name: "XDS roty 10", convention: .xds, rotation: Vector3(0, 10, 0), fast: Vector3(c, 0, -s),
      slow: Vector3(0, 1, 0), normal: Vector3(s, 0, c),
      origin: Vector3(0.0163131609638737, -0.0008, 0.097123549581429), distance: 0.1),
    Pose(
      name: "XDS 2theta 10", convention: .xds, twoTheta: 10, fast: Vector3(1, 0, 0), slow: Vector3(0, c, s),
      normal: Vector3(0, -s, c), origin: Vector3(-0.0008, -0.0181526639691028, 0.0983418567590873), distance: 0.1),
    Pose(
      name: "DIALS 2theta 10", convention: .dials, twoTheta: 10, fast: Vector3(c, 0, -s), slow: Vector3(0, 1, 0),
      normal: Vector3(s, 0, c), origin: Vector3(0.0165769715642833, -0.0008, 0.0986196938433544), distance: 0.1),
    Pose(
      name: "MOSFLM all 10", convention: .mosflm, rotation: Vector3(10, 10, 10), twoTheta: 10,
      fast: Vector3(0.171010071662834, -s, 0.969846310392954),
      slow: Vector3(-0.0301536896070458, -c, -0.171010071662834), normal: Vector3(c, 0, -s),
      origin: Vector3(0.0998732292561498, 0.00104261033761122, -0.000718952614857108), distance: 0.101543),
  ]

  /// Vectors that are unit vectors need no straightening, which hides a wrong length of most of them.
  @Test(arguments: Convention.allCases) func vectorsOfConventionsAreUnitVectors(convention: Convention) {
    let vectors = convention.vectors
    let all = [
      vectors.beam, vectors.fast, vectors.slow, vectors.normal, vectors.twoTheta, vectors.polarization, vectors.spindle,
    ]
    for vector in all {
      #expect(vector.components.map(abs).sorted() == [0, 0, 1], "\(convention): \(vector)")
    }
    #expect(vectors.fast.dot(vectors.slow) == 0 && abs(vectors.fast.cross(vectors.slow).dot(vectors.normal)) == 1)
  }

  @Test(arguments: poses)
  func checkValues(pose: Pose) throws {
    var request = SimulationRequest()
    request.place(.convention(pose.convention))
    request.pixelsFast = 16
    request.pixelsSlow = 16
    request.cell = [100]
    request.defaultAmplitude = 1
    request.place(.rotationX(pose.rotation.x), .rotationY(pose.rotation.y), .rotationZ(pose.rotation.z))
    request.place(.twoTheta(pose.twoTheta))
    let detector = try Experiment(resolving: request, compatibility: .cParity).detector
    for (ours, printed) in [
      (detector.pose.fast, pose.fast), (detector.pose.slow, pose.slow), (detector.pose.normal, pose.normal),
      (detector.pose.origin, pose.origin),
    ] {
      expectClose(
        (ours - printed).length, 0, within: 2e-15 * max(printed.length, 1),
        because: "printed with 15 significant digits: half a unit of the fifteenth for each component")
    }
    expectClose(detector.pose.distance, pose.distance, within: 5e-7, because: "printed with six digits")
  }

  @Test(arguments: [
    ([70.0, 80, 90, 75, 85, 95], [75.0391, 85.0136, 95.0081]), ([50, 60, 70, 80, 90, 100], [80.0047, 90, 100]),
    ([60, 60, 60, 60, 60, 60], [57.849, 57.849, 58.5252]),
    ([67.8, 67.8, 67.8, 109.47, 109.47, 109.47], [107.991, 107.991, 110.908]),
    ([78, 78, 38, 90, 90, 120], [90, 90, 120]),
  ])
  func cellThatTheReferenceUses(cell: [Double], angles: [Double]) throws {
    var request = SimulationRequest()
    request.cell = cell
    request.defaultAmplitude = 1
    let direct = try Experiment(resolving: request, compatibility: .cParity).crystal.lattice.direct
    for (ours, printed) in try pairs(Self.angles(of: direct), angles) {
      expectClose(ours, printed, within: 6e-4, because: "printed with six digits (Q-16)")
    }
    let proper = try Experiment(resolving: request, compatibility: .spec).crystal.lattice.direct
    for (ours, requested) in try pairs(Self.angles(of: proper), cell[3...]) {
      expectClose(
        ours, requested, within: 1e-10,
        because: "ε over the squared skew of the cell, in degrees; spec mode builds the cell that was asked for")
    }
  }

  private static func angles(of cell: DirectCell) -> [Double] {
    [(cell.b, cell.c), (cell.a, cell.c), (cell.a, cell.b)].map { first, second in
      let cosine = first.dot(second) / first.length / second.length
      return acos(cosine) * 180 / .pi
    }
  }
}

import Glibc
