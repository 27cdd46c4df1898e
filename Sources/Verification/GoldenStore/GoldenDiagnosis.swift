import TraceIO
import TraceReports

extension GoldenReport {
  /// How far quantities may be off before the diagnosis calls them divergent: far above rounding, far below any change of
  /// the physics.
  private static let diagnosed = 1e-9

  /// The first traced pixel that diverges, as `nbverify compare` sees it; nil if all agree.
  private var failing: (golden: TraceReport, report: TraceIO.TraceReport)? {
    traces.first { $0.comparison.firstDivergence != nil }.map { trace in
      let table = ToleranceTable(relative: Self.diagnosed)
      return (trace, TraceIO.TraceReport(reference: trace.reference, candidate: trace.candidate, tolerances: table))
    }
  }

  /// The first scaling factor that diverges.
  public var firstDivergentFactor: String? { failing?.report.firstDivergentFactor?.factor.name }

  /// The first quantity that diverges, with values.
  public var firstDivergentQuantity: String? {
    failing?.golden.comparison.firstDivergence.map { item in
      "\(item.place): reference \(item.reference.map(TraceIO.TraceReport.text) ?? "missing"), candidate "
        + "\(item.candidate.map(TraceIO.TraceReport.text) ?? "missing")"
    }
  }

  /// What the first divergence points to, one line each; empty if all traces agree.
  public var diagnosis: [String] {
    failing.map { ComparisonText($0.report, tolerance: Self.diagnosed).diagnosisLines } ?? []
  }
}
