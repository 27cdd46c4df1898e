import Foundation
import TestSupport
import Testing
import TraceIO
import TraceReports

/// What others write: their names, units, order, exponents and characters.
@Suite(.tags(.verification, .files), .generousTime) struct DialectTests {
  private static let reference = """
    TRACE_C: lambda_meters 1e-10
    TRACE_C: rot_a_angstroms 48 20 -32
    TRACE_C: polar 0.9986
    TRACE_C: I_pixel_final 0.1139

    """
  private static let port = """
    TRACE_PY: wavelength_A 1
    TRACE_PY: rot_a 2e-9 4.8e-9 -3.2e-9
    TRACE_PY: polar 0.9966
    TRACE_PY: debug anything
    TRACE_PY: I_pixel_final 0.1137

    """
  private static let json = #"""
    {"quantities": {
      "wavelength_A": {"name": "lambda_meters", "factor": 1e-10, "because": "in angstroms"},
      "rot_a": {"name": "rot_a_angstroms", "factor": 1e10, "order": [1, 0, 2], "because": "in metres, y first"}},
     "leave_out": {"debug": "their own"},
     "known": {"I_pixel_final": {"relative": 0.003, "because": "follows from polar", "until": "2999-01-01"}}}
    """#

  private func dialect(_ json: String) throws -> TraceDialect {
    try TraceDialect(json: Data(json.utf8), file: "d.json")
  }

  private func parse(_ log: String, _ dialect: TraceDialect = TraceDialect()) throws -> Trace {
    var parser = TraceParser(file: "log", dialect: dialect)
    for line in log.split(separator: "\n") { parser.consume(Array(line.utf8), isComplete: true) }
    return try parser.finish()
  }

  @Test func aDialectLetsTheComparisonGoOn() throws {
    let dialect = try dialect(Self.json)
    let report = TraceReport(
      reference: try parse(Self.reference), candidate: try parse(Self.port, dialect),
      tolerances: ToleranceTable(relative: 1e-6), known: dialect.known)
    #expect(report.first == "polar" && report.knownDivergences.map(\.place.name) == ["I_pixel_final"])
    #expect(report.divergences.count == 1 && report.unshared.isEmpty)
    let without = compare(try parse(Self.reference), try parse(Self.port))
    #expect(without.first == "polar" && without.unshared.count == 5, "nothing to compare without names")
  }

  /// A known difference has a size.
  @Test func knownDifferencesAreLimited() throws {
    let dialect = try dialect(Self.json.replacing("0.003", with: "0.001"))
    let report = TraceReport(
      reference: try parse(Self.reference), candidate: try parse(Self.port, dialect),
      tolerances: ToleranceTable(relative: 1e-6), known: dialect.known)
    #expect(report.divergences.map(\.place.name) == ["polar", "I_pixel_final"])
  }

  @Test func unknownNamesAreSaid() throws {
    let trace = try parse(Self.port, try dialect(Self.json.replacing("\"debug\"", with: "\"bug\"")))
    #expect(trace.warnings.contains { $0.contains("names that the dialect does not explain: debug") })
  }

  @Test(arguments: [
    (#"{"quantitys": {}}"#, "quantitys"), (#"{"quantities": {"x": {"name": "y", "because": "z"}}}"#, "quantity y"),
    (#"{"quantities": {"polar": {"factor": 0, "because": "z"}}}"#, "factor"),
    (#"{"quantities": {"polar": {"factor": 2, "because": ""}}}"#, "reason"),
    (#"{"quantities": {"polar": {}}}"#, "because"),
    (#"{"quantities": {"hkl_frac": {"order": [0, 1], "because": "z"}}}"#, "permutation"),
    (#"{"known": {"polar": {"relative": 1, "because": "z", "until": "soon"}}}"#, "2027-06-30"),
    (#"{"known": {"polar": {"relative": -1, "because": "z", "until": "2027-01-01"}}}"#, "relative"),
    (#"{"known": {"pole": {"relative": 1, "because": "z", "until": "2027-01-01"}}}"#, "pole"),
    (#"{"leave_out": {"debug": ""}}"#, "debug"), ("[]", "dialect"),
  ])
  func wrongDialectsAreRefused(json: String, words: String) throws {
    #expect { try dialect(json) } throws: { "\($0)".contains(words) }
  }

  /// Numbers and lists as other programs print them.
  @Test(arguments: [
    ("lambda_meters 1.0D-10", [1e-10]), ("lambda_meters 1.d-10", [1e-10]), ("polar -inf", [-Double.infinity]),
    ("polar Infinity", [.infinity]), ("hkl_frac [1, -2.5, 3]", [1, -2.5, 3]), ("hkl_frac (1 -2.5 3)", [1, -2.5, 3]),
    ("hkl_frac {1; -2.5; 3}", [1, -2.5, 3]), ("hkl_frac 1, -2.5, 3", [1, -2.5, 3]),
    ("hkl_frac tensor([ 1.0000, -2.5000, 3.0000], dtype=torch.float64)", [1, -2.5, 3]), ("polar tensor(0.5)", [0.5]),
  ])
  func numbersOfOthers(text: String, numbers: [Double]) throws {
    #expect(try parse("TRACE_PY: \(text)\n").lines[0].fields[0].values.compactMap(\.number) == numbers)
  }

  @Test func placeholdersAreProse() throws {
    let log = "TRACE_PY: polar 1\n   TRACE_PY_PHI phi_tic=<idx> phi_deg=<angle>\n"
    #expect(try parse(log).lines.count == 1)
    #expect(throws: TraceError.self) { try parse("TRACE_PY_PHI phi_tic=<idx> phi_deg=<angle>\n") }
  }

  @Test(arguments: [String.Encoding.utf8, .utf16, .utf16LittleEndian, .utf16BigEndian, .utf32])
  func charactersOfOthers(encoding: String.Encoding) throws {
    let folder = try TemporaryFolder()
    // Longer than a piece of the file, with an odd number of bytes in front of the log.
    let text = "é" + String(repeating: "nothing\n", count: 50_000) + Self.reference
    let marked = encoding == .utf8 ? "\u{FEFF}" + text : text
    let path = try folder.file("a.log", Array(try #require(marked.data(using: encoding))))
    #expect(try TraceFile.read(path).lines == parse(Self.reference).lines)
  }

  @Test func compressedLogsAreRefusedByName() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.log", [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0])
    #expect { try TraceFile.read(path) } throws: { "\($0)".contains("zstd -dc") }
  }
}
