import TraceIO

/// A log of lines about a pixel.
func logOf(_ rows: [String]) -> String { rows.map { "TRACE_C: \($0)\n" }.joined() }

/// A log with a rotated cell, in Å, and reciprocal vectors, in 1/Å.
func logOf(cell: [[Double]], _ stars: [[Double]]) -> String {
  func rows(_ vectors: [[Double]], _ unit: String) -> [String] {
    zip(["a", "b", "c"], vectors).map { (letter: String, vector: [Double]) -> String in
      let numbers: [String] = vector.map { "\($0)" }
      return "rot_\(letter)_\(unit) " + numbers.joined(separator: " ")
    }
  }
  return logOf(rows(cell, "angstroms") + rows(stars, "star_A_inv"))
}

/// The findings of one kind about the first divergence of two logs.
func causes(
  _ kind: Finding.Kind, _ reference: String, _ candidate: String, relative: Double = ToleranceTable.usual
) throws -> [Finding] {
  let first: Trace = try TraceParser.parse(reference, file: "reference.log")
  let second: Trace = try TraceParser.parse(candidate, file: "candidate.log")
  return compare(first, second, relative: relative).findings.filter { $0.kind == kind }
}
