import Foundation
import Physics
import TestSupport
import Testing
import TraceIO

/// A tolerance for the first value of a quantity only.
private struct FirstOnly: ToleranceRule {
  func tolerance(for place: TracePlace, reference: [TraceValue]) -> (tolerance: Tolerance, scale: Double?) {
    let isFirst = place.repetition == 0
    return (isFirst ? Tolerance(absolute: 0.2, because: "test") : Tolerance.exact(because: "test"), nil)
  }
}

/// A log in a folder of its own.
private struct LoneLog {
  private let folder: TemporaryFolder
  private let path: String

  init(_ bytes: [UInt8]) throws {
    folder = try TemporaryFolder()
    path = try folder.file("a.log", bytes)
  }

  func read() throws -> Trace { try TraceFile.read(path) }
}

/// Traces at the borders of what is read, compared and located.
@Suite(.tags(.verification, .files), .generousTime) struct TraceDetailTests {
  private func parse(_ text: String) throws -> Trace { try TraceParser.parse(text, file: "a.log") }

  private func report(_ reference: String, _ candidate: String) throws -> TraceReport {
    let (expected, found) = (try parse(reference), try parse(candidate))
    return TraceReport(reference: expected, candidate: found, tolerances: ToleranceTable(relative: 1e-6))
  }

  // MARK: Reports

  @Test func thePageBeginsWithTheResiduals() throws {
    let equal = try report("TRACE_C: polar 0.5\n", "TRACE_PY: polar 0.5\n")
    let none = ComparisonText(equal, tolerance: 1e-6).markdown
    #expect(none.contains("\nresiduals: none above the tolerance\n"))
    let other = try report("TRACE_C: polar 0.5\nTRACE_C: steps 3\n", "TRACE_PY: polar 0.50001\n")
    let some = ComparisonText(other, tolerance: 1e-6).markdown
    #expect(some.contains("\nresiduals: steps MISSING, polar +2.000e-05\n"), "\(some)")
  }

  /// A quantity that only one trace has is listed with all others only.
  @Test func aQuantityOfOneTraceIsNoDifference() throws {
    let report = try report("TRACE_C: polar 0.5\nTRACE_C: stol 1\n", "TRACE_PY: polar 0.5\n")
    #expect(report.differenceTable(all: false).isEmpty)
    #expect(report.differenceTable(all: true).plain().contains("reference only"))
    let page = ComparisonText(report, tolerance: 1e-6).differencePage
    #expect(page.contains("None: all common quantities are the same numbers."))
  }

  // MARK: Pixels

  /// A trace in the plane of two axes: the position follows from coordinates in pixels of 0.1 mm.
  private func trace(
    _ origin: Vector3, fast: Vector3, slow: Vector3, at coordinates: (fast: Double, slow: Double), isOld: Bool = false
  ) -> Trace {
    let size = 1e-4
    let (alongFast, alongSlow): (Double, Double) = (size * coordinates.fast, size * coordinates.slow)
    let place: Vector3 = origin + alongFast * fast + alongSlow * slow
    var trace = self.trace(origin, fast: fast, slow: slow, position: place, isOld: isOld)
    let solidAngle: Double = size * size / place.dot(place)
    trace.lines.append(TraceLine(.pixel, [TraceField("omega_pixel", solidAngle)]))
    return trace
  }

  /// A trace that tells no size of a pixel.
  private func trace(
    _ origin: Vector3, fast: Vector3, slow: Vector3, position: Vector3, isOld: Bool = false
  ) -> Trace {
    let new: [String] = ["pix0_vector_meters", "fdet_vec", "sdet_vec"]
    let old: [String] = ["pix0_vector", "fdet_after_twotheta", "sdet_after_twotheta"]
    let names = isOld ? old : new
    let lines: [TraceLine] = [
      TraceLine(.pixel, [TraceField(names[0], origin)]), TraceLine(.pixel, [TraceField(names[1], fast)]),
      TraceLine(.pixel, [TraceField(names[2], slow)]), TraceLine(.pixel, [TraceField("pixel_pos_meters", position)]),
    ]
    return Trace(author: "C", lines: lines)
  }

  private static let (alongZ, alongY) = (Vector3(0, 0, 1), Vector3(0, 1, 0))

  /// A coordinate of a thousand million pixels, on either side, is that of no pixel.
  @Test(arguments: [(1e9, false), (999_999_999.0, true), (-2e9, false), (-1e9, false), (-999_999_999.0, true)])
  func farCoordinatesHaveNoPixel(coordinate: Double, isFound: Bool) {
    let origin = Vector3(1, 0, 0)
    let besideSlow = trace(origin, fast: Self.alongZ, slow: Self.alongY, position: Vector3(1, coordinate, 0))
    #expect((PixelLocation(besideSlow, pixelSize: 1) != nil) == isFound)
    let besideFast = trace(origin, fast: Self.alongZ, slow: Self.alongY, position: Vector3(1, 0, coordinate))
    #expect((PixelLocation(besideFast, pixelSize: 1) != nil) == isFound)
  }

  /// Whether two positions without the size of a pixel are those of different pixels.
  private func areDifferent(_ first: Vector3, _ second: Vector3, shift: Double = 0) -> Bool {
    let origin = Vector3(0.1, 0, 0)
    let moved = Vector3(0.1, shift, 0)
    let reference = trace(origin, fast: Self.alongZ, slow: Self.alongY, position: first)
    let candidate = trace(moved, fast: Self.alongZ, slow: Self.alongY, position: second)
    return PixelPair(reference: reference, candidate: candidate).areDifferent
  }

  /// Origins that are 1e-12 m apart are two; closer ones are one, and the positions tell the pixels apart.
  @Test func theSameGeometryIsNearerThanItsLimit() {
    let (first, second) = (Vector3(0.1, 0, 0), Vector3(0.1, 0.001, 0))
    #expect(areDifferent(first, second) && areDifferent(first, second, shift: 0.5e-12))
    #expect(!areDifferent(first, second, shift: 1e-12) && !areDifferent(first, second, shift: 2e-12))
  }

  /// A millimetre from the sample even a nanometre is another direction.
  @Test func positionsANanometreApartAreOnePixel() {
    let first = Vector3(0.001, 0, 0)
    #expect(!areDifferent(first, Vector3(0.001, 0.9e-9, 0)))
    #expect(areDifferent(first, Vector3(0.001, 1.5e-9, 0)))
  }

  /// Names of older logs locate pixels, too.
  @Test func pixelsOfOlderLogsAreToldApart() {
    let origin = Vector3(0.1, 0, 0)
    let down = Vector3(0, -1, 0)
    for isOld in [false, true] {
      let reference = trace(origin, fast: Self.alongZ, slow: down, at: (fast: 30.5, slow: 20.5), isOld: isOld)
      let candidate = trace(origin, fast: Self.alongZ, slow: down, at: (fast: 30.5, slow: 40.5), isOld: isOld)
      let pair = PixelPair(reference: reference, candidate: candidate)
      #expect(pair.reference?.description == "(20,30)" && pair.candidate?.description == "(40,30)")
      #expect(pair.areDifferent)
    }
  }

  /// Axes that are exchanged, and the origin with them, are no other pixel; each axis may be off by less than 1e-6.
  @Test(arguments: [(0.0, false), (0.9e-6, false), (1.5e-6, true), (1e-3, true)])
  func exchangedAxesAreNearerThanTheirLimit(tilt: Double, areDifferent: Bool) {
    let down = Vector3(0, -1, 0)
    let reference = trace(
      Vector3(0.1, 0.002, -0.003), fast: Self.alongZ, slow: down, at: (fast: 30.5, slow: 20.5))
    let tilted = Vector3(0, -1, tilt)
    let candidate = trace(
      Vector3(0.1, 0.003, -0.002), fast: tilted, slow: Self.alongZ, at: (fast: 20.5, slow: 30.5))
    #expect(PixelPair(reference: reference, candidate: candidate).areDifferent == areDifferent)
  }

  // MARK: Tolerances

  /// The relative part counts from the reference: 0.4 and half of 1 do not reach from 1 to 2.
  @Test func theReferenceIsTheScale() {
    let tolerance = Tolerance(relative: 0.5, absolute: 0.4, because: "test")
    func status(_ reference: Double, _ candidate: Double) -> FactorStatus {
      FactorComparison(ScalingFactor.all[0], reference: reference, candidate: candidate, tolerance: tolerance).status
    }
    #expect(status(1, 2) == .critical && status(1, 1.75) == .pass)
  }

  @Test func theToleranceOfAComponentHasNoComponents() {
    var tolerance = Tolerance(relative: 0.5, absolute: 1, because: "test")
    tolerance.components = [2, 3]
    let second = tolerance.ofComponent(1)
    #expect(second.absolute == 4 && second.components.isEmpty)
    #expect(second.ofComponent(1) == second && second.description == "relative 0.5 + absolute 4.0 (test)")
    #expect(tolerance.ofComponent(2) == tolerance)
  }

  /// Below 1e-30 numbers count as zero; 1e-30 itself is compared.
  @Test func theLimitOfZeroIsCompared() throws {
    func agree(_ reference: String, _ candidate: String) throws -> Bool {
      let expected = try parse("TRACE_C: polar \(reference)\n")
      let found = try parse("TRACE_C: polar \(candidate)\n")
      return TraceComparison(reference: expected, candidate: found, rule: ToleranceTable()).firstDivergence == nil
    }
    let (small, limit) = (try agree("0.9e-30", "1.5e-30"), try agree("1e-30", "1.5e-30"))
    #expect(small && !limit)
  }

  // MARK: Files

  /// The mark of gzip is two bytes; a file of no more is cut off.
  @Test func theMarkOfGzipIsEnough() throws {
    let log = try LoneLog([0x1f, 0x8b])
    let error = #expect(throws: TraceError.self) { try log.read() }
    #expect(error?.problem.contains("the compressed file is cut off") == true)
  }

  /// Only a file begins with the mark of gzip: the same bytes after 256 KiB are those of a foreign line.
  @Test func theMarkOfGzipCountsAtTheStartOnly() throws {
    var bytes = [UInt8](repeating: 46, count: (1 << 18) - 1) + [10]
    bytes += [0x1f, 0x8b, 8, 10] + Array("TRACE_C: polar 0.5\n".utf8)
    let trace = try LoneLog(bytes).read()
    #expect(trace.number("polar") == 0.5 && trace.origins.map(\.number) == [3])
  }

  /// A line of 1 MiB is the longest that is read.
  @Test func theLongestLineIsRead() throws {
    let end = Array("TRACE_C: polar 0.5".utf8)
    let line = [UInt8](repeating: 46, count: (1 << 20) - end.count) + end
    let trace = try LoneLog(line + [10]).read()
    #expect(trace.number("polar") == 0.5)
    let isWhole = trace.origins.first?.text.utf8.count == 1 << 20
    #expect(isWhole)
  }

  // MARK: Lines

  @Test func oneLineTooManyIsSaid() throws {
    var parser = TraceParser(file: "a.log")
    let line = Array("TRACE_C:a 1".utf8)
    for _ in 0..<TraceParser.lineLimit { parser.consume(line, isComplete: true) }
    parser.consume(Array("TRACE_C: stol 1".utf8), isComplete: true)
    let trace = try parser.finish()
    #expect(trace.lines.count == TraceParser.lineLimit)
    #expect(trace.warnings == ["a.log: 1 lines after the first \(TraceParser.lineLimit) are left out"])
  }

  @Test(arguments: ["A", "Z", "Z0", "C9", "X9Z"]) func authorsAreCapitalLettersAndDigits(author: String) throws {
    let trace = try parse("TRACE_\(author): polar 0.5\nTRACE_\(author)_SETUP: distance_meters 0.1\n")
    #expect(trace.author == author && trace.lines.count == 2)
  }

  /// The first value of a quantity has no earlier one, and neither has the place of a factor.
  @Test func repetitionsAreCountedFromZero() throws {
    let twice = try parse(
      "TRACE_C_SETUP: distance_meters 0.1\nTRACE_C_SETUP: distance_meters 0.2\nTRACE_C: polar 0.5\n")
    let comparison = TraceComparison(reference: twice, candidate: twice, rule: ToleranceTable())
    #expect(comparison.items.map(\.place.repetition) == [0, 1, 0])
    let table = ToleranceTable(relative: 1e-6).using(FirstOnly())
    let (expected, found) = (try parse("TRACE_C: polar 0.5\n"), try parse("TRACE_C: polar 0.6\n"))
    let report = TraceReport(reference: expected, candidate: found, tolerances: table)
    #expect(report.divergences.isEmpty)
    let factor = try #require(report.factors.first { $0.factor.name == "polar" })
    #expect(factor.status == .pass)
  }

  /// An infinite component is no scale of the others.
  @Test(arguments: ["inf 500 -7", "inf 1 1.1", "-inf 1 1"]) func anInfiniteComponentIsNoScale(vector: String) throws {
    let reference = "TRACE_C: pixel_pos_meters inf 1 1\n"
    #expect(try report(reference, "TRACE_C: pixel_pos_meters \(vector)\n").outcome == .divergence)
    #expect(try report(reference, "TRACE_C: pixel_pos_meters inf 1 1\n").outcome == .parity)
    let numbers: [TraceValue] = [.real(.infinity), .real(3), .real(-4), .real(.nan)]
    #expect(numbers.vectorLength == 5 && [TraceValue.real(-.infinity)].vectorLength == 0)
  }

  /// A tolerance holds for a factor of zero, too.
  @Test func aFactorOfZeroHasATolerance() {
    let factor = ScalingFactor.all[0]
    func status(_ candidate: Double, _ absolute: Double) -> FactorStatus {
      let tolerance = Tolerance(absolute: absolute, because: "test")
      return FactorComparison(factor, reference: 0, candidate: candidate, tolerance: tolerance).status
    }
    #expect(status(1e-12, 1e-9) == .pass && status(1e-8, 1e-9) == .divergent && status(1e-31, 0) == .pass)
  }

  /// An unknown quantity follows the quantity before it of the pixel, whatever the set-up has.
  @Test func setUpLinesDoNotOrderThePixel() throws {
    let pixel = "TRACE_C: mine 1\nTRACE_C: pix0_vector_meters 1 2 3\n"
    let changed = "TRACE_C: mine 2\nTRACE_C: pix0_vector_meters 2 2 3\n"
    for setup in ["", "TRACE_C_SETUP: phisteps 3\n"] {
      #expect(try report(setup + pixel, setup + changed).firstDivergence?.place.name == "mine")
    }
  }

  /// Beyond the limit of lines, the scaling lines of a second pixel do not replace those of the first.
  @Test func theFirstPixelOfALongLogIsRead() throws {
    let many = (0..<TraceParser.lineLimit).map { "TRACE_C_PHI phi_tic=\($0) k_frac=0.5\n" }.joined()
    let first = "TRACE_C: polar 0.25\nTRACE_C: polar 0.5\nTRACE_C: I_pixel_final 1\n"
    let trace = try TraceParser.parse(
      many + first + "TRACE_C: polar 0.75\nTRACE_C: I_pixel_final 2\n", file: "log")
    #expect(trace.number("polar") == 0.5 && trace.number("I_pixel_final") == 1 && !trace.isOnePixel)
  }

  /// A line that is too long is refused wherever it begins.
  @Test(arguments: [0, 200 << 10, 255 << 10]) func longLinesAreRefusedWhereverTheyBegin(offset: Int) throws {
    let folder = try TemporaryFolder()
    let blank = String(repeating: String(repeating: "x", count: 1023) + "\n", count: offset >> 10)
    let long = "TRACE_C: polar 0.5" + String(repeating: " ", count: 1124 << 10) + "\n"
    let path = folder.url.appendingPathComponent("long.log").path
    try Data((blank + long + "TRACE_C: I_pixel_final 1\n").utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: TraceError.self) { try TraceFile.read(path) }
    #expect(error?.line == (offset >> 10) + 1)
  }
}
