import Physics
import TestSupport
import Testing
import TraceIO

/// What is read, ordered, compared and located at the limits of traces.
@Suite(.tags(.verification, .files), .generousTime) struct TraceReadingTests {
  private func parse(_ text: String) throws -> Trace { try TraceParser.parse(text, file: "a.log") }

  private func comparison(_ reference: String, _ candidate: String) throws -> TraceComparison {
    let (expected, found): (Trace, Trace) = (try parse(reference), try parse(candidate))
    return TraceComparison(
      reference: expected, candidate: found, rule: UniformTolerance(.exact(because: "the logs are written here")))
  }

  // MARK: Order

  /// The places of a log, in the order of computation.
  private func places(_ lines: [String]) throws -> [String] {
    let log: String = lines.map { "\($0)\n" }.joined()
    return try comparison(log, log).items.map { "\($0.place)" }
  }

  /// An unknown quantity of the set-up follows the one before it in the log, and several of them keep their order.
  @Test func unknownQuantitiesOfTheSetUpStayWhereTheyAre() throws {
    let rows: [String] = ["mine 1", "pivot beam", "convention MOSFLM", "zeta 1", "alpha 2", "distance_meters 0.1"]
    let names: [String] = ["mine", "convention", "zeta", "alpha", "pivot", "distance_meters"]
    #expect(try places(rows.map { "TRACE_C_SETUP: \($0)" }) == names.map { "setup \($0)" })
  }

  @Test func unknownQuantitiesOfThePixelStayWhereTheyAre() throws {
    let rows: [String] = [
      "mine 1", "sdet_vec 0 -1 0", "fdet_vec 0 0 1", "zeta 1", "alpha 2", "pix0_vector_meters 0.1 0 0", "polar 0.5",
      "yield 1", "dose 2", "I_before_scaling 1",
    ]
    let names: [String] = [
      "mine", "pix0_vector_meters", "fdet_vec", "zeta", "alpha", "sdet_vec", "I_before_scaling", "polar", "yield",
      "dose",
    ]
    #expect(try places(rows.map { "TRACE_C: \($0)" }) == names)
  }

  /// Unknown fields of phi and step lines come last, in the order of the line.
  @Test func unknownFieldsComeLast() throws {
    let lines: [String] = [
      "TRACE_C_STEP subS=1 zeta=1 h=2 alpha=3", "TRACE_C_STEP subS=0 h=1",
      "TRACE_C_PHI zeta=1 k_frac=2 alpha=3 phi_tic=0",
    ]
    let phi: [String] = ["phi_tic", "k_frac", "zeta", "alpha"].map { "PHI \($0) (block 0, phi_tic 0)" }
    let first: [String] = ["subS", "h"].map { "STEP \($0) (block 0, source 0, phi_tic 0, mos_tic 0)" }
    let second: [String] = ["subS", "h", "zeta", "alpha"].map {
      "STEP \($0) (block 1, source 0, phi_tic 0, mos_tic 0)"
    }
    #expect(try places(lines) == phi + first + second)
  }

  // MARK: Equal numbers

  /// Of a quantity that one log lacks, or has with another number of values, no component is identical.
  @Test func identicalComponentsAreCounted() throws {
    let reference: [String] = [
      "fdet_vec 0 0 1", "polar 0.5", "mine 1 2", "stol nan", "word abc", "diffracted_vec 1 2 3", "other abc", "third 1",
    ]
    let candidate: [String] = [
      "polar 0.5", "mine 1 2 3", "stol nan", "word abc", "diffracted_vec 1 2 4", "other abd", "third one", "F_latt 2",
    ]
    let comparison: TraceComparison = try comparison(logOf(reference), logOf(candidate))
    let counts: [String: [Int]] = Dictionary(
      uniqueKeysWithValues: comparison.items.map { ($0.place.name, [$0.identical.count, $0.identical.of]) })
    let expected: [String: [Int]] = [
      "fdet_vec": [0, 3], "polar": [1, 1], "mine": [0, 2], "stol": [1, 1], "word": [1, 1], "diffracted_vec": [2, 3],
      "other": [0, 1], "third": [0, 1], "F_latt": [0, 0],
    ]
    #expect(counts == expected)
    #expect([comparison.identical.count, comparison.identical.of] == [5, 13])
  }

  // MARK: Pixels

  private func areDifferent(_ reference: [String], _ candidate: [String]) throws -> Bool {
    let (first, second): (Trace, Trace) = (try parse(logOf(reference)), try parse(logOf(candidate)))
    return PixelPair(reference: first, candidate: second).areDifferent
  }

  /// A millimetre from the sample, positions that are a nanometre apart have two directions and are of one pixel.
  @Test func positionsOneNanometreApartAreOfOnePixel() throws {
    let geometry: [String] = ["pix0_vector_meters 0.1 0 0", "fdet_vec 0 0 1", "sdet_vec 0 1 0"]
    let reference: [String] = geometry + ["pixel_pos_meters 0.001 0 0"]
    #expect(try !areDifferent(reference, geometry + ["pixel_pos_meters 0.001 1e-9 0"]))
    #expect(try areDifferent(reference, geometry + ["pixel_pos_meters 0.001 1.1e-9 0"]))
  }

  /// Where both axes are one, nothing can be exchanged.
  @Test func equalAxesAreNotExchanged() throws {
    let geometry: [String] = ["pix0_vector_meters 0.1 0 0", "fdet_vec 0 0 1", "sdet_vec 0 0 1"]
    let reference: [String] = geometry + ["pixel_pos_meters 0.1 0 0"]
    #expect(try areDifferent(reference, geometry + ["pixel_pos_meters 0.1 0.001 0"]))
  }

  /// A trace whose position has these coordinates, in pixels of 0.1 mm.
  private func trace(_ fast: Vector3, _ slow: Vector3, at coordinates: (fast: Double, slow: Double)) -> Trace {
    let (size, origin): (Double, Vector3) = (1e-4, Vector3(0.1, 0, 0))
    let (alongFast, alongSlow): (Double, Double) = (size * coordinates.fast, size * coordinates.slow)
    let place: Vector3 = origin + alongFast * fast + alongSlow * slow
    let solidAngle: Double = size * size / place.dot(place)
    let fields: [TraceField] = [
      TraceField("pix0_vector_meters", origin), TraceField("fdet_vec", fast), TraceField("sdet_vec", slow),
      TraceField("pixel_pos_meters", place), TraceField("omega_pixel", solidAngle),
    ]
    return Trace(author: "C", lines: fields.map { TraceLine(.pixel, [$0]) })
  }

  /// Axes that are less than a thousandth apart are not told from exchanged ones; the indices tell the pixels apart.
  @Test func exchangedAxesAreAThousandthApart() {
    let cases: [(length: Double, distance: Double, areDifferent: Bool)] = [(1, 0.0015, false), (10, 0.0009, true)]
    for (length, distance, areDifferent) in cases {
      let (fast, slow): (Vector3, Vector3) = (Vector3(0, 0, length), Vector3(0, distance, length))
      let reference: Trace = trace(fast, slow, at: (fast: 30.5, slow: 20.5))
      let candidate: Trace = trace(slow, fast, at: (fast: 50.5, slow: 70.5))
      let pair = PixelPair(reference: reference, candidate: candidate)
      #expect(pair.reference?.description == "(20,30)" && pair.candidate?.description == "(70,50)")
      #expect(pair.areDifferent == areDifferent, "\(length) \(distance)")
    }
  }

  // MARK: Reading

  /// A log in 16-bit characters without a mark is told by its first 200 characters, whatever the next one is.
  @Test func theEncodingIsToldByTheFirstFourHundredBytes() throws {
    let text: String = String(repeating: ".", count: 199) + "\n\u{100}\nTRACE_C: polar 0.5\n"
    let little: [UInt8] = text.utf16.flatMap { (unit: UInt16) -> [UInt8] in [UInt8(unit & 0xff), UInt8(unit >> 8)] }
    let big: [UInt8] = text.utf16.flatMap { (unit: UInt16) -> [UInt8] in [UInt8(unit >> 8), UInt8(unit & 0xff)] }
    let folder = try TemporaryFolder()
    for (name, bytes) in [("little.log", little), ("big.log", big)] {
      let path: String = try folder.file(name, bytes)
      let trace: Trace = try TraceFile.read(path)
      #expect(trace.number("polar") == 0.5 && trace.origins.map(\.number) == [3], "\(name)")
    }
  }

  /// Lines that are left out count as lines of their author all the same, and are not looked at.
  @Test func linesThatAreLeftOutTellWhoIsRead() throws {
    var parser = TraceParser(file: "a.log")
    let line = Array("TRACE_C:a 1".utf8)
    for _ in 0..<TraceParser.lineLimit { parser.consume(line, isComplete: true) }
    for more in ["TRACE_C_PHI phi_tic=0", "TRACE_C_STEP nonsense", "TRACE_PY: polar 0.5"] {
      parser.consume(Array(more.utf8), isComplete: true)
    }
    let trace: Trace = try parser.finish()
    #expect(trace.author == "C" && trace.lines.count == TraceParser.lineLimit)
    let warnings: [String] = [
      "a.log: the lines of C are read, those of PY are left out",
      "a.log: 2 lines after the first \(TraceParser.lineLimit) are left out",
    ]
    #expect(trace.warnings == warnings)
  }

  /// A line that is cut off is told where it is left out for their number, too.
  @Test func aCutLineBeyondTheLastIsTold() throws {
    var parser = TraceParser(file: "a.log")
    let line = Array("TRACE_C:a 1".utf8)
    for _ in 0..<TraceParser.lineLimit { parser.consume(line, isComplete: true) }
    parser.consume(Array("TRACE_C_PHI phi_tic=0 k_fr".utf8), isComplete: false)
    let trace: Trace = try parser.finish()
    #expect(!trace.isOnePixel)
    let warnings: [String] = [
      "a.log:\(TraceParser.lineLimit + 1): the last line is cut off and left out",
      "a.log: 1 lines after the first \(TraceParser.lineLimit) are left out",
    ]
    #expect(trace.warnings == warnings)
  }

  /// A component that is no number in one log is no known difference, whichever of the three it is.
  @Test func whatIsNoNumberIsNoKnownDifference() throws {
    func report(_ reference: String, _ candidate: String) throws -> TraceReport {
      let known = TraceDialect.Known(name: "hkl_frac", relative: 0.003, because: "test", until: "2100-01-01")
      return TraceReport(
        reference: try TraceParser.parse("TRACE_C: hkl_frac \(reference)\n", file: "a"),
        candidate: try TraceParser.parse("TRACE_C: hkl_frac \(candidate)\n", file: "b"), tolerances: ToleranceTable(),
        known: ["hkl_frac": known])
    }
    for candidate in ["nan 2 3", "1 nan 3", "1 2 nan", "1.0001 2 nan"] {
      let report = try report("1 2 3", candidate)
      #expect(report.outcome == .divergence, "\(candidate)")
      #expect(report.items.first?.relativeDeviation?.isNaN == true, "\(candidate)")
    }
    #expect(try report("1 2 3", "1.0001 2 3").outcome == .parity)
    let same = try report("1 nan 3", "1 nan 3")
    #expect(same.outcome == .parity && same.items.first?.deltas == [0, 0, 0])
  }

  /// Of a line longer than 1 MiB a blank stands for what is in front of its marker, also where a piece of the file ends
  /// within the marker or behind it; every other line is kept whole.
  @Test func onlyLongLinesAreShortened() throws {
    let folder = try TemporaryFolder()
    let piece = 1 << 18
    for foreign in [0, 1, 300, piece - 4, 3 * piece, 1_100_000, 5 * piece - 12, 5 * piece - 4, 1_320_000] {
      let start = String(repeating: ".", count: foreign)
      let text = "\(start)TRACE_C: polar 0.5\nx TRACE_C: omega_pixel 2\n"
      let trace: Trace = try TraceFile.read(try folder.file("a.log", text))
      #expect(trace.number("polar") == 0.5, "\(foreign)")
      let first = foreign > 1 << 20 ? " TRACE_C: polar 0.5" : start + "TRACE_C: polar 0.5"
      let areSame = trace.origins.map(\.text) == [first, "x TRACE_C: omega_pixel 2"]
      #expect(areSame, "\(foreign)")
    }
  }

  /// What stands in front of a marker does not count, wherever the pieces of the file end.
  @Test func aLineIsAsLongAsItIsFromItsMarkerOn() throws {
    let folder = try TemporaryFolder()
    func read(_ start: String, _ foreign: Int) throws -> Trace {
      let text = String(repeating: ".", count: foreign) + start + "\nTRACE_C: omega_pixel 2\n"
      return try TraceFile.read(try folder.file("a.log", text))
    }
    for foreign in [300, 1_100_000, 1_320_000] {
      let trace: Trace = try read("TRACE_C: polar 0.5", foreign)
      #expect(trace.number("polar") == 0.5 && trace.lines.count == 2, "\(foreign)")
      // A step line begins its line, or has an equals sign.
      #expect(try read("TRACE_C_STEP is a word", foreign).lines.count == 1, "\(foreign)")
    }
    for filler in [1_100_000, 1_320_000] {
      let long = "TRACE_C: polar 0.5" + String(repeating: " ", count: filler)
      #expect(throws: TraceError.self, "\(filler)") { try read(long, 10) }
    }
  }
}
