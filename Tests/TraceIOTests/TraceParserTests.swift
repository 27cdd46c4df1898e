import Physics
import TestSupport
import Testing
import TraceIO

/// Both grammars of docs/reference/90-trace-points.md, and what logs do to them.
@Suite(.tags(.verification, .files), .generousTime) struct TraceParserTests {
  private func parse(_ text: String) throws -> Trace { try TraceParser.parse(text, file: "a.log") }

  @Test func newGrammar() throws {
    let trace = try parse("TRACE_C: hkl_frac 1.5 0 -2e-3\nTRACE_C_SETUP: convention MOSFLM\nTRACE_C: steps 10\n")
    #expect(trace.author == "C")
    #expect(trace.vector("hkl_frac") == Vector3(1.5, 0, -0.002))
    #expect(trace.values("convention", in: .setup) == [.word("MOSFLM")])
    #expect(trace.values("steps") == [.integer(10)])
  }

  @Test func oldGrammar() throws {
    let trace = try parse("TRACE_C:hkl_frac=1.5 0 -2e-3\nTRACE_C:angles_rad=rotx:0 roty:0\nTRACE_C:stol=3\n")
    #expect(trace.vector("hkl_frac") == Vector3(1.5, 0, -0.002))
    #expect(trace.values("angles_rad") == [.word("rotx:0"), .word("roty:0")])
    #expect(trace.number("stol") == 3)
  }

  @Test func oneAuthorOfSeveralIsRead() throws {
    let text = "TRACE_PY2: stol 3\nTRACE_C: stol 4\nTRACE_C: polar 0.5\nTRACE_ROTATE:input=[1 0 0]\n"
    let trace = try parse(text)
    #expect(trace.author == "C" && trace.number("stol") == 4 && trace.lines.count == 2)
    #expect(trace.warnings == ["a.log: the lines of C are read, those of PY2 are left out"])
    var parser = TraceParser(file: "a.log", author: "PY2")
    for line in text.split(separator: "\n") { parser.consume(Array(line.utf8), isComplete: true) }
    #expect(try parser.finish().number("stol") == 3)
  }

  /// What another program's authors print beside the grammar.
  @Test func listsAndProse() throws {
    let trace = try parse(
      "TRACE_PY:fdet_vec=[ 0.5 -0.25  1]\nTRACE_PY: sdet_vec (0.5, -0.25, 1)\nTRACE_PY: F_cell = 1e2\n"
        + "Captured 10 TRACE_PY_PHI lines\nTRACE_PY_ROTSTAR phi_tic=0 ap_y=1\nTRACE_C_TAP4: F_cell 7\n")
    #expect(trace.vector("fdet_vec") == Vector3(0.5, -0.25, 1) && trace.vector("sdet_vec") == Vector3(0.5, -0.25, 1))
    #expect(trace.number("F_cell") == 100 && trace.lines.count == 3 && trace.warnings.isEmpty)
  }

  @Test func originsTellWhereLinesStood() throws {
    let trace = try parse("hello\nWARNING TRACE_C: polar 0.5\n\nTRACE_C: stol 1")
    #expect(trace.origins.map(\.number) == [2, 4] && trace.origins.map(\.hasNewline) == [true, false])
    #expect(trace.origins[0].text == "WARNING TRACE_C: polar 0.5")
  }

  /// The lines are limited, and the scaling of the pixel, which comes last, is kept all the same.
  @Test func tooManyLines() throws {
    var parser = TraceParser(file: "a.log")
    let phi = Array("TRACE_C_PHI phi_tic=0 k_frac=0.5".utf8)
    for _ in 0..<TraceParser.lineLimit + 50 { parser.consume(phi, isComplete: true) }
    for number in 1...3 { parser.consume(Array("TRACE_C: steps \(number)".utf8), isComplete: true) }
    let trace = try parser.finish()
    #expect(trace.lines.count == TraceParser.lineLimit + 1 && trace.number("steps") == 3)
    #expect(trace.warnings == ["a.log: 50 lines after the first \(TraceParser.lineLimit) are left out"])
  }

  @Test func phiAndStepLines() throws {
    let trace = try parse(
      "TRACE_SWIFT_PHI phi_tic=3 phi_deg=0.5 k_frac=1 F_latt_b=2 F_latt=-4\n"
        + "TRACE_SWIFT_STEP layer=0 subS=1 subF=0 source=0 phi_tic=3 mos_tic=2 h=0.1 I=7\n")
    #expect(trace.lines.map(\.section) == [.phi, .step])
    #expect(trace.lines[0].integer("phi_tic") == 3 && trace.lines[0].real("F_latt") == -4)
    #expect(trace.lines[1].real("I") == 7)
  }

  @Test func foreignLinesAreSkipped() throws {
    let trace = try parse(
      """
      nanoBragg nanocrystal diffraction simulator
      TRACE: something else
      TRACE_CONFIG: polar 0.5
      DETECTOR_FAST_AXIS 1 0 0
      WARNING without newline TRACE_C: polar 0.25
      TRACE_C_PHI: not a phi line
      TRACE_C: omega_pixel 1e-7

      """)
    #expect(trace.lines.count == 2)
    #expect(trace.number("polar") == 0.25)
  }

  @Test func windowsLineEndings() throws {
    let trace = try parse("TRACE_C: polar 0.5\r\nTRACE_C: fdet_vec 1 0 0\r\n")
    #expect(trace.number("polar") == 0.5 && trace.vector("fdet_vec") == Vector3(1, 0, 0))
  }

  @Test func cutOffLastLine() throws {
    let cut = try parse("TRACE_C: polar 0.5\nTRACE_C: fdet_vec 1 0")
    #expect(cut.lines.count == 1 && cut.warnings.contains { $0.contains("a.log:2") })
    let whole = try parse("TRACE_C: polar 0.5\nTRACE_C: fdet_vec 1 0 0")
    #expect(whole.lines.count == 2 && whole.warnings.count == 1)
  }

  @Test(arguments: [
    ("TRACE_C: polar 0.5\nTRACE_C: polar 0.5x\n", 2), ("\nTRACE_C: fdet_vec 1 0\n", 2), ("TRACE_C: polar\n", 1),
    ("TRACE_C:steps=ten\n", 1), ("TRACE_C: polar 0.5 0.6\n", 1), ("TRACE_C: polar 0.5\0x\n", 1),
    ("TRACE_C_PHI phi_tic\n", 1),
    ("TRACE_C_STEP h=--3\n", 1), ("TRACE_C: \n", 1),
  ])
  func malformedLinesAreNamed(text: String, line: Int) {
    let error = #expect(throws: TraceError.self) { try parse(text) }
    #expect(error?.line == line)
    #expect(error?.description.hasPrefix("a.log:\(line): ") == true)
  }

  @Test func aTextWithoutTraceIsRefused() {
    #expect(throws: TraceError.self) { try parse("hello\n") }
    #expect(throws: TraceError.self) { try parse("") }
  }

  @Test func specialValues() throws {
    let trace = try parse("TRACE_C: polar nan\nTRACE_C: stol -nan\nTRACE_C: omega_pixel inf\nTRACE_C: cos_2theta -0\n")
    #expect(trace.number("polar")?.isNaN == true && trace.number("stol")?.isNaN == true)
    #expect(trace.number("omega_pixel") == .infinity)
    #expect(trace.number("cos_2theta")?.sign == .minus)
  }

  @Test func valuesThatWereNotExtracted() throws {
    let trace = try parse("TRACE_C: polar NOT_EXTRACTED\nTRACE_C: steps 1\n")
    #expect(trace.values("polar") == nil && trace.warnings.count == 1)
  }

  @Test func parsingWhatWasWrittenIsTheIdentity() throws {
    var request = SimulationRequest()
    request.cell = [50, 60, 70, 80, 95, 105]
    request.defaultAmplitude = 100
    request.pixelsFast = 8
    request.pixelsSlow = 8
    request.oscillation = 1
    request.phiSteps = 3
    request.mosaicSpread = 0.4
    request.mosaicDomains = 3
    let lines = try PixelTracer(Experiment(resolving: request, compatibility: .cParity)).trace(
      PixelIndex(slow: 3, fast: 5))
    #expect(lines.count > 50)
    let again = try TraceParser.parse(TraceWriter.text(lines), file: "memory")
    #expect(again.lines == lines && again.author == "SWIFT" && again.warnings.isEmpty)
  }
}

/// Comparison and tolerances.
@Suite(.tags(.verification), .generousTime) struct TraceComparisonTests {
  private let exact = UniformTolerance(.exact(because: "test"))

  private func trace(_ text: String) throws -> Trace { try TraceParser.parse(text, file: "a.log") }

  private static let reference = """
    TRACE_C_SETUP: distance_meters 0.1
    TRACE_C: fdet_vec 0 0 1
    TRACE_C: hkl_frac 1 2 3
    TRACE_C_PHI phi_tic=0 phi_deg=0 k_frac=2 F_latt_b=1 F_latt=5
    TRACE_C_STEP layer=0 subS=0 subF=0 source=0 phi_tic=0 mos_tic=0 F_latt=5 I=25
    TRACE_C_PHI phi_tic=1 phi_deg=1 k_frac=2.5 F_latt_b=1 F_latt=6
    TRACE_C_STEP layer=0 subS=0 subF=0 source=0 phi_tic=1 mos_tic=0 F_latt=6 I=61
    TRACE_C: I_before_scaling 61
    TRACE_C: polar 0.9

    """

  @Test func equalTracesAgree() throws {
    let a = try trace(Self.reference)
    let comparison = TraceComparison(reference: a, candidate: a, rule: exact)
    #expect(comparison.firstDivergence == nil && comparison.items.count > 10)
    #expect(comparison.identical.count == comparison.identical.of)
  }

  @Test(arguments: [
    ("fdet_vec 0 0 1", "fdet_vec 0 0 2", "fdet_vec"), ("phi_tic=1 phi_deg=1", "phi_tic=1 phi_deg=2", "phi_deg"),
    ("F_latt=6 I=61", "F_latt=7 I=74", "F_latt"), ("I=61", "I=62", "I"), ("polar 0.9", "polar 0.8", "polar"),
    ("TRACE_C: hkl_frac", "TRACE_C: I_bg_frac", "I_bg_frac"), ("TRACE_C: hkl_frac 1 2 3\n", "", "hkl_frac"),
    ("0.1", "0.2", "distance_meters"),
  ])
  func theFirstDivergenceIsNamed(from: String, to: String, name: String) throws {
    let changed = Self.reference.replacingOccurrence(of: from, with: to)
    #expect(changed != Self.reference)
    let comparison = TraceComparison(reference: try trace(Self.reference), candidate: try trace(changed), rule: exact)
    #expect(comparison.firstDivergence?.place.name == name)
  }

  @Test func orderOfLinesDoesNotMatter() throws {
    let lines = Self.reference.split(separator: "\n").map(String.init)
    let changed = Self.reference.replacingOccurrence(of: "F_latt=6 I=61", with: "F_latt=7 I=74")
      .replacingOccurrence(of: "polar 0.9", with: "polar 0.8")
    let shuffled = changed.split(separator: "\n").reversed().joined(separator: "\n") + "\n"
    #expect(lines.count == 9)
    for text in [changed, shuffled] {
      let comparison = TraceComparison(reference: try trace(Self.reference), candidate: try trace(text), rule: exact)
      #expect(comparison.firstDivergence?.place.name == "F_latt")
      #expect(comparison.firstDivergence?.place.step == [0, 1, 0])
    }
  }

  @Test func repeatedLinesAreSeen() throws {
    let twice = Self.reference.replacingOccurrence(
      of: "TRACE_C: fdet_vec 0 0 1\n",
      with: "TRACE_C_SETUP: distance_meters 0.2\nTRACE_C: fdet_vec 0 0 1\n")
    let comparison = TraceComparison(
      reference: try trace(Self.reference), candidate: try trace(twice), rule: exact)
    #expect(comparison.firstDivergence?.place.name == "distance_meters")
  }

  @Test func unknownQuantitiesMatchWhereverTheyStand() throws {
    let first = try trace("TRACE_C: mine 7\nTRACE_C: fdet_vec 0 0 1\nTRACE_C: polar 1\n")
    let last = try trace("TRACE_C: fdet_vec 0 0 1\nTRACE_C: polar 1\nTRACE_C: mine 7\n")
    #expect(TraceComparison(reference: first, candidate: last, rule: exact).firstDivergence == nil)
  }

  @Test func missingQuantitiesDiverge() throws {
    let short = Self.reference.replacingOccurrence(of: "TRACE_C: polar 0.9\n", with: "")
    let full = try trace(Self.reference)
    let cut = try trace(short)
    #expect(TraceComparison(reference: full, candidate: cut, rule: exact).firstDivergence?.place.name == "polar")
    #expect(TraceComparison(reference: cut, candidate: full, rule: exact).firstDivergence?.place.name == "polar")
  }

  @Test func tolerancesRefuseNotANumber() {
    let tolerance = Tolerance(relative: 1, absolute: 1, because: "wide")
    #expect(!tolerance.accepts(.nan, reference: 1) && !tolerance.accepts(1, reference: .nan))
    #expect(tolerance.accepts(.nan, reference: .nan))
    #expect(tolerance.accepts(.infinity, reference: .infinity) && !tolerance.accepts(-.infinity, reference: .infinity))
    #expect(!Tolerance.exact(because: "test").accepts(1.0.nextUp, reference: 1))
    #expect(Tolerance(ulps: 1, because: "test").accepts(1.0.nextUp, reference: 1))
    #expect(!Tolerance(ulps: 1, because: "test").accepts(1.0.nextUp.nextUp, reference: 1))
  }
}

extension String {
  fileprivate func replacingOccurrence(of part: String, with other: String) -> String {
    guard let range = firstRange(of: part) else { return self }
    return replacingCharacters(in: range, with: other)
  }

  private func replacingCharacters(in range: Range<String.Index>, with other: String) -> String {
    String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }
}
