import Foundation
import Physics
import TestSupport
import Testing

/// Rules of single functions that scenes seldom reach.
@Suite(.tags(.geometry)) struct SmallRuleTests {
  /// With the laboratory's z axis turned onto x, two angles turn about one axis: the reference program takes π and ½ π for
  /// the first ones.
  @Test(arguments: [0.0, 0.3, -2.1, 3.0]) func anglesOfAHalfTurnedMatrix(angle: Double) {
    let (s, c) = (sin(angle), cos(angle))
    for sign in [1.0, -1] {
      let matrix = Matrix3(rows: Vector3(0, s, c), Vector3(0, -c, s), Vector3(sign, 0, 0))
      let found = CapRotation.missetAngles(of: matrix)
      #expect(found.x == Double.pi && found.y == Double.pi / 2)
      #expect(found.z == atan2(matrix.row1.normalized.y, -matrix.row2.normalized.y))
    }
  }

  /// Half of the memory that the system reports, where nothing else limits it.
  @Test func memoryIsLimitedToHalfTheMachine() throws {
    let text = try String(contentsOfFile: "/proc/meminfo", encoding: .utf8)
    let total = try #require(text.firstMatch(of: /MemTotal: +(\d+) kB/).flatMap { Int($0.1) }) * 1024
    #expect(Machine.limit(1000) == 1000)
    let limit = Machine.limit(.max)
    var allowed = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &allowed)
    let half = min(total / 2, Int(clamping: allowed.rlim_cur / 2))
    #expect(abs(limit - half) < half / 100, "\(limit) for \(half)")
    #expect(Machine.limit(half / 2) == half / 2)
    #expect(Machine.hasMemory(1 << 20) && !Machine.hasMemory(1 << 62))
  }

  @Test func anImageOfAnotherProgramHasNoSolidAngle() throws {
    let experiment = try Experiment(words: "-cell 50 -default_F 1 -N 1 -detpixels_f 3 -detpixels_s 2".words)
    let image = FloatImage(fastPixels: 3, slowPixels: 2, pixels: [0, 1, 5, 2, 5, 3])
    let statistics = ImageStatistics(image, of: experiment)
    #expect(statistics.solidAngle == 0 && statistics.solidAngleShare == 0)
    #expect(statistics.maximum == 5 && statistics.maximumAt == PixelIndex(slow: 0, fast: 2))
    #expect(statistics.mean == 16.0 / 6 && statistics.rms == (64.0 / 5).squareRoot())
  }

  private static let cube = DirectCell(a: Vector3(1, 0, 0), b: Vector3(0, 1, 0), c: Vector3(0, 0, 1))

  private func form(_ line: String, _ mode: Compatibility = .cParity) throws -> CrystalForm {
    try Experiment(command: "-cell 50 60 70 90 90 90 -default_F 1 -detpixels 2 \(line)", mode).crystal.form
  }

  @Test func numbersOfCellsAreCountedInFull() throws {
    #expect(try form("-Na 301 -Nb 303 -Nc 305").cellCount == 27_816_915)
    // More than a double holds: the products are rounded in the order of the C program.
    for last in [1_000_037, 1_000_039, 1_000_081, 1_000_099] {
      let wanted = 1_000_003.0 * 1_000_033 * Double(last)
      #expect(try form("-Na 1000003 -Nb 1000033 -Nc \(last) -oversample 1").cellCount == wanted)
    }
  }

  /// The phases of the scalar law are not reduced: near a node far out they have few digits left, in each axis that has
  /// more than one cell.
  @Test func indicesNearFarNodesAreIllConditioned() throws {
    let form = try form("-Na 5 -Nb 1 -Nc 7")
    let cases: [(index: Double, isClose: Bool)] = [
      (100.0000001, true), (99.9999999, true), (-99.9999999, true), (100.000002, false), (100.5, false),
      (3.0000001, false), (3.00000001, true), (0.2, false),
    ]
    for axis in 0..<3 {
      for (index, isClose) in cases {
        var parts = [0.3, 0.3, 0.3]
        parts[axis] = index
        let indices = MillerIndices(cell: Self.cube, scatteringVector: Vector3(parts[0], parts[1], parts[2]))
        #expect(form.shape.isIllConditioned(form, at: indices) == (isClose && axis != 1), "\(parts)")
      }
    }
    // The sphere: nearer to a node than a thousandth of the width of a spot.
    let sphere = try self.form("-N 4 -round_xtal -fudge 2.25")
    let distances: [(distance: Double, isClose: Bool)] = [(1.5e-4, true), (1.8e-4, false), (0, true)]
    for (distance, isClose) in distances {
      for axis in 0..<3 {
        var parts = [2.0, -3, 4]
        parts[axis] += distance
        let indices = MillerIndices(cell: Self.cube, scatteringVector: Vector3(parts[0], parts[1], parts[2]))
        #expect(sphere.shape.isIllConditioned(sphere, at: indices) == isClose, "\(parts)")
      }
    }
  }

  /// A table that lies far out gives what the same table gives near the origin.
  @Test func interpolationFarOut() throws {
    let shift = 33_554_433
    func table(_ shift: Int) throws -> StructureFactors {
      var list: [Reflection] = []
      for h in -3...3 {
        for k in -3...3 {
          for l in -3...3 {
            let amplitude = Double((h * 7 + k * 13 + l * 29 + 200) % 53)
            list.append(Reflection(h: h + shift, k: k + shift, l: l + shift, amplitude: amplitude))
          }
        }
      }
      return try StructureFactors(try #require(ReflectionList(list)), defaultAmplitude: 0, source: "test")
    }
    let (near, far) = (try table(0), try table(shift))
    for number in 0..<300 {
      // Eighths are exact far out, too.
      let place = Vector3(
        Double(number % 7) / 4 - 0.75, Double(number % 11) / 8 - 0.5, Double(number % 13) / 8 - 0.75)
      let moved = place + Double(shift) * Vector3(1, 1, 1)
      #expect(far.canInterpolate(moved) == near.canInterpolate(place), "\(place)")
      guard near.canInterpolate(place) else { continue }
      #expect(far.interpolated(moved) == near.interpolated(place), "\(place)")
    }
  }

  @Test func tablesOfOneReflectionAndOfNone() throws {
    let list = try #require(ReflectionList([Reflection(h: 3, k: -7, l: 11, amplitude: 5)]))
    #expect(list.h == 3...3 && list.k == -7 ... -7 && list.l == 11...11)
    for amplitude in [0.0, 1, 2.5] {
      let table = try StructureFactors(
        try #require(
          ReflectionList([Reflection(h: 0, k: 0, l: 0, amplitude: 5), Reflection(h: 2, k: 2, l: 2, amplitude: 6)])),
        defaultAmplitude: amplitude, source: "test")
      #expect(table.nearest(Vector3(1, 1, 1)) == amplitude && table.nearest(Vector3(2, 2, 2)) == 6)
      #expect(table.nearest(Vector3(3, 3, 3)) == amplitude)
      let none = StructureFactors(defaultAmplitude: amplitude)
      #expect(none.count == 0 && none.h == 0...0 && none.k == 0...0 && none.l == 0...0)
      #expect(none.nearest(Vector3(1, 0, 0)) == amplitude)
    }
  }

  /// Without a default amplitude a list is zero where it has no reflection.
  @Test func listsHaveNoDefaultUnlessGiven() throws {
    let path = PackageFolder.fixtures.appendingPathComponent("check-values/a.hkl").path
    for (option, wanted) in [("", 0.0), ("-default_F 1", 1), ("-default_F 2.5", 2.5)] {
      let line = "-cell 50 60 70 90 90 90 -N 1 -detpixels 2 -hkl \(path) \(option)"
      #expect(try Experiment(command: line).structureFactors.nearest(Vector3(5000, 0, 0)) == wanted)
    }
  }

  @Test func lengthsAreConvertedBothWays() {
    for value in [0.1, 0.123_456_7, 7, 1e-3] {
      #expect(Length.metres(value).millimetres == value * 1000 && Length.millimetres(value).metres == value / 1000)
      #expect(Length.metres(value).metres == value && Length.millimetres(value).millimetres == value)
    }
  }
}
