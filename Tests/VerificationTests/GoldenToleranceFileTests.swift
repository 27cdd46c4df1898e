import Foundation
import FrameIO
import GoldenStore
import Physics
import TestSupport
import Testing
import TraceIO

/// Tolerances of golden cases, where they are computed, stored and compared.
@Suite(.tags(.verification), .generousTime) struct GoldenToleranceFileTests: GoldenMaking {
  let folder: TemporaryFolder
  let corpus: GoldenCorpus

  private func traced(_ id: String, _ log: String, tolerances: String? = nil) throws -> GoldenCase {
    var files: [String: [UInt8]] = ["a.log": bytes(log + "\n")]
    if let tolerances { files[GoldenTolerances.file] = bytes("log a.log\n\(tolerances)\n") }
    return try makeCase(id, Self.scene, pixel: PixelIndex(slow: 1, fast: 2), files: files)
  }

  /// Printed with one digit, a number may be off by half of itself: 2e2 stands for 100.
  @Test func halfADigitIsExplained() throws {
    for (word, isExplained) in [("2e2", true), ("3e2", false)] {
      let golden = try traced("digit", "TRACE_C: F_cell \(word)")
      let fresh = try GoldenTolerances(computing: golden, of: corpus)
      #expect(fresh.unexplained.isEmpty == isExplained, "\(fresh.unexplained)")
    }
  }

  /// The room of a number of two digits is a twentieth of the number, but none below 1e-300.
  @Test func theRoomIsAShareOfTheNumber() throws {
    let rows: [(log: String, words: [[String]])] = [
      ("F_cell 90", [["4.7e+00"]]), ("sdet_vec 3.0e-299 -1 0", [["1.5e-300", "1.6e-300"], ["0"], ["0"]]),
      ("sdet_vec 1.0e-299 -1 0", [["0"], ["0"], ["0"]]),
    ]
    for (log, words) in rows {
      let golden = try traced("room", "TRACE_C: \(log)")
      let text = try GoldenTolerances(computing: golden, of: corpus).text(golden)
      let found: [String] = (text.split(separator: "\n").last ?? "").words
      try #require(found.count == words.count, "\(text)")
      for (word, allowed) in zip(found, words) { #expect(allowed.contains(word), "\(log): \(found)") }
    }
  }

  /// A file of tolerances has at most 64 MiB.
  @Test func aFileOfTolerancesHasALargestSize() throws {
    let golden = try traced("large", "TRACE_C: F_cell 100", tolerances: "0")
    let file = corpus.folder(of: "large").appendingPathComponent(GoldenTolerances.file)
    try lengthen(file.path, to: 67_108_865)
    let error = #expect(throws: RequestError.self) { _ = try corpus.check(golden) }
    #expect(error?.subject == GoldenTolerances.file && error?.value == file.path)
    #expect(error?.problem == "the file has 67108865 bytes; at most 67108864 are read")
  }

  /// A row of tolerances belongs to each line of the log: one that is empty is of no line.
  @Test func rowsAreThoseOfTheLines() throws {
    let rows: [(tolerances: String, fits: Bool)] = [
      ("1", true), ("# a remark\n1", true), ("\n1", false), ("1\n", false), ("1\n1", false), ("1 1", false),
      ("", false),
    ]
    for (tolerances, fits) in rows {
      let golden = try traced("rows", "TRACE_C: F_cell 100", tolerances: tolerances)
      var found = ""
      do { _ = try corpus.check(golden) } catch { found = "\(error)" }
      let problem = "rows: tolerances.txt does not fit a.log; run nbverify golden tolerances --write rows"
      let expected: String = fits ? "" : problem
      #expect(found == expected, "\(tolerances)")
    }
  }

  /// Stored tolerances are up to a fifth above computed ones and a tenth below. Of 99 for 100 the computed one is the
  /// double above 1.
  @Test func storedTolerancesAreNearTheComputedOnes() throws {
    let log = "TRACE_C: F_cell 99"
    let none = try traced("none", log)
    let missing = "there are no tolerances; run nbverify golden tolerances --write none"
    #expect(try corpus.toleranceProblems(of: none) == [missing])
    let limit: Double = 1.2 * (1.0).nextUp
    let rows: [(word: String, isNear: Bool)] = [
      ("1", true), ("\(limit)", true), ("\(limit.nextUp)", false), ("1.3", false), ("2", false), ("2.3", false),
      ("0.92", true), ("0.9", false), ("0", false), ("-", false), ("inf", false),
    ]
    for (word, isNear) in rows {
      let problems = try corpus.toleranceProblems(of: traced("near", log, tolerances: word))
      #expect(problems.isEmpty == isNear, "\(word): \(problems)")
      #expect(problems.allSatisfy { $0.hasPrefix("a.log: row 1: computed [") }, "\(problems)")
    }
  }

  /// Of the components of a vector each has its own tolerance; one without has none.
  @Test func componentsHaveTheirTolerances() throws {
    let log = "TRACE_C: sdet_vec 0 -1 -3"
    let golden = try traced("vector", log, tolerances: "1 - inf")
    let recorded = try TraceParser.parse(log + "\n", file: "a.log")
    let rule = try corpus.tolerance(of: golden.traces[0], recorded, in: golden)
    let entry = TracePlace.placesByLine(of: recorded)[0][0]
    let tolerance = rule.tolerance(for: entry.place, reference: entry.values).tolerance
    #expect(tolerance.components == [1, 0, 3 * ToleranceTable.usual], "\(tolerance)")
  }

  /// What a library leaves is told with the deviation from the recorded number, unless a component has no bound.
  @Test func whatALibraryLeavesIsTold() throws {
    let rows: [(log: String, tolerances: String, start: String?)] = [
      ("F_cell 90", "0", "a.log: seed 1: F_cell: [Optional(10.0)], allowed "),
      ("sdet_vec 0 -0.5 0", "- 0 0", "a.log: seed 1: sdet_vec: [Optional("),
      ("sdet_vec 0 -0.5 0", "- - -", "a.log: seed 1: sdet_vec: [Optional("),
      ("sdet_vec 0 -0.5 0", "inf 0 0", nil),
    ]
    for (log, tolerances, start) in rows {
      let golden = try traced("library", "TRACE_C: \(log)", tolerances: tolerances)
      let problems = try corpus.libraryProblems(of: golden, seeds: 1..<2)
      let count: Int = start == nil ? 0 : 1
      #expect(problems.count == count, "\(log), \(tolerances): \(problems)")
      #expect(problems.allSatisfy { $0.hasPrefix(start ?? "") }, "\(problems)")
    }
  }

  /// Pixels that are not rendered are exact: all but the first column. Without an image there are no pixels.
  @Test func pixelsThatAreNotRenderedAreExact() throws {
    let none = try corpus.pixelBounds(of: makeCase("none", Self.scene))
    #expect(none.all == 0 && none.unbounded == 0 && none.tight == 0)
    let zeros: [UInt8] = bytes([Float](repeating: 0, count: 24))
    let golden = try makeCase(
      "column", Self.scene + " -roi 0 0 0 3", image: described(fast: 6, slow: 4), files: ["image.f32": zeros])
    let bounds = try corpus.pixelBounds(of: golden)
    #expect(bounds.all == 24 && bounds.unbounded == 0 && bounds.tight == 20, "\(bounds)")
  }

  /// The seed that stands for the clock is 1, also where a crystal is turned at random.
  @Test func aRandomOrientationHasTheSeedOne() throws {
    let command = Self.scene + " -misset random"
    let pixel = PixelIndex(slow: 1, fast: 2)
    let lines = try PixelTracer(Experiment(command: command)).trace(pixel)
    let golden = try makeCase(
      "random", command, pixel: pixel, files: ["a.log": bytes(TraceWriter.text(lines))])
    let fresh = try GoldenTolerances(computing: golden, of: corpus)
    #expect(fresh.unexplained == [] && fresh.count.all > fresh.count.unbounded)
  }
}
