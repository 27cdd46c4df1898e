import Physics
import TestSupport
import Testing
import TraceIO

/// Axes, factors and numbers of two traces, exactly at the limits of what is equal.
@Suite(.tags(.verification), .generousTime) struct ComparisonBorderTests {
  /// Axes that are 1e-3 apart, to the last bit, are not told apart.
  @Test func axesAtTheLimitAreNotExchanged() {
    let (origin, long): (Vector3, Vector3) = (Vector3(0.1, 0, 0), Vector3(0, 0, 10))
    func trace(fast: Vector3, slow: Vector3, _ alongFast: Double, _ alongSlow: Double) -> Trace {
      let place: Vector3 = origin + alongFast * fast + alongSlow * slow
      let fields: [TraceField] = [
        TraceField("pix0_vector_meters", origin), TraceField("fdet_vec", fast), TraceField("sdet_vec", slow),
        TraceField("pixel_pos_meters", place), TraceField("omega_pixel", 1e-8 / place.dot(place)),
      ]
      return Trace(author: "C", lines: fields.map { TraceLine(.pixel, [$0]) })
    }
    let rows: [(width: Double, areDifferent: Bool)] = [(0.001, true), (-0.001, true), (0.0010000001, false)]
    for (width, areDifferent) in rows {
      let wide = Vector3(0, width, 10)
      let pair = PixelPair(
        reference: trace(fast: long, slow: wide, 0.00305, 0.00205),
        candidate: trace(fast: wide, slow: long, 0.00505, 0.00705))
      #expect(pair.areDifferent == areDifferent, "\(width)")
    }
  }

  /// A relative deviation that is the tolerance passes, although 49 times the rounded 1/49 is less than 1.
  @Test func aFactorAtTheTolerancePasses() {
    let limit: Double = 1.0 / 49
    let rows: [(reference: Double, candidate: Double, within: Double, status: FactorStatus)] = [
      (49, 50, limit, .pass), (-49, -50, limit, .pass), (49, 48, limit, .pass), (49, 50, limit.nextDown, .critical),
    ]
    for (reference, candidate, within, status) in rows {
      let found = FactorComparison(
        ScalingFactor.all[0], reference: reference, candidate: candidate,
        tolerance: Tolerance(relative: within, because: "test"))
      #expect(found.status == status, "\(found)")
    }
  }

  /// A rule that allows a deviation of the first component.
  private struct OfComponent: ToleranceRule {
    func tolerance(for place: TracePlace, reference: [TraceValue]) -> (tolerance: Tolerance, scale: Double?) {
      var tolerance: Tolerance = .exact(because: "test")
      tolerance.components = [0.1, 1]
      return (tolerance, nil)
    }
  }

  /// A factor has the tolerance of its one component.
  @Test func aFactorIsTheFirstComponent() throws {
    let rows: [(candidate: String, status: FactorStatus, divergences: Int)] = [
      ("0.59", .pass, 0), ("0.41", .pass, 0), ("0.61", .critical, 1), ("0.39", .critical, 1),
    ]
    let reference: Trace = try TraceParser.parse("TRACE_C: polar 0.5\n", file: "r")
    for (candidate, status, divergences) in rows {
      let report = TraceReport(
        reference: reference, candidate: try TraceParser.parse("TRACE_C: polar \(candidate)\n", file: "c"),
        tolerances: ToleranceTable().using(OfComponent()))
      #expect(report.factors.first { $0.factor.name == "polar" }?.status == status, "\(candidate)")
      #expect(report.divergences.count == divergences, "\(candidate)")
    }
  }

  /// What is no number is identical only to what is none.
  @Test func notANumberIsIdenticalToItselfAlone() throws {
    let rows: [(reference: String, candidate: String, count: Int)] = [
      ("stol nan", "stol 1", 0), ("stol 1", "stol nan", 0), ("stol nan", "stol nan", 1), ("stol inf", "stol nan", 0),
      ("stol inf", "stol inf", 1), ("stol inf", "stol -inf", 0),
      ("diffracted_vec nan 2 nan", "diffracted_vec nan nan 3", 1),
    ]
    for (reference, candidate, count) in rows {
      let comparison = TraceComparison(
        reference: try TraceParser.parse(logOf([reference]), file: "r"),
        candidate: try TraceParser.parse(logOf([candidate]), file: "c"), rule: ToleranceTable())
      #expect(comparison.identical.count == count, "\(reference) \(candidate)")
    }
  }
}
