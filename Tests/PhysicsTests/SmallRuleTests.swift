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
}
