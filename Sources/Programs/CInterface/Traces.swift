// Names and documentation are those of the header, nanobragg.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

import CNanoBragg
import FrameIO
import Physics
import TraceIO

/// What a handle of a trace stands for.
final class TracedPixel: Sendable {
  let trace: Trace
  private let texts = Texts()
  let quantities: Rows<nb_quantity>

  init(_ trace: Trace) {
    self.trace = trace
    var rows: [nb_quantity] = []
    for (number, line) in trace.lines.enumerated() {
      for field in line.fields { rows.append(nb_quantity(field, line.section, number, texts)) }
    }
    quantities = Rows(rows)
  }
}

extension nb_quantity {
  fileprivate init(_ field: TraceField, _ section: TraceSection, _ line: Int, _ texts: Texts) {
    let quantity = TraceQuantity.named(field.name, in: section)
    let numbers = field.values.compactMap(\.number)
    let words = field.values.compactMap { if case .word(let word) = $0 { word } else { nil } }
    let isWhole = field.values.allSatisfy { if case .integer = $0 { true } else { false } }
    self.init(
      name: texts.pointer(field.name), section: texts.pointer(section.rawValue),
      unit: texts.pointer(quantity?.unit ?? ""), meaning: texts.pointer(quantity?.meaning ?? ""),
      stage: texts.pointer(quantity.map { "\($0.stage)" } ?? ""), line: UInt64(line), count: numbers.count,
      values: texts.pointer(numbers), word: words.isEmpty ? nil : texts.pointer(words.joined(separator: " ")),
      is_whole: isWhole ? 1 : 0)
  }
}

@c @implementation
public func nb_interruption_create(
  _ interruption: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    guard let interruption else { throw Refusal.misuse("interruption", "it is NULL") }
    interruption.pointee = Handles.add(Interruption())
  }
}

@c @implementation
public func nb_interruption_end(_ interruption: OpaquePointer!) {
  Handles.object(interruption, Interruption.self)?.end()
}

@c @implementation
public func nb_interruption_free(_ interruption: OpaquePointer!) { Handles.free(interruption, Interruption.self) }

@c @implementation
public func nb_trace_create(
  _ simulation: OpaquePointer!, _ rendering: OpaquePointer!, _ slow: Int64, _ fast: Int64,
  _ interruption: OpaquePointer!, _ trace: UnsafeMutablePointer<OpaquePointer?>!,
  _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    guard let trace else { throw Refusal.misuse("trace", "it is NULL") }
    trace.pointee = nil
    let simulation = try object(simulation, Simulation.self, "simulation")
    let image = rendering == nil ? nil : try object(rendering, Image.self, "rendering")
    guard image.map({ $0.simulation === simulation }) ?? true else {
      throw Refusal.misuse("rendering", "it is of another simulation")
    }
    let ending = interruption == nil ? nil : try object(interruption, Interruption.self, "interruption")
    // The lines of all phi steps are made before those beyond the limit are left out: 470 bytes for each were seen.
    try simulation.bounds.check(600 * simulation.experiment.sampling.phi.count, for: "-phisteps", "the trace")
    let tracer = PixelTracer(simulation.simulator, interruption: ending)
    let lines = try tracer.trace(PixelIndex(slow: Int(slow), fast: Int(fast)), rendering: image?.rendering)
    guard ending?.isWished != true else { throw Refusal(NB_CANCELLED, "", "the trace was ended") }
    trace.pointee = Handles.add(TracedPixel(Trace(lines: lines)))
  }
}

@c @implementation
public func nb_trace_parse(
  _ text: UnsafePointer<CChar>!, _ length: Int, _ name: UnsafePointer<CChar>!,
  _ trace: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    guard let trace else { throw Refusal.misuse("trace", "it is NULL") }
    trace.pointee = nil
    guard let text, length >= 0 else { throw Refusal.misuse("text", "it is NULL, or its length is \(length)") }
    try Bounds(nil).check(length.multipliedReportingOverflow(by: 20).partialValue, for: "text", "the log")
    let bytes = UnsafeRawBufferPointer(start: text, count: length)
    let file = name.map { String(cString: $0) } ?? "text"
    let parsed: Trace
    do {
      parsed = try TraceParser.parse(bytes, file: file)
    } catch {
      throw Refusal(NB_REFUSED, file, "\(error)")
    }
    guard !parsed.lines.isEmpty else {
      throw Refusal(NB_REFUSED, file, "\(file): it has no trace line; such a line begins with TRACE_C: or the like")
    }
    trace.pointee = Handles.add(TracedPixel(parsed))
  }
}

@c @implementation
public func nb_trace_free(_ trace: OpaquePointer!) { Handles.free(trace, TracedPixel.self) }

@c @implementation
public func nb_trace_count(_ trace: OpaquePointer!) -> Int {
  Handles.object(trace, TracedPixel.self)?.quantities.count ?? 0
}

@c @implementation
public func nb_trace_quantities(
  _ trace: OpaquePointer!, _ quantities: UnsafeMutablePointer<UnsafePointer<nb_quantity>?>!,
  _ count: UnsafeMutablePointer<Int>!, _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    let rows = try object(trace, TracedPixel.self, "trace").quantities
    guard let quantities, let count else { throw Refusal.misuse("quantities, count", "one of them is NULL") }
    quantities.pointee = UnsafePointer(rows.pointer)
    count.pointee = rows.count
  }
}

@c @implementation
public func nb_trace_text(
  _ trace: OpaquePointer!, _ buffer: UnsafeMutablePointer<CChar>!, _ capacity: Int,
  _ length: UnsafeMutablePointer<Int>!, _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    let trace = try object(trace, TracedPixel.self, "trace").trace
    try answer(TraceWriter.text(trace.lines, author: trace.author), buffer, capacity, length)
  }
}

/// What a handle of a comparison stands for.
final class Comparison: Sendable {
  let report: TraceReport
  let relative: Double
  private let texts = Texts()
  let pairs: Rows<nb_pair>
  let findings: Rows<nb_finding>

  init(_ report: TraceReport, relative: Double) {
    (self.report, self.relative) = (report, relative)
    let diverging = Set(report.divergences.map(\.place))
    pairs = Rows(report.items.map { [texts] in nb_pair($0, diverges: diverging.contains($0.place), texts) })
    findings = Rows(
      report.findings.map { [texts] finding in
        nb_finding(
          kind: texts.pointer(finding.kind.rawValue), confidence: texts.pointer(finding.confidence.name),
          text: texts.pointer(finding.text))
      })
  }

  /// The outcome, with a number of its own for traces that only lack factors.
  var outcome: Int32 {
    let failing = report.factors.filter(\.status.isFailing)
    guard report.outcome == .divergence, report.firstDivergence == nil, failing.allSatisfy({ $0.status == .missing })
    else { return Int32(report.outcome.rawValue) }
    return 2
  }

  /// The number of the first pair that diverges; −1 if none does.
  var first: Int64 {
    guard let place = report.firstDivergence?.place else { return -1 }
    return Int64(report.items.firstIndex { $0.place == place } ?? -1)
  }
}

extension nb_pair {
  fileprivate init(_ item: TraceComparison.Item, diverges: Bool, _ texts: Texts) {
    let numbers = { (values: [TraceValue]?) in (values ?? []).compactMap(\.number) }
    let words = { (values: [TraceValue]?) in (values ?? []).map(TraceWriter.text).joined(separator: " ") }
    let (reference, candidate) = (numbers(item.reference), numbers(item.candidate))
    self.init(
      name: texts.pointer(item.place.name), place: texts.pointer("\(item.place)"),
      unit: texts.pointer(item.place.quantity?.unit ?? ""), reference_count: reference.count,
      candidate_count: candidate.count, reference: texts.pointer(reference), candidate: texts.pointer(candidate),
      reference_text: texts.pointer(words(item.reference)), candidate_text: texts.pointer(words(item.candidate)),
      tolerance: texts.pointer("\(item.tolerance)"), relative: item.relativeDeviation ?? .nan,
      identical: item.identical.count, agrees: item.agrees ? 1 : 0, diverges: diverges ? 1 : 0)
  }
}

@c @implementation
public func nb_compare(
  _ reference: OpaquePointer!, _ candidate: OpaquePointer!, _ relative: Double,
  _ comparison: UnsafeMutablePointer<OpaquePointer?>!, _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    guard let comparison else { throw Refusal.misuse("comparison", "it is NULL") }
    comparison.pointee = nil
    guard relative >= 0, relative.isFinite else {
      throw Refusal.misuse("relative", "\(relative) is no tolerance; give 0 for the usual one, or a positive number")
    }
    let (first, second) = (
      try object(reference, TracedPixel.self, "reference"), try object(candidate, TracedPixel.self, "candidate")
    )
    let tolerance = relative == 0 ? ToleranceTable.usual : relative
    let report = TraceReport(
      reference: first.trace, candidate: second.trace, tolerances: ToleranceTable(relative: tolerance))
    comparison.pointee = Handles.add(Comparison(report, relative: tolerance))
  }
}

@c @implementation
public func nb_comparison_free(_ comparison: OpaquePointer!) { Handles.free(comparison, Comparison.self) }

@c @implementation
public func nb_comparison_result_of(
  _ comparison: OpaquePointer!, _ result: UnsafeMutablePointer<nb_comparison_result>!,
  _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    let comparison = try object(comparison, Comparison.self, "comparison")
    try fill(
      result, "result",
      with: nb_comparison_result(
        size: MemoryLayout<nb_comparison_result>.size, outcome: comparison.outcome,
        first: comparison.first, pair_count: comparison.pairs.count, pairs: comparison.pairs.pointer,
        finding_count: comparison.findings.count, findings: comparison.findings.pointer))
  }
}

@c @implementation
public func nb_comparison_text(
  _ comparison: OpaquePointer!, _ buffer: UnsafeMutablePointer<CChar>!, _ capacity: Int,
  _ length: UnsafeMutablePointer<Int>!, _ error: UnsafeMutablePointer<nb_error>!
) -> nb_status {
  answer(error) {
    let comparison = try object(comparison, Comparison.self, "comparison")
    try answer(ComparisonText(comparison.report, tolerance: comparison.relative).plain(), buffer, capacity, length)
  }
}
