import Physics
import TestSupport
import Testing
import TraceIO

/// The same tolerance for all values, relative to the reference.
private struct OfReference: ToleranceRule {
  let relative: Double

  func tolerance(for place: TracePlace, reference: [TraceValue]) -> (tolerance: Tolerance, scale: Double?) {
    (Tolerance(relative: relative, because: "test"), nil)
  }
}

/// A tolerance for some places only.
private struct OfPlaces: ToleranceRule {
  let places: Set<TracePlace>

  func tolerance(for place: TracePlace, reference: [TraceValue]) -> (tolerance: Tolerance, scale: Double?) {
    (places.contains(place) ? Tolerance(absolute: 0.2, because: "test") : Tolerance.exact(because: "test"), nil)
  }
}

/// Places of values, their order and tolerances, and the grades of factors.
@Suite(.tags(.verification), .generousTime) struct TracePlaceTests {
  private func parse(_ lines: [String]) throws -> Trace {
    let log: String = lines.map { "\($0)\n" }.joined()
    return try TraceParser.parse(log, file: "a.log")
  }

  private func comparison(
    _ reference: [String], _ candidate: [String], relative: Double = 0
  ) throws -> TraceComparison {
    let (expected, found): (Trace, Trace) = (try parse(reference), try parse(candidate))
    return TraceComparison(reference: expected, candidate: found, rule: OfReference(relative: relative))
  }

  // MARK: Places

  /// A set-up or pixel line has no step; a phi line stands before the first domain; numbers that are missing are 0.
  @Test func placesOfSingleLines() throws {
    let rows: [(line: String, description: String, step: [Int])] = [
      ("TRACE_C_SETUP: convention MOSFLM", "setup convention", []), ("TRACE_C_SETUP: mine 1", "setup mine", []),
      ("TRACE_C: polar 0.5", "polar", []), ("TRACE_C: fdet_vec 0 0 1", "fdet_vec", []), ("TRACE_C: mine 1", "mine", []),
      ("TRACE_C_PHI k_frac=1", "PHI k_frac (block 0, phi_tic 0)", [0, 0, -1]),
      ("TRACE_C_PHI phi_tic=3 k_frac=1", "PHI k_frac (block 0, phi_tic 3)", [0, 3, -1]),
      ("TRACE_C_STEP h=1", "STEP h (block 0, source 0, phi_tic 0, mos_tic 0)", [0, 0, 0]),
      (
        "TRACE_C_STEP layer=1 subS=5 subF=6 source=2 phi_tic=3 mos_tic=4 h=1",
        "STEP h (block 0, source 2, phi_tic 3, mos_tic 4)", [2, 3, 4]
      ),
    ]
    for row in rows {
      let place: TracePlace = try #require(try comparison([row.line], [row.line]).items.last).place
      #expect(place.description == row.description && place.step == row.step, "\(place) \(place.step)")
      #expect(place.block == 0 && place.repetition == 0, "\(place)")
    }
  }

  /// Values are ordered by the computation: what only one log has stands behind what it follows there, wherever that is
  /// in the other log, and lines that come again are those of the next block.
  @Test func theOrderOfTwoLogs() throws {
    let origin = "TRACE_C: pix0_vector_meters 1 0 0"
    let axis = "TRACE_C: fdet_vec 0 0 1"
    let sum = "TRACE_C: I_before_scaling 1"
    let convention = "TRACE_C_SETUP: convention MOSFLM"
    let blocks: [String] = [
      "pix0_vector_meters", "fdet_vec", "pix0_vector_meters (block 1)", "fdet_vec (block 1)",
      "pix0_vector_meters (block 2)", "I_before_scaling",
    ]
    let rows: [(reference: [String], candidate: [String], order: [String])] = [
      (
        ["TRACE_C_SETUP: pivot beam", "TRACE_C_SETUP: distance_meters 0.1", convention],
        [convention, "TRACE_C_SETUP: zeta 1"],
        ["setup convention", "setup zeta", "setup pivot", "setup distance_meters"]
      ),
      (
        ["TRACE_C: sdet_vec 0 1 0", origin, axis], [axis, "TRACE_C: zeta 1"],
        ["pix0_vector_meters", "fdet_vec", "zeta", "sdet_vec"]
      ),
      (
        ["TRACE_C: polar 0.5", "TRACE_C: steps 1", sum], [sum, "TRACE_C: zeta 1"],
        ["I_before_scaling", "zeta", "steps", "polar"]
      ),
      ([origin, axis, sum, origin, axis, origin], [origin], blocks),
      ([origin, origin, origin, sum, axis, axis], [origin], blocks),
      (
        ["TRACE_C_PHI k_frac=1", "TRACE_C_PHI k_frac=1"], ["TRACE_C_PHI k_frac=1"],
        ["PHI k_frac (block 0, phi_tic 0)", "PHI k_frac (block 1, phi_tic 0)"]
      ),
      (
        ["TRACE_C_PHI zeta=1"], ["TRACE_C_STEP zeta=1 mos_tic=-1"],
        [
          "STEP mos_tic (block 0, source 0, phi_tic 0, mos_tic -1)", "PHI zeta (block 0, phi_tic 0)",
          "STEP zeta (block 0, source 0, phi_tic 0, mos_tic -1)",
        ]
      ),
    ]
    for row in rows {
      let items: [TraceComparison.Item] = try comparison(row.reference, row.candidate).items
      #expect(items.map { "\($0.place)" } == row.order)
      #expect(items.allSatisfy { $0.place.repetition == 0 }, "\(row.order)")
    }
  }

  /// What one of the logs lacks, whichever it is, is not shared.
  @Test func whatBothLogsHaveIsShared() throws {
    let comparison = try comparison(
      ["TRACE_C: stol 1", "TRACE_C: polar 0.5"], ["TRACE_C: polar 0.6", "TRACE_C: omega_pixel 1"])
    #expect(comparison.items.map(\.place.name) == ["stol", "polar", "omega_pixel"])
    #expect(comparison.shared.items.map(\.place.name) == ["polar"])
    #expect(comparison.shared.divergences.map(\.place.name) == ["polar"])
  }

  // MARK: Tolerances

  /// Without a scale, a relative tolerance is that of the reference: 0.6 of 2 reach from 2 to 1, 0.6 of 1 do not.
  @Test func theReferenceIsTheScaleOfAComparison() throws {
    let rows: [(reference: String, candidate: String, agree: Bool)] = [
      ("1", "2", false), ("2", "1", true), ("-1", "-2", false), ("-2", "-1", true), ("1", "1", true),
      ("-1", "1", false),
    ]
    for row in rows {
      let comparison: TraceComparison = try comparison(
        ["TRACE_C: polar \(row.reference)"], ["TRACE_C: polar \(row.candidate)"], relative: 0.6)
      #expect((comparison.firstDivergence == nil) == row.agree, "\(row)")
    }
  }

  /// The parts of a tolerance are added up; a part that is zero is zero whatever the scale.
  @Test func allowedDeviations() {
    typealias Row = (
      relative: Double, absolute: Double, ulps: Double, reference: Double, scale: Double?, allowed: Double
    )
    let all: Double = 2.25 + 0x1p-49
    let infinity: Double = .infinity
    let rows: [Row] = [
      (0.5, 0, 0, 4, nil, 2), (0.5, 0, 0, -4, nil, 2), (0.5, 0.25, 0, -4, nil, 2.25), (0.5, 0, 0, -4, 8, 4),
      (0, 0, 2, -4, nil, 0x1p-49), (0, 0, 2, 4, 8, 0x1p-48), (0.5, 0.25, 2, -4, nil, all),
      (0, 0.25, 0, 4, infinity, 0.25), (0.5, 0.25, 0, 4, infinity, infinity), (0, 0, 0, infinity, nil, 0),
    ]
    for row in rows {
      let tolerance = Tolerance(relative: row.relative, absolute: row.absolute, ulps: row.ulps, because: "test")
      #expect(tolerance.allowed(row.reference, scale: row.scale) == row.allowed, "\(row)")
    }
    let half = Tolerance(relative: 0.5, because: "test")
    #expect(half.accepts(-3, reference: -2) && half.accepts(-1, reference: -2) && !half.accepts(-3.1, reference: -2))
  }

  /// The place of a factor is that of its quantity.
  @Test func aFactorHasThePlaceOfItsQuantity() throws {
    let (reference, candidate): ([String], [String]) = (["TRACE_C: polar 0.5"], ["TRACE_C: polar 0.6"])
    let places = Set(try comparison(reference, candidate).items.map(\.place))
    let report = TraceReport(
      reference: try parse(reference), candidate: try parse(candidate),
      tolerances: ToleranceTable(relative: 1e-6).using(OfPlaces(places: places)))
    #expect(report.factors.first { $0.factor.name == "polar" }?.status == .pass && report.outcome == .parity)
    let other = TraceReport(
      reference: try parse(reference), candidate: try parse(candidate),
      tolerances: ToleranceTable(relative: 1e-6).using(OfPlaces(places: [])))
    #expect(other.factors.first { $0.factor.name == "polar" }?.status == .critical && other.outcome == .divergence)
  }

  // MARK: Factors

  /// Differences and grades of factors at the borders of the grades.
  @Test func gradesOfFactors() {
    func expect(
      _ reference: Double?, _ candidate: Double?, within tolerance: Double = 0, absolute: Double?, relative: Double?,
      _ status: FactorStatus
    ) {
      let found = FactorComparison(
        ScalingFactor.all[0], reference: reference, candidate: candidate,
        tolerance: Tolerance(relative: tolerance, because: "test"))
      #expect(found.absolute == absolute && found.relative == relative && found.status == status, "\(found)")
    }
    let numbers: [Double] = [.infinity, -Double.infinity, .nan, -3, 0, 1e-30]
    for number in numbers { expect(number, number, absolute: 0, relative: 0, .pass) }
    expect(1e-30, 2e-30, absolute: 1e-30, relative: 1, .critical)
    expect(-1e-30, 0, absolute: 1e-30, relative: -1, .critical)
    expect(0, 1e-30, absolute: 1e-30, relative: nil, .divergent)
    expect(0, 9e-31, absolute: 9e-31, relative: 0, .pass)
    expect(9e-31, 0, absolute: -9e-31, relative: 0, .pass)
    expect(1e6, 1_000_099, within: 1e-6, absolute: 99, relative: 9.9e-5, .minor)
    expect(1e4, 10001, within: 1e-6, absolute: 1, relative: 1e-4, .divergent)
    expect(1e4, 10001, within: 1e-4, absolute: 1, relative: 1e-4, .pass)
    expect(1e3, 1009, within: 1e-6, absolute: 9, relative: 9e-3, .divergent)
    expect(100, 101, within: 1e-6, absolute: 1, relative: 1e-2, .critical)
    expect(-4, -3, within: 0.2, absolute: 1, relative: -0.25, .critical)
    expect(-4, -3, within: 0.25, absolute: 1, relative: -0.25, .pass)
    expect(nil, 1, absolute: nil, relative: nil, .missing)
    expect(1, nil, absolute: nil, relative: nil, .missing)
    expect(nil, nil, absolute: nil, relative: nil, .untraced)
  }
}
