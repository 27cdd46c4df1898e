import Foundation
import GoldenStore
import Physics
import TestSupport
import Testing
import TraceIO

/// Tolerances of golden cases, and the shares of them that numbers take, at their limits.
@Suite(.tags(.verification), .generousTime) struct GoldenToleranceBorderTests: GoldenMaking {
  let folder: TemporaryFolder
  let corpus: GoldenCorpus

  // MARK: Tolerances

  /// A case with one traced pixel, and with a log and tolerances if they are given.
  private func traced(_ id: String, log: String? = nil, tolerances: String? = nil) throws -> GoldenCase {
    var files: [String: [UInt8]] = [:]
    if let log { files["a.log"] = bytes(log + "\n") }
    if let tolerances { files[GoldenTolerances.file] = bytes("log a.log\n\(tolerances)\n") }
    return try makeCase(id, Self.scene, pixel: PixelIndex(slow: 1, fast: 2), files: files)
  }

  private func trace(_ log: String) throws -> Trace { try TraceParser.parse(log + "\n", file: "a.log") }

  /// The tolerances of a log, computed.
  private func computed(_ log: String, of golden: GoldenCase) throws -> GoldenTolerances {
    try GoldenTolerances(computing: golden, of: corpus, logs: ["a.log": try trace(log)])
  }

  /// The words of the only row of tolerances of a log.
  private func row(_ log: String) throws -> [String] {
    let golden = try traced("row")
    let lines = try computed(log, of: golden).text(golden).split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines.count == 2 && lines[0] == "log a.log", "\(lines)")
    return lines[lines.count - 1].words
  }

  /// The structure factor is exactly 100. Printed with two digits, 99 may stand for it, and 90 may not.
  @Test func whatPrintingExplainsIsNoProblem() throws {
    let golden = try traced("printed")
    let near = try computed("TRACE_C: F_cell 99", of: golden)
    #expect(near.count.all == 1 && near.count.unbounded == 0 && near.unexplained == [], "\(near.unexplained)")
    let far = try computed("TRACE_C: F_cell 90", of: golden)
    let expected = "a.log: F_cell is recorded as 90.0, the exact number is 100.0, and rounding explains "
    #expect(far.unexplained.count == 1 && far.unexplained.allSatisfy { $0.hasPrefix(expected) }, "\(far.unexplained)")
    // What is stored is what was computed; the number that nothing explains is the only problem.
    let file = corpus.folder(of: golden.id).appendingPathComponent(GoldenTolerances.file)
    try Data(near.text(golden).utf8).write(to: file)
    #expect(try corpus.problems(of: near, in: golden) == [])
    try Data(far.text(golden).utf8).write(to: file)
    #expect(try corpus.problems(of: far, in: golden) == far.unexplained)
    // Tolerances of a log that the case does not have are told, too.
    try Data((near.text(golden) + "log b.log\n1\n").utf8).write(to: file)
    let superfluous = "b.log: the case has no such log, but stored tolerances of one"
    #expect(try corpus.problems(of: near, in: golden) == [superfluous])
  }

  /// What is recorded as infinite or as no number has no room.
  @Test func whatIsNotFiniteHasNoTolerance() throws {
    for word in ["inf", "-inf", "nan"] {
      #expect(try row("TRACE_C: F_cell \(word)") == ["0"], "\(word)")
    }
  }

  /// The slow axis is exactly (0, -1, 0). Half a unit of the last of four digits is 5e-4 of a number that begins with
  /// 1: the tolerance of -1.004 is 5.02e-4, rounded up by less than a tenth.
  @Test func tolerancesOfNegativeNumbersAreRoundedUp() throws {
    let words = try row("TRACE_C: sdet_vec 0 -1.004 0")
    try #require(words.count == 3, "\(words)")
    #expect(words[0] == "0" && words[2] == "0", "\(words)")
    let tolerance = try #require(Double(words[1]))
    #expect((5.02e-4...5.522e-4).contains(tolerance), "\(words)")
  }

  /// A number without a bound may deviate by the usual tolerance; a word in its place may not.
  @Test func aWordHasNoTolerance() throws {
    let golden = try traced("unbounded", tolerances: "inf")
    let recorded = try trace("TRACE_C: F_cell 100")
    let rule = try corpus.tolerance(of: golden.traces[0], recorded, in: golden)
    let place = TracePlace.placesByLine(of: recorded)[0][0].place
    let number = rule.tolerance(for: place, reference: [TraceValue.real(-2)]).tolerance
    let word = rule.tolerance(for: place, reference: [TraceValue.word("NONE")]).tolerance
    #expect(number.components == [2e-6] && word.components == [0], "\(number), \(word)")
  }

  /// No bound of a pixel that is rendered is below the distance of floats next to zero.
  @Test func boundsAreThoseOfTheStoredPixels() throws {
    let golden = try makeCase(
      "zeros", Self.scene, image: described(fast: 6, slow: 4),
      files: ["image.f32": bytes([Float](repeating: 0, count: 24))])
    let bounds = try corpus.pixelBounds(of: golden)
    #expect(bounds.all == 24 && bounds.tight == 0, "\(bounds)")
  }

  /// A number far from the exact one is not within its tolerance for any library.
  @Test func aLibraryThatLeavesTheTolerancesIsNamed() throws {
    let golden = try traced("library", log: "TRACE_C: F_cell 90", tolerances: "0")
    let problems = try corpus.libraryProblems(of: golden, seeds: 1..<4)
    #expect(problems.count == 3, "\(problems)")
    for (index, problem) in problems.enumerated() {
      #expect(problem.hasPrefix("a.log: seed \(index + 1): F_cell: "), "\(problem)")
    }
  }

  // MARK: Ratios

  /// The cells of the rows of the table.
  private func cells(_ ratios: BoundRatios) -> [[String]] {
    ratios.markdown.split(separator: "\n").dropFirst(2).map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// Nothing has a bound at the pixel where the beam meets the detector, as rounding turns whether a scattering vector
  /// of zero is beyond the limit of resolution; at the two other pixels everything has.
  @Test func numbersWithoutABoundAreCounted() throws {
    let package = GoldenCorpus.ofPackage()
    var ratios = BoundRatios()
    try ratios.add(try package.load("beam-pixel-dmin"), of: package)
    let rows = cells(ratios)
    try #require(rows.allSatisfy { $0.count == 7 })
    let unbounded = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[3]) })
    #expect(unbounded["stol"] == "1" && unbounded["hkl_frac"] == "3")
    let file = package.folder(of: "beam-pixel-dmin").appendingPathComponent(GoldenTolerances.file)
    let stored = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isWhitespace)
    let (found, expected) = (rows.compactMap { Int($0[3]) }.reduce(0, +), stored.count { $0 == "inf" })
    #expect(found == expected && expected > 100)
    // The widest medians come first; at last come quantities without a ratio, by name.
    let names = rows.filter { $0[4] == "-" }.map { $0[0] }
    let last: [String] = rows.suffix(names.count).map { $0[0] }
    #expect(names.count >= 13 && names == names.sorted() && last == names, "\(names)")
    let medians: [Double] = rows.compactMap { Double($0[4]) }
    #expect(medians.count + names.count == rows.count && medians == medians.sorted(by: >), "\(medians)")
  }

  /// The traced pixels are taken by row and column: one of them is in column 30 of 36, and there are 30 rows.
  @Test func ratiosAreThoseOfTheTracedPixels() throws {
    let package = GoldenCorpus.ofPackage()
    let golden = try package.load("beam-along-detector")
    try #require(golden.traces.contains { $0.fast == 30 } && golden.image?.slow == 30)
    var ratios = BoundRatios()
    try ratios.add(golden, of: package)
    let row = try #require(cells(ratios).first { $0[0] == "stol" })
    let counts: [Int] = row[1...3].compactMap { Int($0) }
    #expect(counts.count == 3 && counts.reduce(0, +) == golden.traces.count, "\(row)")
  }
}
