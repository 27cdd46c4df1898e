import Foundation
import GoldenStore
import Physics
import TestSupport
import Testing
import TraceIO

/// A trace that is simulated, with faults to be planted in its lines.
struct Scene {
  /// A crystal in a general orientation before a detector, oscillated from phi 0: nothing is 0, 1 or equal by accident.
  static let usual =
    "-cell 70 80 90 75 85 95 -misset 10 20 30 -default_F 100 -N 4 -lambda 1.2 -distance 100 -Xbeam 40 -Ybeam 30 -detpixels_x 64 "
    + "-detpixels_y 56 -pixel 0.1 -oversample 1 -phi 0 -osc 2 -phisteps 5 -polar 0.9 -detector_thick 450 "
    + "-detector_abs 234 -thicksteps 1 -fluence 1e12"

  /// Traces a pixel.
  static func trace(
    _ more: String = "", _ compatibility: Compatibility = .cParity, slow: Int = 20, fast: Int = 30
  ) throws -> Trace {
    let words = (usual + " " + more).words
    let experiment = try Experiment(words: words, compatibility)
    return Trace(author: "C", lines: try PixelTracer(experiment).trace(PixelIndex(slow: slow, fast: fast)))
  }

  /// The trace of a golden case.
  static func golden(_ id: String, _ index: Int = 0) throws -> Trace {
    let corpus = GoldenCorpus.ofPackage()
    let golden = try corpus.load(id)
    return try corpus.trace(golden.traces[index], of: golden)
  }
}

extension Trace {
  /// The same trace with the values of a name changed, on every line of a section.
  func changing(
    _ name: String, in section: TraceSection = .pixel, _ change: ([Double]) -> [Double]
  ) -> Trace {
    var trace = self
    for line in trace.lines.indices where trace.lines[line].section == section {
      for field in trace.lines[line].fields.indices where trace.lines[line].fields[field].name == name {
        let numbers = trace.lines[line].fields[field].values.compactMap(\.number)
        trace.lines[line].fields[field].values = change(numbers).map(TraceValue.real)
      }
    }
    return trace
  }

  /// The same trace without lines of some sections.
  func without(_ sections: TraceSection...) -> Trace {
    var trace = self
    trace.lines.removeAll { sections.contains($0.section) }
    return trace
  }

  /// The same trace with every real number rounded to single precision.
  var inSinglePrecision: Trace {
    var trace = self
    for line in trace.lines.indices {
      for field in trace.lines[line].fields.indices {
        trace.lines[line].fields[field].values = trace.lines[line].fields[field].values.map { value in
          guard case .real(let number) = value else { return value }
          return .real(Double(Float(number)))
        }
      }
    }
    return trace
  }
}

/// Compares with the usual tolerance.
func compare(_ reference: Trace, _ candidate: Trace, relative: Double = ToleranceTable.usual) -> TraceReport {
  TraceReport(reference: reference, candidate: candidate, tolerances: ToleranceTable(relative: relative))
}
