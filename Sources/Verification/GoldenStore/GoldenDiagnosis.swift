import TraceIO
import TraceReports

extension GoldenReport {
  /// The relative deviation above which the diagnosis calls a quantity divergent: far above rounding errors, far below
  /// any change of the physics.
  private static let diagnosed = 1e-9

  /// The first traced pixel that diverges, with the report of `nbverify compare` on it; nil if all agree.
  private var failing: (golden: TraceReport, report: TraceIO.TraceReport)? {
    traces.first { $0.comparison.firstDivergence != nil }.map { trace in
      let table = ToleranceTable(relative: Self.diagnosed)
      return (trace, TraceIO.TraceReport(reference: trace.reference, candidate: trace.candidate, tolerances: table))
    }
  }

  /// The name of the first scaling factor that diverges; nil if all agree.
  public var firstDivergentFactor: String? { failing?.report.firstDivergentFactor?.factor.name }

  /// The first quantity that diverges, with both values; nil if all agree.
  public var firstDivergentQuantity: String? {
    failing?.golden.comparison.firstDivergence.map { item in
      "\(item.place): reference \(item.reference.map(TraceIO.TraceReport.text) ?? "missing"), candidate "
        + "\(item.candidate.map(TraceIO.TraceReport.text) ?? "missing")"
    }
  }

  /// The findings on the first divergence, one line each; empty if all traces agree.
  public var diagnosis: [String] {
    failing.map { ComparisonText($0.report, tolerance: Self.diagnosed).diagnosisLines } ?? []
  }
}
