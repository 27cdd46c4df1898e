import Physics
import TestSupport
import Testing
import TraceIO

/// Formulas, pixels, factors and logs, between two results.
@Suite(.tags(.verification, .files), .generousTime) struct TraceFormulaTests {
  /// Of 2000 step lines, further ones are not traced, so that the last one is not that of the sum.
  @Test func theSumOfACutTraceIsThatOfNoLine() {
    func trace(_ count: Int, _ sum: Double) -> Trace {
      let steps: [TraceLine] = (0..<count).map { (tic: Int) -> TraceLine in
        TraceLine(.step, [TraceField("phi_tic", tic), TraceField("I", 9.0)])
      }
      return Trace(author: "C", lines: steps + [TraceLine(.pixel, [TraceField("I_before_scaling", sum)])])
    }
    for (count, isFound) in [(1999, true), (2000, false)] {
      let findings: [Finding] = compare(trace(count, 9), trace(count, 18)).findings
      let kinds: [Finding.Kind] = findings.map(\.kind)
      #expect(kinds.contains(.ownFormula) == isFound, "\(count)")
    }
  }

  @Test func photonsOfOneStepFollowFromTheSum() throws {
    let rows: [(steps: Int, photons: Int, isFound: Bool)] = [(1, 60, true), (2, 30, true), (0, 60, false)]
    for (steps, photons, isFound) in rows {
      let inputs: [String] = [
        "I_before_scaling 100", "r_e_sqr 2", "fluence_photons_per_m2 3", "steps \(steps)", "capture_fraction 0.5",
        "polar 0.25", "omega_pixel 0.8",
      ]
      let found: [Finding] = try causes(
        .ownFormula, logOf(inputs + ["I_pixel_final \(photons)"]), logOf(inputs + ["I_pixel_final \(2 * photons)"]))
      #expect(found.count == (isFound ? 1 : 0), "\(steps)")
    }
  }

  /// Rounding of fifteen digits is up to 1e-13; what differs by more is named, four quantities at most.
  @Test func smallDifferencesAreBeyondRounding() throws {
    let rows: [(place: String, told: String)] = [
      ("1.00000000000009", "no quantity before it differs, so that it depends on something not traced"),
      ("1.00000000000015", "within the tolerance differ pixel_pos_meters by 1.50102e-13"),
    ]
    for (place, told) in rows {
      let found: [Finding] = try causes(
        .inherited, logOf(["pixel_pos_meters 1 0 0", "R_distance_meters 1"]),
        logOf(["pixel_pos_meters \(place) 0 0", "R_distance_meters 1.0000005"]), relative: 1e-9)
      let text =
        "R_distance_meters = |pixel_pos_meters| holds in the candidate, too: the deviation comes from before; \(told)"
      #expect(found.map(\.text) == [text], "\(place)")
    }
  }

  private func trace(_ place: Vector3, origin: Vector3, more: [(String, Double)] = []) -> Trace {
    let vectors: [TraceField] = [
      TraceField("pix0_vector_meters", origin), TraceField("fdet_vec", Vector3(0, 0, 1)),
      TraceField("sdet_vec", Vector3(0, 1, 0)), TraceField("pixel_pos_meters", place),
    ]
    let numbers: [TraceField] = more.map { (name: String, number: Double) in TraceField(name, number) }
    return Trace(author: "C", lines: (vectors + numbers).map { TraceLine(.pixel, [$0]) })
  }

  /// A coordinate less than 0.02 from a whole number belongs to the pixel that begins there.
  @Test func aPixelBeginsNextToAWholeNumber() throws {
    let rows: [(coordinate: Double, index: Int)] = [
      (-0.02, -1), (-0.019, 0), (-0.021, -1), (0, 0), (0.02, 0), (0.5, 0), (0.979, 0), (0.981, 1), (1, 1), (1.03, 1),
      (-0.5, -1), (-1.019, -1), (-1.021, -2),
    ]
    let origin = Vector3(1, 0, 0)
    for (coordinate, index) in rows {
      let slow = PixelLocation(trace(Vector3(1, coordinate, 0), origin: origin), pixelSize: 1)
      #expect(slow?.slow == index && slow?.fast == 0, "\(coordinate)")
      let fast = PixelLocation(trace(Vector3(1, 0, coordinate), origin: origin), pixelSize: 1)
      #expect(fast?.fast == index && fast?.slow == 0, "\(coordinate)")
    }
  }

  /// Positions in two directions belong to one pixel if the unit vectors are 1e-7 apart, to the last bit.
  @Test func directionsAtTheLimitAreOfOnePixel() {
    let origin = Vector3(1, 0, 0)
    for (side, areDifferent) in [(5.000000000000005e-08, false), (5.00001e-08, true)] {
      let first: Trace = trace(Vector3(1, -side, 0), origin: origin)
      let second: Trace = trace(Vector3(1, side, 0), origin: origin)
      #expect(PixelPair(reference: first, candidate: second).areDifferent == areDifferent, "\(side)")
    }
  }

  /// A candidate of either sign diverges from a reference of zero.
  @Test func negativeFactorsAreNotZero() {
    let rows: [(candidate: Double, relative: Double?, status: FactorStatus)] = [
      (-3, nil, .divergent), (3, nil, .divergent), (-1e-30, nil, .divergent), (-9e-31, 0, .pass),
      (-Double.infinity, nil, .divergent), (.nan, nil, .critical),
    ]
    for (candidate, relative, status) in rows {
      let found = FactorComparison(
        ScalingFactor.all[0], reference: 0, candidate: candidate, tolerance: .exact(because: "test"))
      #expect(found.relative == relative && found.status == status, "\(candidate)")
    }
  }

  /// The distance along the normal counts under each of its names, on lines of the pixel and of the set-up.
  @Test func theDistanceAlongTheNormalHasTwoNames() throws {
    let place = Vector3(1, 0, 0)
    let start: Trace = trace(place, origin: place, more: [("omega_pixel", 2), ("obliquity_factor", 0.125)])
    for section in [TraceSection.pixel, .setup] {
      for name in ["close_distance_meters", "close_distance_m"] {
        var trace: Trace = start
        trace.lines.append(TraceLine(section, [TraceField(name, 0.5)]))
        #expect(PixelLocation(trace)?.pixelSize == 2, "\(section) \(name)")
      }
    }
    #expect(PixelLocation(start)?.pixelSize == 4)
  }

  /// Lines are counted from 1, whether or not they have a marker, which may follow any text.
  @Test func linesAreCountedWhereverTheMarkerIs() throws {
    let folder = try TemporaryFolder()
    let start = "no line of a trace\nTTRACE_C: polar 0.5\nTRACE_TRACE_C: stol 1\nTRACE\n"
    let trace: Trace = try TraceFile.read(try folder.file("short.log", start))
    #expect(trace.number("polar") == 0.5 && trace.number("stol") == 1)
    #expect(trace.origins.map(\.number) == [2, 3])
    let path: String = try folder.file(
      "long.log", start + "TRACE_C: polar 0.5" + String(repeating: " ", count: 1_100_000) + "\n")
    let expected = TraceError(
      file: path, line: 5, "the line is longer than 1048576 bytes; this is no log, check the name")
    #expect(throws: expected) { try TraceFile.read(path) }
  }

  /// Each line that is left out counts once.
  @Test func linesThatAreLeftOutCountOnce() throws {
    var parser = TraceParser(file: "a.log")
    let line = Array("TRACE_C:a 1".utf8)
    for _ in 0..<TraceParser.lineLimit { parser.consume(line, isComplete: true) }
    let more: [String] = Array(repeating: "TRACE_C_PHI phi_tic=0", count: 2)
    for text in more + Array(repeating: "TRACE_PY: polar 0.5", count: 3) {
      parser.consume(Array(text.utf8), isComplete: true)
    }
    let trace: Trace = try parser.finish()
    #expect(trace.author == "PY" && trace.lines.count == 3)
    #expect(trace.warnings == ["a.log: the lines of PY are read, those of C are left out"])
  }

  /// Only phi and step lines, each by themselves, make a trace that is cut.
  @Test func otherLinesDoNotMakeACutTrace() {
    func trace(_ phi: Int, _ others: [TraceLine]) -> Trace {
      let lines: [TraceLine] = (0..<phi).map { (tic: Int) -> TraceLine in
        TraceLine(.phi, [TraceField("phi_tic", tic), TraceField("phi_deg", 0.5)])
      }
      return Trace(author: "C", lines: lines + others)
    }
    let pixel = TraceLine(.pixel, [TraceField("stol", 0.5)])
    let step = TraceLine(.step, [TraceField("phi_tic", 0), TraceField("F_cell", 1.0)])
    for other in [pixel, step] {
      let rows: [(count: Int, outcome: TraceReport.Outcome)] = [(1999, .divergence), (2000, .parity)]
      for (count, outcome) in rows {
        let report: TraceReport = compare(trace(count, [other]), trace(count - 1, [other]))
        #expect(report.outcome == outcome, "\(other.section) \(count)")
      }
    }
  }
}
