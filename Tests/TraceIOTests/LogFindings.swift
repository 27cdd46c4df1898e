import TraceIO

/// A log of lines about a pixel.
func logOf(_ rows: [String]) -> String { rows.map { "TRACE_C: \($0)\n" }.joined() }

/// The findings of one kind about the first divergence of two logs.
func causes(
  _ kind: Finding.Kind, _ reference: String, _ candidate: String, relative: Double = ToleranceTable.usual
) throws -> [Finding] {
  let first: Trace = try TraceParser.parse(reference, file: "reference.log")
  let second: Trace = try TraceParser.parse(candidate, file: "candidate.log")
  return compare(first, second, relative: relative).findings.filter { $0.kind == kind }
}
