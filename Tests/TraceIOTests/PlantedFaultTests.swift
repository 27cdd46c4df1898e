import Foundation
import GoldenStore
import Physics
import PropertyTesting
import TestSupport
import Testing
import TraceIO

/// Golden cases as sources of traces.
enum GoldenReportSource {
  static let corpus = GoldenCorpus.ofPackage()

  static func pixel(_ id: String) throws -> GoldenCase.TracedPixel { try corpus.load(id).traces[0] }

  static func experiment(_ id: String, _ more: String) throws -> Experiment {
    let arguments = corpus.arguments(of: try corpus.load(id)) + more.words
    return try Experiment(words: arguments)
  }

  /// A pixel traced with and without interpolation.
  static func interpolatedPair(_ id: String) throws -> (Trace, Trace) {
    let pixel = try pixel(id)
    let traces = try ["-interpolate", "-nointerpolate"].map { flag in
      Trace(lines: try PixelTracer(try experiment(id, flag)).trace(PixelIndex(slow: pixel.slow, fast: pixel.fast)))
    }
    return (traces[0], traces[1])
  }
}

/// Faults of any size at any place: the first divergent quantity is the planted one.
@Suite(.tags(.verification), .generousTime) struct PlantedFaultTests {
  /// Where a fault can stand: a number that is not the key of a step.
  private static func targets(_ trace: Trace) -> [(line: Int, field: Int, value: Int)] {
    let keys: Set = ["layer", "subS", "subF", "source", "phi_tic", "mos_tic"]
    return trace.lines.indices.flatMap { line in
      trace.lines[line].fields.indices.flatMap { field -> [(line: Int, field: Int, value: Int)] in
        let entry = trace.lines[line].fields[field]
        guard !keys.contains(entry.name) else { return [] }
        return entry.values.indices.filter { entry.values[$0].number?.isFinite ?? false }.map { (line, field, $0) }
      }
    }
  }

  @Test func aThousandRandomFaults() throws {
    let ids = [
      "phi-zero-start", "thick-layers", "shape-gauss", "div-disp", "mosaic-phi", "water", "combo-custom-all", "roi",
    ]
    let traces = try ids.flatMap { id in try (0..<2).map { try Scene.golden(id, $0) } }
      .filter { $0.lines.count < 600 }
    #expect(traces.count >= 8)
    var random = SplitMix64(state: 20_261_123)
    var sizes: [Double] = []
    for number in 0..<1000 {
      let reference = traces.randomElement(using: &random)!
      let target = Self.targets(reference).randomElement(using: &random)!
      let field = reference.lines[target.line].fields[target.field]
      let original = field.values[target.value].number!
      let length = field.values.vectorLength
      // From just above the tolerance to a factor of a thousand, of both signs.
      let size = 3e-6 * pow(10, Double.random(in: 0...9, using: &random))
      let change = (Bool.random(using: &random) ? 1 : -1) * size * (length == 0 ? 1 : length)
      var candidate = reference
      candidate.lines[target.line].fields[target.field].values[target.value] = .real(original + change)
      let report = compare(reference, candidate)
      let first = report.firstDivergence?.place
      let section = reference.lines[target.line].section
      #expect(
        first?.name == field.name && first?.section == section,
        "fault \(number): \(field.name) of line \(target.line + 1) changed by \(change), found \(first?.description ?? "none")"
      )
      #expect(report.divergences.count == 1)
      #expect(report.outcome != .parity)
      sizes.append(size)
    }
    #expect(sizes.min()! < 1e-5 && sizes.max()! > 100)
  }

  /// Changes below the tolerance are no divergence.
  @Test func smallChangesPass() throws {
    let reference = try Scene.golden("phi-zero-start")
    var random = SplitMix64(state: 5)
    for target in Self.targets(reference) {
      var candidate = reference
      let field = reference.lines[target.line].fields[target.field]
      guard case .real(let number) = field.values[target.value] else { continue }
      candidate.lines[target.line].fields[target.field].values[target.value] =
        .real(number * (1 + 9e-7 * Double.random(in: -1...1, using: &random)))
      #expect(compare(reference, candidate).outcome == .parity, "\(field.name)")
    }
  }
}
