import Foundation
import GoldenStore
import Physics
import Synchronization
import TestSupport
import Testing
import TraceIO

/// Further numbers of the C program, of another build than the corpus: totals, maxima and a trace
/// (docs/reference/50-pixel-loop.md, docs/reference/90-trace-points.md).
@Suite(.tags(.verification), .generousTime) struct CheckValueTests {
  struct Row: Sendable, Decodable, CustomTestStringConvertible {
    var id: String
    var arguments: String
    var total: String
    var maximum: String
    var at: [Int]
    var first: String
    var testDescription: String { id }
  }

  static let folder = GoldenCorpus.ofPackage().root.deletingLastPathComponent().appendingPathComponent("check-values")

  static func rows() throws -> [Row] {
    try JSONDecoder().decode([Row].self, from: Data(contentsOf: folder.appendingPathComponent("values.json")))
  }

  @Test(arguments: try rows())
  func matches(row: Row) throws {
    let files: Set = ["a.hkl", "a.mat", "s.txt"]
    let words = row.arguments.words.map { files.contains($0) ? Self.folder.appendingPathComponent($0).path : $0 }
    let experiment = try Experiment(words: words)
    let rendering = try Simulator(experiment).render(threads: 2)
    let total = rendering.image.pixels.reduce(0) { $0 + Double($1) }
    #expect(NumberText.text("%.12g", total) == row.total)
    #expect(NumberText.text("%.9g", rendering.statistics.maximum) == row.maximum)
    let at = try #require(rendering.statistics.maximumAt)
    #expect([at.slow, at.fast] == row.at)
    #expect(NumberText.text("%.9g", Double(rendering.image.pixels[0])) == row.first)
  }

  /// The pixel that switches interpolation off is found although pixels after it are rendered before it.
  @Test(arguments: [1, 2, 7])
  func interpolationCutoffDoesNotDependOnTheOrderOfRows(threads: Int) throws {
    // The beam is near the last row: the first rows are out of range, the last ones are not.
    let arguments =
      "-default_F 5 -cell 100 100 100 90 90 90 -N 2 -oversample 4 -detpixels_x 16 -detpixels_y 60 -pixel 0.2 -Xbeam 11.5 -Ybeam 1.6"
    let list = Self.folder.appendingPathComponent("a.hkl").path
    let experiment = try Experiment(words: arguments.words + ["-hkl", list])
    let simulator = Simulator(experiment)
    let one = try simulator.render(threads: 1)
    #expect(one.interpolationCutoff != nil)
    for startingAtLastRow in [false, true] {
      // Pixels that are handed out while the image is rendered make up the image, in the end.
      let received = Mutex([Float](repeating: .nan, count: one.image.pixels.count))
      let other = try simulator.render(
        threads: threads, startingAtLastRow: startingAtLastRow,
        receiver: { first, pixels in
          received.withLock { $0.replaceSubrange(first..<first + pixels.count, with: pixels) }
        },
        partSize: 100)
      #expect(other.image == one.image && other.interpolationCutoff == one.interpolationCutoff)
      let isComplete = received.withLock { $0 == one.image.pixels }
      #expect(isComplete, "the last value of every pixel")
    }
  }

  /// The trace of docs/reference/90-trace-points.md §5: two sensor layers, so every quantity of the first block is
  /// printed twice.
  @Test func referenceTrace() throws {
    let arguments =
      "-default_F 100 -lambda 1.5 -detpixels 64 -pixel 0.1 -distance 120 -cell 70 80 90 75 85 95 -misset 10 20 30 "
      + "-Na 3 -Nb 4 -Nc 5 -detector_rotx 3 -detector_roty 4 -detector_rotz 5 -twotheta 6 -phi 2 -osc 1 -phisteps 2 "
      + "-polar 0.9 -mosaic 0.3 -mosaic_domains 2 -oversample 1 -detector_thick 300 -detector_abs 200 -thicksteps 1"
    let experiment = try Experiment(command: arguments)
    let ours = Trace(lines: try PixelTracer(experiment).trace(PixelIndex(slow: 20, fast: 30)))
    let file = Self.folder.appendingPathComponent("reference-trace.log")
    let reference = try TraceParser.parse(Data(contentsOf: file), file: file.path)
    var compared = 0
    for line in reference.lines where line.section == .pixel {
      let field = try #require(line.fields.first)
      // The second block is that of the second layer, which our traces have as step lines only.
      guard reference.lines.first(where: { $0.fields[0].name == field.name }) == line else { continue }
      let values = try #require(ours.values(field.name), "\(field.name)")
      let length = field.values.vectorLength
      for (a, b) in try pairs(values, field.values) {
        let (mine, printed) = (try #require(a.number), try #require(b.number))
        // Sums of a vector's components are relative to its length.
        expectClose(
          mine, printed, within: 1e-14 * max(abs(printed), length), because: "printed with fifteen significant digits",
          field.name)
        compared += 1
      }
    }
    #expect(compared > 60)
    let phi = try pairs(reference.lines.filter { $0.section == .phi }, ours.lines.filter { $0.section == .phi })
    #expect(phi.underestimatedCount > 0, "the reference has lines of phi steps")
    for (printed, mine) in phi {
      for field in printed.fields {
        let (a, b) = (try #require(mine.real(field.name)), try #require(field.values[0].number))
        expectClose(
          a, b, within: 1e-13 * abs(b), because: "printed with fifteen digits; a·q cancels one of them", field.name)
      }
    }
  }
}
